"""Keeps processes and MLflow's aliases as the records want them: adopts, starts what died, and tells the page."""

from __future__ import annotations

import logging
import shutil
import threading
import time
from contextlib import suppress

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import InvalidError, LabwrightError, NotFoundError
from labwright.experiments import core as experiments
from labwright.service.context import Context
from labwright.serving import records, registry
from labwright.serving.tables import EndpointRow

log = logging.getLogger(__name__)
EVERY_SECONDS = 2.0
LOAD_SECONDS = 320.0


def reconcile(context: Context, actor: Actor, name: str) -> None:
    """Make the endpoint's process run and serve the live version. Errors: LabwrightError, which is remembered too."""
    room = records.room(context)
    with context.store.session() as session:
        row = records.get(session, actor, name)
        live, port, wanted, previous = row.live, row.port, row.wanted, row.card.get("previous")
    if live is None or wanted != "running":
        return
    number = live["version"]
    try:
        room.runner.configure(name, version=number, digest=live["digest"], port=port)
        room.runner.ensure(name)
        status = room.runner.order(name, "status", timeout=10)
        if status["live"] != number:
            room.runner.order(name, f"versions/{number}/load", {"digest": live["digest"]}, timeout=LOAD_SECONDS)
            room.runner.order(name, f"versions/{number}/shift")
        for other in status["versions"]:
            if other != number:
                room.runner.order(name, f"versions/{other}/unload")
    except LabwrightError as error:
        room.problems[name] = error.message
        raise
    room.problems.pop(name, None)
    _tidy(context, name, {number, previous})


def mirror(context: Context, actor: Actor, name: str) -> None:
    """Set MLflow's aliases to what is live, and note that it is done. Errors: LabwrightError."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
        live, previous = row.live, row.card.get("previous")
    if live is None:
        return
    try:
        registry.mirror(context, name, live["version"], previous)
    except (NotFoundError, InvalidError) as error:  # somebody deleted the version in MLflow: no use to try again
        log.warning("endpoint %s: aliases were not set: %s", name, error.message)
    with context.store.session() as session:
        row = records.get(session, actor, name)
        row.card = row.card | {"mirrored": live["version"]}


def _catch_up(context: Context, actor: Actor, name: str) -> None:
    """Mirror what a service that died could not. MLflow is never started for this: it waits until somebody uses it."""
    lock = records.room(context).busy[name]
    if experiments.mlflow_state(context) != "running" or not lock.acquire(blocking=False):
        return
    try:
        mirror(context, actor, name)
    finally:
        lock.release()


def _tidy(context: Context, name: str, kept: set[str | None]) -> None:
    """Keep the files of the live version and of the one before; the others can be fetched again."""
    versions = records.room(context).runner.folder(name).path / "versions"
    for path in versions.iterdir():
        if path.name not in kept:
            shutil.rmtree(path, ignore_errors=True)


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
    room.ending.clear()
    room.watch = threading.Thread(target=_watch, args=[context], name="endpoints", daemon=True)
    room.watch.start()


def close(context: Context) -> None:
    """End the watch; the endpoints go on."""
    records.room(context).ending.set()


def _watch(context: Context) -> None:
    room = records.room(context)
    waits: dict[str, float] = {}  # endpoint → when to try again, so that a hopeless one is not tried all the time
    while True:
        with suppress(Exception):
            _look(context, waits)
        if room.ending.wait(EVERY_SECONDS):
            return


def _look(context: Context, waits: dict[str, float]) -> None:
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(EndpointRow)))
    for row in rows:
        actor = Actor(owner=row.owner, namespace=row.namespace)
        if row.live is not None and waits.get(row.name, 0) < time.monotonic():
            try:
                if row.wanted == "running":
                    mend(context, actor, row.name)
                if row.card.get("mirrored") != row.live["version"]:
                    _catch_up(context, actor, row.name)
            except LabwrightError as error:
                waits[row.name] = time.monotonic() + 15
                log.warning("endpoint %s: %s", row.name, error.message)
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
            live = row.live if row is not None and row.wanted == "running" else None
        if live is None:
            return
        if room.runner.find(name) is not None:
            status = room.runner.order(name, "status", timeout=5)
            if status["live"] == live["version"] and set(status["versions"]) == {live["version"]}:
                room.problems.pop(name, None)
                return
        else:
            log.warning("endpoint %s: its process is gone; starting it again", name)
        reconcile(context, actor, name)
    finally:
        lock.release()


def _tell(context: Context, row: EndpointRow) -> None:
    """Publish a change that no request made: another state, or more predictions."""
    room = records.room(context)
    seen: tuple[object, ...] = (row.revision, room.problems.get(row.name))
    with suppress(LabwrightError):
        status = room.runner.order(row.name, "status", timeout=5)
        seen += (status["state"], status["message"], status["predictions"])
    if room.seen.get(row.name, seen) != seen:
        context.events.publish("serving", row.name)
    room.seen[row.name] = seen
