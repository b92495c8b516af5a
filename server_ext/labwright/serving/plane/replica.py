"""One process of a version: started, fed with the batches that wait, watched, started again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, Protocol

from labwright.serving.environments.interpreter import interpreter
from labwright.serving.folder import EndpointFolder, digest
from labwright.serving.plane import exchange, wire
from labwright.serving.plane.spawn import ModelProcess
from labwright.serving.plane.waiting import Queue, Waiting

log = logging.getLogger(__name__)
STATES = ("ready", "restarting", "loading", "failed", "stopped")  # the best first


class Owner(Protocol):
    """What a replica needs of its pool."""

    folder: EndpointFolder
    version: str
    digest: str
    deadline: float
    load_deadline: float
    queue: Queue

    def changed(self) -> None:
        """A replica's state is another one."""

    def lost(self, batch: list[Waiting], *, died: bool) -> None:
        """A process is gone while it worked on a batch: it died, or it took longer than the deadline."""


class Replica:
    """A process; `state` is one of STATES. `loaded` is set when the first load came to an end, good or bad."""

    def __init__(self, owner: Owner, process: ModelProcess | None = None) -> None:
        """`process` was started ahead, and is taken over for the first load."""
        self.state, self.message, self.load_seconds = "loading", "", 0.0
        self.pid: int | None = None
        self.loaded = asyncio.Event()
        self._owner, self._first_process = owner, process
        self._flying: list[Waiting] = []
        self._leaving = False
        self._task = asyncio.create_task(self._keep())

    @property
    def busy(self) -> bool:
        """Whether it works on a batch."""
        return bool(self._flying)

    async def leave(self) -> None:
        """End after the batch that it works on."""
        self._leaving = True
        while self.busy and not self._task.done():  # noqa: ASYNC110 # rare, and needs no event in the hot path
            await asyncio.sleep(0.005)
        await self.stop()

    async def stop(self) -> None:
        """End the process now."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        if self._first_process is not None:
            await self._first_process.end()
        self._set("stopped", "This version is no longer loaded.")
        batch, self._flying = self._flying, []
        for waiting in batch:
            waiting.refuse(self.message)
        self.loaded.set()

    def _set(self, state: str, message: str = "") -> None:
        self.state, self.message = state, message
        if state != "loading":
            self.loaded.set()
        self._owner.changed()

    async def _keep(self) -> None:
        """Start the process, serve until it is gone, start it again; wait longer each time that it dies early."""
        failures = 0
        while not self._leaving:
            begin = time.monotonic()
            died = True
            try:
                await self._live()
            except _LoadFailed as error:
                self._set("failed", str(error))
            except Exception as error:
                if self._leaving and not self._flying:
                    return  # its process ended because it was told to
                died = not isinstance(error, TimeoutError)
                words = "its process died" if died else "its process did not answer in time"
                log.warning("version %s: %s (%s)", self._owner.version, words, type(error).__name__)
                self._set("restarting" if self.state in ("ready", "restarting") else "failed", words)
            batch, self._flying = self._flying, []
            self._owner.lost(batch, died=died)
            failures = 0 if time.monotonic() - begin > 60 else failures + 1
            if self.state == "failed" or failures > 1:
                await asyncio.sleep(min(2.0**failures, 60))

    async def _live(self) -> None:
        """One process, from its start to its end."""
        found, self._first_process = self._first_process, None
        python = interpreter(self._owner.folder, self._owner.version)
        if found is not None and python.own:  # it was started ahead on another Python
            await found.end()
            found = None
        if found is None or found.process.returncode is not None:
            found = await ModelProcess.start(self._owner.folder, python)
        try:
            self.pid = found.process.pid
            await asyncio.to_thread(self._copy, found.work)
            found.load()
            first = await self._first(found.reader)
            self.load_seconds = first["load_seconds"]
            self._set("ready")
            await _first_of(self._serve(found.reader, found.writer), found.process.wait())
        finally:
            self.pid = None
            await found.end()

    async def _first(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        seconds = self._owner.load_deadline
        try:
            async with asyncio.timeout(seconds):
                return await _first(reader)
        except TimeoutError:
            raise _LoadFailed(f"it does not load within {seconds:g} s (the setting load_seconds)") from None

    def _copy(self, work: Path) -> None:
        """The process gets its own copy of the files, and only if they are those that were promoted."""
        shutil.copytree(self._owner.folder.version(self._owner.version) / "model", work / "model")
        if digest(work / "model") != self._owner.digest:
            raise _LoadFailed("its files are not those that were promoted (the digest differs); promote it again")

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Take what waits and hand it over, one batch at a time."""
        while not self._leaving:
            self._flying = await self._owner.queue.take()
            replies = await self._ask(reader, writer, self._flying)
            for waiting, reply in zip(self._flying, replies, strict=True):
                waiting.settle(reply)
            self._flying = []

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, batch: list[Waiting]
    ) -> list[dict[str, Any]]:
        wire.write(writer, *exchange.encode(batch))
        async with asyncio.timeout(self._owner.deadline):
            await writer.drain()
            for waiting in batch:
                if waiting.rows.text_ahead:
                    waiting.rows.text()
            replies, body = await wire.read(reader)
        return exchange.decode(replies, body, batch)


class _LoadFailed(Exception):
    """The model does not load; the words say why."""


async def _first(reader: asyncio.StreamReader) -> dict[str, Any]:
    try:
        first: dict[str, Any] = (await wire.read(reader))[0]
    except EOFError:
        raise _LoadFailed("its process died while it loaded the model") from None
    if "error" in first:
        raise _LoadFailed(f"it does not load: {first['error']}")
    return first


async def _first_of(serving: Coroutine[Any, Any, None], ending: Coroutine[Any, Any, int]) -> None:
    """Serve until the process ends. Errors: what serving raised, EOFError when the process ended."""
    tasks = [asyncio.create_task(serving), asyncio.create_task(ending)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
        raise EOFError
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def clean(work: Path) -> None:
    """Remove what processes of an earlier life left behind. Call it under the data plane's lock."""
    for path in work.iterdir():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else os.unlink(path)
