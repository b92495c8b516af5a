"""A version of a model as a data plane serves it: a pool of equal processes that take from one queue.

An idle process takes what waits, so the least busy one gets the next request. What a process had in hand when it died
is run once more on another one, each request by itself; a request with which a second process dies gets an error and is
not tried again. While no process is ready, requests are refused at once (Unavailable: 503 with Retry-After).

For the traffic: `state`, `message`, `version`, `digest`, `schema`, `pids`, `processes` (how many are ready),
`load_seconds`, `settled()`, `drain()`, `stop()`, `tune()`; for calls: `answer()`.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from labwright.serving.folder import Config, EndpointFolder
from labwright.serving.plane.exchange import form_of
from labwright.serving.plane.replica import STATES, Replica
from labwright.serving.plane.rows import Rows
from labwright.serving.plane.scoring import Schema
from labwright.serving.plane.spawn import ModelProcess
from labwright.serving.plane.waiting import DIED, Queue, Unavailable, Waiting


@dataclass(frozen=True)
class Tuning:
    """The settings that a pool obeys."""

    replicas: int = 1
    adaptive: bool = True
    deadline: float = 30.0
    load_seconds: float = 300.0
    network: bool = False

    @classmethod
    def of(cls, config: Config) -> Tuning:
        """As config.json has them."""
        settings = config.settings
        return cls(
            int(settings.get("replicas", 1)),
            settings.get("batching", "adaptive") != "off",
            float(settings.get("deadline_seconds", config.deadline)),
            float(settings.get("load_seconds", 300.0)),
            bool(settings.get("network", False)),
        )


class Pool:
    """The processes of a version. `state` is the best that one of them has: ready, restarting, loading, failed."""

    def __init__(
        self, folder: EndpointFolder, version: str, fixed: str, tuning: Tuning, ahead: ModelProcess | None = None,
        tell: Callable[[str, int], None] = lambda version, rows: None,
    ) -> None:  # fmt: skip
        """`fixed` is the files' digest, `ahead` a process that was started ahead; `tell` hears the rows of batches."""
        self.folder, self.version, self.digest = folder, version, fixed
        self.schema = Schema(folder.card(version))
        self.state, self.message = "loading", ""
        self.queue = Queue(lambda rows: tell(version, rows))
        self.deadline, self.load_deadline = tuning.deadline, tuning.load_seconds
        self._stopping = False
        self._leaving: set[asyncio.Task[None]] = set()
        self._network = tuning.network
        self._new: set[Replica] = set()  # these load, each to take the place of one that answers meanwhile
        self._replicas = [Replica(self, ahead)]
        self.tune(tuning)

    @property
    def processes(self) -> int:
        """How many processes are ready."""
        return sum(replica.state == "ready" for replica in self._replicas)

    @property
    def pids(self) -> list[int]:
        """The processes, those that load too."""
        return [replica.pid for replica in self._replicas if replica.pid is not None]

    @property
    def load_seconds(self) -> float:
        """How long the model took to load."""
        return self._replicas[0].load_seconds

    def tune(self, tuning: Tuning) -> None:
        """Obey other settings at once; a process that is too many answers what it has in hand first."""
        self.deadline, self.load_deadline, self.queue.adaptive = tuning.deadline, tuning.load_seconds, tuning.adaptive
        while len(self._replicas) - len(self._new) < tuning.replicas:
            self._replicas.append(Replica(self))
        while len(self._replicas) - len(self._new) > tuning.replicas:
            # One that cannot answer goes first.
            lasting = [replica for replica in reversed(self._replicas) if replica not in self._new]
            worst = max(lasting, key=lambda replica: STATES.index(replica.state))
            self._replicas.remove(worst)
            self._later(worst.leave())
        if tuning.network != self._network:
            self._network = tuning.network
            for replica in list(self._replicas):
                self._later(self._renew(replica))
        self.changed()

    async def _renew(self, old: Replica) -> None:
        """What a process may do it gave up at its start: another one takes its place, once it has loaded.

        One that shall not have the network any more goes even when the other one does not load without it.
        """
        new = Replica(self)
        self._new.add(new)
        self._replicas.append(new)
        while not (new.state == "ready" or self._stopping or (new.loaded.is_set() and not self._network)):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        self._new.discard(new)
        leaving = old if old in self._replicas else new  # fewer were wanted meanwhile
        self._replicas.remove(leaving)
        await leaving.leave()
        self.changed()

    def _later(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)

    async def answer(self, rows: Rows) -> dict[str, Any]:
        """The model's reply to a request (see `Scorer.answer`). Errors: Unavailable, BadRequest."""
        if self.state != "ready":
            raise Unavailable(self._why())
        form, body = form_of(rows, self.schema)
        waiting = Waiting(rows, self.schema, rows.count, form, body, asyncio.get_running_loop().create_future())
        self.queue.put(waiting)
        reply: dict[str, Any] = await waiting.answer
        return reply

    async def settled(self) -> None:
        """Wait until the first load of every process has come to an end, good or bad."""
        for replica in list(self._replicas):
            await replica.loaded.wait()

    async def drain(self, seconds: float = 10.0) -> None:
        """Wait until nothing is asked any more."""
        end = time.monotonic() + seconds
        while self._busy() and time.monotonic() < end:  # noqa: ASYNC110 # rare, and needs no event in the hot path
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        """End the processes and refuse what waits."""
        self._stopping = True
        await asyncio.gather(*(replica.stop() for replica in self._replicas), *self._leaving)
        self.changed()
        self.queue.empty(self._why())

    def changed(self) -> None:
        """A replica's state is another one."""
        best = min(self._replicas, key=lambda replica: STATES.index(replica.state))
        self.state, self.message = best.state, best.message
        if self.state != "ready":
            self.queue.empty(self._why())

    def lost(self, batch: list[Waiting], *, died: bool) -> None:
        """A process is gone while it worked on a batch."""
        again = []
        for waiting in batch:
            waiting.deaths += died
            if waiting.deaths > 1:
                waiting.settle(dict(DIED))
            elif died and self.state == "ready" and not waiting.answer.done():
                again.append(waiting)
            else:
                waiting.refuse("The model's process died or took too long; try again in a moment.")
        if again:
            self.queue.again(again)

    def _busy(self) -> bool:
        return self.state == "ready" and (len(self.queue) > 0 or any(replica.busy for replica in self._replicas))

    def _why(self) -> str:
        if self.state in ("loading", "restarting"):
            return "The model is being loaded; try again in a moment."
        if self._stopping:
            return "This version is no longer loaded; try again."
        return f"The model cannot be used: {self.message}"
