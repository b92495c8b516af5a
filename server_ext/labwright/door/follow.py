"""Push: the service's "changed" events, re-emitted as Jupyter events to every page."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labwright.door.link import Link

SCHEMA_ID = "urn:labwright:changed:v1"
SCHEMA = {
    "$id": SCHEMA_ID,
    "version": "1",
    "title": "Something of Labwright changed",
    "description": "Says to look again. A capability of * means that anything may have changed.",
    "personal-data": False,
    "type": "object",
    "properties": {
        "capability": {"type": "string", "description": "experiments, clusters, features, serving, drift or *"},
        "name": {"type": "string", "description": "What changed, such as an endpoint's name"},
    },
    "required": ["capability", "name"],
}
# The service sends an empty line every 10 s; three missed ones are a dead connection.
SILENCE_SECONDS = 35.0
LOOK_SECONDS = 2.0


async def follow(link: Link, emit: Callable[[dict[str, Any]], None]) -> None:
    """Read the service's events for ever. It waits for a service to live again, and never starts one."""
    import httpx

    from labwright.door.link import connection
    from labwright.state import folders, read_token

    where = folders()
    looked_at: tuple[int, int] | None = None
    while True:
        written = _signature(str(where.service_state))
        state = None
        if written is not None and written != looked_at:
            state = await link.running()
        if state is None:
            # Nobody, or somebody who is dead: look again when the state file is another one.
            looked_at = written
            await asyncio.sleep(LOOK_SECONDS)
            continue
        try:
            async with (
                connection(state, read_token(where)) as http,
                http.stream("GET", "/events", timeout=httpx.Timeout(SILENCE_SECONDS)) as reply,
            ):
                if reply.is_success:
                    emit({"capability": "*", "name": ""})  # what happened before was not heard
                    async for line in reply.aiter_lines():
                        if line.strip():
                            emit({key: str(json.loads(line)[key]) for key in ("capability", "name")})
        except (httpx.HTTPError, ValueError, KeyError):
            pass
        looked_at = None
        await asyncio.sleep(LOOK_SECONDS / 4)


def _signature(path: str) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns
