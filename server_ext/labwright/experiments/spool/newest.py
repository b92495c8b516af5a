"""The newest curves of this process's runs, thinned, for the live output of a cell: nobody is asked for them."""

from __future__ import annotations

from collections import OrderedDict

POINTS = 200
RUNS = 16
METRICS = 500


class Curve:
    """At most `POINTS` points of one metric: every second is dropped when it is full.

    The lowest and the highest value are kept beside them, so that the best of a run is never thinned away.
    """

    __slots__ = ("_count", "_every", "_high", "_last", "_left", "_low", "_points")

    def __init__(self) -> None:
        self._points: list[tuple[int, int, float]] = []
        self._last: tuple[int, int, float] | None = None
        self._low = (0, 0, float("inf"))
        self._high = (0, 0, float("-inf"))
        self._every = self._left = 1
        self._count = 0

    def add(self, step: int, value: float) -> None:
        """Take a point."""
        self._count += 1
        self._last = point = (self._count, step, value)
        if value < self._low[2]:
            self._low = point
        if value > self._high[2]:
            self._high = point
        self._left -= 1
        if self._left:
            return
        self._points.append(point)
        if len(self._points) >= POINTS - 2:  # three more are always shown
            self._points = self._points[::2]
            self._every *= 2
        self._left = self._every

    def points(self) -> list[tuple[int, float]]:
        """The points that are kept, in order; the last one, the lowest and the highest are always among them."""
        found = {point[0]: point for point in self._points}
        for point in (self._low, self._high, self._last):
            if point is not None and point[0]:
                found[point[0]] = point
        return [(step, value) for _, (_, step, value) in sorted(found.items())]


class Newest:
    """Curves by run and metric; the runs that were logged to last."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, dict[str, Curve]] = OrderedDict()

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
        found = self._runs.setdefault(run_id, {})
        if len(self._runs) > RUNS:
            self._runs.popitem(last=False)
        return found


newest = Newest()
