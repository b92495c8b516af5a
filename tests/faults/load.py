"""An open-loop load on an endpoint, from a process of its own: so many requests a second, whatever the answers take.

    with load(url, token, rate=50) as traffic:
        …
    traffic.replies  # every request that was sent, whatever became of it

Request n asks for x = n, so that an answer that belongs to another request is seen. Connections are kept alive; one
that was idle for a while is not used again, for the server may close it in the moment in which it is used.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import IO, Any
from urllib.parse import urlsplit

IDLE_SECONDS = 2.0
LONGEST = 60.0


@dataclass(frozen=True)
class Reply:
    """What became of a request; status 0: the connection failed."""

    number: int
    at: float
    ms: float
    status: int
    version: str = ""
    id: str = ""
    value: float | None = None
    words: str = ""


@dataclass
class Load:
    """A load that goes on; `replies` is filled when it ended."""

    process: subprocess.Popen[str]
    replies: list[Reply] = field(default_factory=list)

    def stop(self) -> None:
        """End it, and wait for the last answer."""
        if self.process.poll() is None or not self.replies:
            out, _ = self.process.communicate(timeout=LONGEST + 30)
            self.replies = [Reply(**json.loads(line)) for line in out.splitlines()]
            assert self.process.returncode == 0

    def failed(self, factors: dict[str, int]) -> list[Reply]:
        """Requests without their right answer. `factors`: what each version multiplies x with (see `models.Times`)."""
        return [
            reply
            for reply in self.replies
            if reply.status != 200 or reply.value != reply.number * factors.get(reply.version, float("nan"))
        ]


@contextmanager
def load(url: str, token: str, rate: float) -> Iterator[Load]:
    """Ask `url` at a rate until the block ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.faults.load"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin is not None
    process.stdin.write(json.dumps({"url": url, "token": token, "rate": rate}) + "\n")
    process.stdin.flush()
    found = Load(process)
    try:
        yield found
    finally:
        found.stop()


class _Client:
    def __init__(self, url: str, token: str) -> None:
        parts = urlsplit(url)
        assert parts.hostname is not None
        assert parts.port is not None
        self._host, self._port = parts.hostname, parts.port
        self._head = f"POST /invocations HTTP/1.1\r\nHost: {parts.netloc}\r\nAuthorization: Bearer {token}\r\n"
        self._idle: list[tuple[float, asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def ask(self, number: int) -> Reply:
        """Request `number`, to its end."""
        at, begin = time.time(), time.perf_counter()
        try:
            async with asyncio.timeout(LONGEST):
                status, headers, body = await self._exchange(number)
        except (OSError, EOFError, ValueError, TimeoutError) as error:
            return Reply(number, at, _ms(begin), 0, words=repr(error))
        content = json.loads(body)
        version, request_id = headers.get("x-labwright-version", ""), headers.get("x-request-id", "")
        if status != 200:
            return Reply(number, at, _ms(begin), status, version, request_id, words=str(content.get("detail")))
        return Reply(number, at, _ms(begin), status, version, request_id, content["predictions"][0])

    async def _exchange(self, number: int) -> tuple[int, dict[str, str], bytes]:
        reader, writer = await self._connection()
        try:
            body = json.dumps({"dataframe_split": {"columns": ["x"], "data": [[float(number)]]}})
            writer.write(
                f"{self._head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()
            )
            first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
            headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
            found = await reader.readexactly(int(headers["content-length"]))
        except BaseException:
            writer.close()
            raise
        if headers.get("connection") == "close":
            writer.close()
        else:
            self._idle.append((time.monotonic(), reader, writer))
        return int(first.split()[1]), headers, found

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        while self._idle:
            used, reader, writer = self._idle.pop()
            if time.monotonic() - used < IDLE_SECONDS and not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(self._host, self._port)


async def _run(order: dict[str, Any], out: IO[str]) -> None:
    client, tasks = _Client(order["url"], order["token"]), []
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    begin, number = time.perf_counter(), 0
    while not ended.done():
        number += 1
        tasks.append(asyncio.create_task(client.ask(number)))
        await asyncio.sleep(max(0.0, begin + number / order["rate"] - time.perf_counter()))
    for reply in await asyncio.gather(*tasks):
        out.write(json.dumps(asdict(reply)) + "\n")


def _ms(begin: float) -> float:
    return (time.perf_counter() - begin) * 1000


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(json.loads(sys.stdin.readline()), sys.stdout))
