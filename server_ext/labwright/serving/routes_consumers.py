"""Routes of an endpoint's consumers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.service import auth
from labwright.service.context import Context
from labwright.serving import consumers as core
from labwright.serving.models import Consumer, ConsumerToken, NewConsumer

router = APIRouter()
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.get("/endpoints/{name}/consumers")
def consumers(context: In, actor: By, name: str) -> list[Consumer]:
    """Who may call the endpoint besides its owner, and who might once."""
    return core.consumers(context, actor, name)


@router.post("/endpoints/{name}/consumers", status_code=201)
def new_consumer(context: In, actor: By, name: str, body: NewConsumer) -> ConsumerToken:
    """Make a consumer's token; this reply is the only one that has it."""
    return core.new_consumer(context, actor, name, body)


@router.delete("/endpoints/{name}/consumers/{consumer}")
def revoke(context: In, actor: By, name: str, consumer: str) -> Consumer:
    """End a consumer's token at once."""
    return core.revoke(context, actor, name, consumer)
