"""Routes of experiments."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query

from labwright.actor import Actor
from labwright.experiments import core, mlflow_proxy, mlflow_rest
from labwright.experiments.capture.routes import router as capture_router
from labwright.experiments.differences import routes as differences
from labwright.experiments.models import Compare, Comparison, Experiment, RunDetail, RunPage, Tracking
from labwright.experiments.overview import routes as overview
from labwright.experiments.spool import routes as spool
from labwright.experiments.spool.drain import drain
from labwright.experiments.table.routes import router as table_router
from labwright.service import auth
from labwright.service.capability import Capability
from labwright.service.context import Context

router = APIRouter(prefix="/experiments", tags=["experiments"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.get("")
def experiments(context: In, actor: By) -> list[Experiment]:
    """All experiments, the one changed last first."""
    return core.list_experiments(context, actor)


@router.get("/tracking")
def tracking(context: In) -> Tracking:
    """Where kernels log to."""
    return core.tracking_server(context)


@router.post("/compare")
def compare(context: In, actor: By, body: Compare) -> Comparison:
    """Runs side by side, the first as the base."""
    return core.compare(context, actor, body.run_ids, body.points)


@router.get("/runs/{run_id}")
def run(context: In, actor: By, run_id: str) -> RunDetail:
    """A run with its models, its artifacts and its reference sample."""
    return core.get_run(context, actor, run_id)


@router.get("/{experiment_id}/runs")
def runs(
    context: In,
    actor: By,
    experiment_id: str,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    page: str | None = None,
    by: Annotated[str | None, Query(max_length=250, description="Best first by this metric, else newest first")] = None,
    status: Literal["RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED"] | None = None,
    name: Annotated[str | None, Query(max_length=1000)] = None,
) -> RunPage:
    """Runs of an experiment."""
    return core.list_runs(context, actor, experiment_id, limit=limit, page=page, by=by, status=status, name=name)


def recover(context: Context) -> None:
    """Bring what processes logged while no service was there."""
    drain(context).recover()


def busy(context: Context) -> bool:
    """Whether values are on their way to MLflow, or a run goes on."""
    return drain(context).busy()


def close(context: Context) -> None:
    """End MLflow with the service."""
    drain(context).close()
    mlflow_rest.server(context).close()


_all = APIRouter()
_all.include_router(differences.router)
_all.include_router(spool.router)
_all.include_router(overview.router)
_all.include_router(router)
_all.include_router(capture_router)
_all.include_router(table_router)
_all.include_router(mlflow_proxy.router)
capability = Capability(name="experiments", router=_all, recover=recover, busy=busy, close=close)
