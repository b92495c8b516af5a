"""Routes of promotions, rollbacks, history, settings and lineage."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.service import auth
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.serving import configuring, core, past, provenance
from labwright.serving.lineage_models import Lineage, ServedRun
from labwright.serving.models import Decide, Endpoint, Promote, Promotion, Rollback, Served, SetSettings
from labwright.serving.promotion import acceptance, decision
from labwright.serving.promotion import rollback as back
from labwright.serving.readiness.models import ReadinessCard

router = APIRouter()
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.post("/endpoints/{name}/promotions", status_code=202)
def promote(context: In, actor: By, name: str, body: Promote) -> Operation:
    """Promote a run's model, or a version."""
    return acceptance.promote(context, actor, name, body)


@router.get("/endpoints/{name}/promotions")
def promotions(context: In, actor: By, name: str) -> list[Promotion]:
    """The endpoint's history, newest first."""
    return past.history(context, actor, name)


@router.get("/promotions/{operation}/readiness")
def readiness(context: In, actor: By, operation: str) -> ReadinessCard:
    """The readiness card of a promotion, also while it is made."""
    return decision.card(context, actor, operation)


@router.post("/promotions/{operation}/go")
def go(context: In, actor: By, operation: str, body: Decide) -> Operation:
    """Let a promotion that waits for a decision go on; to stop it, cancel the operation."""
    return decision.go(context, actor, operation, body)


@router.post("/endpoints/{name}/rollback", status_code=202)
def rollback(context: In, actor: By, name: str, body: Rollback) -> Operation:
    """Go back to the version before, or to one that was live before."""
    return back.rollback(context, actor, name, body)


@router.get("/endpoints/{name}/served")
def served(context: In, actor: By, name: str, at: datetime) -> Served:
    """What answered at a moment of the past; a time without a zone is UTC."""
    return past.served(context, actor, name, at)


@router.put("/endpoints/{name}/settings")
def settings(context: In, actor: By, name: str, body: SetSettings) -> Endpoint:
    """Other settings; they hold at once, without a failed request."""
    configuring.configure(context, actor, name, body)
    return core.get_endpoint(context, actor, name)


@router.get("/endpoints/{name}/lineage")
def endpoint_lineage(context: In, actor: By, name: str) -> Lineage:
    """From the endpoint back: version, run, notebook and cell, data and feature versions."""
    return provenance.of_endpoint(context, actor, name)


@router.get("/runs/{run_id}/endpoints")
def run_endpoints(context: In, actor: By, run_id: str) -> list[ServedRun]:
    """From a run forward: the endpoints that serve its model, or did."""
    return provenance.of_run(context, actor, run_id)
