"""Route of an endpoint's figures, which the page asks for every few seconds."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.service import auth
from labwright.service.context import Context
from labwright.serving import records
from labwright.serving.traffic_models import Figures

router = APIRouter()


@router.get("/endpoints/{name}/figures")
def figures(
    context: Annotated[Context, Depends(auth.context)], actor: Annotated[Actor, Depends(auth.actor)], name: str
) -> Figures:
    """The last five minutes, from the endpoint's own memory; 503 while its process does not run."""
    with context.store.session() as session:
        records.get(session, actor, name)
    return Figures.model_validate(records.room(context).runner.order(name, "figures", timeout=5))
