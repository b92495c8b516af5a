"""MLflow's server as the service's child: started when needed, again when it died, ended with the service."""

from __future__ import annotations

import subprocess
import threading
import time
from contextlib import AbstractContextManager, suppress
from pathlib import Path
from typing import Any

import httpx

from labwright.errors import LabwrightError, UnavailableError
from labwright.experiments.mlflow_watch import Watch
from labwright.service import children
from labwright.service.events import Events
from labwright.state import Folders

START_SECONDS = 90.0
# The service has 40 threads for requests: when MLflow hangs, these wait for it, and the others are there for the rest.
CALLS = 12
WAIT_SECONDS = 5.0


class MlflowServer:
    """One for each state folder. See `TrackingServer`."""

    embedded = True
    base = httpx.URL("http://localhost")

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
        self.http = httpx.Client(transport=httpx.HTTPTransport(uds=str(self.socket)), base_url=self.base, timeout=60)
        self._asynchronous: httpx.AsyncClient | None = None
        self._watch = Watch(self.http, self._pid, self._end_hung)

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
            with self.asked():
                return self.http.request(method, path, json=body, params=params)
        finally:
            self._places.release()

    def asynchronous(self) -> httpx.AsyncClient:
        """For the proxies."""
        if self._asynchronous is None:
            limits = httpx.Limits(max_connections=200, max_keepalive_connections=20)
            transport = httpx.AsyncHTTPTransport(uds=str(self.socket), limits=limits)
            self._asynchronous = httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(600, connect=5))
        return self._asynchronous

    def asked(self) -> AbstractContextManager[None]:
        """Around each question, so that a process that hangs is noticed."""
        return self._watch.asked()

    def failure(self, error: httpx.HTTPError) -> LabwrightError:
        """An error of the connection in words."""
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
            return UnavailableError("MLflow does not answer; try again.", code="mlflow_unavailable")
        if isinstance(error, httpx.TimeoutException):
            return UnavailableError("MLflow did not answer in time; try again.", code="timeout")
        return UnavailableError(
            "MLflow ended while it answered; look whether it was done, and try again.", code="mlflow_unavailable"
        )

    def refusal(self, reply: httpx.Response) -> LabwrightError | None:
        """It refuses nobody: whoever may ask the service may ask it."""
        return None

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

    def _pid(self) -> int | None:
        process = self._process
        return process.pid if self.state == "running" and process is not None else None

    def _end_hung(self, pid: int) -> None:
        with self._lock:
            if self._process is not None and self._process.pid == pid:
                self._process.kill()  # a stopped process takes no other signal
                self._end()
                self._become("not started")

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
