"""Calls to an endpoint on somebody's behalf, and the code with which others call it."""

from __future__ import annotations

import json
import time

import httpx

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, LabwrightError, UnavailableError, from_problem
from labwright.service.context import Context
from labwright.serving import records, snippets
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
    reply, seconds = _ask(context, actor, name, "invocations", content)
    found = reply.json()["predictions"]
    return Prediction(
        predictions=found if isinstance(found, list) else [found], version=reply.headers["x-labwright-version"],
        request_id=reply.headers["x-request-id"], latency_ms=round(1000 * seconds, 2),
    )  # fmt: skip


def _ask(context: Context, actor: Actor, name: str, path: str, content: bytes) -> tuple[httpx.Response, float]:
    """The endpoint's reply and the seconds that it took. Errors: the endpoint's own, NotFoundError, ConflictError."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
        wanted, settings = row.wanted, EndpointSettings.model_validate(row.settings)
    if wanted != "running":
        raise ConflictError(f"{name} is stopped; start it first.", code="stopped")
    room = records.room(context)
    if room.runner.find(name) is None:
        get_endpoint(context, actor, name)  # starts it
    if (card := room.runner.find(name)) is None:  # whoever has the port now must not get the token, nor the rows
        words = room.problems.get(name, "The endpoint does not run now; try again in a moment.")
        raise UnavailableError(words, code="endpoint_down")
    token = room.runner.folder(name).secret("token")
    patience = settings.deadline_seconds + 30  # it may wait for one that is run before
    try:
        with httpx.Client(transport=httpx.HTTPTransport(verify=False), timeout=patience) as http:
            begin = time.perf_counter()
            reply = http.post(
                f"http://127.0.0.1:{card.port}/{path}", content=content,
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )  # fmt: skip
            seconds = time.perf_counter() - begin
    except httpx.HTTPError:
        raise UnavailableError(
            "The endpoint does not answer now; try again in a moment.", code="endpoint_down"
        ) from None
    if reply.is_error:
        raise _problem(reply)
    return reply, seconds


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
