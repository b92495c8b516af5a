"""The canary's guard: it compares the candidate's errors and latency over its own calls with the live version's.

Errors: the candidate fails when the lower end of the Wilson score interval (one-sided, 95 %) of its rate of 5xx is
above the live version's rate plus what is allowed. So one bad call of one says something, one of a hundred does not.
Latency: the candidate fails when its median is more than so many times the live version's, and more by milliseconds
that matter, once both have enough calls; and when a call waits for it without an answer far longer than the live
version's ever do.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

Z = 1.645
WINDOW = 300.0
ENOUGH = 20
PATIENCE = 5.0


class Counts(Protocol):
    """What is counted of a version over some time; `figures.Counts` is one."""

    @property
    def calls(self) -> int:
        """Calls that were answered or failed; copies are not counted."""

    @property
    def errors(self) -> int:
        """Those of 5xx."""

    @property
    def p50_ms(self) -> float | None:
        """Median latency; None without a call."""

    @property
    def p99_ms(self) -> float | None:
        """The latency that one of a hundred calls exceeds; None without a call."""


Over = Callable[[str, float], Counts]


@dataclass(frozen=True)
class Limits:
    """See `traffic_models.Canary`."""

    max_error_rate: float = 0.01
    max_latency_ratio: float = 3.0
    min_latency_increase_ms: float = 20.0


@dataclass(frozen=True)
class Trip:
    """Why a canary was taken back: a sentence, and the figures that it stands on."""

    version: str
    words: str
    figures: dict[str, Any]


class Guard:
    """Watches one canary, from when it began."""

    def __init__(
        self, candidate: str, live: str, limits: Limits, over: Over, longest: Callable[[str], float]
    ) -> None:  # fmt: skip
        """`over` counts a version's calls, `longest` says how long it has had the oldest one without an answer."""
        self.candidate, self.live, self.limits = candidate, live, limits
        self._over, self._longest, self._began = over, longest, time.monotonic()

    def look(self) -> Trip | None:
        """What is wrong with the candidate by now; None while it does well."""
        seconds = min(time.monotonic() - self._began, WINDOW)
        own, live = self._over(self.candidate, seconds), self._over(self.live, seconds)
        words = self._errors(own, live) or self._latency(own, live) or self._hangs(live)
        if words is None:
            return None
        figures = {self.candidate: _plain(own), self.live: _plain(live)}
        return Trip(self.candidate, f"Version {self.candidate} was taken back: {words}", figures)

    def _errors(self, own: Counts, live: Counts) -> str | None:
        allowed = (live.errors / live.calls if live.calls else 0.0) + self.limits.max_error_rate
        if wilson_lower(own.errors, own.calls) <= allowed:
            return None
        return (
            f"{own.errors} of its {own.calls} calls failed, and {live.errors} of the {live.calls} of version "
            f"{self.live} ({100 * self.limits.max_error_rate:g} % more is allowed)."
        )

    def _latency(self, own: Counts, live: Counts) -> str | None:
        if own.calls < ENOUGH or live.calls < ENOUGH or not own.p50_ms or not live.p50_ms:
            return None
        ratio = own.p50_ms / live.p50_ms
        if ratio <= self.limits.max_latency_ratio or own.p50_ms - live.p50_ms < self.limits.min_latency_increase_ms:
            return None
        return (
            f"its median latency over {own.calls} calls was {own.p50_ms:.1f} ms, {ratio:.1f} times that of version "
            f"{self.live} ({live.p50_ms:.1f} ms over {live.calls} calls); {self.limits.max_latency_ratio:g} times is "
            f"allowed."
        )

    def _hangs(self, live: Counts) -> str | None:
        waited, usual = self._longest(self.candidate), (live.p99_ms or 0.0) / 1000
        if waited <= max(PATIENCE, 2 * self.limits.max_latency_ratio * usual):
            return None
        return f"a call has waited {waited:.1f} s for it without an answer."


def wilson_lower(errors: int, calls: int) -> float:
    """The lower end of the one-sided 95 % Wilson score interval of a rate (Wilson 1927); 0 without a call."""
    if not errors:
        return 0.0
    rate, square = errors / calls, Z * Z / calls
    return (rate + square / 2 - Z * math.sqrt((rate * (1 - rate) + square / 4) / calls)) / (1 + square)


def _plain(counts: Counts) -> dict[str, Any]:
    return {"calls": counts.calls, "errors": counts.errors, "p50_ms": counts.p50_ms}
