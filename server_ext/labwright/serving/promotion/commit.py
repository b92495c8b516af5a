"""The moment of truth: one transaction. What comes after it is made good by `watch` when the service dies there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from labwright.actor import Actor
from labwright.errors import LabwrightError, UnavailableError
from labwright.service.context import Context
from labwright.service.store import GONE
from labwright.serving import records, shares, watch
from labwright.serving.models import Version
from labwright.serving.tables import EndpointRow, PromotionRow

log = logging.getLogger(__name__)


def once(context: Context, operation: str, undo: ExitStack, write: Callable[[], None]) -> None:
    """Run the transaction `write`, which adds the operation's line to the history; then nothing is undone any more.

    A database that goes away in that moment does not say whether it was committed: what is undone then may be live. So
    it is asked until it answers; where this service ends before that, the next one goes by what the database says.
    """
    try:
        write()
    except GONE:
        came = None
        while came is None:
            if records.room(context).ending.wait(1):
                undo.pop_all()
                raise
            came = _came(context, operation)
        if not came:
            raise
    undo.pop_all()


def _came(context: Context, operation: str) -> bool | None:
    try:
        with context.store.session() as session:
            return records.committed(session, operation)
    except GONE:
        return None


def make_live(
    context: Context, actor: Actor, name: str, version: Version, card: dict[str, Any], *, kind: str, operation: str,
    reason: str | None, confirm: Callable[[], None] | None = None,
) -> None:  # fmt: skip
    """Say that `version` is live, with its line in the history.

    `confirm` may object by raising. It is asked when the database has let us write, for which it may have kept us
    waiting: nothing but the commit comes after it.
    """
    port = _port(context, name)
    with context.store.session() as session:
        row = records.get(session, actor, name)
        previous = row.live["version"] if row.live else None
        row.traffic = shares.once_live(row, version) if row.live else {}
        row.live, row.wanted, row.port = version.model_dump(), "running", port
        row.card = {
            "signature": card["signature"],
            "tensor": card["tensor"],
            "example": card["example"],
            "has_reference": card.get("has_reference", False),
            "previous": previous,
        }
        row.revision += 1
        session.add(line(row, actor, version, previous, kind=kind, operation=operation, reason=reason))
        if confirm is not None:
            session.flush()
            confirm()


def make_shadow(
    context: Context, actor: Actor, name: str, version: Version, *, operation: str, reason: str | None
) -> None:  # fmt: skip
    """Say that `version` gets copies of the calls; what is live stays."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
        row.traffic = shares.with_shadow(row, version)
        row.revision += 1
        previous = row.live["version"] if row.live else None
        session.add(line(row, actor, version, previous, kind="shadow", operation=operation, reason=reason))


def line(
    row: EndpointRow, actor: Actor, version: Version, previous: str | None, *, kind: str, operation: str | None,
    reason: str | None,
) -> PromotionRow:  # fmt: skip
    """A line of the history, of an endpoint's row as it is from now on."""
    return PromotionRow(
        endpoint=row.name, version=version.model_dump(), previous=previous, kind=kind, reason=reason,
        operation=operation, traffic=shares.percents(row), owner=actor.owner, namespace=actor.namespace,
    )  # fmt: skip


def follow(context: Context, actor: Actor, name: str) -> None:
    """Make processes and files match what was committed. Failures are made good later, and only noted."""
    try:
        watch.reconcile(context, actor, name)
    except LabwrightError as error:
        log.warning("endpoint %s: %s", name, error.message)
    except Exception:  # it is committed, whatever this was
        log.exception("endpoint %s", name)
    context.events.publish("serving", name)


def _port(context: Context, name: str) -> int:
    process = records.room(context).runner.find(name)
    if process is None:
        raise UnavailableError("The endpoint's process died; nothing was changed. Try again.", code="endpoint_down")
    return process.port
