"""`python -m tests.bench.serving_load < ORDER`: load on an HTTP server, from a process of its own; gives a JSON line.

It keeps `connections` open and sends the next request on each as soon as the answer to the last one is there. Raw
asyncio protocols on uvloop, requests made beforehand, answers checked after the clock has stopped: it can send about
ten times what the fastest server here answers, so it is not what is measured.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any, cast

NUMBER = re.compile(rb"-?\d+\.?\d*(?:[eE][-+]?\d+)?")
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass
class Seen:
    """What came back: the latency of each request, and its answer, by which request it was."""

    seconds: list[float] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)


class Connection(asyncio.Protocol):
    """One connection that is never idle. `end` is when to stop."""

    def __init__(self, requests: list[bytes], first: int, seen: Seen, end: float, done: asyncio.Future[None]) -> None:
        self._requests, self._place, self._seen, self._end, self._done = requests, first, seen, end, done
        self._got, self._need = bytearray(), 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        self._transport = cast(asyncio.Transport, transport)
        self._send()

    def _send(self) -> None:
        self._begin = time.perf_counter()
        self._transport.write(self._requests[self._place])

    def data_received(self, data: bytes) -> None:
        """Take an answer apart no further than its length; then send the next request."""
        self._got += data
        if not self._need:
            head = self._got.find(b"\r\n\r\n")
            if head < 0:
                return
            length = LENGTH.search(self._got, 0, head)
            if length is None:
                self._done.set_exception(RuntimeError(f"no content-length: {bytes(self._got[:300])!r}"))
                return
            self._need = head + 4 + int(length[1])
        if len(self._got) < self._need:
            return
        now = time.perf_counter()
        self._seen.seconds.append(now - self._begin)
        self._seen.answers.append((self._place, bytes(self._got[: self._need])))
        self._got, self._need = bytearray(), 0
        if now >= self._end:
            self._transport.close()
            self._done.set_result(None)
            return
        self._place = (self._place + 7) % len(self._requests)
        self._send()

    def connection_lost(self, exc: Exception | None) -> None:
        """The server hung up: that is a failure of it."""
        if not self._done.done():
            self._done.set_exception(RuntimeError("the server closed the connection"))


async def load(order: dict[str, Any]) -> dict[str, Any]:
    """Carry out an order: {"port", "path", "headers", "bodies", "expected", "connections", "seconds"}."""
    loop = asyncio.get_running_loop()
    head = f"POST {order['path']} HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in order["headers"].items())
    requests = [f"{head}content-length: {len(body.encode())}\r\n\r\n{body}".encode() for body in order["bodies"]]
    seen, begin = Seen(), time.perf_counter()
    done = [loop.create_future() for _ in range(order["connections"])]
    for number, one in enumerate(done):
        await loop.create_connection(
            lambda number=number, one=one: Connection(  # type: ignore[misc]
                requests, number * 31 % len(requests), seen, begin + order["seconds"], one
            ),
            "127.0.0.1", order["port"],
        )  # fmt: skip
    await asyncio.gather(*done)
    seconds = time.perf_counter() - begin
    wrong = [reply for place, reply in seen.answers if not _right(reply, order["expected"][place])]
    ordered = sorted(seen.seconds)
    return {
        "per_second": len(ordered) / seconds,
        "p50_ms": ordered[len(ordered) // 2] * 1000,
        "p99_ms": ordered[int(len(ordered) * 0.99)] * 1000,
        "requests": len(ordered),
        "wrong": len(wrong),
        "first_wrong": wrong[0][-500:].decode(errors="replace") if wrong else "",
    }


def _right(reply: bytes, expected: float) -> bool:
    """Whether an answer is 200 and its first number the one that the model gives, to the 12th digit."""
    found = NUMBER.search(reply, reply.index(b"\r\n\r\n"))
    good = reply.startswith(b"HTTP/1.1 200") and found is not None
    return good and found is not None and abs(float(found[0]) - expected) <= 1e-12 * max(abs(expected), 1e-9)


def main() -> None:
    """Read the order, carry it out, print what was seen."""
    import uvloop

    print(json.dumps(uvloop.run(load(json.load(sys.stdin)))))


if __name__ == "__main__":
    main()
