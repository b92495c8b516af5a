"""MLflow's server as the service's child: started when needed, again when it died, ended with the service."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx

from labwright.errors import UnavailableError
from labwright.service import children
from labwright.service.events import Events
from labwright.state import Folders

START_SECONDS = 90.0
# The service has 40 threads for requests: when MLflow hangs, these wait for it, and the others are there for the rest.
CALLS = 12
WAIT_SECONDS = 5.0


class MlflowServer:
    """One for each state folder. Safe to use from threads."""

    def __init__(self, folders: Folders, events: Events) -> None:
        self.folder = folders.home / "mlflow"
        self.socket = folders.runtime / "mlflow.sock"
        self.log = folders.logs / "mlflow.log"
        self.state = "not started"
        self._events = events
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._places = threading.BoundedSemaphore(CALLS)
        self._closed = False
        self.http = httpx.Client(
            transport=httpx.HTTPTransport(uds=str(self.socket)), base_url="http://localhost", timeout=60
        )

    @property
    def alive(self) -> bool:
        """Whether the process is there, has answered once, and can be reached: runtime folders may be swept."""
        running = self.state == "running" and self._process is not None and self._process.poll() is None
        return running and self.socket.exists()

    def current_state(self) -> str:
        """not started, starting, running or failed. One that died counts as not started: the next need starts it."""
        return "not started" if self.state == "running" and not self.alive else self.state

    def ensure(self) -> None:
        """Return when MLflow answers; starts it if needed. Errors: UnavailableError, with the log's path."""
        if self.alive:
            return
        with self._lock:
            if self.alive:
                return
            if self._closed:
                raise UnavailableError("Labwright's service is ending; try again.")
            self._become("starting")
            try:
                self._start()
            except BaseException:
                self._end()
                self._become("failed")
                raise
            self._become("running")

    def request(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, params: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Ask the running server, one of a few at a time. Errors: UnavailableError when all of them wait; httpx's."""
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise UnavailableError("MLflow is busy and did not answer yet; try again in a moment.", code="mlflow_busy")
        try:
            return self.http.request(method, path, json=body, params=params)
        finally:
            self._places.release()

    def close(self) -> None:
        """End the process; nothing starts it again."""
        self._closed = True
        self._end()
        self.http.close()
        self.state = "not started"

    def _become(self, state: str) -> None:
        self.state = state
        self._events.publish("experiments", "mlflow")

    def _start(self) -> None:
        self._end()
        self.folder.mkdir(exist_ok=True, mode=0o700)
        self.socket.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.socket.unlink(missing_ok=True)  # so that the server of a service that was killed is not taken for ours
        self._process = children.start_tied(
            ["labwright.experiments.mlflow_process", str(self.socket)],
            log=self.log, env=_environment(self.folder), cwd=self.folder,
        )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            with suppress(httpx.HTTPError):
                if self.http.get("/health", timeout=5).is_success:
                    return
            time.sleep(0.05)
        raise UnavailableError(
            f"MLflow did not start; its log is {self.log}. `labwright doctor` may know why.", code="mlflow_failed"
        )

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()


def _environment(folder: Path) -> dict[str, str]:
    """MLflow's server reads its options from these; they are private to it, so its version is pinned and tested."""
    database = f"sqlite:///{folder / 'mlflow.db'}"
    return children.environment(
        LABWRIGHT_MLFLOW=str(folder),
        _MLFLOW_SERVER_FILE_STORE=database,
        _MLFLOW_SERVER_REGISTRY_STORE=database,
        _MLFLOW_SERVER_ARTIFACT_ROOT="mlflow-artifacts:/",
        _MLFLOW_SERVER_ARTIFACT_DESTINATION=str(folder / "artifacts"),
        _MLFLOW_SERVER_SERVE_ARTIFACTS="true",
        _MLFLOW_SGI_NAME="uvicorn",
        _MLFLOW_IN_JOB_EXECUTOR="false",
        MLFLOW_SERVER_ENABLE_JOB_EXECUTION="false",
        MLFLOW_DISABLE_TELEMETRY="true",
        DO_NOT_TRACK="true",
    )
