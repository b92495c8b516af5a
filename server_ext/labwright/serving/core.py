"""Serving: what can be done with endpoints."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import LabwrightError
from labwright.experiments import core as experiments
from labwright.service.context import Context
from labwright.service.models import GoingOn, Operation
from labwright.serving import choosing, consumers, prediction_log, records, registry, standing, wanted, watch
from labwright.serving.environments import keeping
from labwright.serving.models import (
    Endpoint,
    EndpointState,
    Register,
    Registered,
    RegisteredModel,
    Signature,
    Version,
)
from labwright.serving.plane.isolation import describe
from labwright.serving.promotion import journal
from labwright.serving.settings_models import EndpointSettings
from labwright.serving.tables import EndpointRow
from labwright.serving.traffic_models import VersionTraffic

__all__ = ["get_endpoint", "log_folder"]


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


def register(context: Context, actor: Actor, body: Register) -> Registered:
    """Register a run's model as a version of a registered model; no endpoint is made or changed.

    Errors: InvalidError (no_model, several_models), NotFoundError, ConflictError (promotion_running).
    """
    records.check_idle(context, body.name)  # a promotion that fails takes back the version that it registered
    journal.settle_left(context, body.name)
    run = experiments.get_run(context, actor, body.run_id).run
    found = registry.register_run(context, body.name, run, choosing.pick(run.models, body.model))
    if found.changed:
        context.events.publish("serving", body.name)
    return found


def registered_models(context: Context) -> list[RegisteredModel]:
    """The registered models, by name."""
    return registry.registered(context)


def stop(context: Context, actor: Actor, name: str, expected: int | None = None) -> Endpoint:
    """End the endpoint's processes; all else stays. Errors: NotFoundError, ConflictError."""
    wanted.set_wanted(context, actor, name, "stopped", expected)
    return get_endpoint(context, actor, name)


def start(context: Context, actor: Actor, name: str, expected: int | None = None) -> Endpoint:
    """Start a stopped endpoint, at the port it had. Errors: NotFoundError, ConflictError (port_taken)."""
    wanted.set_wanted(context, actor, name, "running", expected)
    return get_endpoint(context, actor, name)


def delete(context: Context, actor: Actor, name: str, expected: int | None = None) -> None:
    """End the endpoint and delete its files with the prediction log. Its versions stay in MLflow, its history here.

    Errors: NotFoundError, ConflictError.
    """
    with wanted.alone(context, actor, name) as room:
        with context.store.session() as session:
            row = records.get(session, actor, name)
            records.check_revision(row, expected)
            room.runner.folder(name).mark_deleted()  # should the service die now, `watch.recover` goes on
            consumers.forget(session, name)
            session.delete(row)
        room.runner.remove(name)
        room.problems.pop(name, None)
    keeping.sweep(context)
    context.events.publish("serving", name)


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
    state, message, predictions, traffic = _standing(context, actor, row)
    card, settings = row.card, EndpointSettings.model_validate(row.settings)
    return Endpoint(
        name=row.name, state=state, message=message, url=_url(row),
        live=Version.model_validate(row.live) if row.live else None,
        signature=Signature.model_validate(card["signature"]) if card.get("signature") else None,
        input_example=_first_row(card), isolation=describe(settings).words,
        has_reference=bool(card.get("has_reference")), predictions=predictions, previous=card.get("previous"),
        traffic=traffic, settings=settings, revision=row.revision,
        created=row.created, updated=row.updated, operation=_newest(context, actor, row.name),
    )  # fmt: skip


def _newest(context: Context, actor: Actor, name: str) -> Operation | None:
    """The operation that has the endpoint, or the last one that had."""
    found = [one for kind in records.KINDS for one in context.operations.list(actor, kind=kind, subject=name, limit=1)]
    return max(found, key=lambda one: one.created, default=None)


def _standing(
    context: Context, actor: Actor, row: EndpointRow
) -> tuple[EndpointState, str, int, list[VersionTraffic]]:  # fmt: skip
    room = records.room(context)
    if row.live is None:
        return EndpointState.starting, "", 0, []
    if row.wanted != "running":
        return EndpointState.stopped, "", prediction_log.count_rows(log_folder(context, row.name)), []
    try:
        if room.runner.find(row.name) is None and row.name not in room.problems:
            watch.mend(context, actor, row.name)
        status = room.runner.order(row.name, "status", timeout=5)
    except LabwrightError as error:
        words = room.problems.get(row.name, error.message)
        return EndpointState.failed, words, prediction_log.count_rows(log_folder(context, row.name)), []
    if not standing.is_ours(status):
        words = "It was started by another version of Labwright, and is started anew."
        return EndpointState.starting, words, status.get("predictions", 0), []
    states = {"ready": EndpointState.ready, "failed": EndpointState.failed}
    said = [f"The model cannot be served: {status['message']}." if status["state"] == "failed" else ""]
    said.append(standing.problems(status))
    if status["unlogged"]:
        said.append(f"{status['unlogged']} predictions are not in the log: it could not be written.")
    message = " ".join(each for each in said if each)
    traffic = standing.versions(row, status, room.candidates.get(row.name))
    return states.get(status["state"], EndpointState.starting), message, status["predictions"], traffic


def _first_row(card: dict[str, Any]) -> dict[str, Any] | None:
    example, signature = card.get("example"), card.get("signature")
    if not example or not example["data"]:
        return None
    if example["kind"] == "frame":
        return dict(zip(example["columns"], example["data"][0], strict=True))
    return {signature["inputs"][0]["name"]: example["data"][0]} if signature else None
