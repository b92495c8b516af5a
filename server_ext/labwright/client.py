"""The one client of the service, for kernels, commands and scripts: it finds the service, or starts it.

It reads the state file at each connect, so that a service that was revived at another place is found. A request that
meets a dead service starts the next one and is sent again.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import importlib.util
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import httpx
from pydantic import BaseModel, TypeAdapter

from labwright.errors import LabwrightError, UnavailableError, from_problem
from labwright.settings_file import WITHHELD, remember
from labwright.state import (
    MARK,
    Folders,
    ServiceState,
    folders,
    is_locked,
    lock_file,
    read_service_state,
    read_token,
    running_service,
)

if TYPE_CHECKING:
    from labwright.service.models import Operation

T = TypeVar("T")
START_SECONDS = 60.0
WAIT_SECONDS = 15.0
FOLLOW_SECONDS = 0.1


class Client:
    """Speaks to the service of this user. Cheap to make; keeps its connection; safe to use from threads."""

    def __init__(self) -> None:
        self.folders: Folders = folders()
        self._http: httpx.Client | None = None
        self._state: ServiceState | None = None
        self._lock = threading.RLock()

    def request(
        self,
        method: str,
        path: str,
        *,
        kind: type[T] | Any = None,
        body: BaseModel | None = None,
        **options: Any,
    ) -> T | Any:
        """Send a request; give the reply as `kind` (a model or any type that pydantic knows).

        Errors: the LabwrightError that the service replied; UnavailableError when there is no service and none starts.
        """
        if body is not None:
            options["json"] = body.model_dump(mode="json", exclude_none=True)
        for tries in range(3):
            http = self._connect()
            try:
                reply = http.request(method, path, **options)
                if tries and method == "DELETE" and reply.status_code == 404:
                    return None  # the service died after it was done
                break
            except (httpx.ConnectError, httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
                # The service died. A write may be sent twice: every action may be done again (it changes nothing then).
                self._forget(http)
                if tries == 2:
                    raise UnavailableError("Labwright's service ended while it answered; try again.") from None
            except httpx.TimeoutException:
                raise UnavailableError(
                    "Labwright's service did not answer in time; try again.", code="timeout"
                ) from None
        return read_reply(reply, kind)

    def get(self, path: str, kind: type[T] | Any = None, **options: Any) -> T | Any:
        """GET."""
        return self.request("GET", path, kind=kind, **options)

    def post(self, path: str, kind: type[T] | Any = None, body: BaseModel | None = None, **options: Any) -> T | Any:
        """POST."""
        return self.request("POST", path, kind=kind, body=body, **options)

    def service(self) -> ServiceState:
        """The service that answers, started if there was none."""
        self._connect()
        assert self._state is not None
        return self._state

    @property
    def token(self) -> str:
        """The service's token, read from its file."""
        return read_token(self.folders)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            if self._http is not None:
                self._http.close()
            self._http = self._state = None

    def _connect(self) -> httpx.Client:
        with self._lock:
            found = read_service_state(self.folders)
            if found is None and is_locked(self.folders.service_lock):
                found = self._state  # the file was swept away; a service that lives makes it anew
            if self._http is None or found is None or found != self._state:
                self._state = ensure_service(self.folders)
                self._http = connection(self._state, self.folders)
            return self._http

    def _forget(self, http: httpx.Client) -> None:
        """Connect anew next time. Another thread may still read from this connection, so it is not closed here."""
        with self._lock:
            if self._http is http:
                self._http = self._state = None


@functools.cache
def shared() -> Client:
    """The client of this process."""
    return Client()


def follow(
    operation: Operation, progress: Callable[[Operation], None] | None = None, *, cancelled: str,
    each: Callable[[Operation], None] | None = None,
) -> Operation:  # fmt: skip
    """Wait for an operation's end; an interrupt cancels it.

    `progress` is called at each of its steps, `each` whenever it is looked at.

    Errors: what it failed with; UnavailableError with the words `cancelled` when somebody cancelled it.
    """
    seen = None
    try:
        while operation.state == "running":
            if progress is not None and (operation.step, operation.progress) != seen:
                seen = (operation.step, operation.progress)
                progress(operation)
            if each is not None:
                each(operation)
            time.sleep(FOLLOW_SECONDS)
            operation = shared().get(f"/operations/{operation.id}", type(operation))
    except KeyboardInterrupt:
        with contextlib.suppress(LabwrightError):  # it ended by itself
            shared().post(f"/operations/{operation.id}/cancel")
        raise
    if operation.error is not None:
        raise from_problem(operation.error.status, operation.error.code, operation.error.detail)
    if operation.state == "cancelled":
        raise UnavailableError(cancelled, code="cancelled")
    return operation


def connection(state: ServiceState, where: Folders) -> httpx.Client:
    """An HTTP client on the service's unix socket."""
    return httpx.Client(
        transport=httpx.HTTPTransport(uds=state.socket),
        base_url="http://labwright",
        headers={"Authorization": f"Bearer {read_token(where)}"},
        timeout=httpx.Timeout(120.0, connect=5.0),
    )


def read_reply(reply: httpx.Response, kind: Any) -> Any:
    """Turn a reply into a model, or a problem into the error it stands for."""
    if reply.is_error:
        try:
            problem = reply.json()
            raise from_problem(reply.status_code, problem["code"], problem["detail"])
        except (ValueError, KeyError, TypeError):
            raise LabwrightError(f"Labwright's service answered {reply.status_code}.") from None
    if kind is None:
        return None
    return TypeAdapter(kind).validate_json(reply.content)


def ensure_service(where: Folders) -> ServiceState:
    """The running service, else a new one. Two callers at once start one. Errors: UnavailableError."""
    state = running_service(where)
    if state is not None and answers(state, where):
        return state
    with lock_file(where.start_lock) as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        deadline = time.monotonic() + WAIT_SECONDS
        while True:
            state = running_service(where)
            if state is not None and answers(state, where):
                return state
            # One that holds the lock starts, ends, or makes its swept files anew: a moment tells.
            if not is_locked(where.service_lock):
                return _start(where)
            if time.monotonic() > deadline:
                raise _held(where)
            time.sleep(0.05)


def answers(state: ServiceState, where: Folders) -> bool:
    """Whether the service takes our token. One that is slow to answer is there all the same."""
    try:
        with connection(state, where) as http:
            return http.get("/status", timeout=10).is_success
    except httpx.ReadTimeout:
        return True
    except httpx.HTTPError:
        return False


def _held(where: Folders) -> UnavailableError:
    """The error for a lock that somebody holds whom we cannot reach."""
    state = read_service_state(where)
    if state is not None and state.host != socket.gethostname():
        words = f"A Labwright service of this state folder runs on {state.host}. Stop it there, or set LABWRIGHT_HOME."
        return UnavailableError(words, code="other_host")
    return UnavailableError(
        f"Labwright's service runs but does not answer; its log is {where.logs / 'service.log'}. "
        "`labwright stop --all` ends it.",
        code="no_answer",
    )


def _start(where: Folders) -> ServiceState:
    remember(where, os.environ)
    log = where.logs / "service.log"
    (where.home / "start-error").unlink(missing_ok=True)
    with open(log, "ab") as output:
        process = subprocess.Popen(
            [_python(where), "-m", "labwright.service"],
            stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=_environment(where), cwd=where.home,
            start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        state = running_service(where)
        if state is not None and state.pid == process.pid and answers(state, where):
            return state
        if process.poll() is not None:
            state = running_service(where)
            if state is not None and answers(state, where):
                return state
            break
        time.sleep(0.03)
    raise _start_error(where) or UnavailableError(
        f"Labwright's service did not start; its log is {log}. `labwright doctor` may know why."
    )


def _start_error(where: Folders) -> UnavailableError | None:
    """What the service said as it ended, such as that its database does not answer."""
    try:
        found = json.loads((where.home / "start-error").read_text())
        return UnavailableError(str(found["detail"]), code=str(found["code"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _python(where: Folders) -> str:
    """This Python where it has the service, else the one that ran it last: a kernel may live in another environment."""
    if all(importlib.util.find_spec(name) for name in ("fastapi", "uvicorn", "sqlalchemy", "alembic")):
        return sys.executable
    try:
        last = (where.home / "python").read_text().strip()
    except OSError:
        last = ""
    if last and Path(last).exists():
        return last
    raise UnavailableError(
        "This environment has Labwright's client only, and no service runs. Open the Labwright panel in JupyterLab, "
        "or pip install 'labwright[lab]'.",
        code="no_service",
    )


def _environment(where: Folders) -> dict[str, str]:
    """The service is the user's own process, but a Jupyter server's or the Hub's tokens are none of its business."""
    foreign = (
        "JPY_",
        "JUPYTERHUB_API_TOKEN",
        "JUPYTER_TOKEN",
        "CONFIGPROXY_",
        "MLFLOW_",
        "LABWRIGHT_CLUSTER",
        *WITHHELD,
    )
    kept = {name: value for name, value in os.environ.items() if not name.startswith(foreign)}
    # Everything that the service starts inherits the mark, so that `labwright stop --all` can check its work.
    return kept | {"LABWRIGHT_HOME": str(where.home), MARK: str(where.home)}
