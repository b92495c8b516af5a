"""Serving: what can be done with endpoints."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, LabwrightError
from labwright.service.context import Context
from labwright.service.models import GoingOn, Operation
from labwright.serving import prediction_log, records, registry, watch
from labwright.serving.models import (
    NAME,
    Endpoint,
    EndpointState,
    LoggedPrediction,
    Promote,
    Promotion,
    Register,
    Registered,
    RegisteredModel,
    Signature,
    Version,
)
from labwright.serving.promotion import Promotion as Work
from labwright.serving.tables import EndpointRow, PromotionRow

__all__ = ["get_endpoint", "log_folder"]

ISOLATION = (
    "The model runs in a process of its own, without tokens in its environment and on its own copy of its files, but "
    "as your user: it could read what you can read. Promote only models that you trust."
)


def list_endpoints(context: Context, actor: Actor) -> list[Endpoint]:
    """All of the actor's endpoints, by name."""
    with context.store.session() as session:
        query = sa.select(EndpointRow).where(EndpointRow.owner == actor.owner).order_by(EndpointRow.name)
        rows = list(session.scalars(query))
    return [_view(context, actor, row) for row in rows]


def get_endpoint(context: Context, actor: Actor, name: str) -> Endpoint:
    """One endpoint. Errors: NotFoundError."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
    return _view(context, actor, row)


def log_folder(context: Context, name: str) -> Path:
    """Where the endpoint's prediction log is."""
    return records.room(context).runner.folder(name).log


def promote(context: Context, actor: Actor, name: str, body: Promote) -> Operation:
    """Make a run's model (or a version) the one that answers. Gives the operation.

    Errors: InvalidError (no_model), ConflictError (name_taken, promotion_running, changed), NotFoundError.
    """
    if not re.fullmatch(NAME, name):
        raise InvalidError("An endpoint's name is of a-z, 0-9 and dashes inside, at most 40 characters.", code="name")
    records.check_idle(context, name)
    choice = registry.choose(context, actor, name, body)
    with records.room(context).accepting:
        records.check_idle(context, name)
        with context.store.session() as session:
            row = records.find(session, actor, name)
            records.check_revision(row, body.expected_revision)
            live = Version.model_validate(row.live) if row is not None and row.live else None
            wanted = row.wanted if row is not None else None
            if row is None:
                session.add(EndpointRow(name=name, wanted="running", owner=actor.owner, namespace=actor.namespace))
        if live is not None and choice.version == live.version:
            if wanted == "running":
                words = f"Version {live.version} of {name} is live already; nothing was changed."
                return context.operations.finished(actor, records.PROMOTE, name, words, _unchanged(live))
            start(context, actor, name, None)
            words = f"Version {live.version} of {name} was live already; the endpoint was started again."
            return context.operations.finished(actor, records.PROMOTE, name, words, _unchanged(live))
        seen = body.expected_revision if row is not None else None
        work = Work(context, actor, name, choice, new=row is None, seen=seen)
        return context.operations.start(actor, records.PROMOTE, name, work)


def register(context: Context, actor: Actor, body: Register) -> Registered:
    """Register a run's model as a version of a registered model; no endpoint is made or changed.

    Errors: InvalidError (no_model, several_models), NotFoundError, ConflictError (promotion_running).
    """
    records.check_idle(context, body.name)  # a promotion that fails takes back the version that it registered
    found = registry.register_run(context, actor, body)
    if found.changed:
        context.events.publish("serving", body.name)
    return found


def registered_models(context: Context) -> list[RegisteredModel]:
    """The registered models, by name."""
    return registry.registered(context)


def _unchanged(live: Version) -> dict[str, Any]:
    return {"changed": False, "version": live.version, "endpoint": live.model}


def history(context: Context, actor: Actor, name: str) -> list[Promotion]:
    """Who made which version live, newest first. Errors: NotFoundError."""
    with context.store.session() as session:
        records.get(session, actor, name)
        query = sa.select(PromotionRow).where(PromotionRow.endpoint == name, PromotionRow.owner == actor.owner)
        return [
            Promotion(
                sequence=row.sequence, at=row.created, by=row.owner, version=Version.model_validate(row.version),
                previous=row.previous,
            )
            for row in session.scalars(query.order_by(PromotionRow.sequence.desc()))
        ]  # fmt: skip


def stop(context: Context, actor: Actor, name: str, expected: int | None = None) -> Endpoint:
    """End the endpoint's processes; all else stays. Errors: NotFoundError, ConflictError."""
    return _set_wanted(context, actor, name, "stopped", expected)


def start(context: Context, actor: Actor, name: str, expected: int | None = None) -> Endpoint:
    """Start a stopped endpoint, at the port it had. Errors: NotFoundError, ConflictError (port_taken)."""
    return _set_wanted(context, actor, name, "running", expected)


@contextmanager
def _alone(context: Context, actor: Actor, name: str) -> Iterator[records.Room]:
    """Nobody else works on the endpoint meanwhile. Errors: NotFoundError, ConflictError while it is promoted to."""
    with context.store.session() as session:
        records.get(session, actor, name)
    records.check_idle(context, name)
    room = records.room(context)
    with room.busy[name]:
        yield room


def _set_wanted(context: Context, actor: Actor, name: str, wanted: str, expected: int | None) -> Endpoint:
    with _alone(context, actor, name) as room:
        with context.store.session() as session:
            row = records.get(session, actor, name)
            records.check_revision(row, expected)
            if row.live is None:
                raise ConflictError("This endpoint is being made; wait for its promotion.", code="promotion_running")
            if row.wanted != wanted:
                row.wanted = wanted
                row.revision += 1
        if wanted == "running":
            watch.reconcile(context, actor, name)
        else:
            room.runner.stop(name)
            room.problems.pop(name, None)
    context.events.publish("serving", name)
    return get_endpoint(context, actor, name)


def delete(context: Context, actor: Actor, name: str, expected: int | None = None) -> None:
    """End the endpoint and delete its files with the prediction log. Its versions stay in MLflow, its history here.

    Errors: NotFoundError, ConflictError.
    """
    with _alone(context, actor, name) as room:
        with context.store.session() as session:
            row = records.get(session, actor, name)
            records.check_revision(row, expected)
            room.runner.folder(name).mark_deleted()  # should the service die now, `watch.recover` goes on
            session.delete(row)
        room.runner.remove(name)
        room.problems.pop(name, None)
    context.events.publish("serving", name)


def log(context: Context, actor: Actor, name: str, limit: int) -> list[LoggedPrediction]:
    """The newest requests, without their values. Errors: NotFoundError."""
    with context.store.session() as session:
        records.get(session, actor, name)
    found = []
    for item in prediction_log.lines(log_folder(context, name), newest_first=True):
        found.append(
            LoggedPrediction(
                request_id=item["id"],
                at=datetime.fromisoformat(item["at"]),
                version=item["version"] or "",
                status=item["status"],
                latency_ms=item["latency_ms"],
                rows=item["rows"],
            )
        )
        if len(found) >= limit:
            break
    return found


def going_on(context: Context) -> list[GoingOn]:
    """Endpoints that outlive the service."""
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(EndpointRow).where(EndpointRow.wanted == "running")))
    return [
        GoingOn(capability="serving", name=row.name, what=_url(row) or "", stop=f"labwright stop {row.name}")
        for row in rows
        if row.live is not None
    ]


def stop_everything(context: Context) -> None:
    """Stop all endpoints, for every actor."""
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(EndpointRow)))
    for row in rows:
        with suppress(LabwrightError):
            stop(context, Actor(owner=row.owner, namespace=row.namespace), row.name)
    for name in records.room(context).runner.names():
        records.room(context).runner.stop(name)


def _url(row: EndpointRow) -> str | None:
    return f"http://127.0.0.1:{row.port}" if row.port else None


def _view(context: Context, actor: Actor, row: EndpointRow) -> Endpoint:
    """The endpoint as it stands; one that should run and does not is started by this."""
    operations = context.operations.list(actor, kind=records.PROMOTE, subject=row.name, limit=1)
    state, message, predictions = _standing(context, actor, row)
    card = row.card
    return Endpoint(
        name=row.name, state=state, message=message, url=_url(row),
        live=Version.model_validate(row.live) if row.live else None,
        signature=Signature.model_validate(card["signature"]) if card.get("signature") else None,
        input_example=_first_row(card), isolation=ISOLATION,
        has_reference=bool(card.get("has_reference")), predictions=predictions, revision=row.revision,
        created=row.created, updated=row.updated, operation=operations[0] if operations else None,
    )  # fmt: skip


def _standing(context: Context, actor: Actor, row: EndpointRow) -> tuple[EndpointState, str, int]:
    room = records.room(context)
    if row.live is None:
        return EndpointState.starting, "", 0
    if row.wanted != "running":
        return EndpointState.stopped, "", prediction_log.count_rows(log_folder(context, row.name))
    try:
        if room.runner.find(row.name) is None and row.name not in room.problems:
            watch.mend(context, actor, row.name)
        status = room.runner.order(row.name, "status", timeout=5)
    except LabwrightError as error:
        words = room.problems.get(row.name, error.message)
        return EndpointState.failed, words, prediction_log.count_rows(log_folder(context, row.name))
    states = {"ready": EndpointState.ready, "failed": EndpointState.failed}
    message = f"The model cannot be served: {status['message']}." if status["state"] == "failed" else ""
    if status["unlogged"]:
        message = f"{message} {status['unlogged']} predictions are not in the log: it could not be written.".strip()
    return states.get(status["state"], EndpointState.starting), message, status["predictions"]


def _first_row(card: dict[str, Any]) -> dict[str, Any] | None:
    example, signature = card.get("example"), card.get("signature")
    if not example or not example["data"]:
        return None
    if example["kind"] == "frame":
        return dict(zip(example["columns"], example["data"][0], strict=True))
    return {signature["inputs"][0]["name"]: example["data"][0]} if signature else None
