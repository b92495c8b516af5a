"""Make a comparison small enough to live in a notebook."""

from __future__ import annotations

import json
from typing import Any

from labwright.experiments.models import ComparedValue, Comparison, ComparisonRow, Curve

LIMIT = 50_000  # bytes of JSON
# One after the other until it fits: characters of a text, rows of a table.
STEPS = ((200, 400), (120, 200), (80, 100), (60, 60), (40, 30), (24, 15))
ROOM = 0.7  # of the limit for the tables, where there are curves as well
# Likewise for the curves: points of each, metrics, runs.
CURVES = (
    (200, 6, 100),
    (100, 6, 100),
    (50, 6, 100),
    (25, 6, 100),
    (12, 6, 100),
    (12, 3, 100),
    (12, 1, 100),
    (12, 1, 12),
)


def clip(text: str, most: int) -> str:
    """At most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def trimmed(comparison: Comparison) -> Comparison:
    """A copy of at most 50 KB of JSON: texts clipped, rows that do not differ and what curves have too many of left
    out; runs only when nothing else helps.
    """
    whole = comparison.model_copy(update={"curves": []})
    small = whole
    for text, rows in STEPS:
        small = _step(whole, text, rows)
        if _size(small) <= (LIMIT * ROOM if comparison.curves else LIMIT):
            break
    while _size(small) > LIMIT and len(small.runs) > 1:
        keep = len(small.runs) * 3 // 4
        small.more_runs += len(small.runs) - keep
        small.runs = small.runs[:keep]
        for row in [*small.params, *small.metrics, *small.costs]:
            row.values = row.values[:keep]
            row.best = row.best if row.best is not None and row.best < keep else None
    return _with_curves(small, comparison.curves)


def compact(comparison: Comparison) -> dict[str, Any]:
    """The JSON that an output holds: what is empty, or follows from the rest, is not in it."""
    found: dict[str, Any] = {
        "runs": [run.model_dump(mode="json", exclude=_SAID, exclude_none=True) for run in comparison.runs],
        "curves": [curve.model_dump() for curve in comparison.curves],
    }
    for kind in ("params", "metrics", "costs"):
        found[kind] = [_compact(row) for row in getattr(comparison, kind)]
    for key in ("main_metric", "more_runs", "missing"):
        if value := comparison.model_dump(include={key})[key]:
            found[key] = value
    return found


_SAID = {"params", "metrics", "tags", "models", "costs"}  # the rows say them


def _compact(row: ComparisonRow) -> dict[str, Any]:
    values = [value.text if _says(value) else value.model_dump() for value in row.values]
    found: dict[str, Any] = {"name": row.name, "differs": row.differs, "values": values}
    if row.best is not None:
        found["best"] = row.best
    if row.direction != "none":
        found["direction"] = row.direction
    return found


def _says(value: ComparedValue) -> bool:
    """Whether the text tells the number well enough for a table."""
    return value.value is None or value.text == f"{value.value:.6g}"


def _size(comparison: Comparison) -> int:
    return len(json.dumps(compact(comparison), ensure_ascii=False).encode())


def _step(whole: Comparison, text: int, rows: int) -> Comparison:
    runs = [
        run.model_copy(
            update={
                "name": clip(run.name, text), "experiment": clip(run.experiment, text), "ended": None,
                "params": {}, "metrics": {}, "tags": {}, "models": [], "costs": {}, "notebook": None,
                "source": clip(run.source, text) if run.source and len(whole.runs) <= 20 else None,
            }
        )
        for run in whole.runs
    ]  # fmt: skip
    tables = {kind: [_row(row, text) for row in getattr(whole, kind)[:rows]] for kind in ("params", "metrics", "costs")}
    missing = [one.model_copy() for one in whole.missing[:10]]
    return whole.model_copy(update={"runs": runs, "missing": missing, **tables})


def _row(row: ComparisonRow, text: int) -> ComparisonRow:
    values = [value.model_copy(update={"text": clip(value.text, text)}) for value in row.values]
    return row.model_copy(update={"name": clip(row.name, text), "values": values})


def _with_curves(small: Comparison, curves: list[Curve]) -> Comparison:
    room = LIMIT - _size(small) - 10
    kept = {run.run_id for run in small.runs}
    metrics = sorted({curve.metric for curve in curves}, key=lambda name: (name != small.main_metric, name))
    for points, most, runs in CURVES:
        wanted = set(metrics[:most])
        first = {run.run_id for run in small.runs[:runs]} & kept
        found = [_curve(curve, points) for curve in curves if curve.metric in wanted and curve.run_id in first]
        if len(json.dumps([curve.model_dump() for curve in found], ensure_ascii=False).encode()) <= room:
            return small.model_copy(update={"curves": found})
    return small


def _curve(curve: Curve, points: int) -> Curve:
    last, count = len(curve.steps) - 1, min(len(curve.steps), points)
    kept = [round(i * last / (count - 1)) for i in range(count)] if count > 1 else list(range(count))
    values = [curve.values[i] for i in kept]
    short = [value if value is None else float(f"{value:.5g}") for value in values]
    return curve.model_copy(update={"steps": [curve.steps[i] for i in kept], "values": short})
