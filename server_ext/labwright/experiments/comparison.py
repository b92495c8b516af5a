"""Runs side by side: parameters, metrics and costs with what differs, and the curves."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from labwright.errors import NotFoundError
from labwright.experiments import backend, mlflow_rest
from labwright.experiments.differences.curves import View, window
from labwright.experiments.direction import best_index, direction, judged_by
from labwright.experiments.models import ComparedValue, Comparison, ComparisonRow, Curve, MissingRun, Run
from labwright.service.context import Context

RUN_ID = re.compile(r"[0-9a-f]{32}")
CURVES = 30  # metrics with curves, at most
DELETED = "This run was archived; restore it to compare it again."
GONE = "There is no such run any more."


def runs_of(context: Context, run_ids: list[str]) -> tuple[list[Run], list[MissingRun]]:
    """Runs in the order of their ids, in few requests however many they are; and those that are not there."""
    found, names, missing = raw_runs(context, run_ids)
    models = backend.models_of(context, list(found.values()))
    runs = [backend.run_of(run, names[run["info"]["experiment_id"]], models[run_id]) for run_id, run in found.items()]
    return runs, [MissingRun(run_id=run_id[:40], reason=reason) for run_id, reason in missing.items()]


def raw_runs(context: Context, run_ids: list[str]) -> tuple[dict[str, Any], dict[str, str], dict[str, str]]:
    """MLflow's JSON of runs by their ids, in their order; experiments' names; and why some runs are not there."""
    found: dict[str, Any] = {}
    names: dict[str, str] = {}
    missing: dict[str, str] = {}
    for run_id in run_ids:
        if run_id in found:
            continue
        try:
            if not RUN_ID.fullmatch(run_id):
                raise NotFoundError(GONE)
            run = mlflow_rest.call(context, "GET", "/api/2.0/mlflow/runs/get", params={"run_id": run_id})["run"]
        except NotFoundError:
            missing[run_id] = GONE
            continue
        found[run_id] = run
        place = run["info"]["experiment_id"]
        if place not in names:
            # Runs that are compared are mostly of one experiment: one search finds all of them.
            names[place] = _experiment(context, place)
            others = [one for one in run_ids if one not in found and RUN_ID.fullmatch(one)]
            found |= _others(context, place, others)
    missing |= {run_id: DELETED for run_id, run in found.items() if run["info"].get("lifecycle_stage") == "deleted"}
    return {run_id: found[run_id] for run_id in run_ids if run_id not in missing}, names, missing


def _experiment(context: Context, experiment_id: str) -> str:
    reply = mlflow_rest.call(context, "GET", "/api/2.0/mlflow/experiments/get", params={"experiment_id": experiment_id})
    return str(reply["experiment"]["name"])


def _others(context: Context, experiment_id: str, run_ids: list[str]) -> dict[str, Any]:
    if not run_ids:
        return {}
    ids = ", ".join(f"'{run_id}'" for run_id in run_ids)
    body = {
        "experiment_ids": [experiment_id], "filter": f"attributes.run_id IN ({ids})", "run_view_type": "ALL",
        "max_results": len(run_ids),
    }  # fmt: skip
    reply = mlflow_rest.call(context, "POST", "/api/2.0/mlflow/runs/search", body=body)
    return {run["info"]["run_id"]: run for run in reply.get("runs", [])}


def side_by_side(runs: list[Run], curves: list[Curve], missing: list[MissingRun]) -> Comparison:
    """Compare runs; rows are sorted by name, those that differ first."""
    params = [
        _row(name, [ComparedValue(text=run.params.get(name, "")) for run in runs])
        for name in _names(run.params for run in runs)
    ]
    metrics = []
    for name in _names(run.metrics for run in runs):
        found = [run.metrics.get(name) for run in runs]
        metrics.append(
            _judged(name, [ComparedValue(text=m.text, value=m.value) if m else ComparedValue(text="") for m in found])
        )
    costs = []
    for name in _names(run.costs for run in runs):
        numbers = [run.costs.get(name) for run in runs]
        row = _row(name, [ComparedValue(text="" if n is None else f"{n:.6g}", value=n) for n in numbers])
        costs.append(row.model_copy(update={"direction": "down"}))
    return Comparison(
        runs=runs,
        params=sorted(params, key=lambda row: not row.differs),
        metrics=sorted(metrics, key=lambda row: not row.differs),
        curves=curves,
        costs=costs,
        main_metric=judged_by(run.metrics for run in runs),
        missing=missing,
    )


def _judged(name: str, values: list[ComparedValue]) -> ComparisonRow:
    row = _row(name, values)
    row.best = best_index(name, [value.value for value in values])
    row.direction = direction(name).value
    return row


def _names(dicts: Iterable[Mapping[str, object]]) -> list[str]:
    return sorted({name for one in dicts for name in one})


def _row(name: str, values: list[ComparedValue]) -> ComparisonRow:
    # Two metrics whose text is the same may differ in a digit that nobody sees; the numbers decide.
    differs = len({(value.text, value.value) for value in values}) > 1
    return ComparisonRow(name=name, differs=differs, values=values)


def curves_of(context: Context, runs: list[Run], points: int) -> list[Curve]:
    """The curves of metrics that have more than one step, of about so many points each."""
    stepped = sorted({name for run in runs for name, metric in run.metrics.items() if metric.step > 0})
    stepped = [name for name in stepped if not name.startswith("system/")][:CURVES]
    starts = {run.run_id: 0 for run in runs}
    found = []
    for name in stepped if points else []:
        for series in window(context, starts, name, View(points=points)).series:
            last = dict(zip(series.x, series.y, strict=True))
            if len(last) > 1:
                steps = thin([int(step) for step in last], points)
                values = [last[step] for step in steps]
                found.append(Curve(run_id=series.run_id, metric=name, steps=steps, values=values))
    return found


def thin(items: list[int], most: int) -> list[int]:
    """At most `most` of the items, evenly, the first and the last among them."""
    if len(items) <= most:
        return items
    return [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]
