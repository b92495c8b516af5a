"""`python -m tests.service.recorder`: a peer in the service's place that writes down what the door really sends.

It holds the service's lock, writes the state file and answers on the service's socket, so that the door adopts it.
"""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket

from labwright.state import (
    ServiceState,
    boot_id,
    folders,
    lock_file,
    process_started,
    write_service_state,
)

SEEN = "seen.jsonl"
REST = "rest"  # the second half of a reply waits for this file


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request a connection. /operations streams in two parts; /drift stops in the middle; /features dies."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    first, *lines = head.strip().split("\r\n")
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    with open(folders().home / SEEN, "a") as file:
        file.write(json.dumps({"first": first, "headers": headers, "body": body.decode()}) + "\n")
    path = first.split()[1]
    start = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nSet-Cookie: a=b\r\nConnection: close\r\n"
    if path.startswith("/operations"):
        writer.write(start + b"Transfer-Encoding: chunked\r\n\r\n4\r\n[1, \r\n")
        await writer.drain()
        while not (folders().home / REST).exists():
            await asyncio.sleep(0.01)
        writer.write(b"2\r\n2]\r\n0\r\n\r\n")
    elif path.startswith("/drift"):
        writer.write(start + b"Content-Length: 1000\r\n\r\n[1, ")
    elif not path.startswith("/features"):
        writer.write(start + b"Content-Length: 2\r\n\r\n{}")
    await writer.drain()
    writer.close()


async def main() -> None:
    where = folders()
    with lock_file(where.service_lock) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        where.service_socket.unlink(missing_ok=True)
        server = await asyncio.start_unix_server(answer, where.service_socket)
        started = process_started(os.getpid())
        assert started is not None
        state = ServiceState(
            socket.gethostname(), boot_id(), os.getpid(), started, str(where.service_socket), "", "", "recorder"
        )
        write_service_state(where, state)
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
