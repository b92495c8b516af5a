"""Make a comparison small enough to live in a notebook."""

from __future__ import annotations

from labwright.experiments.models import Comparison, ComparisonRow, Curve

LIMIT = 50_000  # bytes of JSON
# One after the other until it fits: characters of a text, points of a curve, rows of a table, curves.
STEPS = (
    (200, 200, 400, 60),
    (120, 100, 200, 40),
    (80, 50, 100, 30),
    (60, 25, 60, 20),
    (40, 12, 30, 10),
    (24, 0, 15, 0),
)


def clip(text: str, most: int) -> str:
    """At most `most` characters."""
    return text if len(text) <= most else f"{text[: most - 1]}…"


def trimmed(comparison: Comparison) -> Comparison:
    """A copy of at most 50 KB of JSON: texts clipped, curves thinned, rows that do not differ left out first."""
    small = comparison
    for text, points, rows, curves in STEPS:
        small = _step(comparison, text, points, rows, curves)
        if _size(small) <= LIMIT:
            return small
    while _size(small) > LIMIT and len(small.runs) > 1:
        keep = len(small.runs) * 3 // 4
        small.runs = small.runs[:keep]
        for row in [*small.params, *small.metrics]:
            row.values = row.values[:keep]
            row.best = row.best if row.best is not None and row.best < keep else None
    return small


def _size(comparison: Comparison) -> int:
    return len(comparison.model_dump_json().encode())


def _step(whole: Comparison, text: int, points: int, rows: int, curves: int) -> Comparison:
    runs = [
        run.model_copy(
            update={
                # What the rows say already is not said twice.
                "params": {}, "metrics": {},
                "name": clip(run.name, text), "experiment": clip(run.experiment, text),
                "tags": {clip(k, text): clip(v, text) for k, v in list(run.tags.items())[:5]},
                "notebook": run.notebook and clip(run.notebook, text), "source": run.source and clip(run.source, text),
                "models": [model.model_copy(update={"name": clip(model.name, text)}) for model in run.models[:5]],
            }
        )
        for run in whole.runs
    ]  # fmt: skip
    return Comparison(
        runs=runs,
        params=[_row(row, text) for row in whole.params[:rows]],
        metrics=[_row(row, text) for row in whole.metrics[:rows]],
        curves=[_curve(curve, points) for curve in whole.curves[:curves]],
    )


def _row(row: ComparisonRow, text: int) -> ComparisonRow:
    values = [value.model_copy(update={"text": clip(value.text, text)}) for value in row.values]
    return row.model_copy(update={"name": clip(row.name, text), "values": values})


def _curve(curve: Curve, points: int) -> Curve:
    if len(curve.steps) <= points:
        return curve
    kept = [round(i * (len(curve.steps) - 1) / (points - 1)) for i in range(points)]
    values = [curve.values[i] for i in kept]
    short = [value if value is None else float(f"{value:.6g}") for value in values]
    return curve.model_copy(update={"steps": [curve.steps[i] for i in kept], "values": short})
