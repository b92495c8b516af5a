"""The moment of truth: one transaction. What comes after it is made good by `watch` when the service dies there."""

from __future__ import annotations

import logging
from typing import Any

from labwright.actor import Actor
from labwright.errors import LabwrightError, UnavailableError
from labwright.service.context import Context
from labwright.serving import records, shares, watch
from labwright.serving.models import Version
from labwright.serving.tables import EndpointRow, PromotionRow

log = logging.getLogger(__name__)


def make_live(
    context: Context, actor: Actor, name: str, version: Version, card: dict[str, Any], *, kind: str, operation: str,
    reason: str | None,
) -> None:  # fmt: skip
    """Say that `version` is live, with its line in the history."""
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
    context.events.publish("serving", name)


def _port(context: Context, name: str) -> int:
    process = records.room(context).runner.find(name)
    if process is None:
        raise UnavailableError("The endpoint's process died; nothing was changed. Try again.", code="endpoint_down")
    return process.port
