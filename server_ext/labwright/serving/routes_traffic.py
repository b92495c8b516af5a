"""Routes of an endpoint's traffic."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.service import auth
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.serving import spreading
from labwright.serving.traffic_models import SetTraffic

router = APIRouter()
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.put("/endpoints/{name}/traffic", status_code=202)
def set_traffic(context: In, actor: By, name: str, body: SetTraffic) -> Operation:
    """Spread the calls over versions that were promoted here, and send copies to a shadow."""
    return spreading.set_traffic(context, actor, name, body)
