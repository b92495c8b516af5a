"""Waits for the disk, for many at once."""

from __future__ import annotations

import asyncio
import os

from labwright.serving.prediction_log.segments import Appender


class GroupSync:
    """One fsync serves all who wait for it: it begins after the last of them wrote."""

    def __init__(self, appender: Appender) -> None:
        self._appender = appender
        self._waiting: list[asyncio.Future[bool]] = []
        self._task: asyncio.Task[None] | None = None

    async def settled(self) -> bool:
        """Come back when all that was appended so far would outlive a power loss; False when the disk refused."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._waiting.append(done)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return await done

    async def _run(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                good = await self._sync()
                for done in group:
                    if not done.done():
                        done.set_result(good)
        finally:
            self._task = None

    async def _sync(self) -> bool:
        try:
            copy = os.dup(self._appender.file)  # the segment may be closed meanwhile
        except OSError:
            return False
        try:
            await asyncio.to_thread(os.fsync, copy)
            return True
        except OSError:
            return False
        finally:
            os.close(copy)
