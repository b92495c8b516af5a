"""Operations: recorded, cancellable, interrupted ones say so."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, NotFoundError
from labwright.service.children import run_job
from labwright.service.events import Events
from labwright.service.models import Operation, OperationState
from labwright.service.operations import Handle, Operations
from labwright.service.store import Store

ME = Actor(owner="me")


@pytest.fixture
def operations(tmp_path: Path) -> Iterator[Operations]:
    store = Store(tmp_path)
    store.migrate()
    found = Operations(store, Events())
    yield found
    found.close()
    store.close()


def wait(operations: Operations, operation: Operation) -> Operation:
    deadline = time.monotonic() + 20
    while operation.state is OperationState.running and time.monotonic() < deadline:
        time.sleep(0.01)
        operation = operations.get(ME, operation.id)
    return operation


def test_work_leaves_its_steps_and_its_result(operations: Operations) -> None:
    def work(handle: Handle) -> dict[str, str]:
        handle.step("First", 0.3)
        handle.step("Second", 0.6)
        return {"made": "this"}

    done = wait(operations, operations.start(ME, "serving.promote", "flights", work))
    assert (done.state, done.progress, done.result) == (OperationState.succeeded, 1.0, {"made": "this"})
    assert done.log == ["First", "Second"]
    assert [found.id for found in operations.list(ME, subject="flights")] == [done.id]


def test_an_error_of_ours_is_kept_as_a_problem_and_others_say_nothing_of_themselves(operations: Operations) -> None:
    def refused(_handle: Handle) -> dict[str, str]:
        raise InvalidError("This run has no model.", code="no_model")

    def broken(_handle: Handle) -> dict[str, str]:
        raise RuntimeError("password=hunter2")

    failed = wait(operations, operations.start(ME, "serving.promote", "a", refused))
    assert failed.state is OperationState.failed
    assert failed.error is not None
    assert (failed.error.code, failed.error.detail) == ("no_model", "This run has no model.")
    failed = wait(operations, operations.start(ME, "serving.promote", "b", broken))
    assert "hunter2" not in failed.model_dump_json()


def test_what_failed_is_put_away_with_those_before(operations: Operations) -> None:
    def refused(_handle: Handle) -> dict[str, str]:
        raise InvalidError("Too few rows.", code="too_few_rows")

    ended = [wait(operations, operations.start(ME, "drift.report", "a", refused)) for _ in range(2)]
    kept = [
        wait(operations, operations.start(ME, "drift.report", "a", lambda _handle: {})),
        wait(operations, operations.start(ME, "drift.report", "b", refused)),
        wait(operations, operations.start(ME, "serving.promote", "a", refused)),
    ]
    last = wait(operations, operations.start(ME, "drift.report", "a", refused))
    operations.forget(ME, ended[1].id)
    assert {found.id for found in operations.list(ME)} == {found.id for found in [*kept, last]}
    with pytest.raises(NotFoundError):
        operations.forget(ME, ended[0].id)
    with pytest.raises(NotFoundError):
        operations.forget(Actor(owner="somebody else"), last.id)

    go = threading.Event()
    running = operations.start(ME, "drift.report", "a", lambda _handle: {"waited": str(go.wait(10))})
    with pytest.raises(ConflictError):
        operations.forget(ME, running.id)
    go.set()
    wait(operations, running)


def test_an_event_between_the_subscription_and_the_first_look_is_heard() -> None:
    events = Events()

    async def subscribe_then_read() -> tuple[str, str]:
        found = events.listen()
        events.publish("serving", "flights")
        async for event in found:
            assert event is not None
            return event.capability, event.name
        raise AssertionError

    assert asyncio.run(subscribe_then_read()) == ("serving", "flights")


def test_cancel_takes_effect_at_the_next_step(operations: Operations) -> None:
    reached, go = threading.Event(), threading.Event()

    def work(handle: Handle) -> dict[str, str]:
        handle.step("First", 0.1)
        reached.set()
        go.wait(10)
        handle.step("Never", 0.9)
        return {}

    operation = operations.start(ME, "drift.report", "x", work)
    assert reached.wait(10)
    operations.cancel(ME, operation.id)
    go.set()
    cancelled = wait(operations, operation)
    assert cancelled.state is OperationState.cancelled
    assert "Never" not in cancelled.log
    with pytest.raises(ConflictError):
        operations.cancel(ME, operation.id)


def test_what_was_interrupted_says_so_at_the_next_start(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.migrate()
    stop = threading.Event()
    first = Operations(store, Events())
    operation = first.start(ME, "serving.promote", "x", lambda _handle: {"ended": stop.wait(20)})
    second = Operations(store, Events())  # as the next service would, after the first was killed
    second.recover()
    found = second.get(ME, operation.id)
    assert found.state is OperationState.failed
    assert found.error is not None
    assert found.error.code == "interrupted"
    stop.set()
    first.close()


def test_another_owner_sees_nothing(operations: Operations) -> None:
    done = wait(operations, operations.start(ME, "serving.promote", "x", lambda _handle: {}))
    other = Actor(owner="other")
    assert operations.list(other) == []
    with pytest.raises(NotFoundError):
        operations.get(other, done.id)


def test_the_end_is_written_when_the_database_takes_it_again(operations: Operations, tmp_path: Path) -> None:
    """Another process holds the database while the work ends: the result is not lost, and is no failure."""
    quick = "PRAGMA busy_timeout=50"
    sa.event.listen(operations._store.engine, "checkout", lambda connection, *_: connection.execute(quick))
    ended = threading.Event()
    go = threading.Event()

    def work(handle: Handle) -> dict[str, str]:
        go.wait(10)
        handle.step("While it is locked", 0.5)
        ended.set()
        return {"made": "this"}

    operation = operations.start(ME, "serving.promote", "flights", work)
    with closing(sqlite3.connect(tmp_path / "labwright.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        go.set()
        assert ended.wait(10)
        time.sleep(0.5)
        assert operations.get(ME, operation.id).state is OperationState.running
        assert operations.running("serving.promote", "flights")
        other.execute("ROLLBACK")
    done = wait(operations, operation)
    assert (done.state, done.result) == (OperationState.succeeded, {"made": "this"})
    assert not operations.running("serving.promote", "flights")


def test_a_result_that_cannot_be_written_is_a_failure(operations: Operations) -> None:
    failed = wait(operations, operations.start(ME, "drift.report", "x", lambda _handle: {"made": object()}))
    assert failed.state is OperationState.failed


def test_what_no_process_does_does_not_go_on(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.migrate()
    stop = threading.Event()
    first = Operations(store, Events())
    first.start(ME, "serving.promote", "x", lambda _handle: {"ended": stop.wait(20)})
    assert first.running("serving.promote", "x")
    assert not Operations(store, Events()).running("serving.promote", "x")
    stop.set()
    first.close()


def test_what_ended_stays_as_it_ended(operations: Operations) -> None:
    done = wait(operations, operations.start(ME, "serving.promote", "x", lambda _handle: {}))
    assert not operations.write(done.id, step="Cancelling", line="Cancel was asked for.")
    assert operations.get(ME, done.id) == done


def test_a_job_gets_only_what_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_SECRET", "s3cret")
    log = tmp_path / "job.log"
    assert run_job("os:getenv", {"key": "SOME_SECRET"}, log=log) is None
    assert run_job("os:getenv", {"key": "NAMED"}, log=log, env={"NAMED": "yes"}) == "yes"
