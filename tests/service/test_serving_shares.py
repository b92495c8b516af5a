"""What an endpoint's record says of its traffic, and what becomes of it at a promotion."""

from __future__ import annotations

from labwright.serving import shares
from labwright.serving.models import Version
from labwright.serving.tables import EndpointRow


def version(number: int) -> Version:
    return Version(model="late", version=str(number), run_id=None, run_name=None, digest=f"d{number}")


def row(live: int | None, split: dict[int, float] | None = None, shadow: int | None = None) -> EndpointRow:
    made = shares.make(
        {str(number): (version(number), percent) for number, percent in (split or {}).items()},
        version(shadow) if shadow else None,
    )
    found = None if live is None else version(live).model_dump()
    return EndpointRow(name="late", wanted="running", live=found, traffic=made, card={}, settings={})


def test_the_live_version_has_what_the_split_leaves() -> None:
    assert shares.percents(row(3)) == {"3": 100}
    assert shares.percents(row(3, {2: 20, 5: 0.1})) == {"3": 79.9, "2": 20, "5": 0.1}
    assert shares.percents(row(None)) == {}
    assert list(shares.wanted(row(3, {2: 20}, 4))) == ["3", "2", "4"]
    assert shares.order(row(3, {2: 20}, 4)) == {"weights": {"3": 80, "2": 20}, "shadow": "4"}
    assert [(one["version"], one["percent"], one["shadow"]) for one in shares.others(row(3, {2: 20}, 4))] == [
        ("2", 20, False), ("4", 0, True),
    ]  # fmt: skip
    assert EndpointRow(name="old", wanted="running", live=version(1).model_dump(), traffic={}).traffic == {}
    assert shares.percents(EndpointRow(name="old", wanted="running", live=version(1).model_dump(), traffic={})) == {
        "1": 100
    }


def test_what_is_promoted_takes_the_live_versions_part_and_its_own() -> None:
    def after(before: EndpointRow, number: int) -> dict[str, float]:
        made = shares.once_live(before, version(number))
        return shares.percents(
            EndpointRow(name="late", wanted="running", live=version(number).model_dump(), traffic=made)
        )

    assert after(row(3), 4) == {"4": 100}
    assert after(row(3, {2: 20}), 4) == {"4": 80, "2": 20}
    assert after(row(3, {2: 20}), 2) == {"2": 100}
    assert shares.once_live(row(3, shadow=4), version(4))["shadow"] is None
    assert shares.once_live(row(3, shadow=4), version(5))["shadow"]["version"] == "4"


def test_a_canary_takes_of_the_live_versions_part_only() -> None:
    assert shares.with_canary(row(3), "4", 10) == {"3": 90, "4": 10}
    assert shares.with_canary(row(3, {2: 40}), "4", 50) == {"3": 30, "2": 40, "4": 30}
    assert shares.with_canary(row(3, {2: 40}), "2", 50) == {"3": 30, "2": 70}
    for percent in (0.1, 7, 33.3, 99.9):
        assert abs(sum(shares.with_canary(row(3, {2: 12.5}), "4", percent).values()) - 100) < 1e-5


def test_a_shadow_has_no_share_and_the_challenger_is_who_has_the_most() -> None:
    assert shares.with_shadow(row(3, {2: 40}), version(2)) == shares.make({}, version(2))
    assert shares.with_shadow(row(3, {2: 40}, 4), None) == shares.make({"2": (version(2), 40)}, None)
    assert shares.challenger(row(3)) is None
    assert shares.challenger(row(3, shadow=4)) == "4"
    assert shares.challenger(row(3, {2: 10, 5: 30}, 4)) == "5"
