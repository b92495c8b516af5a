"""A real `mlflow server` on PostgreSQL with its basic-auth app, as a team runs one; a process of its own."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import psutil

from tests.postgresql import PostgreSQL

START_SECONDS = 120.0
USER = "labwright-tests"


@dataclass
class RemoteMlflow:
    """A running tracking server. It can be stopped and started; what is in it stays."""

    folder: Path
    backend: str
    port: int
    password: str
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        """Its address, without user and password."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def http(self) -> httpx.Client:
        """A client of it, straight, as its administrator."""
        return httpx.Client(base_url=self.url, auth=(USER, self.password), timeout=60)

    def add_user(self, name: str) -> str:
        """A user who may read, and nothing more; gives the password."""
        password = secrets.token_hex(12)
        with self.http as http:
            body = {"username": name, "password": password}
            http.post("/api/2.0/mlflow/users/create", json=body).raise_for_status()
        return password

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = self.folder / "auth.ini"
        settings.write_text(
            "[mlflow]\ndefault_permission = READ\nadmin_username = unused\n"
            f"database_uri = sqlite:///{self.folder / 'auth.db'}\n"
            "authorization_function = mlflow.server.auth:authenticate_request_basic_auth\n"
        )
        command = [
            sys.executable, "-m", "mlflow", "server", "--app-name", "basic-auth", "--workers", "1",
            "--host", "127.0.0.1", "--port", str(self.port), "--backend-store-uri", self.backend,
            "--artifacts-destination", str(self.folder / "artifacts"),
        ]  # fmt: skip
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "LABWRIGHT_"))}
        environment = kept | {
            "MLFLOW_AUTH_CONFIG_PATH": str(settings),
            "MLFLOW_AUTH_ADMIN_USERNAME": USER,
            "MLFLOW_AUTH_ADMIN_PASSWORD": self.password,
            "MLFLOW_FLASK_SERVER_SECRET_KEY": secrets.token_hex(16),
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
        }
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=self.folder)
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            said = (self.folder / "log").read_text()[-3000:]
            assert self._process.poll() is None, said
            assert time.monotonic() < deadline, said
            time.sleep(0.1)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/health", timeout=5).is_success
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        """End it, with its workers."""
        if self._process is None:
            return
        try:
            family = psutil.Process(self._process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            family = []
        self._process.terminate()
        for process in family:  # the parent's end leaves its workers alive
            try:
                process.kill()
            except psutil.NoSuchProcess:
                continue
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


@contextmanager
def remote_mlflow(folder: Path, database: PostgreSQL) -> Iterator[RemoteMlflow]:
    """A fresh server; ended after."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = RemoteMlflow(folder, database.database("mlflow"), port, secrets.token_hex(12))
    try:
        found.start()
        yield found
    finally:
        found.stop()
