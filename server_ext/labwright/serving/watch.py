"""Keeps processes and MLflow's aliases as the records want them: adopts, starts what died, and tells the page."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import suppress
from typing import Any

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import LabwrightError, UnavailableError
from labwright.service.context import Context
from labwright.serving import aliases, consumers, records, shares, standing, tidying
from labwright.serving.settings_models import EndpointSettings
from labwright.serving.tables import EndpointRow

log = logging.getLogger(__name__)
EVERY_SECONDS = 2.0
AGAIN_SECONDS = 15.0


def reconcile(context: Context, actor: Actor, name: str) -> None:
    """Make the endpoint's process run, with all versions loaded that should be, and spread the calls as committed.

    Errors: LabwrightError, which is remembered too. A share or a shadow that cannot be loaded keeps nobody from the
    live version; it is remembered, and tried again.
    """
    room = records.room(context)
    with context.store.session() as session:
        row = records.get(session, actor, name)
    if row.live is None or row.wanted != "running":
        return
    wanted = shares.wanted(row)
    patience = EndpointSettings.model_validate(row.settings).load_seconds + 30
    try:
        room.runner.configure(
            name, version=row.live["version"], digest=row.live["digest"], port=row.port, others=shares.others(row),
            settings=row.settings,
        )  # fmt: skip
        room.runner.ensure(name)
        status = room.runner.order(name, "status", timeout=10)
        if not standing.is_ours(status):
            log.warning("endpoint %s: its process is of another version of Labwright; starting it anew", name)
            room.runner.stop(name)
            room.runner.ensure(name)
            status = room.runner.order(name, "status", timeout=10)
        if status["settings"] != row.settings:
            room.runner.order(name, "settings", row.settings)
        for number, version in wanted.items():
            if status["versions"].get(number, {}).get("digest") != version.digest:
                room.runner.order(name, f"versions/{number}/load", {"digest": version.digest}, timeout=patience)
        reply = room.runner.order(name, "traffic", shares.order(row))
        if not reply["set"]:
            raise UnavailableError(reply["message"], code="not_loaded")
        for other in status["versions"]:
            if other not in wanted:
                room.runner.order(name, f"versions/{other}/unload")
    except LabwrightError as error:
        room.problems[name] = error.message
        raise
    room.problems.pop(name, None)
    tidying.tidy(context, name, tidying.kept(row))


def _as_committed(row: EndpointRow, status: dict[str, Any]) -> bool:
    """Whether a data plane does what the record says."""
    wanted, order = shares.wanted(row), shares.order(row)
    return standing.is_ours(status) and (
        {number: version.digest for number, version in wanted.items()}
        == {number: found["digest"] for number, found in status["versions"].items()}
        and status["traffic"]["weights"] == order["weights"]
        and status["traffic"]["shadow"] == order["shadow"]
        and status["settings"] == row.settings
    )


def recover(context: Context) -> None:
    """At the service's start: take back half promotions, end half deletions, stop what nobody wants, then watch.

    A folder without a row keeps its files unless it was being deleted: the prediction log may be all that is left.
    """
    room = records.room(context)
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(EndpointRow)))
        for row in rows:
            if row.live is None:
                room.runner.remove(row.name)  # before the row goes, so that a kill in between leaves no files
                session.delete(row)
    known = {row.name for row in rows}
    wanted = {row.name for row in rows if row.live is not None and row.wanted == "running"}
    for name in room.runner.names():
        folder = room.runner.folder(name)
        if folder.deleted and name not in known:
            room.runner.remove(name)
        elif folder.deleted:  # the service died before the row was gone: nothing was deleted
            (folder.path / "deleted").unlink(missing_ok=True)
        if name not in wanted:
            room.runner.stop(name)
    for row in rows:
        if row.live is not None:
            tidying.tidy(context, row.name, tidying.kept(row))
    consumers.recover(context)
    room.ending.clear()
    room.watch = threading.Thread(target=_watch, args=[context], name="endpoints", daemon=True)
    room.watch.start()


def close(context: Context) -> None:
    """End the watch; the endpoints go on."""
    records.room(context).ending.set()


def _forget(context: Context) -> None:
    """End what was started ahead for a promotion that died with the service before this one."""
    room = records.room(context)
    for name in room.runner.names():
        if not room.works.get(name) and room.runner.find(name) is not None:
            with suppress(LabwrightError):
                room.runner.order(name, "forget", timeout=5)


def _watch(context: Context) -> None:
    room = records.room(context)
    _forget(context)
    waits: dict[str, float] = {}  # endpoint → when to try again, so that a hopeless one is not tried all the time
    while True:
        with suppress(Exception):
            _look(context, waits)
        if room.ending.wait(EVERY_SECONDS):
            return


def _look(context: Context, waits: dict[str, float]) -> None:
    tidying.settle(context, waits)
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(EndpointRow)))
    for row in rows:
        actor = Actor(owner=row.owner, namespace=row.namespace)
        if row.live is not None and waits.get(row.name, 0) < time.monotonic():
            try:
                if row.wanted == "running":
                    mend(context, actor, row.name)
                if not aliases.current(row):
                    aliases.catch_up(context, actor, row.name)
            except LabwrightError as error:
                waits[row.name] = time.monotonic() + AGAIN_SECONDS
                log.warning("endpoint %s: %s", row.name, error.message)
            except Exception:  # such as a config.json that somebody spoilt: it must not keep the others waiting
                waits[row.name] = time.monotonic() + AGAIN_SECONDS
                log.exception("endpoint %s", row.name)
        _tell(context, row)


def mend(context: Context, actor: Actor, name: str) -> None:
    """Start or correct the endpoint's process if it needs it and nobody works on it now. Errors: LabwrightError."""
    room = records.room(context)
    lock = room.busy[name]
    if not lock.acquire(blocking=False):
        return
    try:
        with context.store.session() as session:
            row = records.find(session, actor, name)
        if row is None or row.live is None or row.wanted != "running":
            return
        if room.runner.find(name) is None:
            log.warning("endpoint %s: its process is gone; starting it again", name)
            if name in room.works:  # the operation sees to its candidate; until then what is committed answers
                room.runner.ensure(name)
                return
        elif name in room.works:
            return
        elif _as_committed(row, room.runner.order(name, "status", timeout=5)):
            room.problems.pop(name, None)
            return
        reconcile(context, actor, name)
    finally:
        lock.release()


def _tell(context: Context, row: EndpointRow) -> None:
    """Publish a change that no request made: another state, or more predictions."""
    room = records.room(context)
    seen: tuple[object, ...] = (row.revision, room.problems.get(row.name))
    with suppress(LabwrightError):
        status = room.runner.order(row.name, "status", timeout=5)
        if not standing.is_ours(status):
            return
        seen += (status["state"], status["message"], status["predictions"], str(status["traffic"]["weights"]))
        seen += tuple((version, facts["state"]) for version, facts in status["versions"].items())
    if room.seen.get(row.name, seen) != seen:
        context.events.publish("serving", row.name)
    room.seen[row.name] = seen
