"""`python -m labwright.service`: the service's process. It ends when another one holds the lock already."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path
from typing import Literal

import uvicorn
from fastapi import FastAPI

import labwright
from labwright.actor import Actor, this_user
from labwright.errors import LabwrightError
from labwright.service import children
from labwright.service.app import create_app, is_busy, recover
from labwright.service.context import Context
from labwright.service.events import Events
from labwright.service.operations import Operations
from labwright.service.settings import Settings
from labwright.service.store import Store
from labwright.settings_file import WITHHELD, remember
from labwright.state import (
    Folders,
    ServiceState,
    boot_id,
    folders,
    listen_on,
    lock_file,
    process_started,
    read_owner,
    read_service_state,
    read_token,
    take_lock,
    write_private,
    write_service_state,
)

log = logging.getLogger("labwright")


def main() -> None:
    """Take the lock, bring the database up to date, make processes match the records, serve."""
    where = folders()
    os.umask(0o077)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    with lock_file(where.service_lock) as handle:
        if not take_lock(handle):
            log.info("another service holds the lock; nothing to do")
            return
        where.stopped.unlink(missing_ok=True)
        try:
            asyncio.run(_serve(where))
        except LabwrightError as error:
            # In one line, for the log and for whoever started us: the way on is in it.
            log.error("the service cannot start: %s", error.message)
            write_private(where.home / "start-error", json.dumps({"code": error.code, "detail": error.message}))
            sys.exit(1)


async def _serve(where: Folders) -> None:
    chosen = remember(where, os.environ)
    for name in [name for name in os.environ if name.startswith(WITHHELD)]:
        del os.environ[name]
    settings = Settings(database_url=chosen.database_url, tracking=chosen.tracking)
    store = Store(where.home, settings.database_url)
    store.migrate()
    events = Events()
    unix, loopback = _listen(where)
    context = Context(
        folders=where, settings=settings, store=store, events=events, operations=Operations(store, events),
        actor=Actor(owner=read_owner(where, this_user().owner)), token=read_token(where), url=f"http://127.0.0.1:{loopback.getsockname()[1]}",
    )  # fmt: skip
    if store.journal_mode == "DELETE":
        context.notes.append(
            "The state folder is on a network file system, so the database goes without WAL and is slower."
        )
    ending = asyncio.Event()
    loop = asyncio.get_running_loop()

    def end() -> None:
        loop.call_soon_threadsafe(ending.set)

    app = create_app(context, end)
    await asyncio.to_thread(recover, context)
    server = _server(app, lifespan="on")
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ending.set)
    serving = asyncio.create_task(server.serve(sockets=[unix, loopback]))
    while not server.started and not serving.done():  # noqa: ASYNC110 # uvicorn has no event for it
        await asyncio.sleep(0.01)
    (where.home / "start-error").unlink(missing_ok=True)
    # A kernel without the service's packages starts it with this.
    write_private(where.home / "python", sys.executable)
    state = _state(context, where)
    write_service_state(where, state)
    log.info("labwright service %s listens", labwright.__version__)
    chores = [
        asyncio.create_task(_end_when_idle(context, app, ending)),
        asyncio.create_task(_stay_reachable(app, state, where, ending)),
    ]
    await asyncio.wait([asyncio.create_task(ending.wait()), serving], return_when=asyncio.FIRST_COMPLETED)
    for chore in chores:
        chore.cancel()
    events.close()
    context.operations.close()
    server.should_exit = True
    await serving
    where.service_state.unlink(missing_ok=True)
    where.service_socket.unlink(missing_ok=True)
    store.close()
    os._exit(0)  # Threads of cancelled operations must not hold the lock.


def _listen(where: Folders) -> tuple[socket.socket, socket.socket]:
    """The unix socket, and the loopback address for MLflow's clients, which stays the same across restarts."""
    last = where.home / "port"
    try:
        wanted = int(last.read_text())
    except (OSError, ValueError):
        wanted = 0
    for port in (wanted, 0):
        # The protocol is named because only so does asyncio switch Nagle's delay off: 40 ms for each small reply.
        loopback = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        loopback.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            loopback.bind(("127.0.0.1", port))
            break
        except OSError:
            loopback.close()
    write_private(last, str(loopback.getsockname()[1]))
    loopback.listen(512)
    loopback.setblocking(False)
    return listen_on(where.service_socket), loopback


def _server(app: FastAPI, lifespan: Literal["on", "off"]) -> uvicorn.Server:
    config = uvicorn.Config(
        app, log_config=None, access_log=False, timeout_graceful_shutdown=5, lifespan=lifespan, ws="none"
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # ours are set above
    return server


async def _stay_reachable(app: FastAPI, state: ServiceState, where: Folders, ending: asyncio.Event) -> None:
    """Make socket and state file anew when they were swept: logind and cleaners of /tmp take runtime folders away."""
    servers = []
    while True:
        await asyncio.sleep(2)
        if not await asyncio.to_thread(where.home.is_dir):
            log.warning("the state folder is gone; ending")
            ending.set()
        elif (swept := await asyncio.to_thread(_mend, where, state)) is not None:
            log.warning("the socket was swept away and is made anew")
            servers.append(asyncio.create_task(_server(app, "off").serve(sockets=[swept])))


def _mend(where: Folders, state: ServiceState) -> socket.socket | None:
    """A new socket in place of one that was swept, and the state file as it was written."""
    path = Path(state.socket)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = None if path.exists() else listen_on(path)
    if read_service_state(where) != state:
        write_service_state(where, state)
    return found


def _state(context: Context, where: Folders) -> ServiceState:
    started = process_started(os.getpid())
    assert started is not None
    return ServiceState(
        host=socket.gethostname(), boot_id=boot_id(), pid=os.getpid(), started=started,
        socket=str(where.service_socket), url=context.url, python=sys.executable, version=labwright.__version__,
    )  # fmt: skip


async def _end_when_idle(context: Context, app: FastAPI, ending: asyncio.Event) -> None:
    """A service with no endpoint, cluster, operation or request for a while ends itself."""
    while True:
        await asyncio.sleep(min(60.0, context.settings.idle_minutes * 20))
        children.reap()
        idle = time.monotonic() - app.state.last_request
        if idle > context.settings.idle_minutes * 60 and not await asyncio.to_thread(is_busy, context):
            log.info("idle for %.0f minutes; ending", idle / 60)
            ending.set()


if __name__ == "__main__":
    main()
