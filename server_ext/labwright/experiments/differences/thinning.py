"""Curves with fewer points that look the same, and smooth ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

PER_BUCKET = 4


def m4(x: Sequence[float], y: Sequence[float], low: int, high: int, points: int, *, log: bool = False) -> list[int]:
    """Indices in [low, high) of about `points` points that draw the same line as all: M4.

    The range is cut into buckets of equal width, one for a column of pixels; of each the first, the last, the lowest
    and the highest point stay, so that no peak is lost (Jugel, Jerzak, Hackenbroich and Markl, "M4: A
    Visualization-Oriented Time Series Data Aggregation", PVLDB 7(10), 2014). The first point that is no number stays
    as well, so that a gap stays a gap. `log` makes the buckets equally wide on a logarithmic axis.
    """
    if high - low <= points:
        return list(range(low, high))
    buckets = max(points // PER_BUCKET, 1)
    log = log and x[high - 1] > 0
    scale = _log_of(next((one for one in x[low:high] if one > 0), 1.0)) if log else (lambda one: one)
    start, end = scale(x[low]), scale(x[high - 1])
    factor = buckets / ((end - start) or 1.0)
    kept: list[int] = []
    begin = low
    while begin < high:
        bucket = int((scale(x[begin]) - start) * factor)
        stop = begin + 1
        least = most = gap = -1
        least_value, most_value = math.inf, -math.inf
        index = begin
        while True:
            value = y[index]
            if math.isfinite(value):
                if value < least_value:
                    least, least_value = index, value
                if value > most_value:
                    most, most_value = index, value
            elif gap < 0:
                gap = index
            if stop >= high or (bucket < buckets - 1 and int((scale(x[stop]) - start) * factor) > bucket):
                break
            index = stop
            stop += 1
        kept += sorted({begin, stop - 1, least, most, gap} - {-1})
        begin = stop
    return kept


def _log_of(least: float) -> Callable[[float], float]:
    floor = math.log(least)
    return lambda one: math.log(one) if one > 0 else floor


def smoothed(y: Sequence[float], weight: float) -> list[float]:
    """The exponential moving average as TensorBoard draws it, with its correction of the bias towards zero.

    last = last * weight + (1 - weight) * y, and what is shown is last / (1 - weight ** n) for the nth number
    (`resmoothDataset` in TensorBoard's vz_line_chart2/line-chart.ts, after Kingma and Ba's Adam, 2015). What is no
    finite number stays as it is and does not count; so does a curve that never changes.
    """
    if all(one == y[0] for one in y):
        return list(y)
    last, bias, found = 0.0, 1.0, []
    for value in y:
        if not math.isfinite(value):
            found.append(value)
            continue
        last = last * weight + (1 - weight) * value
        bias *= weight
        found.append(last / (1 - bias))
    return found
