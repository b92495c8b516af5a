"""Predictions and feedback on somebody's behalf, and the code with which others call an endpoint."""

from __future__ import annotations

import json

import httpx

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, LabwrightError, from_problem
from labwright.service.context import Context
from labwright.serving import reaching, records, snippets
from labwright.serving.core import get_endpoint
from labwright.serving.models import Example, Feedback, Predict, Prediction
from labwright.serving.settings_models import EndpointSettings


def predict(context: Context, actor: Actor, name: str, body: Predict) -> Prediction:
    """Ask the endpoint, as any caller would. Errors: the endpoint's own, NotFoundError, ConflictError (stopped)."""
    asked = body.body or {"dataframe_split": {"columns": body.columns, "data": body.data}}
    try:
        content = json.dumps(asked, allow_nan=False).encode()
    except ValueError:
        raise InvalidError("A number is infinite or none at all; send null for a missing value.") from None
    reply = _ask(context, actor, name, "invocations", content)
    found = reply.json()["predictions"]
    return Prediction(
        predictions=found if isinstance(found, list) else [found], version=reply.headers["x-labwright-version"],
        request_id=reply.headers["x-request-id"], latency_ms=round(1000 * reply.elapsed.total_seconds(), 2),
    )  # fmt: skip


def _ask(context: Context, actor: Actor, name: str, path: str, content: bytes) -> httpx.Response:
    """The endpoint's reply. Errors: the endpoint's own, NotFoundError, ConflictError."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
        wanted, settings = row.wanted, EndpointSettings.model_validate(row.settings)
    if wanted != "running":
        raise ConflictError(f"{name} is stopped; start it first.", code="stopped")
    if records.room(context).runner.find(name) is None:
        get_endpoint(context, actor, name)  # starts it
    patience = settings.deadline_seconds + 30  # it may wait for one that is run before
    reply = reaching.send(context, name, "POST", f"/{path}", timeout=patience, content=content)
    if reply.is_error:
        raise _problem(reply)
    return reply


def _problem(reply: httpx.Response) -> LabwrightError:
    """The error that an endpoint's reply stands for."""
    try:
        problem = reply.json()
        return from_problem(reply.status_code, problem["code"], problem["detail"])
    except (ValueError, KeyError, TypeError):
        return LabwrightError(f"The endpoint answered {reply.status_code}.")


def feedback(context: Context, actor: Actor, name: str, body: Feedback) -> None:
    """Say what came true for a request. Errors: the endpoint's own, NotFoundError, ConflictError (stopped)."""
    _ask(context, actor, name, "feedback", body.model_dump_json().encode())


def example(context: Context, actor: Actor, name: str) -> Example:
    """Code that calls the endpoint, with its own input example. Errors: NotFoundError."""
    endpoint = get_endpoint(context, actor, name)
    with context.store.session() as session:
        card = records.get(session, actor, name).card
    return snippets.example(name, endpoint.url or "", card)
