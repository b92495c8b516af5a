"""The newest curves of this process's runs, thinned, for the live output of a cell: nobody is asked for them."""

from __future__ import annotations

import threading
from collections import OrderedDict

POINTS = 200
RUNS = 16
METRICS = 500


class Curve:
    """At most `POINTS` points of one metric: every second is dropped when it is full."""

    __slots__ = ("_every", "_last", "_left", "_points")

    def __init__(self) -> None:
        self._points: list[tuple[int, float]] = []
        self._last: tuple[int, float] | None = None
        self._every = self._left = 1

    def add(self, step: int, value: float) -> None:
        """Take a point."""
        self._last = (step, value)
        self._left -= 1
        if self._left:
            return
        self._points.append(self._last)
        if len(self._points) >= POINTS:
            self._points = self._points[::2]
            self._every *= 2
        self._left = self._every

    def points(self) -> list[tuple[int, float]]:
        """The points that are kept; the last one is always among them."""
        found = list(self._points)
        if self._last is not None and (not found or found[-1] != self._last):
            found.append(self._last)
        return found


class Newest:
    """Curves by run and metric; the runs that were logged to last."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, dict[str, Curve]] = OrderedDict()
        self._lock = threading.Lock()

    def add(self, run_id: str, key: str, step: int, value: float) -> None:
        """Take a point of a run."""
        curves = self._runs.get(run_id)
        if curves is None:
            curves = self._begin(run_id)
        curve = curves.get(key)
        if curve is None:
            if len(curves) >= METRICS:
                return
            curve = curves[key] = Curve()
        curve.add(step, value)

    def of(self, run_id: str) -> dict[str, list[tuple[int, float]]]:
        """Metric → points of a run."""
        return {key: curve.points() for key, curve in list(self._runs.get(run_id, {}).items())}

    def _begin(self, run_id: str) -> dict[str, Curve]:
        with self._lock:
            found = self._runs.setdefault(run_id, {})
            while len(self._runs) > RUNS:
                self._runs.popitem(last=False)
            return found


newest = Newest()
