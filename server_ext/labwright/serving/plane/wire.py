"""Frames between a data plane and its model process: a length (4 bytes, big-endian), then JSON in UTF-8."""

from __future__ import annotations

import asyncio
import json
import socket
import struct
from typing import Any

LENGTH = struct.Struct(">I")
LARGEST = 1 << 30


def pack(body: bytes) -> bytes:
    """A frame around JSON text."""
    return LENGTH.pack(len(body)) + body


def send(connection: socket.socket, message: Any) -> None:
    """Send a message and block until it is gone."""
    connection.sendall(pack(json.dumps(message).encode()))


def receive(connection: socket.socket) -> Any:
    """The next message; None at the end of the stream."""
    head = _exactly(connection, LENGTH.size)
    if head is None:
        return None
    body = _exactly(connection, LENGTH.unpack(head)[0])
    return None if body is None else json.loads(body)


async def read(reader: asyncio.StreamReader) -> Any:
    """The next message. Errors: EOFError when the other side is gone, ValueError when it does not speak frames."""
    try:
        (length,) = LENGTH.unpack(await reader.readexactly(LENGTH.size))
        if length > LARGEST:
            raise ValueError("a frame that is too long")
        return json.loads(await reader.readexactly(length))
    except (asyncio.IncompleteReadError, OSError):
        raise EOFError from None


def _exactly(connection: socket.socket, count: int) -> bytes | None:
    parts = bytearray()
    while len(parts) < count:
        part = connection.recv(min(count - len(parts), 1 << 20))
        if not part:
            return None
        parts += part
    return bytes(parts)
