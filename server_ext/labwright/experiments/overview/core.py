"""The experiments worked on last with their newest runs, at a price that does not grow with the number of runs."""

from __future__ import annotations

from typing import Any

from pydantic import ValidationError

from labwright.actor import Actor
from labwright.errors import LabwrightError, NotFoundError
from labwright.experiments import backend, core, mlflow_rest
from labwright.experiments.capture import names
from labwright.experiments.capture.models import RunContext
from labwright.experiments.direction import judged_by
from labwright.experiments.models import Experiment, Run
from labwright.experiments.overview.models import LatestRun, Origin, Overview
from labwright.service.context import Context

__all__ = ["origin"]

EACH = 4
NEWEST = 100  # runs of all experiments that are looked at in one question
RESTING = 10  # experiments without a run among those, which are asked about one by one
AT_ONCE = 500  # experiments in one question
LARGEST = 2_000_000  # bytes of a file that Labwright wrote

Json = dict[str, Any]


def overview(context: Context, actor: Actor) -> list[Overview]:
    """All experiments: those with the newest runs first, then those that rest."""
    experiments = core.list_experiments(context, actor)
    runs: dict[str, list[Json]] = {}
    for run in _newest(context, [one.experiment_id for one in experiments[:AT_ONCE]], NEWEST):
        runs.setdefault(run["info"]["experiment_id"], []).append(run)
    busy = sorted((one for one in experiments if one.experiment_id in runs), key=lambda one: _started(runs, one))[::-1]
    resting = [one for one in experiments if one.experiment_id not in runs]
    for one in resting[:RESTING]:
        runs[one.experiment_id] = _newest(context, [one.experiment_id], EACH + 1)
    found = []
    for one in busy + resting:
        has = runs.get(one.experiment_id)
        # MLflow makes its experiment 0, "Default", by itself: while it is empty it is nobody's.
        if has or one.experiment_id != "0":
            shown = [backend.run_of(run, "", []) for run in (has or [])[:EACH]]
            metric = judged_by(run.metrics for run in shown if run.metrics)
            latest = [_line(run, metric) for run in shown]
            found.append(Overview(experiment=one, runs=latest, more=has is None or len(has) > EACH))
    return found


def origin(context: Context, actor: Actor, run_id: str) -> Origin:
    """Where a run was made. Errors: NotFoundError."""
    if not core.RUN_ID.fullmatch(run_id):
        raise NotFoundError(core.NO_RUN)
    try:
        run = core.call_mlflow(context, "GET", "/api/2.0/mlflow/runs/get", params={"run_id": run_id})["run"]
    except NotFoundError:
        raise NotFoundError(core.NO_RUN) from None
    tags = {item["key"]: item.get("value", "") for item in run.get("data", {}).get("tags", [])}
    cell = tags.get(names.CELL, "")
    params: Json = {"run_id": run_id, "path": names.FOLDER}
    listed = core.call_mlflow(context, "GET", "/api/2.0/mlflow/artifacts/list", params=params)
    files = {item["path"]: int(item.get("file_size") or 0) for item in listed.get("files", [])}
    return Origin(
        notebook=tags.get(names.NOTEBOOK) or None,
        cell=int(cell) if cell.isdecimal() else None,
        cell_id=tags.get(names.CELL_ID) or None,
        commit=tags.get(names.COMMIT) or None,
        branch=tags.get(names.BRANCH) or None,
        user=tags.get("mlflow.user") or None,
        recorded=names.CELLS_FILE in files,
        context=_context(context, run_id) if 0 < files.get(names.CONTEXT_FILE, 0) <= LARGEST else None,
    )


def _context(context: Context, run_id: str) -> RunContext | None:
    """What a run recorded of its surroundings. Artifacts are anybody's: what is not as Labwright writes it is none."""
    params: Json = {"run_uuid": run_id, "path": names.CONTEXT_FILE}
    try:
        return RunContext.model_validate_json(mlflow_rest.send(context, "GET", "/get-artifact", params=params).content)
    except (LabwrightError, ValidationError):
        return None


def _newest(context: Context, experiment_ids: list[str], limit: int) -> list[Json]:
    if not experiment_ids:
        return []
    body = {"experiment_ids": experiment_ids, "max_results": limit, "order_by": ["attributes.start_time DESC"]}
    found: list[Json] = core.call_mlflow(context, "POST", "/api/2.0/mlflow/runs/search", body=body).get("runs", [])
    return found


def _started(runs: dict[str, list[Json]], experiment: Experiment) -> int:
    return int(runs[experiment.experiment_id][0]["info"].get("start_time", 0))


def _line(run: Run, metric: str | None) -> LatestRun:
    if metric not in run.metrics:
        metric = judged_by([run.metrics])
    return LatestRun(
        run_id=run.run_id,
        name=run.name,
        status=run.status,
        started=run.started,
        metric=metric,
        value=run.metrics[metric].value if metric is not None else None,
        text=run.metrics[metric].text if metric is not None else "",
    )
