"""A rollback: the version before, or another one that was live here, is loaded, and then takes the live one's calls.

Its files are kept in the endpoint's folder, so neither MLflow nor a network is needed for the version before. There is
no readiness card: it was live already, and who rolls back is in a hurry.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from labwright.actor import Actor
from labwright.errors import ConflictError, NotFoundError
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.service.operations import Handle
from labwright.serving import aliases, records
from labwright.serving.models import Rollback, Version
from labwright.serving.promotion import commit, files, loading
from labwright.serving.settings_models import EndpointSettings
from labwright.serving.tables import EndpointRow, PromotionRow


def rollback(context: Context, actor: Actor, name: str, body: Rollback) -> Operation:
    """Go back. Gives the operation; to the version that is live, it is one that had nothing to do.

    Errors: NotFoundError (no_endpoint, no_version), ConflictError (no_previous, stopped, changed, …_running).
    """
    with records.room(context).accepting:
        records.check_idle(context, name)
        with context.store.session() as session:
            row = records.get(session, actor, name)
            records.check_revision(row, body.expected_revision)
            if row.live is None or row.wanted != "running":
                raise ConflictError(f"{name} is stopped; start it first.", code="stopped")
            target = _target(session, row, body.version)
        if target.version == row.live["version"]:
            words = f"Version {target.version} of {name} is live already; nothing was changed."
            result = {"changed": False, "version": target.version, "endpoint": name}
            return context.operations.finished(actor, records.ROLLBACK, name, words, result)
        return records.begin(context, actor, records.ROLLBACK, name, _Work(context, actor, name, body, target))


def _target(session: Session, row: EndpointRow, wanted: str | None) -> Version:
    """The version to go back to, as it was when it was live."""
    number = wanted or row.card.get("previous")
    if number is None:
        raise ConflictError(f"{row.name} has only had one version, so there is none to go back to.", code="no_previous")
    query = sa.select(PromotionRow).where(
        PromotionRow.endpoint == row.name, PromotionRow.owner == row.owner,
        PromotionRow.kind.in_(("promote", "rollback")),
    )  # fmt: skip
    lines = session.scalars(query.order_by(PromotionRow.sequence.desc())).all()
    versions = [Version.model_validate(line.version) for line in lines]
    found = next((version for version in versions if version.version == number), None)
    if found is None:
        known = ", ".join(sorted({version.version for version in versions}, key=int))
        raise NotFoundError(
            f"Version {number} was never live at {row.name}; those that were: {known}. To serve it, promote it.",
            code="no_version",
        )
    return found


class _Work:
    """What a rollback operation does."""

    def __init__(self, context: Context, actor: Actor, name: str, body: Rollback, target: Version) -> None:
        self._context, self._actor, self._name, self._body, self._target = context, actor, name, body, target

    def __call__(self, handle: Handle) -> dict[str, Any]:
        context, actor, name, number = self._context, self._actor, self._name, self._target.version
        with ExitStack() as undo:
            with context.store.session() as session:
                row = records.get(session, actor, name)
                records.check_revision(row, self._body.expected_revision)
                settings = EndpointSettings.model_validate(row.settings)
            handle.step(f"Getting version {number}", 0.1)
            loading.prepare(context, actor, name, undo)
            card = files.again(context, actor, handle, name, self._target, settings, undo)
            handle.step("Loading it into a process of its own", 0.3)
            loading.load(context, handle, name, self._target, settings, undo)
            handle.step("Warming up", 0.8)
            loading.warm_up(context, handle, name, number, card, settings)
            handle.step("Making it live", 0.95)
            with records.room(context).busy[name]:
                handle.check()
                commit.once(context, handle.id, undo, lambda: self._write(handle, card))
                commit.follow(context, actor, name)
        aliases.mirror_soon(context, actor, name, seconds=1)  # MLflow may be what is down
        return {"changed": True, "version": number, "endpoint": name}

    def _write(self, handle: Handle, card: dict[str, Any]) -> None:
        commit.make_live(
            self._context, self._actor, self._name, self._target, card, kind="rollback", operation=handle.id,
            reason=self._body.reason,
        )  # fmt: skip
