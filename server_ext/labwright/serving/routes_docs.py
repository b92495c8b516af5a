"""Routes of what an endpoint says about itself."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse

from labwright.actor import Actor
from labwright.service import auth
from labwright.service.context import Context
from labwright.serving import docs as core
from labwright.serving.plane.docs_page import HEADERS

router = APIRouter()
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.get("/endpoints/{name}/docs", response_class=HTMLResponse)
def docs(context: In, actor: By, name: str) -> HTMLResponse:
    """The endpoint's own page about how to call it, under the policy that it has there."""
    return HTMLResponse(core.page(context, actor, name, "/docs").text, headers=HEADERS)


@router.get("/endpoints/{name}/openapi.json")
def openapi(context: In, actor: By, name: str) -> dict[str, Any]:
    """The endpoint's OpenAPI document."""
    found: dict[str, Any] = core.page(context, actor, name, "/openapi.json").json()
    return found
