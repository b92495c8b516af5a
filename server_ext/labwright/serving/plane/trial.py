"""What is tried for a while: a lease that must be renewed, and a canary's guard. Either may end it, by itself."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from labwright.serving.plane.asking import Asker
from labwright.serving.plane.guard import Guard, Limits, Trip

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.2
TRIPS_KEPT = 20


class Trial:
    """At most one goes on at a time; `fall_back` is called when it ended by itself."""

    def __init__(self, asker: Asker, fall_back: Callable[[], None]) -> None:
        self.trips: dict[str, Trip] = {}  # operation → why its canary was taken back
        self._asker, self._fall_back = asker, fall_back
        self._operation: str | None = None
        self._guard: Guard | None = None
        self._lease: asyncio.TimerHandle | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def left(self) -> float | None:
        """For how many seconds the lease still holds; None without one."""
        return None if self._lease is None else self._lease.when() - asyncio.get_running_loop().time()

    def begin(self, order: dict[str, Any], live: str | None) -> None:
        """Take up what an order wants; a step or a renewal of the same canary goes on with what was seen of it."""
        canary, operation, guard = order.get("canary"), order.get("operation"), self._guard
        again = guard is not None and self._operation == operation and guard.candidate == canary
        self.end()
        if order.get("lease"):
            self._lease = asyncio.get_running_loop().call_later(float(order["lease"]), self._run_out)
        if canary is not None and live is not None and order.get("guard") is not None:
            limits = Limits(**{name: order["guard"][name] for name in asdict(Limits()) if name in order["guard"]})
            new = Guard(canary, live, limits, self._asker.figures.over, self._asker.longest)
            self._guard, self._operation = guard if again else new, operation
            self._watch = asyncio.create_task(self._look())

    def end(self) -> None:
        """Nothing is tried any more."""
        if self._lease is not None:
            self._lease.cancel()
        if self._watch is not None:
            self._watch.cancel()
        self._lease = self._watch = self._guard = self._operation = None

    def failed(self, version: str) -> bool:
        """Whether a canary of this version was taken back."""
        return any(trip.version == version for trip in self.trips.values())

    async def _look(self) -> None:
        while self._guard is not None:
            await asyncio.sleep(LOOK_SECONDS)
            if (trip := self._guard.look()) is not None:
                log.warning("%s", trip.words)
                if self._operation is not None:
                    self.trips[self._operation] = trip
                    for old in list(self.trips)[:-TRIPS_KEPT]:
                        del self.trips[old]
                self._watch = None  # it is this task, which must not be cancelled by itself
                self._fall_back()
                return

    def _run_out(self) -> None:
        log.warning("nobody renewed what was to be tried; the calls go as before")
        self._fall_back()
