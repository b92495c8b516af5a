"""An endpoint's history: who made which version live, and what answered at any moment."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import NotFoundError
from labwright.service.context import Context
from labwright.serving import records
from labwright.serving.models import Promotion, Served, Version
from labwright.serving.readiness.models import ReadinessCard
from labwright.serving.tables import PromotionRow, ReadinessRow

FIGURES = ("metrics", "latency")  # the checks by whose figures a promotion is judged later


def history(context: Context, actor: Actor, name: str) -> list[Promotion]:
    """All that changed what answers, newest first. Errors: NotFoundError."""
    with context.store.session() as session:
        records.get(session, actor, name)
        query = sa.select(PromotionRow).where(PromotionRow.endpoint == name, PromotionRow.owner == actor.owner)
        rows = list(session.scalars(query.order_by(PromotionRow.sequence.desc())))
        about = sa.select(ReadinessRow).where(ReadinessRow.endpoint == name, ReadinessRow.owner == actor.owner)
        cards = {row.operation: ReadinessCard.model_validate(row.card) for row in session.scalars(about)}
    return [_view(row, cards.get(row.operation or "")) for row in rows]


def served(context: Context, actor: Actor, name: str, at: datetime) -> Served:
    """What answered then; a time without a zone is UTC. Errors: NotFoundError, also when nothing was promoted yet."""
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at
    lines = history(context, actor, name)
    place = next((place for place, line in enumerate(lines) if line.at <= at), None)
    if place is None:
        raise NotFoundError(f"Nothing was promoted to {name} yet at that time.", code="not_yet")
    line = lines[place]
    live = next((one.version for one in lines[place:] if one.kind in ("promote", "rollback")), line.version)
    return Served(
        at=at, live=live, traffic=line.traffic or {live.version: 100.0}, since=line.at,
        until=lines[place - 1].at if place else None, by=line.by, kind=line.kind, reason=line.reason,
    )  # fmt: skip


def _view(row: PromotionRow, card: ReadinessCard | None) -> Promotion:
    checks = card.checks if card is not None else []
    return Promotion(
        sequence=row.sequence, at=row.created, by=row.owner, version=Version.model_validate(row.version),
        previous=row.previous, kind=row.kind, reason=row.reason, operation=row.operation,
        traffic=row.traffic or {row.version["version"]: 100.0}, verdict=card.verdict if card is not None else None,
        figures=[figure for check in checks if check.id in FIGURES for figure in check.figures],
    )  # fmt: skip
