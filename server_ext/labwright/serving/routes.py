"""Routes of serving."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Depends, Query, Response

from labwright.actor import Actor
from labwright.service import auth
from labwright.service.capability import Capability
from labwright.service.context import Context
from labwright.serving import (
    core,
    recent,
    routes_calling,
    routes_consumers,
    routes_docs,
    routes_figures,
    routes_promotion,
    routes_traffic,
    watch,
)
from labwright.serving.models import (
    Endpoint,
    Expected,
    LoggedPrediction,
    Register,
    Registered,
    RegisteredModel,
)
from labwright.serving.traffic_models import Role

router = APIRouter(prefix="/serving", tags=["serving"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]
Expecting = Annotated[Expected | None, Body()]


@router.get("/endpoints")
def endpoints(context: In, actor: By) -> list[Endpoint]:
    """All endpoints."""
    return core.list_endpoints(context, actor)


@router.get("/models")
def models(context: In) -> list[RegisteredModel]:
    """The registered models."""
    return core.registered_models(context)


@router.post("/models")
def register(context: In, actor: By, body: Register) -> Registered:
    """Register a run's model as a version; one that is registered under this name already is said."""
    return core.register(context, actor, body)


@router.get("/endpoints/{name}")
def endpoint(context: In, actor: By, name: str) -> Endpoint:
    """One endpoint."""
    return core.get_endpoint(context, actor, name)


@router.post("/endpoints/{name}/stop")
def stop(context: In, actor: By, name: str, body: Expecting = None) -> Endpoint:
    """End the endpoint's processes; all else stays."""
    return core.stop(context, actor, name, body.expected_revision if body else None)


@router.post("/endpoints/{name}/start")
def start(context: In, actor: By, name: str, body: Expecting = None) -> Endpoint:
    """Start a stopped endpoint."""
    return core.start(context, actor, name, body.expected_revision if body else None)


@router.delete("/endpoints/{name}", status_code=204)
def delete(context: In, actor: By, name: str, expected_revision: int | None = None) -> Response:
    """End the endpoint and delete its files, the prediction log too."""
    core.delete(context, actor, name, expected_revision)
    return Response(status_code=204)


@router.get("/endpoints/{name}/log")
def log(
    context: In, actor: By, name: str, limit: Annotated[int, Query(ge=1, le=1000)] = 100, version: str | None = None,
    role: Role | None = None, consumer: str | None = None,
    status: Annotated[int | None, Query(description="Such as 422; 4 and 5 are any 4xx and 5xx")] = None,
) -> list[LoggedPrediction]:  # fmt: skip
    """The newest requests, without their values."""
    return recent.requests(context, actor, name, recent.Wanted(limit, version, role, status, consumer))


for part in (routes_promotion, routes_traffic, routes_consumers, routes_docs, routes_figures, routes_calling):
    router.include_router(part.router)

capability = Capability(
    name="serving",
    router=router,
    recover=watch.recover,
    going_on=core.going_on,
    stop_everything=core.stop_everything,
    close=watch.close,
)
