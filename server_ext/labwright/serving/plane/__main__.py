"""`python -m labwright.serving.plane FOLDER`: an endpoint's own process, which needs nobody else to serve.

It serves what its folder says (see `folder`), on a loopback port that it keeps, and takes the service's orders on a
unix socket (see `admin`). It holds a lock for its life, so that an endpoint never runs twice.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import resource
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import Any

import uvicorn

from labwright.serving.folder import EndpointFolder, ProcessCard
from labwright.serving.plane.admin import Admin
from labwright.serving.plane.asking import Asker
from labwright.serving.plane.connection import Connection
from labwright.serving.plane.consumers import Consumers
from labwright.serving.plane.gateway import Gateway
from labwright.serving.plane.isolation import work_parent
from labwright.serving.plane.replica import clean
from labwright.serving.plane.versions import Versions
from labwright.serving.prediction_log import Writer, count_rows, sizes
from labwright.serving.prediction_log.chores import keep
from labwright.state import boot_id, listen_on, lock_file, process_started, take_lock

log = logging.getLogger("labwright.endpoint")
PORT_TAKEN = 75
MOST_CONNECTIONS = 4096
SPARE_FILES = 256  # descriptors that are no connections: sockets of model processes, the log


def main() -> None:
    """Take the lock, serve until told to stop."""
    os.umask(0o077)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    folder = EndpointFolder(Path(sys.argv[1]).absolute())
    runtime = Path(folder.config().runtime)
    with lock_file(folder.lock) as handle:
        if not take_lock(handle):
            log.info("this endpoint runs already; nothing to do")
            return
        with contextlib.suppress(ImportError):
            import uvloop

            asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
        _allow_files()
        asyncio.run(_serve(folder, runtime))


async def _serve(folder: EndpointFolder, runtime: Path) -> None:
    config = folder.config()
    clean(work_parent(folder.work))
    public = _port(config.port)
    unix = listen_on(folder.admin_socket(runtime))
    writer = Writer(folder.log, config.settings.get("log"))
    asker = Asker(config.name, writer)
    consumers = Consumers(folder.secret("token"), folder.path)
    gateway = Gateway(asker, consumers)
    _count_before(folder.log, asker)
    ending = asyncio.Event()
    versions = Versions(folder, asker)
    admin = Admin(folder, asker, versions, consumers, folder.secret("admin"), ending)
    versions.fall_back()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ending.set)
    servers = [_server(gateway, outside=True), _server(admin.app())]
    tasks = [
        asyncio.create_task(server.serve(sockets=[listener]))
        for server, listener in zip(servers, (public, unix), strict=True)
    ]
    while not all(server.started for server in servers):  # noqa: ASYNC110 # uvicorn has no event for it
        await asyncio.sleep(0.005)
    started = process_started(os.getpid())
    assert started is not None
    folder.write_process(
        ProcessCard(
            os.getpid(),
            started,
            boot_id(),
            public.getsockname()[1],
            str(folder.admin_socket(runtime)),
        )
    )
    log.info("endpoint %s listens on port %s", config.name, public.getsockname()[1])
    chores = [
        asyncio.create_task(_stay_reachable(admin.app(), folder.admin_socket(runtime), servers, tasks)),
        asyncio.create_task(keep(writer)),
    ]
    await ending.wait()
    for chore in chores:
        chore.cancel()
    await asyncio.gather(*chores, return_exceptions=True)
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)
    await asyncio.gather(admin.end_ahead(), versions.close())
    writer.close()
    (folder.path / "process.json").unlink(missing_ok=True)
    folder.admin_socket(runtime).unlink(missing_ok=True)


async def _stay_reachable(
    app: Any, path: Path, servers: list[uvicorn.Server], tasks: list[asyncio.Task[None]]
) -> None:  # fmt: skip
    """Make the admin socket anew when it was swept: logind and cleaners of /tmp take runtime folders away."""
    while True:
        await asyncio.sleep(2)
        if (swept := _again(path)) is not None:
            log.warning("the socket was swept away and is made anew")
            servers.append(_server(app))
            tasks.append(asyncio.create_task(servers[-1].serve(sockets=[swept])))


def _again(path: Path) -> socket.socket | None:
    """A new socket in place of one that was swept."""
    with contextlib.suppress(OSError):
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            return listen_on(path)
    return None


def _count_before(log_folder: Path, asker: Asker) -> None:
    """Add what earlier lives answered, once it is counted: a long log must not hold up the start."""
    loop, ends = asyncio.get_running_loop(), sizes(log_folder)

    def add(rows: int) -> None:
        asker.predictions += rows

    def count() -> None:
        with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: the endpoint ended meanwhile
            loop.call_soon_threadsafe(add, count_rows(log_folder, ends))

    threading.Thread(target=count, name="count", daemon=True).start()


def _allow_files() -> None:
    """As many descriptors as connections need, where the system lets us."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_CONNECTIONS + SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))


def _most_connections() -> int:
    """Who comes after so many gets 503; the descriptors that remain are for processes and files."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return MOST_CONNECTIONS if soft == resource.RLIM_INFINITY else max(min(MOST_CONNECTIONS, soft - SPARE_FILES), 64)


def _server(app: Any, *, outside: bool = False) -> uvicorn.Server:
    config = uvicorn.Config(
        app, log_config=None, access_log=False, lifespan="off", ws="none", timeout_graceful_shutdown=5,
        server_header=False, date_header=False, http=Connection if outside else "auto",
        limit_concurrency=_most_connections() if outside else None,
        log_level="error",  # what strangers send must not fill the log
    )  # fmt: skip
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[method-assign, assignment] # ours, above
    return server


def _port(kept: int | None) -> socket.socket:
    """The port that the endpoint keeps, else a free one. Exits with PORT_TAKEN when somebody else has it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # named: else asyncio delays
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", kept or 0))
        listener.listen(512)
    except OSError:
        log.error("port %s is taken by another process", kept)
        sys.exit(PORT_TAKEN)
    listener.setblocking(False)
    return listener


if __name__ == "__main__":
    main()
