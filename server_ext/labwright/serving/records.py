"""Endpoints and promotions in the database, and what is kept in memory for a service's life."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from labwright.actor import Actor
from labwright.errors import ConflictError, NotFoundError
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.service.operations import Handle
from labwright.serving.backend import LocalRunner, Runner
from labwright.serving.models import Version
from labwright.serving.tables import EndpointRow, PromotionRow

if TYPE_CHECKING:
    from labwright.serving.promotion.decision import Decision

PROMOTE, ROLLBACK, TRAFFIC = "serving.promote", "serving.rollback", "serving.traffic"
KINDS = (PROMOTE, ROLLBACK, TRAFFIC)
GOES_ON = {
    PROMOTE: ("promotion_running", "A promotion to {name!r} goes on; wait for it, or cancel it, then try again."),
    ROLLBACK: ("rollback_running", "A rollback of {name!r} goes on; wait for it, then try again."),
    TRAFFIC: ("traffic_running", "A change of the traffic of {name!r} goes on; wait for it, then try again."),
}


@dataclass
class Room:
    """Serving's own part of a service: derived, lost with it, never the truth.

    `works[name]` is the kind of the operation that has the endpoint: one at a time, decided when it is accepted, under
    `accepting`. `busy[name]` is held for as long as an endpoint's record or its data plane is changed, by operations,
    by short works (stop, settings, …) and by the watch: never while somebody is waited for.
    """

    runner: Runner
    accepting: threading.Lock = field(default_factory=threading.Lock)
    works: dict[str, str] = field(default_factory=dict)
    busy: dict[str, threading.RLock] = field(default_factory=lambda: defaultdict(threading.RLock))
    mirroring: dict[str, threading.Lock] = field(default_factory=lambda: defaultdict(threading.Lock))
    decisions: dict[str, Decision] = field(default_factory=dict)  # operation → what it waits for
    candidates: dict[str, Version] = field(default_factory=dict)  # endpoint → whose canary goes on
    ending: threading.Event = field(default_factory=threading.Event)
    problems: dict[str, str] = field(default_factory=dict)  # endpoint → why it could not be started
    seen: dict[str, tuple[object, ...]] = field(default_factory=dict)  # endpoint → what was last told to the page
    watch: threading.Thread | None = None


_rooms: dict[str, Room] = {}


def room(context: Context) -> Room:
    """This service's."""
    key = str(context.folders.home)
    if key not in _rooms:
        _rooms[key] = Room(LocalRunner(context.folders))
    return _rooms[key]


def find(session: Session, actor: Actor, name: str) -> EndpointRow | None:
    """The actor's endpoint."""
    query = sa.select(EndpointRow).where(EndpointRow.name == name, EndpointRow.owner == actor.owner)
    return session.scalar(query)


def get(session: Session, actor: Actor, name: str) -> EndpointRow:
    """The actor's endpoint. Errors: NotFoundError."""
    row = find(session, actor, name)
    if row is None:
        raise NotFoundError(f"There is no endpoint named {name!r}; promote a run to it first.", code="no_endpoint")
    return row


def check_revision(row: EndpointRow | None, expected: int | None) -> None:
    """Errors: ConflictError when the endpoint is not the one that the caller saw."""
    if expected is not None and expected != (row.revision if row is not None else 0):
        raise ConflictError("This endpoint was changed in the meantime; look again, then decide.", code="changed")


def check_idle(context: Context, name: str) -> None:
    """Errors: ConflictError while an operation has this endpoint."""
    kind = room(context).works.get(name)
    if kind is not None:
        code, words = GOES_ON[kind]
        raise ConflictError(words.format(name=name), code=code)


def begin(
    context: Context, actor: Actor, kind: str, name: str, work: Callable[[Handle], dict[str, Any]]
) -> Operation:  # fmt: skip
    """Start an operation that has the endpoint for itself until it ends. Call it with `accepting` held, after
    `check_idle`.
    """
    works = room(context).works
    works[name] = kind

    def run(handle: Handle) -> dict[str, Any]:
        try:
            return work(handle)
        finally:
            works.pop(name, None)

    try:
        return context.operations.start(actor, kind, name, run)
    except BaseException:
        works.pop(name, None)
        raise


def committed(session: Session, operation: str) -> bool:
    """Whether an operation came to its commit: each that did has its line in the history."""
    query = sa.select(PromotionRow.sequence).where(PromotionRow.operation == operation)
    return session.scalar(query.limit(1)) is not None
