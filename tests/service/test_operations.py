"""Operations: recorded, cancellable, interrupted ones say so."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, NotFoundError
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
