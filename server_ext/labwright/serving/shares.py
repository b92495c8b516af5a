"""What an endpoint's record says of its traffic, as pure functions over `EndpointRow.live` and `EndpointRow.traffic`.

    traffic = {"split": [{"version": a Version, "percent": n}, …], "shadow": a Version or None}

The live version has what the split leaves of 100 %.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from labwright.serving.models import Version
from labwright.serving.tables import EndpointRow


def split(row: EndpointRow) -> list[tuple[Version, float]]:
    """The versions with a lasting share besides the live one."""
    return [(Version.model_validate(one["version"]), one["percent"]) for one in row.traffic.get("split", [])]


def shadow(row: EndpointRow) -> Version | None:
    """The version that gets copies."""
    found = row.traffic.get("shadow")
    return Version.model_validate(found) if found else None


def percents(row: EndpointRow) -> dict[str, float]:
    """Version → percent of the calls, the live one first; it is what a `PromotionRow.traffic` keeps."""
    if row.live is None:
        return {}
    others = {version.version: percent for version, percent in split(row)}
    return {row.live["version"]: rest(others.values()), **others}


def wanted(row: EndpointRow) -> dict[str, Version]:
    """All versions that should be loaded, the live one first."""
    if row.live is None:
        return {}
    found = [Version.model_validate(row.live), *(version for version, _ in split(row))]
    copied = shadow(row)
    return {version.version: version for version in [*found, *([copied] if copied else [])]}


def others(row: EndpointRow) -> tuple[dict[str, Any], ...]:
    """`folder.Config.others`: the versions besides the live one."""
    found = [
        {"version": version.version, "digest": version.digest, "percent": percent, "shadow": False}
        for version, percent in split(row)
    ]
    if (copied := shadow(row)) is not None:
        found.append({"version": copied.version, "digest": copied.digest, "percent": 0.0, "shadow": True})
    return tuple(found)


def order(row: EndpointRow) -> dict[str, Any]:
    """The data plane's order `traffic` for what is committed."""
    copied = shadow(row)
    return {"weights": percents(row), "shadow": copied.version if copied else None}


def make(split: dict[str, tuple[Version, float]], shadow: Version | None) -> dict[str, Any]:
    """`EndpointRow.traffic` for a split (of the versions besides the live one) and a shadow."""
    return {
        "split": [{"version": version.model_dump(), "percent": percent} for version, percent in split.values()],
        "shadow": shadow.model_dump() if shadow else None,
    }


def once_live(row: EndpointRow, version: Version) -> dict[str, Any]:
    """`EndpointRow.traffic` once `version` is live: it takes the live version's part, and its own share if it had one.

    The other shares and the shadow stay.
    """
    stay = {one.version: (one, percent) for one, percent in split(row) if one.version != version.version}
    copied = shadow(row)
    return make(stay, None if copied is None or copied.version == version.version else copied)


def with_shadow(row: EndpointRow, version: Version | None) -> dict[str, Any]:
    """`EndpointRow.traffic` with another shadow, or none; a version that is a shadow has no share of the calls."""
    stay = {
        one.version: (one, percent)
        for one, percent in split(row)
        if version is None or one.version != version.version
    }  # fmt: skip
    return make(stay, version)


def with_canary(row: EndpointRow, candidate: str, percent: float) -> dict[str, float]:
    """Version → percent while a candidate has `percent` of what it will have when it is live."""
    now = percents(row)
    assert row.live is not None
    live, own = row.live["version"], now.get(candidate, 0.0)
    part = now[live] * percent / 100
    return now | {live: round(now[live] - part, 6), candidate: round(own + part, 6)}


def challenger(row: EndpointRow) -> str | None:
    """The version that is tried besides the live one: the one with the largest share, else the shadow."""
    found = max(split(row), key=lambda one: one[1], default=None)
    copied = shadow(row)
    return found[0].version if found else copied.version if copied else None


def rest(percents: Iterable[float]) -> float:
    """What the others leave to the live version, in percent."""
    return float(round(100.0 - sum(percents), 6))
