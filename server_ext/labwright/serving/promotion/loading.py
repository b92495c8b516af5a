"""A candidate's processes beside those that answer: started ahead, loaded, asked for its example, ended again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Any

from labwright.actor import Actor
from labwright.errors import InvalidError, LabwrightError
from labwright.service.context import Context
from labwright.service.operations import Handle
from labwright.serving import records
from labwright.serving.models import Version
from labwright.serving.settings_models import EndpointSettings

WARM_CALLS = 5


def prepare(context: Context, actor: Actor, name: str, undo: ExitStack, *, ahead: bool = True) -> None:
    """See that the data plane runs, and start a model process now: it imports MLflow while the files are fetched."""
    room = records.room(context)
    with room.busy[name]:
        with context.store.session() as session:
            row = records.get(session, actor, name)
            port, settings, running = row.port, row.settings, row.wanted == "running" and row.live is not None
        if not running:  # no version is live, so the data plane starts empty; the old state comes back by the undo
            room.runner.configure(name, version=None, digest=None, port=port, settings=settings)
            undo.callback(room.runner.stop, name)
        room.runner.ensure(name)
    if ahead:
        undo.callback(_order_quietly, context, name, "forget")
        _order_quietly(context, name, "prepare")


@contextmanager
def preparing(context: Context, actor: Actor, name: str, undo: ExitStack, *, ahead: bool) -> Iterator[None]:
    """`prepare` beside what is done inside: a data plane that starts and files that come need not wait for each other.

    Errors: those of `prepare`, at the end.
    """
    records.room(context).runner.folder(name).make()
    own = undo.enter_context(ExitStack())
    errors: list[BaseException] = []

    def work() -> None:
        try:
            prepare(context, actor, name, own, ahead=ahead)
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=work, name="promotion-prepare", daemon=True)
    thread.start()
    try:
        yield
    finally:
        thread.join()
    if errors:
        raise errors[0]


def load(
    context: Context, handle: Handle, name: str, version: Version, settings: EndpointSettings, undo: ExitStack
) -> float:
    """Load a version beside the live one; gives the seconds that it took. Errors: InvalidError (load_failed)."""
    number = version.version
    undo.callback(_order_quietly, context, name, f"versions/{number}/unload")
    body = {"digest": version.digest}
    timeout = settings.load_seconds + 30
    reply = order(context, handle, name, f"versions/{number}/load", body, timeout)
    if not reply["ready"]:
        raise InvalidError(f"The model cannot be served: {reply['message']}.", code="load_failed")
    return float(reply.get("load_seconds") or 0.0)


def load_again(
    context: Context, handle: Handle, name: str, version: Version, settings: EndpointSettings, undo: ExitStack
) -> None:  # fmt: skip
    """See that a version that was loaded is loaded: it, or the data plane, may have died while nobody decided."""
    try:
        load(context, handle, name, version, settings, undo)
    except InvalidError:  # a process that died is not taken for ready while it is started again; so load it anew
        load(context, handle, name, version, settings, undo)


def score(
    context: Context, name: str, number: str, rows: dict[str, Any], settings: EndpointSettings
) -> dict[str, Any]:  # fmt: skip
    """Score rows with a loaded version, unlogged; gives `predictions` or `error`."""
    timeout = settings.deadline_seconds + 30
    return records.room(context).runner.order(name, f"versions/{number}/score", rows, timeout=timeout)


def warm_up(
    context: Context, handle: Handle, name: str, number: str, card: dict[str, Any], settings: EndpointSettings
) -> None:
    """Score the example some times in every process of the version, so that no caller is the first.

    Errors: InvalidError (example_failed).
    """
    if not card["example"]:
        return
    body = card["example"] | {"times": WARM_CALLS}
    timeout = settings.deadline_seconds * WARM_CALLS + 30
    reply = order(context, handle, name, f"versions/{number}/score", body, timeout)
    if "error" in reply:  # a process that died a moment ago is still taken for ready: load it, and ask once more
        again = {"digest": card["digest"]}
        for _ in range(2):  # the first clears away what died
            if order(context, handle, name, f"versions/{number}/load", again, settings.load_seconds + 30)["ready"]:
                break
        reply = order(context, handle, name, f"versions/{number}/score", body, timeout)
    if "error" in reply:
        raise InvalidError(f"The model fails on its own input example: {reply['error']}", code="example_failed")


def order(
    context: Context, handle: Handle, name: str, what: str, body: dict[str, Any], timeout: float
) -> dict[str, Any]:  # fmt: skip
    """An order that takes its time; a cancel is not kept waiting for it."""
    runner = records.room(context).runner
    return _while_checking(handle, lambda: runner.order(name, what, body, timeout=timeout))


def _order_quietly(context: Context, name: str, what: str) -> None:
    with suppress(LabwrightError):
        records.room(context).runner.order(name, what, timeout=30)


def _while_checking(handle: Handle, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run `call` in a thread and look now and then whether somebody cancelled."""
    found: list[dict[str, Any]] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="promotion-order", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.05)
        handle.check()
    if errors:
        raise errors[0]
    return found[0]
