"""One call to an endpoint's address and its reply, for every protocol that the gateway speaks."""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from labwright.serving.plane.scoring import BadRequest
from labwright.serving.plane.waiting import Unavailable

LARGEST_BODY = 64 << 20
ALL_BODIES = 512 << 20
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]


@dataclass(slots=True)
class Memory:
    """What the bodies of all calls that go on may have together; `held` is what they have."""

    most: int = ALL_BODIES
    held: int = 0


@dataclass(slots=True)
class Reply:
    """What goes back."""

    status: int
    body: bytes
    headers: Headers


@dataclass(slots=True)
class Call:
    """A call whose token was found good. `consumer` is whose token it was; `parts` are the named parts of the path,
    `version` the one version that may answer, if the call names one."""

    method: str
    path: str
    headers: Headers
    request_id: str
    consumer: str
    _receive: Receive
    parts: dict[str, str] = field(default_factory=dict)
    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    begin: float = field(default_factory=time.perf_counter)
    version: str | None = None
    memory: Memory = field(default_factory=Memory)
    held: int = 0  # bytes of its body

    async def body(self) -> bytes:
        """The whole body. Errors: BadRequest when it is too long or does not come to its end; Unavailable when too much
        is held for other calls.
        """
        if self.headers.get("content-encoding", "identity").lower() != "identity":
            words = "Send the body as it is, without a Content-Encoding."
            raise BadRequest(words, status=415, code="content_encoding")
        length = self.headers.get("content-length", "0")
        if length.isascii() and length.isdigit():
            if len(length) > 20 or int(length) > LARGEST_BODY:
                raise _too_long()
            self._hold(int(length))  # at once: who is refused need not send it
        parts: list[bytes] = []  # joined once: a large body is copied no more often than that
        size = 0
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                raise BadRequest("The body ended early.", status=400, code="cut_short")
            part: bytes = message.get("body", b"")
            size += len(part)
            if size > LARGEST_BODY:
                raise _too_long()
            if size > self.held:
                self._hold(size - self.held)
            parts.append(part)
            if not message.get("more_body", False):
                return parts[0] if len(parts) == 1 else b"".join(parts)

    def _hold(self, size: int) -> None:
        if self.memory.held + size > self.memory.most:
            raise Unavailable("The endpoint works on as many large requests as it can hold; try again in a moment.")
        self.memory.held += size
        self.held += size

    def release(self) -> None:
        """The call is over, and its body is not needed any more."""
        self.memory.held -= self.held
        self.held = 0


def _too_long() -> BadRequest:
    return BadRequest(f"A body is at most {LARGEST_BODY >> 20} MB; send fewer rows.", status=413, code="too_long")


Handler = Callable[[Call], Awaitable[Reply]]


def problem(status: int, code: str, detail: str, headers: Headers | None = None) -> Reply:
    """An error as RFC 9457 has it."""
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return Reply(status, json.dumps(body).encode(), {"content-type": "application/problem+json", **(headers or {})})


def busy(words: str) -> Reply:
    """No answer now; worth another try."""
    return problem(503, "unavailable", words, {"retry-after": "1"})


def json_reply(content: Any) -> Reply:
    """Anything as JSON."""
    return Reply(200, json.dumps(content).encode(), {"content-type": "application/json"})
