"""Which model a version's number means at an endpoint.

Folders, pools, aliases and the history go by a version's number. MLflow counts from 1 again when a registered model was
deleted and made anew, so a number alone does not say that it is the same model: its run does, and where there is none,
its files do.
"""

from __future__ import annotations

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import ConflictError
from labwright.service.context import Context
from labwright.serving import records, shares
from labwright.serving.models import Version
from labwright.serving.tables import PromotionRow


def used(context: Context, actor: Actor, name: str) -> set[str]:
    """All numbers that this name's history has, of endpoints of this name before this one too. A new one is not among
    them, so that a number in the history means one model.
    """
    with context.store.session() as session:
        return {line.version["version"] for line in session.scalars(_lines(actor, name))}


def foreign(context: Context, actor: Actor, name: str, run_id: str | None) -> set[str]:
    """The numbers that mean another run here."""
    return {version.version for version in _here(context, actor, name) if version.run_id != run_id}


def check(context: Context, actor: Actor, name: str, number: str | None, run_id: str | None) -> None:
    """Errors: ConflictError (renumbered) when the number means another run here than it now does in MLflow."""
    if number is not None and number in foreign(context, actor, name, run_id):
        raise renumbered(name, number)


def renumbered(name: str, number: str) -> ConflictError:
    """It is another model in MLflow now. What the sentence advises gets a number that was never used here."""
    return ConflictError(
        f"Version {number} of {name} is another model in MLflow now than the version {number} that was promoted here: "
        "the registered model was deleted in MLflow and made anew, so its numbers began again. Nothing was changed. "
        "Promote the model's run instead of a number; it gets a new number.",
        code="renumbered",
    )


def fixed_digest(context: Context, actor: Actor, name: str, number: str, run_id: str | None) -> str | None:
    """The digest that this version had when it was promoted to this endpoint before."""
    wanted = (number, run_id)
    found = (one.digest for one in _here(context, actor, name) if (one.version, one.run_id) == wanted)
    return next(found, None)


def _here(context: Context, actor: Actor, name: str) -> list[Version]:
    """What is loaded, and what was promoted since this endpoint was made; its history has older lines of its name."""
    with context.store.session() as session:
        row = records.find(session, actor, name)
        if row is None:
            return []
        lines = session.scalars(_lines(actor, name).where(PromotionRow.created >= row.created))
        return [*shares.wanted(row).values(), *(Version.model_validate(line.version) for line in lines)]


def _lines(actor: Actor, name: str) -> sa.Select[PromotionRow]:
    query = sa.select(PromotionRow).where(PromotionRow.endpoint == name, PromotionRow.owner == actor.owner)
    return query.order_by(PromotionRow.sequence)
