"""The pages that an endpoint gives about itself, for its owner's browser, which has no token of it."""

from __future__ import annotations

import httpx

from labwright.actor import Actor
from labwright.errors import ConflictError, UnavailableError
from labwright.service.context import Context
from labwright.serving import records


def page(context: Context, actor: Actor, name: str, path: str) -> httpx.Response:
    """What the endpoint answers at `path`. Errors: NotFoundError, ConflictError (stopped), UnavailableError."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
    if row.wanted != "running":
        raise ConflictError(f"{name} is stopped; start it first.", code="stopped")
    runner = records.room(context).runner
    if (card := runner.find(name)) is None:  # whoever has the port now must not get the token
        raise UnavailableError("The endpoint does not run now; try again in a moment.", code="endpoint_down")
    token = runner.folder(name).secret("token")
    try:
        with httpx.Client(transport=httpx.HTTPTransport(verify=False), timeout=10) as http:
            reply = http.get(f"http://127.0.0.1:{card.port}{path}", headers={"Authorization": f"Bearer {token}"})
        return reply.raise_for_status()
    except httpx.HTTPError:
        raise UnavailableError(
            "The endpoint does not answer now; try again in a moment.", code="endpoint_down"
        ) from None
