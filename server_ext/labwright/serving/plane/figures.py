"""What an endpoint's calls were like: a ring of the last five minutes in memory, and counts since the start.

`record` and `batch` are called in the hot path and cost a microsecond or two. Latencies go to a fixed histogram whose
edges are at most 15 % apart, so a percentile is as exact as that, whatever the number of calls. The prediction log is
the truth; what is here is gone with the process.
"""

from __future__ import annotations

import itertools
import time
from bisect import bisect_left
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import add
from typing import Any

RING_SECONDS, STEP_SECONDS = 300, 5
_DECADE = (1, 1.12, 1.25, 1.4, 1.6, 1.8, 2, 2.25, 2.5, 2.8, 3.15, 3.55, 4, 4.5, 5, 5.6, 6.3, 7.1, 8, 9)
EDGES = tuple(round(step * 10.0**power, 5) for power in range(-2, 5) for step in _DECADE)
"""Upper ends of the histogram's buckets in ms, from 0.01 to 90,000; what is longer goes into one more."""
BATCH_EDGES = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 4096, 16384, 65536)
SHADOW = "shadow"


def _empty() -> list[int]:
    return [0] * (len(EDGES) + 1)


@dataclass(slots=True)
class Tally:
    """Calls of one version in one role."""

    calls: int = 0
    errors: int = 0
    refused: int = 0
    rows: int = 0
    total_ms: float = 0.0
    buckets: list[int] = field(default_factory=_empty)


@dataclass(slots=True)
class Batches:
    """Batches of one version: how many, and how many rows were in them."""

    count: int = 0
    rows: int = 0
    buckets: list[int] = field(default_factory=lambda: [0] * (len(BATCH_EDGES) + 1))


@dataclass(frozen=True, slots=True)
class Counts:
    """Calls over some time; copies to a shadow are not among them."""

    calls: int
    errors: int
    refused: int
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


@dataclass(slots=True)
class _Second:
    at: int
    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    batches: int = 0
    rows: int = 0


class Figures:
    """Counts by version and role. Not for several threads: it is the event loop's."""

    def __init__(self) -> None:
        self.tallies: dict[tuple[str, str], Tally] = {}
        self.statuses: dict[tuple[str, str, int], int] = {}  # version, role, status class (2, 4, 5) → calls
        self.consumers: dict[tuple[str, int], int] = {}  # consumer, status class → calls
        self.batches: dict[str, Batches] = {}
        self.began = time.time()
        self._ring: deque[_Second] = deque([_Second(int(time.monotonic()))], maxlen=RING_SECONDS + STEP_SECONDS)

    def record(
        self, version: str | None, role: str | None, status: int, latency_ms: float, rows: int, consumer: str = ""
    ) -> None:
        """Count a call that was answered, refused (4xx) or failed (5xx). No version: it was refused before one was
        chosen. A shadow's copy has the role `shadow`.
        """
        key = (version or "", role or "")
        place, kind = bisect_left(EDGES, latency_ms), status // 100
        for tallies in (self._second().tallies, self.tallies):
            tally = tallies.get(key)
            if tally is None:
                tally = tallies[key] = Tally()
            tally.calls += 1
            tally.rows += rows
            tally.total_ms += latency_ms
            tally.buckets[place] += 1
            if kind == 5:
                tally.errors += 1
            elif kind == 4:
                tally.refused += 1
        self.statuses[(*key, kind)] = self.statuses.get((*key, kind), 0) + 1
        if consumer and role != SHADOW:
            self.consumers[consumer, kind] = self.consumers.get((consumer, kind), 0) + 1

    def batch(self, version: str, rows: int) -> None:
        """Count a batch that was run."""
        second = self._second()
        second.batches += 1
        second.rows += rows
        found = self.batches.get(version)
        if found is None:
            found = self.batches[version] = Batches()
        found.count += 1
        found.rows += rows
        found.buckets[bisect_left(BATCH_EDGES, rows)] += 1

    def over(self, version: str | None, seconds: float) -> Counts:
        """A version's calls of the last seconds (at most 300, to the second); None: all versions'."""
        first = time.monotonic() - seconds
        return _counts(
            tally
            for second in reversed(self._ring)
            if second.at + 1 > first
            for (name, role), tally in second.tallies.items()
            if role != SHADOW and version in (None, name)
        )

    def since_start(self, version: str) -> Counts:
        """A version's calls since this process began."""
        return _counts(
            tally for (name, role), tally in self.tallies.items() if name == version and role != SHADOW
        )  # fmt: skip

    def recent(self) -> dict[str, Any]:
        """The last five minutes, as `traffic_models.Figures` has them; the last interval is the one that goes on."""
        now = time.monotonic()
        last = int(now) // STEP_SECONDS
        steps: dict[int, list[_Second]] = {}
        for second in self._ring:
            steps.setdefault(second.at // STEP_SECONDS, []).append(second)
        points = [
            _point(steps.get(step, []), min(float(STEP_SECONDS), max(1.0, now - step * STEP_SECONDS)))
            for step in range(last - RING_SECONDS // STEP_SECONDS + 1, last + 1)
        ]
        end = time.time() + (last + 1) * STEP_SECONDS - now
        return {"end": end, "seconds": STEP_SECONDS} | {name: [point[name] for point in points] for name in points[0]}

    def _second(self) -> _Second:
        now = int(time.monotonic())
        last = self._ring[-1]
        if last.at != now:
            last = _Second(now)
            self._ring.append(last)
        return last


def _counts(tallies: Iterable[Tally]) -> Counts:
    calls = errors = refused = 0
    buckets = _empty()
    for tally in tallies:
        calls += tally.calls
        errors += tally.errors
        refused += tally.refused
        buckets = list(map(add, buckets, tally.buckets))
    p50, p95, p99 = (percentile(buckets, share) for share in (0.5, 0.95, 0.99))
    return Counts(calls, errors, refused, p50, p95, p99)


def _point(seconds: list[_Second], length: float) -> dict[str, float | None]:
    found = _counts(
        tally for second in seconds for (_, role), tally in second.tallies.items() if role != SHADOW
    )  # fmt: skip
    batches = sum(second.batches for second in seconds)
    return {
        "requests": found.calls / length,
        "errors": found.errors / length,
        "refused": found.refused / length,
        "p50_ms": found.p50_ms,
        "p95_ms": found.p95_ms,
        "p99_ms": found.p99_ms,
        "batch_rows": sum(second.rows for second in seconds) / batches if batches else None,
    }


def percentile(buckets: list[int], share: float) -> float | None:
    """A latency in ms, linear within its bucket; None without a call."""
    if not (calls := sum(buckets)):
        return None
    wanted = share * calls
    for place, reached in enumerate(itertools.accumulate(buckets)):
        if reached >= wanted and buckets[place]:
            if place == len(EDGES):
                return EDGES[-1]
            low = EDGES[place - 1] if place else 0.0
            return low + (EDGES[place] - low) * (wanted - reached + buckets[place]) / buckets[place]
    return EDGES[-1]
