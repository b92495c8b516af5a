"""Copies of answered calls for the version that is a shadow. They never touch the answer, which is gone by then.

Copies wait in a queue that is bounded in number and bytes; when the shadow cannot keep up, new ones are dropped and
counted. What the shadow answers, and what it fails on, goes to the log and the figures with the role `shadow`.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable

from labwright.serving.plane.http import Call
from labwright.serving.plane.pool import Pool
from labwright.serving.plane.scoring import Rows, Schema

log = logging.getLogger(__name__)
MOST, MOST_BYTES = 500, 64 << 20
WORKERS = 16
Parse = Callable[[Schema], Rows]


class Copies:
    """What waits for the shadow. `dropped` counts what it could not take."""

    def __init__(self, ask: Callable[[Pool, Call, Parse], Awaitable[None]]) -> None:
        self.dropped = 0
        self._ask = ask
        self._waiting: deque[tuple[Pool, Call, Parse, int]] = deque()
        self._bytes = 0
        self._tasks: set[asyncio.Task[None]] = set()

    def forget(self) -> None:
        """Another version is the shadow now."""
        self.dropped = 0

    def offer(self, pool: Pool, call: Call, parse: Parse) -> None:
        """Copy a call that was answered; this neither waits nor fails."""
        size = call.held  # of its body
        if len(self._waiting) >= MOST or self._bytes + size > MOST_BYTES:
            self.dropped += 1
            return
        self._waiting.append((pool, call, parse, size))
        self._bytes += size
        if len(self._tasks) < WORKERS:
            task = asyncio.create_task(self._work())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self) -> None:
        while self._waiting:
            pool, call, parse, size = self._waiting.popleft()
            try:
                await self._ask(pool, call, parse)
            except Exception:
                log.exception("a copy for version %s", pool.version)
            finally:
                self._bytes -= size
