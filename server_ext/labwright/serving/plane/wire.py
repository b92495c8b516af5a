"""Messages between a data plane and its model process: two lengths (8 bytes each, big-endian), a head in JSON, bytes.

The head says what the bytes are; values that are many travel in the bytes and are never JSON on the way.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

LENGTHS = struct.Struct(">QQ")
LARGEST, LARGE = 1 << 31, 1 << 16


def pack(head: bytes, *parts: bytes) -> bytes:
    """A message of a head, which is JSON text, and bytes."""
    return b"".join((LENGTHS.pack(len(head), sum(map(len, parts))), head, *parts))


def write(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    """Write a message; a small one at once, a large one without a copy of its bytes."""
    if len(body) < LARGE:
        writer.write(pack(head, body))
    else:
        writer.write(LENGTHS.pack(len(head), len(body)) + head)
        writer.write(body)


def send(connection: socket.socket, head: Any, *parts: bytes) -> None:
    """Send a message and block until it is gone."""
    connection.sendall(pack(json.dumps(head).encode(), *parts))


def receive(connection: socket.socket) -> tuple[Any, bytearray] | None:
    """The next message; None at the end of the stream."""
    lengths = _exactly(connection, LENGTHS.size)
    if lengths is None:
        return None
    first, second = LENGTHS.unpack(lengths)
    head = _exactly(connection, first)
    body = _exactly(connection, second)
    return None if head is None or body is None else (json.loads(head), body)


async def read(reader: asyncio.StreamReader) -> tuple[Any, bytes]:
    """The next message. Errors: EOFError when the other side is gone, ValueError when it does not speak so."""
    import orjson  # not on top: the model's process reads this module, and its environment may be without

    try:
        head, body = LENGTHS.unpack(await reader.readexactly(LENGTHS.size))
        if head > LARGEST or body > LARGEST:
            raise ValueError("a message that is too long")
        return orjson.loads(await reader.readexactly(head)), await reader.readexactly(body)
    except (asyncio.IncompleteReadError, OSError):
        raise EOFError from None


def _exactly(connection: socket.socket, count: int) -> bytearray | None:
    """Bytes that may be written to: a model may change its input in place."""
    found = bytearray(count)
    view = memoryview(found)
    while view:
        read = connection.recv_into(view)
        if not read:
            return None
        view = view[read:]
    return found
