"""Talking to a Dask scheduler by TLS: one question, one answer, no connection kept."""

from __future__ import annotations

import asyncio
import json
import ssl
from pathlib import Path
from typing import Any

from labwright.clusters.models import Worker
from labwright.errors import UnavailableError
from labwright.state import write_private

FILES = {"ca": "ca.pem", "cert": "cert.pem", "key": "key.pem"}
SCHEDULER_FILE = "scheduler.json"


def write_credentials(folder: Path) -> None:
    """Make a key and a certificate for this cluster alone, readable by the user only."""
    from distributed.security import Security

    made = Security.temporary()
    write_private(folder / FILES["ca"], made.tls_ca_file)
    write_private(folder / FILES["cert"], made.tls_client_cert)
    write_private(folder / FILES["key"], made.tls_client_key)


def security(folder: Path) -> Any:
    """The `distributed.Security` of the cluster whose credentials are in `folder`."""
    from distributed.security import Security

    ca, cert, key = (str(folder / FILES[name]) for name in ("ca", "cert", "key"))
    return Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)


def address(folder: Path) -> str | None:
    """The scheduler's address; None while it does not listen yet."""
    try:
        found = json.loads((folder / SCHEDULER_FILE).read_text())["address"]
    except (OSError, ValueError, KeyError):
        return None
    return str(found)


def ask(folder: Path, operation: str, *, timeout: float = 3.0, **arguments: Any) -> Any:
    """Ask the scheduler. Errors: UnavailableError."""
    from distributed.core import connect, send_recv

    where = address(folder)

    async def talk() -> Any:
        connection = await connect(where, timeout=min(timeout, 3.0), **security(folder).get_connection_args("client"))
        try:
            return await asyncio.wait_for(send_recv(connection, op=operation, **arguments), timeout)
        finally:
            connection.abort()

    if where is None:
        raise UnavailableError("The cluster's scheduler does not listen yet; try again in a moment.")
    try:
        return asyncio.run(talk())
    except (OSError, ssl.SSLError, TimeoutError, ValueError):
        raise UnavailableError("The cluster's scheduler does not answer now; try again in a moment.") from None


def workers(folder: Path) -> dict[str, Worker]:
    """The workers by their addresses, in the order of their names. Errors: UnavailableError."""
    known = ask(folder, "identity")["workers"]
    found = {where: _worker(entry) for where, entry in known.items()}
    return dict(sorted(found.items(), key=lambda item: item[1].name))


def _worker(entry: dict[str, Any]) -> Worker:
    metrics = entry.get("metrics") or {}
    return Worker(
        name=str(entry["name"]),
        threads=int(entry["nthreads"]),
        memory=int(metrics.get("memory") or 0),
        memory_limit=int(entry.get("memory_limit") or 0),
        cpu=float(metrics.get("cpu") or 0.0),
        executing=int((metrics.get("task_counts") or {}).get("executing", 0)),
    )
