"""Routes of clusters."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.clusters import core
from labwright.clusters.models import Cluster, ScaleCluster, StartCluster
from labwright.service import auth
from labwright.service.capability import Capability
from labwright.service.context import Context

router = APIRouter(prefix="/clusters", tags=["clusters"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.get("")
def clusters(context: In, actor: By) -> list[Cluster]:
    """All clusters but the stopped ones."""
    return core.list_clusters(context, actor)


@router.post("")
def start(context: In, actor: By, body: StartCluster) -> Cluster:
    """Start a cluster; comes back at once in state starting. The running one of this name is given back unchanged."""
    return core.start(context, actor, body)


@router.get("/{name}")
def cluster(context: In, actor: By, name: str) -> Cluster:
    """One cluster with its workers as they are now."""
    return core.get(context, actor, name)


@router.patch("/{name}")
def scale(context: In, actor: By, name: str, body: ScaleCluster) -> Cluster:
    """Change the number of workers."""
    return core.scale(context, actor, name, body)


@router.delete("/{name}")
def stop(context: In, actor: By, name: str, expected_revision: int | None = None) -> Cluster:
    """End all processes of a cluster."""
    return core.stop(context, actor, name, expected_revision)


capability = Capability(
    name="clusters",
    router=router,
    recover=core.recover,
    going_on=core.going_on,
    stop_everything=core.stop_everything,
)
