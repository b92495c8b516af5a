"""One model process under a data plane: started, fed with batches, watched, started again when it dies."""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import shutil
import time
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labwright.serving.folder import EndpointFolder, digest
from labwright.serving.plane import wire
from labwright.serving.plane.scoring import Rows, Schema
from labwright.serving.plane.spawn import ModelProcess

log = logging.getLogger(__name__)
BATCH_ROWS = 64
WAITING = 2000
LOAD_SECONDS = 300.0


class Unavailable(Exception):
    """No answer now; the words say why. Worth another try."""


@dataclass
class _Waiting:
    rows: Rows
    answer: asyncio.Future[dict[str, Any]]
    text: str = field(repr=False)


class Replica:
    """A version's model process. `state` is loading, ready, failed or stopped."""

    def __init__(
        self, folder: EndpointFolder, version: str, fixed: str, deadline: float, process: ModelProcess | None = None
    ) -> None:
        """`process` was started ahead, and is taken over for the first load."""
        self.version, self.digest = version, fixed
        self.schema = Schema(folder.card(version))
        self.state, self.message, self.load_seconds = "loading", "", 0.0
        self.pid: int | None = None
        self._folder, self._deadline, self._first_process = folder, deadline, process
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue(WAITING)
        self._flying: list[_Waiting] = []
        self._changed = asyncio.Event()
        self._task = asyncio.create_task(self._keep())

    async def answer(self, rows: Rows, text: str) -> dict[str, Any]:
        """The model's reply to a request; `text` is its data as JSON. Errors: Unavailable."""
        if self.state != "ready":
            raise Unavailable(self._why())
        waiting = _Waiting(rows, asyncio.get_running_loop().create_future(), text)
        try:
            self._queue.put_nowait(waiting)
        except asyncio.QueueFull:
            raise Unavailable("Too many requests wait already; try again.") from None
        return await waiting.answer

    async def settled(self) -> None:
        """Wait until the first load has come to an end, good or bad."""
        while self.state == "loading":
            self._changed.clear()
            await self._changed.wait()

    async def drain(self, seconds: float = 10.0) -> None:
        """Wait until nothing is asked any more."""
        end = time.monotonic() + seconds
        while self._busy() and time.monotonic() < end:  # noqa: ASYNC110 # rare, and needs no event in the hot path
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End the process and refuse what waits."""
        self._task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self._task
        self._set("stopped", "This version is no longer loaded.")
        self._refuse_waiting()

    def _busy(self) -> bool:
        return self.state == "ready" and (bool(self._flying) or not self._queue.empty())

    def _why(self) -> str:
        if self.state in ("loading", "restarting"):
            return "The model is being loaded; try again in a moment."
        return f"The model cannot be used: {self.message}"

    def _set(self, state: str, message: str = "") -> None:
        self.state, self.message = state, message
        self._changed.set()

    async def _keep(self) -> None:
        """Start the process, serve until it is gone, start it again; wait longer each time that it dies early."""
        failures = 0
        while True:
            begin = time.monotonic()
            try:
                await self._live()
            except _LoadFailed as error:
                self._set("failed", str(error))
            except Exception as error:
                slow = isinstance(error, TimeoutError)
                words = "its process did not answer in time" if slow else "its process died"
                log.warning("version %s: %s (%s)", self.version, words, type(error).__name__)
                self._set("failed" if self.state == "loading" else "restarting", words)
            self._refuse_waiting()
            failures = 0 if time.monotonic() - begin > 60 else failures + 1
            if self.state == "failed" or failures > 1:
                await asyncio.sleep(min(2.0**failures, 60))
            if self.state == "restarting":
                self._set("loading")

    async def _live(self) -> None:
        """One process, from its start to its end."""
        found, self._first_process = self._first_process, None
        if found is None or found.process.returncode is not None:
            found = await ModelProcess.start(self._folder)
        try:
            self.pid = found.process.pid
            await asyncio.to_thread(self._copy, found.work)
            found.load()
            async with asyncio.timeout(LOAD_SECONDS):
                first = await self._first(found.reader)
            self.load_seconds = first["load_seconds"]
            self._set("ready")
            await _first_of(self._serve(found.reader, found.writer), found.process.wait())
        finally:
            self.pid = None
            await found.end()

    def _copy(self, work: Path) -> None:
        """The process gets its own copy of the files, and only if they are those that were promoted."""
        shutil.copytree(self._folder.version(self.version) / "model", work / "model")
        if digest(work / "model") != self.digest:
            raise _LoadFailed("its files are not those that were promoted (the digest differs); promote it again")

    async def _first(self, reader: asyncio.StreamReader) -> dict[str, Any]:
        try:
            first: dict[str, Any] = await wire.read(reader)
        except EOFError:
            raise _LoadFailed("its process died while it loaded the model") from None
        if "error" in first:
            raise _LoadFailed(f"it does not load: {first['error']}")
        return first

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Batch what waits and hand it over, one batch at a time."""
        following: _Waiting | None = None
        while True:
            first = following or await self._queue.get()
            batch, following = self._batch(first)
            self._flying = [*batch, following] if following else batch
            replies = await self._ask(reader, writer, batch)
            for waiting, reply in zip(batch, replies, strict=True):
                if not waiting.answer.done():
                    waiting.answer.set_result(reply)
            self._flying = []

    def _batch(self, first: _Waiting) -> tuple[list[_Waiting], _Waiting | None]:
        """What waits and fits together with `first`, and the next one when it does not."""
        batch, rows = [first], len(first.rows.data)
        while rows < BATCH_ROWS and not self._queue.empty():
            following = self._queue.get_nowait()
            rows += len(following.rows.data)
            same = following.rows.kind == first.rows.kind and following.rows.columns == first.rows.columns
            if not same or rows > BATCH_ROWS:
                return batch, following
            batch.append(following)
        return batch, None

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, batch: list[_Waiting]
    ) -> list[dict[str, Any]]:
        rows = batch[0].rows
        head = f'{{"kind":{json.dumps(rows.kind)},"columns":{json.dumps(rows.columns)},"requests":['
        writer.write(wire.pack(f"{head}{','.join(waiting.text for waiting in batch)}]}}".encode()))
        async with asyncio.timeout(self._deadline):
            await writer.drain()
            replies = await wire.read(reader)
        if not isinstance(replies, list) or len(replies) != len(batch):
            raise ValueError("a reply that is not ours")
        return replies

    def _refuse_waiting(self) -> None:
        for waiting in self._flying:
            _refuse(waiting, "The model's process died or took too long; try again in a moment.")
        self._flying = []
        while not self._queue.empty():
            _refuse(self._queue.get_nowait(), self._why())


class _LoadFailed(Exception):
    """The model does not load; the words say why."""


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


def _refuse(waiting: _Waiting, words: str) -> None:
    if not waiting.answer.done():
        waiting.answer.set_exception(Unavailable(words))


def clean(work: Path) -> None:
    """Remove what processes of an earlier life left behind. Call it under the data plane's lock."""
    for path in work.iterdir():
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else os.unlink(path)
