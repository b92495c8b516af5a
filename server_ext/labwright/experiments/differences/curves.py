"""Windows of metric curves: what a chart of a certain width can show of a range of x, exactly where it is little."""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from labwright.experiments.differences.histories import History, histories
from labwright.experiments.differences.models import Axis, CurveSeries, CurveWindow
from labwright.experiments.differences.thinning import m4, smoothed
from labwright.service.context import Context


@dataclass(frozen=True)
class View:
    """How curves are looked at."""

    axis: Axis = Axis.step
    low: float | None = None
    high: float | None = None
    points: int = 400
    smoothing: float = 0.0
    log_x: bool = False


def window(context: Context, starts: dict[str, int], metric: str, view: View) -> CurveWindow:
    """The curves of runs (run id → its start in milliseconds); runs without the metric are left out."""
    series = []
    ends: list[float] = []
    for run_id, history in histories(context, list(starts), metric):
        x, y = _columns(history, view.axis, starts[run_id])
        ends += [x[0], x[-1]]
        series.append(_series(run_id, x, y, view))
    return CurveWindow(
        metric=metric, axis=view.axis, low=min(ends, default=None), high=max(ends, default=None), series=series
    )


def _columns(history: History, axis: Axis, start: int) -> tuple[Sequence[float], Sequence[float]]:
    if axis is Axis.step:
        return history.steps, history.values
    since = start if axis is Axis.relative else 0
    times, values = history.times, history.values
    if any(after < before for before, after in pairwise(times)):  # steps that were not logged in their order
        order = sorted(range(len(times)), key=times.__getitem__)
        return [(times[i] - since) / 1000 for i in order], [values[i] for i in order]
    return [(at - since) / 1000 for at in times], values


def _series(run_id: str, x: Sequence[float], y: Sequence[float], view: View) -> CurveSeries:
    low = 0 if view.low is None else bisect_left(x, view.low)
    high = len(x) if view.high is None else bisect_right(x, view.high)
    inside = y[low:high]
    # One more on either side, so that the line goes on to the chart's edge.
    first, last = max(low - 1, 0), min(high + 1, len(x))
    kept = m4(x, y, first, last, view.points, log=view.log_x)
    soft = smoothed(y, view.smoothing) if view.smoothing else []
    return CurveSeries(
        run_id=run_id,
        x=[x[i] for i in kept],
        y=numbers(y[i] for i in kept),
        smooth=numbers(soft[i] for i in kept) if soft else [],
        exact=len(kept) == last - first,
        count=len(inside),
        nan=sum(map(math.isnan, inside)),
        infinite=sum(map(math.isinf, inside)),
    )


def numbers(values: Iterable[float]) -> list[float | None]:
    """What JSON can have of them."""
    return [value if math.isfinite(value) else None for value in values]
