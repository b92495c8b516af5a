"""Endpoints and promotions in the database, and what is kept in memory for a service's life."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from labwright.actor import Actor
from labwright.errors import ConflictError, NotFoundError
from labwright.service.context import Context
from labwright.serving.backend import LocalRunner, Runner
from labwright.serving.tables import EndpointRow, PromotionRow

PROMOTE = "serving.promote"


@dataclass
class Room:
    """Serving's own part of a service: derived, lost with it, never the truth.

    `accepting` makes the acceptance of promotions one at a time; `busy[name]` is held by whoever works on an endpoint.
    """

    runner: Runner
    accepting: threading.Lock = field(default_factory=threading.Lock)
    busy: dict[str, threading.RLock] = field(default_factory=lambda: defaultdict(threading.RLock))
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
    """Errors: ConflictError while a promotion of this endpoint goes on."""
    if context.operations.running(PROMOTE, name):
        raise ConflictError(
            f"A promotion to {name!r} goes on; wait for it, or cancel it, then try again.", code="promotion_running"
        )


def fixed_digest(session: Session, name: str, version: str) -> str | None:
    """The digest that this version had when it was promoted before."""
    rows = session.scalars(sa.select(PromotionRow).where(PromotionRow.endpoint == name))
    return next((row.version["digest"] for row in rows if row.version["version"] == version), None)
