"""Runs side by side: parameters and metrics with what differs, and the curves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from labwright.experiments import mlflow_rest
from labwright.experiments.backend import number
from labwright.experiments.direction import best_index
from labwright.experiments.models import ComparedValue, Comparison, ComparisonRow, Curve, Run
from labwright.service.context import Context

CURVE_POINTS = 500
CURVES = 30  # metrics with curves, at most


def side_by_side(runs: list[Run], curves: list[Curve]) -> Comparison:
    """Compare runs; rows are sorted by name, those that differ first."""
    params = [
        _row(name, [ComparedValue(text=run.params.get(name, "")) for run in runs])
        for name in _names(run.params for run in runs)
    ]
    metrics = []
    for name in _names(run.metrics for run in runs):
        found = [run.metrics.get(name) for run in runs]
        values = [ComparedValue(text=m.text, value=m.value) if m else ComparedValue(text="") for m in found]
        row = _row(name, values)
        row.best = best_index(name, [value.value for value in values])
        metrics.append(row)
    return Comparison(
        runs=runs,
        params=sorted(params, key=lambda row: not row.differs),
        metrics=sorted(metrics, key=lambda row: not row.differs),
        curves=curves,
    )


def _names(dicts: Iterable[Mapping[str, object]]) -> list[str]:
    return sorted({name for one in dicts for name in one})


def _row(name: str, values: list[ComparedValue]) -> ComparisonRow:
    # Two metrics whose text is the same may differ in a digit that nobody sees; the numbers decide.
    differs = len({(value.text, value.value) for value in values}) > 1
    return ComparisonRow(name=name, differs=differs, values=values)


def curves_of(context: Context, runs: list[Run]) -> list[Curve]:
    """The curves of metrics that have more than one step, thinned by MLflow to at most 500 points each."""
    stepped = sorted({name for run in runs for name, metric in run.metrics.items() if metric.step > 0})
    stepped = [name for name in stepped if not name.startswith("system/")][:CURVES]
    found = []
    for name in stepped:
        ids = [run.run_id for run in runs if name in run.metrics]
        reply = mlflow_rest.call(
            context, "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval",
            params={"run_ids": ids, "metric_key": name, "max_results": CURVE_POINTS},
        )  # fmt: skip
        for run_id in ids:
            last = {int(p.get("step", 0)): p["value"] for p in reply.get("metrics", []) if p["run_id"] == run_id}
            if len(last) > 1:
                steps = thin(sorted(last), CURVE_POINTS)
                found.append(
                    Curve(run_id=run_id, metric=name, steps=steps, values=[number(last[step])[0] for step in steps])
                )
    return found


def thin(items: list[int], most: int) -> list[int]:
    """At most `most` of the items, evenly, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]
