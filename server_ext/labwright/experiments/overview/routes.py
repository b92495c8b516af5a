"""Routes of the side bar's list of experiments, and of where a run comes from."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.experiments.overview import core
from labwright.experiments.overview.models import Origin, Overview
from labwright.service import auth
from labwright.service.context import Context

router = APIRouter(prefix="/experiments", tags=["experiments"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.get("/overview")
def overview(context: In, actor: By) -> list[Overview]:
    """All experiments with their newest runs, those that were worked on last first."""
    return core.overview(context, actor)


@router.get("/runs/{run_id}/origin")
def origin(context: In, actor: By, run_id: str) -> Origin:
    """The notebook, the cell and the commit that a run was made from."""
    return core.origin(context, actor, run_id)
