"""Whether an endpoint should run: stop and start."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from labwright.actor import Actor
from labwright.errors import ConflictError
from labwright.service.context import Context
from labwright.serving import records, watch


@contextmanager
def alone(context: Context, actor: Actor, name: str) -> Iterator[records.Room]:
    """Nobody else works on the endpoint meanwhile. Errors: NotFoundError, ConflictError while an operation has it."""
    with context.store.session() as session:
        records.get(session, actor, name)
    records.check_idle(context, name)
    room = records.room(context)
    with room.busy[name]:
        records.check_idle(context, name)  # it may have been accepted while we waited
        yield room


def set_wanted(context: Context, actor: Actor, name: str, wanted: str, expected: int | None = None) -> None:
    """Make it run or stop; it keeps its port. Errors: NotFoundError, ConflictError (port_taken, changed, …)."""
    with alone(context, actor, name) as room:
        with context.store.session() as session:
            row = records.get(session, actor, name)
            records.check_revision(row, expected)
            if row.live is None:
                raise ConflictError("This endpoint is being made; wait for its promotion.", code="promotion_running")
            if row.wanted != wanted:
                row.wanted = wanted
                row.revision += 1
        if wanted == "running":
            watch.reconcile(context, actor, name)
        else:
            room.runner.stop(name)
            room.problems.pop(name, None)
    context.events.publish("serving", name)
