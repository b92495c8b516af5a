"""Consumers of an endpoint: whoever calls it, each with a token that is shown once and can be revoked.

The database has the truth (the SHA-256 of each token); consumers.json in the endpoint's folder follows from it, for the
data plane, which needs nobody else to know whom to answer.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.orm import Session

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError, UnavailableError
from labwright.service.context import Context
from labwright.service.store import now
from labwright.serving import records
from labwright.serving.models import Consumer, ConsumerToken, NewConsumer
from labwright.serving.plane.consumers import FILE, OWNER
from labwright.serving.tables import ConsumerRow, EndpointRow
from labwright.state import write_private

_writing = threading.Lock()  # of two who make a token for one name, the second finds the first one's


def consumers(context: Context, actor: Actor, name: str) -> list[Consumer]:
    """All consumers, those that were revoked too, the oldest first. Errors: NotFoundError."""
    with context.store.session() as session:
        records.get(session, actor, name)
        rows = session.scalars(_of(name).where(ConsumerRow.owner == actor.owner).order_by(ConsumerRow.id))
        return [Consumer(name=row.name, created=row.created, revoked=row.revoked) for row in rows]


def new_consumer(context: Context, actor: Actor, name: str, body: NewConsumer) -> ConsumerToken:
    """Make a consumer's token, which holds at once and cannot be had again.

    Errors: NotFoundError, InvalidError (reserved), ConflictError (consumer_exists), UnavailableError (not_written).
    """
    if body.name == OWNER:
        raise InvalidError(f"{OWNER!r} is you, whose token the command labwright token prints.", code="reserved")
    token = secrets.token_urlsafe(32)
    sha256 = hashlib.sha256(token.encode()).hexdigest()
    with _writing:
        with context.store.session() as session:
            if records.get(session, actor, name).live is None:
                raise ConflictError("This endpoint is being made; wait for its promotion.", code="promotion_running")
            if session.scalar(_valid(name, body.name)) is not None:
                raise ConflictError(
                    f"{body.name} has a token for {name} already, which cannot be shown again. Revoke it to make "
                    f"another one, or choose another name.",
                    code="consumer_exists",
                )
            session.add(
                ConsumerRow(
                    endpoint=name, name=body.name, sha256=sha256, owner=actor.owner, namespace=actor.namespace,
                )
            )  # fmt: skip
        try:
            _tell(context, name)
        except LabwrightError:
            with context.store.session() as session:  # nobody will ever see this token
                session.execute(sa.delete(ConsumerRow).where(ConsumerRow.sha256 == sha256))
            raise
    context.events.publish("serving", name)
    return ConsumerToken(name=body.name, token=token)


def revoke(context: Context, actor: Actor, name: str, consumer: str) -> Consumer:
    """End a consumer's token: the next call with it is refused. One that is revoked already stays so.

    Errors: NotFoundError, UnavailableError (not_written): then it holds still, until this is done again.
    """
    with _writing:
        with context.store.session() as session:
            records.get(session, actor, name)
            query = _of(name).where(ConsumerRow.owner == actor.owner, ConsumerRow.name == consumer)
            row = session.scalar(query.order_by(ConsumerRow.revoked.isnot(None), ConsumerRow.id.desc()))
            if row is None:
                raise NotFoundError(f"{name} has no consumer of that name.", code="no_consumer")
            changed = row.revoked is None
            row.revoked = row.revoked or now()
            found = Consumer(name=row.name, created=row.created, revoked=row.revoked)
        _tell(context, name)
    if changed:
        context.events.publish("serving", name)
    return found


def forget(session: Session, name: str) -> None:
    """Delete an endpoint's consumers with it: another one of its name must not know them."""
    session.execute(sa.delete(ConsumerRow).where(ConsumerRow.endpoint == name))


def recover(context: Context) -> None:
    """Put right the files of endpoints whose service died between database and file."""
    with context.store.session() as session:
        names = list(session.scalars(sa.select(EndpointRow.name)))
    for name in names:
        with _writing, suppress(OSError, LabwrightError):  # a full disk must not keep the service from starting
            _tell(context, name)


def _of(name: str) -> sa.Select[ConsumerRow]:
    return sa.select(ConsumerRow).where(ConsumerRow.endpoint == name)


def _valid(name: str, consumer: str) -> sa.Select[ConsumerRow]:
    return _of(name).where(ConsumerRow.name == consumer, ConsumerRow.revoked.is_(None))


def _tell(context: Context, name: str) -> None:
    """Write the file if it is not what the database says, and tell the data plane, which would see it by itself."""
    runner = records.room(context).runner
    folder = runner.folder(name).path
    with context.store.session() as session:
        rows = session.scalars(_of(name).where(ConsumerRow.revoked.is_(None)).order_by(ConsumerRow.id))
        text = json.dumps({"consumers": [{"name": row.name, "sha256": row.sha256} for row in rows]})
    file = folder / FILE
    with suppress(OSError, ValueError):
        if file.read_text() == text:
            return
    if not folder.is_dir():
        return
    try:
        write_private(file, text)
    except OSError as error:
        raise UnavailableError(
            f"The endpoint's tokens cannot be written ({error.strerror}), so nothing changed for its callers yet. Make "
            f"room on the disk of {folder}, then do it again.",
            code="not_written",
        ) from None
    with suppress(LabwrightError):
        if runner.find(name) is not None:
            runner.order(name, "consumers", timeout=5)
