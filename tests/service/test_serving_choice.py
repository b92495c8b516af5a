"""Which version answers: weights, sticky values, a canary's guard, by themselves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest

from labwright.serving.plane.figures import Figures
from labwright.serving.plane.guard import Guard, Limits, wilson_lower
from labwright.serving.plane.http import Call
from labwright.serving.plane.traffic import Share, Traffic


@dataclass
class Version:
    """What the choice asks of a version."""

    version: str
    state: str = "ready"


def traffic(sticky: str | None = None, **weights: float) -> Traffic:
    pools: list[Any] = [Version(name.removeprefix("v")) for name in weights]
    roles = ["live", "canary", "share"]
    shares = [Share(*one) for one in zip(pools, weights.values(), roles, strict=False)]
    return Traffic(tuple(shares), sticky=sticky)


def call(**headers: str) -> Call:
    async def receive() -> Any:
        raise AssertionError

    return Call("POST", "/invocations", headers, "id", "owner", receive)


def chosen(found: Traffic, one: Call) -> str:
    share = found.choose(one)
    assert share is not None
    return share.pool.version


@pytest.mark.parametrize("percent", [1, 10, 33, 50, 99])
def test_shares_are_exact_in_the_long_run_and_even_in_the_short(percent: float) -> None:
    found, one = traffic(v1=100 - percent, v2=percent), call()
    taken = [chosen(found, one) == "2" for _ in range(10_000)]
    assert sum(taken) == pytest.approx(100 * percent, abs=5)
    for start in range(0, 10_000, 100):
        assert sum(taken[start : start + 100]) == pytest.approx(percent, abs=3)
    half = taken[::2]  # two kinds of calls in turn: neither has a version to itself
    assert sum(half) == pytest.approx(50 * percent, abs=5)


def test_the_same_value_gets_the_same_version_and_a_canary_that_grows_keeps_its_own() -> None:
    values = [call(user=f"user-{number}") for number in range(5000)]
    before: set[str] = set()
    for percent in (5, 10, 25, 50, 100):
        found = traffic("user", v1=100 - percent, v2=percent) if percent < 100 else traffic("user", v2=100)
        on_it = {one.headers["user"] for one in values if chosen(found, one) == "2"}
        assert on_it == {one.headers["user"] for one in values if chosen(found, one) == "2"}
        assert before <= on_it, "who is on the canary stays there"
        assert len(on_it) == pytest.approx(50 * percent, rel=0.2)
        before = on_it
    three = traffic("user", v1=60, v2=30, v3=10)
    shares = [chosen(three, one) for one in values]
    assert [shares.count(name) for name in "123"] == pytest.approx([3000, 1500, 500], rel=0.15)
    more = traffic("user", v1=60, v2=35, v3=10)
    moved = {(old, chosen(more, one)) for old, one in zip(shares, values, strict=True)}
    assert {(old, new) for old, new in moved if old != new} <= {("1", "2"), ("3", "2")}
    one = call(user="x")
    assert {chosen(traffic("user", v1=50, v2=50), one) for _ in range(20)} in ({"1"}, {"2"})
    assert {chosen(traffic("user", v1=50, v2=50), call()) for _ in range(20)} == {"1", "2"}, "without a value by turns"


def test_a_version_that_is_down_is_passed_over_while_another_is_ready() -> None:
    for found in (traffic(v1=90, v2=10), traffic("user", v1=90, v2=10)):
        live, canary = (share.pool for share in found.shares)
        live.state = "restarting"
        assert {chosen(found, call(user=str(number))) for number in range(50)} == {"2"}
        canary.state = "restarting"
        assert found.choose(call()) is not None, "the refusal is that of a version"
        live.state = "ready"
        assert {chosen(found, call(user=str(number))) for number in range(50)} == {"1"}
        assert found.choose(call(), without=live) is None, "nobody else is ready"
    assert Traffic().choose(call()) is None
    lone = traffic(v1=100)
    assert lone.choose(call(), without=lone.shares[0].pool) is None


def test_an_errors_weight_depends_on_how_many_calls_there_were() -> None:
    assert wilson_lower(0, 1000) == 0
    assert wilson_lower(1, 1) == pytest.approx(0.27, abs=0.01)  # one of one says something
    assert wilson_lower(1, 100) < 0.01 < wilson_lower(3, 100)
    assert wilson_lower(500, 1000) == pytest.approx(0.474, abs=0.002)


def count(figures: Figures, version: str, role: str, calls: int, errors: int = 0, ms: float = 2.0) -> None:
    for number in range(calls):
        figures.record(version, role, 503 if number < errors else 200, ms, 1)


def test_the_guard_trips_on_errors_and_on_latency_and_says_on_which_figures() -> None:
    figures = Figures()
    limits = Limits(max_error_rate=0.01, max_latency_ratio=3.0)
    waits = {"4": 4.9}
    guard = replace_began(Guard("4", "3", limits, figures.over, lambda version: waits[version]), 10)
    assert guard.look() is None, "nothing was asked"
    count(figures, "3", "live", 200, errors=2)
    count(figures, "4", "canary", 100, errors=2)
    assert guard.look() is None, "two of a hundred are not above one percent for sure"
    count(figures, "4", "canary", 10, errors=8)
    trip = guard.look()
    assert trip is not None
    assert trip.words == (
        "Version 4 was taken back: 10 of its 110 calls failed, and 2 of the 200 of version 3 (1 % more is allowed)."
    )
    assert trip.figures["4"] == {"calls": 110, "errors": 10, "p50_ms": pytest.approx(2, rel=0.15)}

    figures = Figures()
    guard = replace_began(Guard("4", "3", limits, figures.over, lambda version: waits[version]), 10)
    count(figures, "3", "live", 100, ms=2)
    count(figures, "4", "canary", 19, ms=20)
    assert guard.look() is None, "too few calls for a median"
    count(figures, "4", "shadow", 50, ms=20)
    assert guard.look() is None, "copies do not count"
    waits["4"] = 5.1
    trip = guard.look()
    assert trip is not None
    assert trip.words == "Version 4 was taken back: a call has waited 5.1 s for it without an answer."
    waits["4"] = 0.0
    count(figures, "4", "canary", 1, ms=20)
    assert guard.look() is None, "ten times as long, but 18 ms are nothing"
    count(figures, "4", "canary", 40, ms=40)
    trip = guard.look()
    assert trip is not None
    assert "its median latency over 60 calls was" in trip.words
    assert "3 times is allowed" in trip.words


def replace_began(guard: Guard, seconds: float) -> Guard:
    """The guard as if it had begun earlier."""
    guard._began -= seconds
    return guard


def test_traffic_is_swapped_as_a_whole_and_never_changed() -> None:
    found = traffic(v1=90, v2=10)
    with pytest.raises(AttributeError):
        found.sticky = "user"  # type: ignore[misc]
    assert replace(found, sticky="user").shares is found.shares
    assert (found.role("1"), found.role("2"), found.role("9")) == (("live", 90), ("canary", 10), None)
