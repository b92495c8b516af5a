"""Clients that are too slow or send too much, many large bodies at once, and a model that says too much."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
import uvicorn

from labwright.serving.plane import connection, exchange
from labwright.serving.plane.rows import Rows
from labwright.serving.plane.said import BURST, Said
from labwright.serving.plane.scoring import Schema
from labwright.serving.plane.waiting import Waiting
from tests import models
from tests.planes import Plane, plane
from tests.state_folder import wait_until

LARGE = 60 << 20


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    model, keywords = models.trees()
    with plane(
        tmp_path_factory.mktemp("served"), lambda path: mlflow.sklearn.save_model(model, path, **keywords)
    ) as found:
        yield found


async def _echo(scope: Any, receive: Any, send: Any) -> None:
    while (message := await receive())["type"] == "http.request" and message["more_body"]:
        pass
    if message["type"] == "http.request":
        content = b"x" * int(scope["path"].removeprefix("/") or 2)
        head = [(b"content-length", b"%d" % len(content))]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": content})


def impatient(
    monkeypatch: pytest.MonkeyPatch, client: Callable[[int], Awaitable[bytes]], part: float = 0.3
) -> bytes:  # fmt: skip
    """What a client gets from a server that waits for less than a second."""
    for name, seconds in {"HEAD_SECONDS": 0.3, "PART_SECONDS": part, "READ_SECONDS": 0.3}.items():
        monkeypatch.setattr(connection, name, seconds)
    monkeypatch.setattr(connection, "LOOK_SECONDS", 0.05)

    async def run() -> bytes:
        listener = socket.create_server(("127.0.0.1", 0))
        listener.setblocking(False)
        server = uvicorn.Server(
            uvicorn.Config(
                _echo, http=connection.Connection, lifespan="off", log_config=None, ws="none", timeout_keep_alive=1
            )
        )
        task = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            return await asyncio.wait_for(client(listener.getsockname()[1]), 30)
        finally:
            server.should_exit = True
            await task

    return asyncio.run(run())


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"", b""),
        (b"GET / HT", b"HTTP/1.1 408"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n", b"HTTP/1.1 408"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nfive.", b"HTTP/1.1 408"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nfive.\r\n", b"HTTP/1.1 408"),
        (b"GET / HTTP/1.1\r\nHost: a\r\n\r\nGET / HT", b"HTTP/1.1 200 OK\r\n"),
    ],
)
def test_who_does_not_go_on_is_left(monkeypatch: pytest.MonkeyPatch, sent: bytes, answer: bytes) -> None:
    async def client(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(sent)
        found = await reader.read()
        writer.close()
        return found

    assert impatient(monkeypatch, client).startswith(answer)


def test_who_drips_headers_is_left_and_a_steady_body_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    async def client(port: int) -> bytes:
        slow, drip = await asyncio.open_connection("127.0.0.1", port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 12\r\n\r\n")
        drip.write(b"GET / HTTP/1.1\r\n")
        left = asyncio.create_task(slow.read())
        for _ in range(12):
            await asyncio.sleep(0.06)
            writer.write(b"x")
            if not left.done():
                drip.write(b"a: b\r\n")
        assert (await left).startswith(b"HTTP/1.1 408")
        found = await reader.readuntil(b"xx")
        drip.close()
        writer.close()
        return found

    assert impatient(monkeypatch, client, part=20).startswith(b"HTTP/1.1 200")


def test_headers_without_an_end_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    async def client(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 30_000)
        found = await reader.read(12)
        writer.close()
        return found

    assert impatient(monkeypatch, client) == b"HTTP/1.1 431"


def test_who_reads_no_reply_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    async def client(port: int) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1)
        writer.write(b"GET /50000000 HTTP/1.1\r\nHost: a\r\n\r\n")
        await asyncio.sleep(1)  # longer than the server is patient
        found = bytearray()
        try:
            while part := await reader.read(1 << 20):
                found += part
        except ConnectionError:
            pass
        writer.close()
        return bytes(found)

    assert len(impatient(monkeypatch, client)) < 50_000_000


def _announce(served: Plane, size: int) -> socket.socket:
    host, _, port = served.host.partition(":")
    found = socket.create_connection((host, int(port)), timeout=30)
    head = f"POST /invocations HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {served.token}\r\n"
    found.sendall(f"{head}Content-Type: application/json\r\nContent-Length: {size}\r\n\r\n".encode())
    return found


def test_so_many_large_bodies_at_once_and_then_503(served: Plane) -> None:
    held = [_announce(served, LARGE) for _ in range(8)]
    try:
        with _announce(served, LARGE) as over:
            reply = b""
            while b"can hold" not in reply and (part := over.recv(10_000)):
                reply += part
        assert reply.startswith(b"HTTP/1.1 503"), reply
        assert b"retry-after: 1" in reply
        assert b"as many large requests as it can hold" in reply
        assert served.http.get("/ping").status_code == 200
    finally:
        for one in held:
            one.close()

    def taken() -> bool:
        with _announce(served, LARGE) as one:
            one.settimeout(0.3)
            try:
                one.recv(1)
            except TimeoutError:
                return True  # it waits for the body
            return False

    wait_until(taken, "what was held is free again")


@pytest.mark.parametrize(
    "reply",
    [
        5, {}, {"error": 5, "status": 500}, {"error": "a", "status": 200}, {"error": "a", "status": 422, "code": 7},
        {"predictions": "[1]", "result": "{}", "rows": "1"}, {"predictions": [1], "result": "{}", "rows": 1},
        {"predictions": "[1]", "result": None, "rows": 1}, {"tensors": 5, "result": "{}", "rows": 1},
        {"predictions": "[1]", "result": "{}", "rows": -1}, {"predictions": "[1]", "result": "{}", "rows": 2},
        {"predictions": "[1]", "result": "{}", "rows": True},
        {"tensors": [{"name": "", "dtype": "int8", "shape": [-5]}], "result": "{}", "rows": 1},
        {"tensors": [{"name": "", "dtype": "int8", "shape": [500]}], "result": "{}", "rows": 1},
    ],
)  # fmt: skip
def test_a_reply_that_is_none_is_not_taken(reply: Any) -> None:
    good = {"predictions": "[1]", "result": "{}", "rows": 1}
    assert exchange.decode([good], b"", [waiting(b"12345678")]) == [good]
    with pytest.raises(ValueError, match=r"not ours|none|not there"):
        exchange.decode([good, reply], b"12345678", [waiting(b"12345678")] * 2)


@pytest.mark.parametrize(("rows", "taken"), [(0, True), (6, True), (7, False), (-1, False), (1 << 40, False)])
def test_a_csv_has_at_most_as_many_rows_as_bytes(rows: int, taken: bool) -> None:
    reply = {"predictions": "[]", "result": "{}", "rows": rows}
    with contextlib.nullcontext() if taken else pytest.raises(ValueError, match="not ours"):
        exchange.decode([reply], b"", [waiting(b"x\n1\n2\n", "csv")])


def waiting(body: bytes, form: str = "doubles") -> Waiting:
    """A request for one row."""
    with asyncio.Runner() as runner:
        answer = runner.get_loop().create_future()
    return Waiting(Rows("frame", ["x"], [[1.0]]), Schema({}), 1, form, body, answer)


FLOOD = """
import os, sys
try:
    os.ftruncate(1, 0)
except OSError:
    print("it cannot be cut short")
print("2026-01-01 INFO labwright.endpoint: forged \\x1b[31m")
sys.stdout.flush()
for _ in range(300):
    sys.stderr.write("x" * 10_000 + "\\n")
print("the end", end="")
"""


def test_what_a_process_says_is_marked_and_not_too_much(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = os.open(tmp_path / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    monkeypatch.setattr("labwright.serving.plane.said.LOG", target)
    os.write(target, b"before\n")

    async def run() -> int:
        said = Said()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", FLOOD, stdout=said.theirs, stderr=said.theirs
        )
        said.begin(process.pid)
        await process.wait()
        said.close()
        said.close()
        return process.pid

    mark = f"model process {asyncio.run(run())}: "
    os.close(target)
    first, *lines = (tmp_path / "log").read_text().splitlines()
    assert first == "before"
    assert lines[0] == f"{mark}it cannot be cut short"
    assert lines[1] == f"{mark}2026-01-01 INFO labwright.endpoint: forged ?[31m"
    assert {line.startswith(mark) for line in lines} == {True}
    assert (tmp_path / "log").stat().st_size < 1.2 * BURST
