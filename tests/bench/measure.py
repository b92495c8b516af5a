"""Paired measurements: ratios of what was measured side by side, their median, and its 90 % interval."""

from __future__ import annotations

import json
import random
import statistics
from collections.abc import Callable, Mapping, Sequence

RESAMPLES = 5000


def paired(pairs: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Call each of `measures` once a round, the order turning from round to round; gives the values by name."""
    names = list(measures)
    values: dict[str, list[float]] = {name: [] for name in names}
    for number in range(pairs):
        order = names if number % 2 == 0 else names[::-1]
        for name in order:
            values[name].append(measures[name]())
    return values


def interval(ratios: Sequence[float]) -> tuple[float, float]:
    """The 90 % interval of the median, by the percentile bootstrap (Efron 1979), with a fixed seed."""
    draw = random.Random(0)
    medians = sorted(statistics.median(draw.choices(ratios, k=len(ratios))) for _ in range(RESAMPLES))
    return medians[int(0.05 * RESAMPLES)], medians[int(0.95 * RESAMPLES) - 1]


def report(name: str, unit: str, values: Mapping[str, list[float]], *, lower_is_better: bool) -> None:
    """Print the JSON line: medians, and ratios above 1 where Labwright is better."""
    ours = values["labwright"]
    ratios, intervals = {}, {}
    for peer, theirs in values.items():
        if peer == "labwright":
            continue
        each = [(b / a) if lower_is_better else (a / b) for a, b in zip(ours, theirs, strict=True)]
        low, high = interval(each)
        ratios[peer] = round(statistics.median(each), 4)
        intervals[peer] = [round(low, 4), round(high, 4)]
    line = {
        "name": name,
        "unit": unit,
        "labwright": round(statistics.median(ours), 4),
        "peers": {peer: round(statistics.median(found), 4) for peer, found in values.items() if peer != "labwright"},
        "ratios": ratios,
        "interval": intervals,
    }
    print(json.dumps(line), flush=True)
