"""Requests of a version that wait for one of its processes, and the batches that they form.

A process that has nothing to do takes what waits, at once and as far as it goes together: a batch forms while the
processes are busy, and nobody waits for a batch to fill. So under little load a request is run by itself, and under
much load batches are as large as what came in during one batch (continuous batching, as in Clipper, Crankshaw 2017,
without its delay).
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labwright.serving.plane.rows import Rows
from labwright.serving.plane.scoring import Schema

BATCH_ROWS = 64
LONGEST = 2000
DIED = {
    "error": "The model's process died on this input, and so did a second one; the endpoint's log has more.",
    "status": 500,
    "code": "model_died",
}


class Unavailable(Exception):
    """No answer now; the words say why. Worth another try."""


@dataclass(slots=True)
class Waiting:
    """A request; `form` and `body` are how it travels, `deaths` counts the processes that died with it."""

    rows: Rows
    schema: Schema
    count: int
    form: str
    body: bytes
    answer: asyncio.Future[Any]
    deaths: int = 0

    def settle(self, reply: dict[str, Any]) -> None:
        """Give the model's reply to who asked, if that one still waits."""
        if not self.answer.done():
            self.answer.set_result(reply)

    def refuse(self, words: str) -> None:
        """There will be no answer now."""
        if not self.answer.done():
            self.answer.set_exception(Unavailable(words))


class Queue:
    """What waits; several processes take from it. `adaptive` False: each request is run by itself."""

    def __init__(self, tell: Callable[[int], None] = lambda rows: None) -> None:
        """`tell` hears how many rows callers have in each batch."""
        self.adaptive = True
        self._tell = tell
        self._waiting: deque[Waiting] = deque()
        self._idle: deque[asyncio.Future[None]] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, waiting: Waiting) -> None:
        """Add a request. Errors: Unavailable when too many wait already."""
        if len(self._waiting) >= LONGEST:
            raise Unavailable("Too many requests wait already; try again.")
        self._waiting.append(waiting)
        self._wake()

    def again(self, batch: list[Waiting]) -> None:
        """Run requests once more, before all others, whose process died with them.

        One of them may have killed it: each is run by itself now, so that it takes no neighbour with it again.
        """
        self._waiting.extendleft(reversed(batch))
        self._wake()

    async def take(self) -> list[Waiting]:
        """The next batch, as soon as there is one."""
        while not self._waiting:
            idle = asyncio.get_running_loop().create_future()
            self._idle.append(idle)
            try:
                await idle
            except asyncio.CancelledError:
                self._wake()  # it may have been woken for a request that another one must take now
                raise
        batch = self._batch()
        if self._waiting:
            self._wake()
        if asked := sum(waiting.count for waiting in batch if waiting.rows.asked):
            self._tell(asked)
        return batch

    def empty(self, words: str) -> None:
        """Refuse all that waits."""
        while self._waiting:
            self._waiting.popleft().refuse(words)

    def _wake(self) -> None:
        while self._idle:
            idle = self._idle.popleft()
            if not idle.done():
                idle.set_result(None)
                return

    def _batch(self) -> list[Waiting]:
        first = self._waiting.popleft()
        batch, rows = [first], first.count
        if first.deaths or not self.adaptive:
            return batch
        while self._waiting and rows < BATCH_ROWS:
            following = self._waiting[0]
            rows += following.count
            same = following.form == first.form and following.rows.goes_with(first.rows)
            if following.deaths or rows > BATCH_ROWS or not same:
                break
            batch.append(self._waiting.popleft())
        return batch
