"""`python -m labwright.lifeline labwright.experiments.mlflow_process SOCKET`: MLflow's server as one process.

`mlflow server` starts a process per core, a job runner and its consumers. The same app under one uvicorn needs one
process and a fifth of the memory. The folder and MLflow's options come by the environment (see `mlflow_server`).
"""

from __future__ import annotations

import fcntl
import os
import socket
import sqlite3
import sys
from pathlib import Path


def main(path: str) -> None:
    """Bring the database up to date, then listen, then serve."""
    folder = Path(os.environ["LABWRIGHT_MLFLOW"])
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    # One writer: the server of a service that was killed ends within seconds, and gives the lock back.
    fcntl.flock(lock, fcntl.LOCK_EX)
    with sqlite3.connect(folder / "mlflow.db") as database:
        database.execute("PRAGMA journal_mode=WAL")
    from mlflow.server import handlers

    uri = os.environ["_MLFLOW_SERVER_FILE_STORE"]
    handlers.initialize_backend_stores(uri, uri, os.environ["_MLFLOW_SERVER_ARTIFACT_ROOT"])
    listener = _listen(path)

    import uvicorn

    config = uvicorn.Config(
        "mlflow.server.fastapi_app:app", access_log=False, log_level="warning", ws="none", timeout_graceful_shutdown=2
    )
    uvicorn.Server(config).run(sockets=[listener])


def _listen(path: str) -> socket.socket:
    """Listen, and only then take the well-known place: whoever can connect is answered."""
    temporary = f"{path}.{os.getpid() % 1000}"
    Path(temporary).unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(temporary)
    os.chmod(temporary, 0o600)
    listener.listen(512)
    listener.setblocking(False)
    os.replace(temporary, path)
    return listener


if __name__ == "__main__":
    os.umask(0o077)
    main(sys.argv[1])
