"""A promotion is accepted, or refused, before anything is done: one operation at a time has an endpoint."""

from __future__ import annotations

from typing import Any

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.serving import choosing, disk, identity, naming, records, shares, wanted
from labwright.serving.models import Promote
from labwright.serving.promotion import journal
from labwright.serving.promotion.work import Work
from labwright.serving.tables import EndpointRow


def promote(context: Context, actor: Actor, name: str, body: Promote) -> Operation:
    """Make a run's model (or a version) the one that answers. Gives the operation.

    Errors: InvalidError (no_model), ConflictError (name_taken, promotion_running, changed, renumbered), NotFoundError,
    UnavailableError (disk_full).
    """
    naming.check_new(name)
    if body.canary is not None and body.shadow:
        raise InvalidError("A canary answers and a shadow does not: choose one of the two.", code="canary_and_shadow")
    records.check_idle(context, name)
    for path in (context.folders.home, records.room(context).runner.folder(name).path):
        disk.check(path)
    journal.settle_left(context, name)  # else a version could be chosen that is about to be taken back
    choice = choosing.choose(context, actor, name, body)
    with records.room(context).accepting:
        records.check_idle(context, name)
        with context.store.session() as session:
            row = records.find(session, actor, name)
            records.check_revision(row, body.expected_revision)
        identity.check(context, actor, name, choice.version, choice.run_id)
        _check_way(row, name, body)
        if row is None or row.live is None or (already := _already(row, choice, body)) is None:
            return _begin(context, actor, name, body, choice, new=row is None)
    if row.wanted != "running":
        wanted.set_wanted(context, actor, name, "running")
        already = f"{already}; the endpoint was started again."
    else:
        already = f"{already}; nothing was changed."
    result: dict[str, Any] = {"changed": False, "version": choice.version, "endpoint": name}
    return context.operations.finished(actor, records.PROMOTE, name, already, result)


def _check_way(row: EndpointRow | None, name: str, body: Promote) -> None:
    """Errors: ConflictError (no_live, stopped) for a canary or a shadow where nothing answers beside it."""
    if body.shadow and (row is None or row.live is None):
        raise ConflictError(
            f"Nothing is live at {name} yet whose calls a shadow could get; promote a first version without it.",
            code="no_live",
        )
    if (body.shadow or body.canary is not None) and row is not None and row.live and row.wanted != "running":
        raise ConflictError(f"{name} is stopped, so no call would reach a candidate; start it first.", code="stopped")


def _already(row: EndpointRow, choice: choosing.Choice, body: Promote) -> str | None:
    """What is so already, if it is what the promotion would make. Without a run the number does not say it: the
    operation compares the files. Errors: ConflictError (stopped) when that cannot be, as nothing shall run.
    """
    copied, version = shares.shadow(row), choice.version
    if choice.run_id is None:
        if row.wanted != "running":
            raise ConflictError(f"{row.name} is stopped; start it first.", code="stopped")
        return None
    if version is not None and row.live is not None and version == row.live["version"]:
        return f"Version {version} of {row.name} is live already"
    if body.shadow and copied is not None and version == copied.version:
        return f"Version {version} of {row.name} gets copies of the calls already"
    return None


def _begin(
    context: Context, actor: Actor, name: str, body: Promote, choice: choosing.Choice, *, new: bool
) -> Operation:  # fmt: skip
    if new:
        with context.store.session() as session:
            session.add(EndpointRow(name=name, wanted="running", owner=actor.owner, namespace=actor.namespace))
    try:
        work = Work(context, actor, name, body, choice, new=new)
        return records.begin(context, actor, records.PROMOTE, name, work)
    except BaseException:
        if new:
            with context.store.session() as session:
                session.delete(records.get(session, actor, name))
        raise
