"""Routes of features."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.features import core
from labwright.features.models import FeatureRepository, FeatureViewDetail
from labwright.service import auth
from labwright.service.capability import Capability
from labwright.service.context import Context

router = APIRouter(prefix="/features", tags=["features"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.get("")
def features(context: In, actor: By) -> FeatureRepository:
    """All feature views of the repository."""
    return core.repository(context, actor)


@router.get("/views/{name}")
def view(context: In, actor: By, name: str) -> FeatureViewDetail:
    """One feature view, with the first rows of its source."""
    return core.view(context, actor, name)


capability = Capability(name="features", router=router)
