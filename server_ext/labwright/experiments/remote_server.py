"""A tracking server that a team runs: asked over the network; the user's credentials stay in the service."""

from __future__ import annotations

import base64
import re
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from labwright.errors import ForbiddenError, LabwrightError, UnavailableError
from labwright.service.events import Events
from labwright.settings_file import Tracking

LEAST = (3, 0)  # logged models, which MLflow's client of today writes and we read
CALLS = 12
WAIT_SECONDS = 5.0
TIMEOUT = httpx.Timeout(60, connect=5)
# Several that ask at once are told the same, without waiting for a connection each.
SAME_FAILURE_SECONDS = 1.0


class RemoteServer:
    """See `TrackingServer`."""

    embedded = False

    def __init__(self, tracking: Tracking, events: Events, folder: Path) -> None:
        self.folder = folder  # nothing of it is there
        self.address = tracking.uri
        self.base = httpx.URL(tracking.uri)
        self.state = "not started"
        self._events = events
        self._headers = authorization(tracking)
        self._http = httpx.Client(headers=self._headers, timeout=TIMEOUT)
        self._asynchronous: httpx.AsyncClient | None = None
        self._places = threading.BoundedSemaphore(CALLS)
        self._lock = threading.Lock()
        self._failed: tuple[float, LabwrightError] | None = None

    @property
    def alive(self) -> bool:
        """Whether it answered the last time."""
        return self.state == "running"

    def current_state(self) -> str:
        """not started (not asked yet), starting, running or failed."""
        return self.state

    def ensure(self) -> None:
        """Return when it answers, takes our credentials and is new enough. Errors: UnavailableError."""
        if self.alive:
            return
        if not self._lock.acquire(timeout=2 * WAIT_SECONDS):
            raise self._unavailable("did not answer yet; try again in a moment", "mlflow_busy")
        try:
            if self.alive:
                return
            if self._failed is not None and time.monotonic() - self._failed[0] < SAME_FAILURE_SECONDS:
                raise self._failed[1].with_traceback(None)
            try:
                self._check()
            except LabwrightError as error:
                self._failed = time.monotonic(), error
                self._become("failed")
                raise
            self._become("running")
        finally:
            self._lock.release()

    def version(self) -> str:
        """MLflow's version there. Errors: UnavailableError."""
        self._check()
        return self._version

    def request(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, params: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Ask it, one of a few at a time. Errors: UnavailableError when all of them wait; httpx's."""
        if not self._places.acquire(timeout=WAIT_SECONDS):
            raise self._unavailable("is busy and did not answer yet; try again in a moment", "mlflow_busy")
        try:
            return self._http.request(method, f"{self.address}{path}", json=body, params=params)
        finally:
            self._places.release()

    def asynchronous(self) -> httpx.AsyncClient:
        """For the proxies."""
        if self._asynchronous is None:
            limits = httpx.Limits(max_connections=200, max_keepalive_connections=20)
            timeout = httpx.Timeout(600, connect=5)
            self._asynchronous = httpx.AsyncClient(headers=self._headers, timeout=timeout, limits=limits)
        self._asynchronous.cookies.clear()
        return self._asynchronous

    @contextmanager
    def asked(self) -> Iterator[None]:
        """Nothing to watch: we could not end it."""
        yield

    def failure(self, error: httpx.HTTPError) -> LabwrightError:
        """An error of the connection in words; the next who asks looks anew whether it answers."""
        if isinstance(error, httpx.ReadTimeout):
            return self._unavailable("did not answer in time; try again", "timeout")
        self._become("failed")
        if _of_certificate(error):
            words = "shows a certificate that is not trusted here; name your authority's in SSL_CERT_FILE"
            return self._unavailable(words, "tracking_certificate")
        if isinstance(error, (httpx.ConnectError, httpx.ConnectTimeout)):
            words = "cannot be reached; check the network, or the address: labwright tracking show"
            return self._unavailable(words, "mlflow_unavailable")
        return self._unavailable("ended the connection; look whether it was done, and try again", "mlflow_unavailable")

    def refusal(self, reply: httpx.Response) -> LabwrightError | None:
        """Wrong credentials, no permission, redirects."""
        if reply.status_code == 401:
            words = "does not take the user and password, or the token; set them: labwright tracking set"
            return self._unavailable(words, "tracking_credentials")
        if reply.status_code == 403:
            return ForbiddenError(f"The tracking server {self.address} does not permit you this.")
        if reply.is_redirect:
            words = "sends us to another address, which is not followed; name that one: labwright tracking set"
            return self._unavailable(words, "tracking_redirect")
        return None

    def close(self) -> None:
        """Close the connections."""
        self._http.close()
        self.state = "not started"

    def _become(self, state: str) -> None:
        if state != self.state:
            self.state = state
            self._events.publish("experiments", "mlflow")

    def _check(self) -> None:
        try:
            reply = self._http.get(f"{self.address}/version", timeout=httpx.Timeout(15, connect=5))
        except httpx.HTTPError as error:
            raise self.failure(error) from None
        refused = self.refusal(reply)
        if refused is not None:
            raise refused
        found = re.match(r"(\d+)\.(\d+)[\w.+-]{0,30}$", reply.text[:50].strip()) if reply.is_success else None
        if reply.status_code >= 500:
            raise self._unavailable(f"answers with an error ({reply.status_code}); try again later", "mlflow_error")
        if found is None:
            raise self._unavailable("is not MLflow's; check the address: labwright tracking show", "not_mlflow")
        if (int(found[1]), int(found[2])) < LEAST:
            words = f"has MLflow {found[0]}; Labwright needs {LEAST[0]}.{LEAST[1]} or newer there"
            raise self._unavailable(words, "mlflow_too_old")
        self._version = found[0]

    def _unavailable(self, words: str, code: str) -> UnavailableError:
        return UnavailableError(f"The tracking server {self.address} {words}.", code=code)


def authorization(tracking: Tracking) -> dict[str, str]:
    """The header that shows who we are; none where nothing was given."""
    if tracking.token:
        return {"Authorization": f"Bearer {tracking.token}"}
    if tracking.username or tracking.password:
        pair = f"{tracking.username}:{tracking.password}".encode()
        return {"Authorization": f"Basic {base64.b64encode(pair).decode()}"}
    return {}


def _of_certificate(error: BaseException | None) -> bool:
    """Whether TLS failed because of whom we talk to; httpx keeps the reason as a cause."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False
