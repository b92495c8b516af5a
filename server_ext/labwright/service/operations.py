"""Operations: long work with an id, a progress figure, a log and a cancel, kept in the database."""

from __future__ import annotations

import itertools
import logging
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from labwright.actor import Actor
from labwright.errors import ConflictError, LabwrightError, NotFoundError
from labwright.service.events import Events
from labwright.service.models import Operation, OperationState, Problem
from labwright.service.store import Base, Owned, Store

log = logging.getLogger(__name__)

INTERNAL = "Something went wrong inside Labwright; `labwright doctor` names the log."


class OperationRow(Owned, Base):
    """An operation in the database."""

    __tablename__ = "operations"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(100))
    subject: Mapped[str] = mapped_column(sa.String(300), index=True)
    state: Mapped[str] = mapped_column(sa.String(20), index=True)
    step: Mapped[str] = mapped_column(sa.Text, default="")
    progress: Mapped[float] = mapped_column(default=0.0)
    log: Mapped[list[str]] = mapped_column(sa.JSON, default=list)
    error: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, default=None)
    result: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)

    def model(self) -> Operation:
        """The operation as others see it."""
        return Operation.model_validate(self, from_attributes=True)


class CancelledByUser(Exception):
    """Raised inside an operation's work when somebody cancelled it."""


class Handle:
    """What the work of an operation holds: it reports steps and learns that it was cancelled."""

    def __init__(self, operations: Operations, operation_id: str) -> None:
        self.id = operation_id
        self._operations = operations
        self.cancelled = threading.Event()

    def step(self, words: str, progress: float) -> None:
        """Say what is done now (`progress` 0 to 1). Raises CancelledByUser when the operation was cancelled."""
        self.check()
        try:
            self._operations.write(self.id, step=words, progress=progress, line=words)
        except sa.exc.SQLAlchemyError:
            log.warning("a step of operation %s could not be written", self.id)  # the work itself can go on

    def check(self) -> None:
        """Raise CancelledByUser when the operation was cancelled; call it before what cannot be undone."""
        if self.cancelled.is_set():
            raise CancelledByUser


def _failure(error: LabwrightError) -> dict[str, Any]:
    problem = Problem(title=error.code, status=error.status, code=error.code, detail=error.message)
    return {
        "state": OperationState.failed, "step": "Failed", "error": problem.model_dump(), "line": error.message,
    }  # fmt: skip


class Operations:
    """Starts work in threads and keeps its record."""

    def __init__(self, store: Store, events: Events) -> None:
        self._store = store
        self._events = events
        self._threads = ThreadPoolExecutor(max_workers=64, thread_name_prefix="operation")
        self._handles: dict[str, Handle] = {}
        self._writing = threading.Lock()
        self._closing = threading.Event()

    def start(self, actor: Actor, kind: str, subject: str, work: Callable[[Handle], dict[str, Any]]) -> Operation:
        """Record an operation and run `work` in a thread; what it returns is the operation's result."""
        row = OperationRow(
            id=uuid.uuid4().hex, kind=kind, subject=subject, state=OperationState.running, step="Waiting",
            progress=0.0, log=[], result={}, owner=actor.owner, namespace=actor.namespace,
        )  # fmt: skip
        handle = self._handles[row.id] = Handle(self, row.id)
        try:
            with self._store.session() as session:
                session.add(row)
            self._threads.submit(self._run, handle, work)
        except BaseException:
            del self._handles[row.id]
            raise
        return self.get(actor, row.id)

    def finished(self, actor: Actor, kind: str, subject: str, words: str, result: dict[str, Any]) -> Operation:
        """Record an operation that had nothing to do: it is done, and says so in `words`."""
        row = OperationRow(
            id=uuid.uuid4().hex, kind=kind, subject=subject, state=OperationState.succeeded, step=words,
            progress=1.0, log=[words], result=result, owner=actor.owner, namespace=actor.namespace,
        )  # fmt: skip
        with self._store.session() as session:
            session.add(row)
        return self.get(actor, row.id)

    def _run(self, handle: Handle, work: Callable[[Handle], dict[str, Any]]) -> None:
        try:
            end = self._end_of(handle, work)
            if end is not None and not self._write_end(handle.id, end):
                self._write_end(handle.id, _failure(LabwrightError(INTERNAL)))
        finally:
            self._handles.pop(handle.id, None)

    def _end_of(self, handle: Handle, work: Callable[[Handle], dict[str, Any]]) -> dict[str, Any] | None:
        """Do the work; give what is to be written of its end."""
        try:
            return {"state": OperationState.succeeded, "step": "Done", "progress": 1.0, "result": work(handle)}
        except CancelledByUser:
            if self._closing.is_set():  # by the service's end, and not by its user
                return None
            line = "Cancelled; nothing was changed."
            return {"state": OperationState.cancelled, "step": "Cancelled", "line": line}
        except LabwrightError as error:
            failure = _failure(error)
        except Exception:
            log.exception("operation %s failed", handle.id)
            failure = _failure(LabwrightError(INTERNAL))
        # Where the service ends, recover() of the next one says that the operation was interrupted.
        return None if self._closing.is_set() else failure

    def _write_end(self, operation_id: str, end: dict[str, Any]) -> bool:
        """Write how an operation ended. A database that is locked or full is asked until it takes it.

        False when it never will, such as for a result that is no JSON.
        """
        for attempt in itertools.count():
            try:
                self.write(operation_id, **end)
                return True
            except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError):
                log.warning("the end of operation %s could not be written; trying again", operation_id)
                if self._closing.wait(min(0.2 * 2**attempt, 5.0)):
                    return True
            except (sa.exc.SQLAlchemyError, TypeError, ValueError):  # psycopg makes the JSON itself
                log.exception("the end of operation %s cannot be written", operation_id)
                return False
        raise AssertionError

    def write(self, operation_id: str, *, line: str | None = None, **values: Any) -> bool:
        """Change the record of an operation that goes on, and tell the listeners; one that ended stays as it is.

        Gives whether it was changed.
        """
        with self._writing, self._store.session() as session:
            row = session.get(OperationRow, operation_id)
            if row is None:
                return False
            if line is not None:
                values["log"] = [*row.log, line]
            goes_on = (OperationRow.id == operation_id, OperationRow.state == OperationState.running)
            ids = session.scalars(
                sa.update(OperationRow).where(*goes_on).values(**values).returning(OperationRow.id),
                execution_options={"synchronize_session": False},
            ).all()
            kind, subject = row.kind, row.subject
        if ids:
            self._tell(operation_id, kind, subject)
        return bool(ids)

    def get(self, actor: Actor, operation_id: str) -> Operation:
        """One operation. Errors: NotFoundError."""
        with self._store.session() as session:
            row = session.get(OperationRow, operation_id)
            if row is None or row.owner != actor.owner:
                raise NotFoundError("There is no such operation.")
            return row.model()

    def list(
        self, actor: Actor, *, kind: str | None = None, subject: str | None = None, limit: int = 50
    ) -> list[Operation]:
        """The newest operations first, by kind and subject."""
        query = sa.select(OperationRow).where(OperationRow.owner == actor.owner)
        if kind:
            query = query.where(OperationRow.kind == kind)
        if subject:
            query = query.where(OperationRow.subject == subject)
        with self._store.session() as session:
            rows = session.scalars(query.order_by(OperationRow.created.desc()).limit(limit))
            return [row.model() for row in rows]

    def running(self, kind: str, subject: str) -> bool:
        """Whether such an operation goes on: by its record, and in this process."""
        query = sa.select(OperationRow.id).where(
            OperationRow.kind == kind, OperationRow.subject == subject, OperationRow.state == OperationState.running
        )  # fmt: skip
        with self._store.session() as session:
            return any(found in self._handles for found in session.scalars(query))

    def goes_on(self, operation_id: str) -> bool:
        """Whether this process works on it."""
        return operation_id in self._handles

    def any_running(self) -> bool:
        """Whether any operation goes on."""
        return bool(self._handles)

    def cancel(self, actor: Actor, operation_id: str) -> Operation:
        """Ask an operation to stop at its next step. Errors: NotFoundError, ConflictError when it has ended."""
        operation = self.get(actor, operation_id)
        handle = self._handles.get(operation_id)
        ended = ConflictError("This operation has ended already.", code="ended")
        if operation.state is not OperationState.running or handle is None:
            raise ended
        handle.cancelled.set()
        if not self.write(operation_id, step="Cancelling", line="Cancel was asked for."):
            raise ended  # in this moment
        return self.get(actor, operation_id)

    def forget(self, actor: Actor, operation_id: str) -> None:
        """Forget an operation that failed or was cancelled, and those of its kind and subject that ended so before it.

        Errors: NotFoundError, ConflictError while it goes on.
        """
        operation = self.get(actor, operation_id)
        if operation.state is OperationState.running:
            raise ConflictError("This operation goes on; cancel it first.", code="running")
        with self._store.session() as session:
            session.execute(
                sa.delete(OperationRow).where(
                    OperationRow.owner == actor.owner, OperationRow.kind == operation.kind,
                    OperationRow.subject == operation.subject, OperationRow.created <= operation.created,
                    OperationRow.state.in_((OperationState.failed, OperationState.cancelled)),
                )
            )  # fmt: skip
        self._tell(operation_id, operation.kind, operation.subject)

    def _tell(self, operation_id: str, kind: str, subject: str) -> None:
        self._events.publish("operations", operation_id)
        self._events.publish(kind.partition(".")[0], subject)

    def recover(self) -> None:
        """At the service's start: what was running was interrupted, and says so."""
        detail = "The service ended while this went on; nothing was left half done. Try again."
        problem = Problem(title="interrupted", status=503, code="interrupted", detail=detail)
        with self._store.session() as session:
            for row in session.scalars(sa.select(OperationRow).where(OperationRow.state == OperationState.running)):
                row.state, row.step, row.error = OperationState.failed, "Interrupted", problem.model_dump()
                row.log = [*row.log, detail]

    def close(self) -> None:
        """Cancel all and wait for a moment."""
        self._closing.set()
        for handle in list(self._handles.values()):
            handle.cancelled.set()
        self._threads.shutdown(wait=False, cancel_futures=True)
