"""Experiments: what can be done with runs."""

from __future__ import annotations

import os
import re
from pathlib import Path

from labwright.actor import Actor
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments import backend, mlflow_rest
from labwright.experiments.comparison import curves_of, runs_of, side_by_side
from labwright.experiments.direction import ordered_by
from labwright.experiments.models import Comparison, Experiment, Run, RunDetail, RunPage, Tracking
from labwright.experiments.no_proxy import without_proxy
from labwright.experiments.tracking_environment import tracking_environment
from labwright.service.context import Context

__all__ = ["call_mlflow", "get_run", "mlflow_environment", "mlflow_state", "save_artifact", "tracking_server"]

call_mlflow = mlflow_rest.call

RUN_ID = re.compile(r"[0-9a-f]{32}")
LARGEST = 100_000_000  # bytes of an artifact that is read here
METRIC = re.compile(r"[\w\-./ :]{1,250}")
NO_RUN = "There is no such run; the experiment's table or lw.experiments.runs() lists those that there are."


def mlflow_state(context: Context) -> str:
    """not started, starting, running or failed."""
    return mlflow_rest.server(context).current_state()


def tracking_server(context: Context) -> Tracking:
    """Where kernels log to, and the remote server behind it, if there is one."""
    remote = context.settings.tracking
    return Tracking(
        uri=f"{context.url}/mlflow",
        remote=remote.uri if remote is not None else None,
        username=remote.username if remote is not None else "",
    )


def mlflow_environment(context: Context) -> dict[str, str]:
    """The environment with which MLflow's own client, in a job or a kernel, reaches the server."""
    return tracking_environment(tracking_server(context), context.tracking_token) | without_proxy(os.environ)


def list_experiments(context: Context, actor: Actor) -> list[Experiment]:
    """All experiments, the one changed last first."""
    body: dict[str, object] = {"max_results": 1000, "order_by": ["last_update_time DESC"]}
    found: list[Experiment] = []
    while True:
        reply = call_mlflow(context, "POST", "/api/2.0/mlflow/experiments/search", body=body)
        found += [backend.experiment_of(item) for item in reply.get("experiments", [])]
        if not reply.get("next_page_token"):
            return found
        body["page_token"] = reply["next_page_token"]


def get_experiment(context: Context, actor: Actor, experiment_id: str) -> Experiment:
    """One experiment. Errors: NotFoundError."""
    missing = NotFoundError("There is no such experiment; lw.experiments.experiments() lists those that there are.")
    if not experiment_id.isdecimal():
        raise missing
    try:
        reply = call_mlflow(context, "GET", "/api/2.0/mlflow/experiments/get", params={"experiment_id": experiment_id})
    except NotFoundError:
        raise missing from None
    return backend.experiment_of(reply["experiment"])


def list_runs(
    context: Context,
    actor: Actor,
    experiment_id: str,
    *,
    limit: int = 100,
    page: str | None = None,
    by: str | None = None,
    status: str | None = None,
    name: str | None = None,
) -> RunPage:
    """Runs of an experiment: newest first, or best first `by` a metric (runs that lack it come last).

    `by` is a metric's name; lower:NAME and higher:NAME say which values are better, where the name does not.
    `status` and `name` keep those that have it.

    Errors: NotFoundError; InvalidError for a bad page or metric.
    """
    experiment = get_experiment(context, actor, experiment_id)
    order = ["attributes.start_time DESC"]
    if by is not None:
        metric, lower = ordered_by(by)
        if not METRIC.fullmatch(metric):
            raise InvalidError("This is no name of a metric.")
        if lower is None:
            raise InvalidError(
                f"It is not known whether a high or a low {metric} is better: write lower:{metric} or higher:{metric}.",
                code="which_direction",
            )
        order.insert(0, f"metrics.`{metric}` {'ASC' if lower else 'DESC'}")
    body: dict[str, object] = {"experiment_ids": [experiment_id], "max_results": limit, "order_by": order}
    conditions = [f"attributes.status = '{status}'"] if status else []
    if name:
        conditions.append(f"attributes.run_name = {_quoted(name)}")
    body["filter"] = " AND ".join(conditions)
    if page:
        body["page_token"] = page
    reply = call_mlflow(context, "POST", "/api/2.0/mlflow/runs/search", body=body)
    found = reply.get("runs", [])
    models = backend.models_of(context, found)
    runs = [backend.run_of(item, experiment.name, models[item["info"]["run_id"]]) for item in found]
    return RunPage(runs=runs, next_page=reply.get("next_page_token") or None)


def get_run(context: Context, actor: Actor, run_id: str) -> RunDetail:
    """A run with its models, its artifacts and its samples of data. Errors: NotFoundError."""
    run = _run(context, actor, run_id)
    artifacts = _artifacts(context, run_id)
    reference, evaluation = (
        next((path for path in _artifacts(context, run_id, folder) if path.endswith(".parquet")), None)
        if folder in artifacts
        else None
        for folder in ("reference", "evaluation")
    )
    return RunDetail(run=run, artifacts=artifacts, reference=reference, evaluation=evaluation)


def save_artifact(context: Context, run_id: str, artifact: str, target: Path) -> None:
    """Write one of a run's artifacts to the file `target`, without MLflow's client and its seconds of importing.

    Errors: InvalidError for one of more than `LARGEST` bytes; MLflow's own.
    """
    listed = call_mlflow(
        context, "GET", "/api/2.0/mlflow/artifacts/list", params={"run_id": run_id, "path": str(Path(artifact).parent)}
    )
    sizes = {item["path"]: int(item.get("file_size") or 0) for item in listed.get("files", [])}
    if sizes.get(artifact, 0) > LARGEST:
        raise InvalidError(f"This artifact has more than {LARGEST / 1e6:.0f} MB; log a smaller sample.")
    reply = mlflow_rest.send(context, "GET", "/get-artifact", params={"run_uuid": run_id, "path": artifact})
    target.write_bytes(reply.content)


def compare(context: Context, actor: Actor, run_ids: list[str], points: int = 500) -> Comparison:
    """Runs side by side, the first as the base. Those that are not there any more are said, the others compared.

    Errors: NotFoundError when none is there.
    """
    runs, missing = runs_of(context, list(dict.fromkeys(run_ids)))
    if not runs:
        raise NotFoundError(NO_RUN)
    return side_by_side(runs, curves_of(context, runs, points), missing)


def _run(context: Context, actor: Actor, run_id: str) -> Run:
    if not RUN_ID.fullmatch(run_id):
        raise NotFoundError(NO_RUN)
    try:
        found = call_mlflow(context, "GET", "/api/2.0/mlflow/runs/get", params={"run_id": run_id})["run"]
    except NotFoundError:
        raise NotFoundError(NO_RUN) from None
    experiment = get_experiment(context, actor, found["info"]["experiment_id"])
    return backend.run_of(found, experiment.name, backend.models_of(context, [found])[run_id])


def _quoted(text: str) -> str:
    """A string of MLflow's search language, which knows two quotes and no way to escape them."""
    quote = "'" if "'" not in text else '"'
    if quote in text:
        raise InvalidError("MLflow cannot search for a name with both kinds of quotes; use the run's id.")
    return f"{quote}{text}{quote}"


def _artifacts(context: Context, run_id: str, path: str = "") -> list[str]:
    params = {"run_id": run_id} | ({"path": path} if path else {})
    reply = call_mlflow(context, "GET", "/api/2.0/mlflow/artifacts/list", params=params)
    return [item["path"] for item in reply.get("files", [])]
