"""A promotion that waits for somebody's word after its readiness card. The word comes from any page, or none comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, NotFoundError
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.service.operations import Handle
from labwright.serving import records
from labwright.serving.models import Decide, Promote
from labwright.serving.readiness.models import WAITING, ReadinessCard, Verdict
from labwright.serving.tables import ReadinessRow

SECONDS = 30 * 60.0


@dataclass
class Decision:
    """Waits; `needs_reason` when a check failed and nobody gave a reason yet."""

    needs_reason: bool
    reason: str | None = None
    given: threading.Event = field(default_factory=threading.Event)

    def wait(self, check: Callable[[], None], seconds: float) -> str | None:
        """The reason that came with the word to go on. `check` raises on a cancel.

        Errors: ConflictError (not_decided) when nobody decided.
        """
        end = time.monotonic() + seconds
        while not self.given.wait(0.1):
            check()
            if time.monotonic() > end:
                raise ConflictError(
                    f"Nobody decided within {seconds / 60:.0f} minutes, so nothing was changed. Promote again, and "
                    "decide when the card is there.",
                    code="not_decided",
                )
        return self.reason


def make(context: Context, handle: Handle, card: ReadinessCard, body: Promote) -> str | None:
    """Decide by the card and what the promotion asked for, or wait for somebody; gives the reason to go on, if any.

    Errors: InvalidError (not_ready) when a check failed and nobody says why to go on, ConflictError (not_decided).
    """
    failed = card.verdict is Verdict.failed
    worry = failed or card.verdict is Verdict.warned
    if body.ask == "always" or (body.ask == "warnings" and worry):
        return _wait(context, handle, Decision(needs_reason=failed and body.reason is None)) or body.reason
    if failed and body.reason is None:
        words = " ".join(check.words for check in card.checks if check.verdict is Verdict.failed)
        raise InvalidError(
            f"The model is not ready: {words} Nothing was changed. To promote it all the same, give a reason.",
            code="not_ready",
        )
    return body.reason


def _wait(context: Context, handle: Handle, waiting: Decision) -> str | None:
    decisions = records.room(context).decisions
    decisions[handle.id] = waiting
    try:
        handle.step(WAITING, 0.65)
        return waiting.wait(handle.check, SECONDS)
    finally:
        decisions.pop(handle.id, None)


def go(context: Context, actor: Actor, operation_id: str, body: Decide) -> Operation:
    """Let a promotion that waits go on.

    Errors: NotFoundError; ConflictError (not_waiting) when it does not wait, such as when somebody decided already;
    InvalidError (reason_needed) when a check failed and there is no reason.
    """
    _promotion(context, actor, operation_id)
    room = records.room(context)
    with room.accepting:
        found = room.decisions.get(operation_id)
        if found is None:
            raise ConflictError("This promotion does not wait for a decision.", code="not_waiting")
        if found.needs_reason and body.reason is None:
            raise InvalidError(
                "A check failed: say why it shall go on all the same (reason); it is recorded.", code="reason_needed"
            )
        del room.decisions[operation_id]
        found.reason = body.reason
    context.operations.write(operation_id, step="Going on", line=f"{actor.owner} decided to go on.")
    found.given.set()
    return context.operations.get(actor, operation_id)


def card(context: Context, actor: Actor, operation_id: str) -> ReadinessCard:
    """The readiness card of a promotion, also while it is made. Errors: NotFoundError."""
    _promotion(context, actor, operation_id)
    with context.store.session() as session:
        row = session.get(ReadinessRow, operation_id)
        if row is None or row.owner != actor.owner:
            raise NotFoundError("This promotion has no readiness card yet; its model is being loaded.", code="no_card")
        return ReadinessCard.model_validate(row.card)


def store(context: Context, actor: Actor, found: ReadinessCard) -> None:
    """Keep a card as it is now, and tell the page."""
    with context.store.session() as session:
        row = session.get(ReadinessRow, found.operation)
        if row is None:
            row = ReadinessRow(
                operation=found.operation, endpoint=found.endpoint, owner=actor.owner, namespace=actor.namespace
            )
            session.add(row)
        row.card = found.model_dump(mode="json")
    context.events.publish("serving", found.endpoint)


def _promotion(context: Context, actor: Actor, operation_id: str) -> None:
    if context.operations.get(actor, operation_id).kind != records.PROMOTE:
        raise NotFoundError("There is no such promotion.")
