"""A lasting split of an endpoint's calls among versions that were promoted to it, and its shadow.

What is not loaded is loaded and scores its example first; then the commit to the database is the moment of truth, as in
a promotion. The live version stays the same: another one becomes live by a promotion or a rollback.
"""

from __future__ import annotations

import math
from contextlib import ExitStack
from typing import Any

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import InvalidError, NotFoundError
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.service.operations import Handle
from labwright.serving import aliases, records, shares
from labwright.serving.models import Version
from labwright.serving.promotion import commit, files, loading
from labwright.serving.settings_models import EndpointSettings
from labwright.serving.tables import EndpointRow, PromotionRow
from labwright.serving.traffic_models import SetTraffic

LEAST_PERCENT = 0.1  # of the live version


def set_traffic(context: Context, actor: Actor, name: str, body: SetTraffic) -> Operation:
    """Spread the calls; gives the operation. The same again changes nothing, and says so.

    Errors: InvalidError (weights, shadow, stopped), NotFoundError (no_endpoint, no_version), ConflictError.
    """
    records.check_idle(context, name)
    with records.room(context).accepting:
        records.check_idle(context, name)
        with context.store.session() as session:
            row = records.get(session, actor, name)
            records.check_revision(row, body.expected_revision)
        known = _known(context, actor, row)
        weights = _weights(row, body, known)
        made = shares.make({one: weights[one] for one in weights}, known[body.shadow] if body.shadow else None)
        if made == shares.make({v.version: (v, p) for v, p in shares.split(row)}, shares.shadow(row)):
            words = f"The calls of {name} are spread like this already; nothing was changed."
            result = {"changed": False, "endpoint": name, "traffic": shares.percents(row)}
            return context.operations.finished(actor, records.TRAFFIC, name, words, result)
        return records.begin(context, actor, records.TRAFFIC, name, _Change(context, actor, name, body, made))


def _known(context: Context, actor: Actor, row: EndpointRow) -> dict[str, Version]:
    """The versions that were promoted here, by their numbers."""
    with context.store.session() as session:
        query = sa.select(PromotionRow).where(PromotionRow.endpoint == row.name, PromotionRow.owner == actor.owner)
        found = [Version.model_validate(line.version) for line in session.scalars(query)]
    return {version.version: version for version in found} | shares.wanted(row)


def _weights(row: EndpointRow, body: SetTraffic, known: dict[str, Version]) -> dict[str, tuple[Version, float]]:
    """Version → share, of the versions besides the live one. Errors: InvalidError, NotFoundError."""
    if row.live is None or row.wanted != "running":
        raise InvalidError("This endpoint does not run; start it, then spread its calls.", code="stopped")
    live = row.live["version"]
    for version in [*body.weights, *([body.shadow] if body.shadow else [])]:
        if version not in known:
            raise NotFoundError(
                f"Version {version[:20]} was never promoted to {row.name}; promote it first, as a shadow if it shall "
                f"not answer yet. Known: {', '.join(sorted(known, key=int))}.",
                code="no_version",
            )
    if any(not math.isfinite(percent) or percent < 0 for percent in body.weights.values()):
        raise InvalidError("A share is a number of percent, from 0 to 100.", code="weights")
    if abs((whole := sum(body.weights.values())) - 100) > 0.01:
        raise InvalidError(f"The shares add up to {whole:g} %; make them add up to 100.", code="weights")
    others = {one: (known[one], percent) for one, percent in body.weights.items() if one != live and percent > 0}
    if not body.weights.get(live) or shares.rest(percent for _, percent in others.values()) < LEAST_PERCENT:
        raise InvalidError(
            f"Version {live} is live and needs a share, {LEAST_PERCENT:g} % at least. To make another version live, "
            f"promote it or roll back.",
            code="weights",
        )
    if body.shadow is not None and body.weights.get(body.shadow):
        raise InvalidError("A shadow gets copies and never answers; give it no share.", code="shadow")
    return others


class _Change:
    """The work of one operation."""

    def __init__(self, context: Context, actor: Actor, name: str, body: SetTraffic, made: dict[str, Any]) -> None:
        self._context, self._actor, self._name, self._body, self._made = context, actor, name, body, made
        self._percents: dict[str, float] = {}

    def __call__(self, handle: Handle) -> dict[str, Any]:
        context, actor, name = self._context, self._actor, self._name
        with ExitStack() as undo:
            loading.prepare(context, actor, name, undo, ahead=False)
            with context.store.session() as session:
                row = records.get(session, actor, name)
                records.check_revision(row, self._body.expected_revision)
                settings = EndpointSettings.model_validate(row.settings)
            added = [version for version in _versions(self._made) if version.version not in shares.wanted(row)]
            for place, version in enumerate(added):
                done = 0.9 * place / len(added)
                handle.step(f"Fetching version {version.version}", done + 0.05)
                card = files.again(context, actor, handle, name, version, settings, undo)
                handle.step(f"Loading version {version.version}", done + 0.2 / len(added))
                loading.load(context, handle, name, version, settings, undo)
                handle.step("Warming up", done + 0.6 / len(added))
                loading.warm_up(context, handle, name, version.version, card, settings)
            handle.step("Spreading the calls", 0.95)
            with records.room(context).busy[name]:
                handle.check()
                commit.once(context, handle.id, undo, lambda: self._commit(handle))
                commit.follow(context, actor, name)
        aliases.mirror_soon(context, actor, name, seconds=10)
        return {"changed": True, "endpoint": name, "traffic": self._percents}

    def _commit(self, handle: Handle) -> None:
        """The moment of truth: one transaction."""
        with self._context.store.session() as session:
            row = records.get(session, self._actor, self._name)
            row.traffic = self._made
            row.revision += 1
            live = Version.model_validate(row.live)
            session.add(
                commit.line(
                    row, self._actor, live, row.card.get("previous"), kind="traffic", operation=handle.id,
                    reason=self._body.reason,
                )
            )  # fmt: skip
            self._percents = shares.percents(row)


def _versions(made: dict[str, Any]) -> list[Version]:
    found = [one["version"] for one in made["split"]] + ([made["shadow"]] if made["shadow"] else [])
    return [Version.model_validate(one) for one in found]
