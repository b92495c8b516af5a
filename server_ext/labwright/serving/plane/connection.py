"""A connection to the endpoint's address, with an end to its patience.

uvicorn's protocol waits for a request for as long as it takes, takes headers of any length, and keeps a reply until it
is read: whoever is on this machine could so fill the endpoint's memory and use up its connections, without a token.
A request that comes in one piece, as nearly all do, costs no timer here.
"""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS, PART_SECONDS, BODY_SECONDS, READ_SECONDS = 30.0, 30.0, 600.0, 60.0
LOOK_SECONDS = 5.0
LONGEST_HEAD = 64 << 10
LONGEST_FRAMING = 8 << 20  # what a chunked body may have besides its bytes
CLOSED = b"connection: close\r\ncontent-length: 0\r\n\r\n"
TOO_LATE = b"HTTP/1.1 408 Request Timeout\r\n" + CLOSED
TOO_LONG = b"HTTP/1.1 431 Request Header Fields Too Large\r\n" + CLOSED


class Connection(HttpToolsProtocol):
    """Ends when the client takes longer than HEAD_SECONDS for a request's headers or its first request, PART_SECONDS
    for more of a body, BODY_SECONDS for all of it, or READ_SECONDS without reading more of a reply.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._in_body = False
        self._besides = 0  # bytes since the last whole message that are no part of a body
        self._began = self._last = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._reading: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Wait for the first request."""
        super().connection_made(transport)
        self._began = self._last = self.loop.time()
        self._timer = self.loop.call_later(HEAD_SECONDS, self._look)

    def data_received(self, data: bytes) -> None:
        """Some of a request, or more than one."""
        self._besides += len(data)
        super().data_received(data)
        if self._in_body or self._besides:  # a request has begun and is not whole
            if self._besides > (LONGEST_FRAMING if self._in_body else LONGEST_HEAD):
                self._end(TOO_LONG)
                return
            self._last = self.loop.time()
            if self._timer is None and not self.transport.is_closing():
                self._began = self._last
                self._timer = self.loop.call_later(LOOK_SECONDS, self._look)

    def on_headers_complete(self) -> None:
        """A body comes next, if there is one."""
        self._in_body, self._besides = True, 0
        self._rest()
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """Some of a body."""
        self._besides -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._in_body, self._besides = False, 0
        self._rest()
        super().on_message_complete()

    def pause_writing(self) -> None:
        """The client reads more slowly than it is answered."""
        super().pause_writing()
        if self._reading is None:
            left = self.transport.get_write_buffer_size()
            self._reading = self.loop.call_later(READ_SECONDS, self._look_at_reading, left)

    def resume_writing(self) -> None:
        """It has read."""
        super().resume_writing()
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over."""
        self._rest()
        super().connection_lost(exc)
        if self._reading is not None:
            self._reading.cancel()
            self._reading = None

    def _rest(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self._timer = None
        if self.transport.is_closing():
            return
        now = self.loop.time()
        answering = self.cycle is not None and not self.cycle.response_complete
        if self.flow.read_paused or (answering and not self._in_body):  # it is us who the client waits for
            self._began = self._last = now
        elif self._in_body and (now - self._last >= PART_SECONDS or now - self._began >= BODY_SECONDS):
            self._end(TOO_LATE)
            return
        elif not self._in_body and now - self._began >= HEAD_SECONDS:
            self._end(TOO_LATE if self._besides else b"")
            return
        self._timer = self.loop.call_later(LOOK_SECONDS, self._look)

    def _look_at_reading(self, before: int) -> None:
        left = self.transport.get_write_buffer_size()
        if left >= before:
            self._reading = None
            self.transport.abort()
        else:
            self._reading = self.loop.call_later(READ_SECONDS, self._look_at_reading, left)

    def _end(self, words: bytes) -> None:
        if self.transport.is_closing():
            return
        cycle = self.cycle
        if words and (cycle is None or (not cycle.response_started if self._in_body else cycle.response_complete)):
            self.transport.write(words)
        self.transport.close()
