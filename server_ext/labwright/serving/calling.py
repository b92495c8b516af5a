"""Calls to an endpoint on somebody's behalf, and the code with which others call it."""

from __future__ import annotations

import json
from typing import Any

import httpx

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, LabwrightError, UnavailableError, from_problem
from labwright.service.context import Context
from labwright.serving import records, render
from labwright.serving.core import get_endpoint
from labwright.serving.models import Example, Predict, Prediction


def predict(context: Context, actor: Actor, name: str, body: Predict) -> Prediction:
    """Ask the endpoint, as any caller would. Errors: the endpoint's own, NotFoundError, ConflictError (stopped)."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
        wanted, port = row.wanted, row.port
    if wanted != "running":
        raise ConflictError(f"{name} is stopped; start it first.", code="stopped")
    if records.room(context).runner.find(name) is None:
        get_endpoint(context, actor, name)  # starts it
    try:
        content = json.dumps({"dataframe_split": {"columns": body.columns, "data": body.data}}, allow_nan=False)
    except ValueError:
        raise InvalidError("A number is infinite or none at all; send null for a missing value.") from None
    token = records.room(context).runner.folder(name).secret("token")
    try:
        with httpx.Client(transport=httpx.HTTPTransport(verify=False), timeout=60) as http:
            reply = http.post(
                f"http://127.0.0.1:{port}/invocations", content=content.encode(),
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )  # fmt: skip
    except httpx.HTTPError:
        raise UnavailableError(
            "The endpoint does not answer now; try again in a moment.", code="endpoint_down"
        ) from None
    found = read(reply)
    predictions = found if isinstance(found, list) else [found]
    return Prediction(
        predictions=predictions, version=reply.headers["x-labwright-version"], request_id=reply.headers["x-request-id"]
    )


def read(reply: httpx.Response) -> Any:
    """The predictions of an endpoint's reply. Errors: the LabwrightError that its problem stands for."""
    if reply.is_error:
        try:
            problem = reply.json()
            raise from_problem(reply.status_code, problem["code"], problem["detail"])
        except (ValueError, KeyError, TypeError):
            raise LabwrightError(f"The endpoint answered {reply.status_code}.") from None
    return reply.json()["predictions"]


def example(context: Context, actor: Actor, name: str) -> Example:
    """Code that calls the endpoint, with its own input example. Errors: NotFoundError."""
    endpoint = get_endpoint(context, actor, name)
    with context.store.session() as session:
        card = records.get(session, actor, name).card
    row = card.get("example")
    tensor = bool(card.get("tensor"))
    columns = (
        row["columns"] if row else [column.name for column in (endpoint.signature.inputs if endpoint.signature else [])]
    )
    data = row["data"][:1] if row else [[None] * len(columns)]
    body = {"inputs": data} if tensor else {"dataframe_split": {"columns": columns, "data": data}}
    frame = f"pd.DataFrame({data!r}, columns={columns!r})" if not tensor else f"np.array({data!r})"
    library = "import numpy as np" if tensor else "import pandas as pd"
    return Example(
        curl=render.curl(name, endpoint.url or "", json.dumps(body)),
        python=f"import labwright as lw\n{library}\n\nlw.serving.predict({name!r}, {frame})",
        magic=f"{library}\nrows = {frame}\n%predict {name} rows",
    )
