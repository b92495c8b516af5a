"""Push: small "changed" events from any thread to whoever listens on `/events`."""

from __future__ import annotations

import asyncio
import threading
import weakref
from collections.abc import AsyncIterator
from contextlib import suppress

from labwright.service.models import Changed


class Events:
    """A broadcast. A listener that is slow loses events, never blocks a writer: events only say "look again"."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        # Weak: a listener that never begins to read is forgotten with its queue.
        self._listeners: weakref.WeakKeyDictionary[asyncio.Queue[Changed | None], asyncio.AbstractEventLoop]
        self._listeners = weakref.WeakKeyDictionary()
        self._closed = False

    def publish(self, capability: str, name: str) -> None:
        """Tell all listeners that `name` of `capability` changed. Callable from any thread."""
        event = Changed(capability=capability, name=name)
        with self._lock:
            listeners = list(self._listeners.items())
        for queue, loop in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_offer, queue, event)

    def listen(self) -> AsyncIterator[Changed | None]:
        """Subscribe now; gives the events as they come, and None every 10 s so that a dead connection is noticed."""
        queue: asyncio.Queue[Changed | None] = asyncio.Queue(maxsize=1000)
        with self._lock:
            self._listeners[queue] = asyncio.get_running_loop()
        return self._read(queue)

    async def _read(self, queue: asyncio.Queue[Changed | None]) -> AsyncIterator[Changed | None]:
        try:
            while not self._closed:
                event: Changed | None = None
                with suppress(TimeoutError):
                    async with asyncio.timeout(10):  # wait_for would miss a cancel that comes with an event
                        event = await queue.get()
                yield event
        finally:
            with self._lock:
                self._listeners.pop(queue, None)

    def close(self) -> None:
        """End all streams, so that the server can end."""
        self._closed = True
        with self._lock:
            listeners = list(self._listeners.items())
        for queue, loop in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_offer, queue, None)


def _offer(queue: asyncio.Queue[Changed | None], event: Changed | None) -> None:
    if not queue.full():
        queue.put_nowait(event)
