"""Routes that ask an endpoint on somebody's behalf, as the try-it form does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from labwright.actor import Actor
from labwright.service import auth
from labwright.service.context import Context
from labwright.serving import calling
from labwright.serving.models import Example, Feedback, Predict, Prediction

router = APIRouter()
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.post("/endpoints/{name}/predict")
def predict(context: In, actor: By, name: str, body: Predict) -> Prediction:
    """Ask the endpoint."""
    return calling.predict(context, actor, name, body)


@router.post("/endpoints/{name}/feedback", status_code=204)
def feedback(context: In, actor: By, name: str, body: Feedback) -> Response:
    """Say what came true for a request that was answered; it joins the prediction log."""
    calling.feedback(context, actor, name, body)
    return Response(status_code=204)


@router.get("/endpoints/{name}/example")
def example(context: In, actor: By, name: str) -> Example:
    """Code that calls the endpoint."""
    return calling.example(context, actor, name)
