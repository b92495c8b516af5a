"""The pages that an endpoint gives about itself, for its owner's browser, which has no token of it."""

from __future__ import annotations

import httpx

from labwright.actor import Actor
from labwright.errors import ConflictError
from labwright.service.context import Context
from labwright.serving import reaching, records


def page(context: Context, actor: Actor, name: str, path: str) -> httpx.Response:
    """What the endpoint answers at `path`. Errors: NotFoundError, ConflictError (stopped), UnavailableError."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
    if row.wanted != "running":
        raise ConflictError(f"{name} is stopped; start it first.", code="stopped")
    reply = reaching.send(context, name, "GET", path, timeout=10)
    if not reply.is_success:
        raise reaching.no_answer()
    return reply
