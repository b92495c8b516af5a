"""What keeps the runs, as the rest of the service sees it: Labwright's own MLflow, or a remote tracking server."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Protocol

import httpx

from labwright.errors import LabwrightError


class TrackingServer(Protocol):
    """Safe to use from threads."""

    embedded: bool  # the service's own child, with its database and artifacts in `folder`
    folder: Path
    base: httpx.URL  # what stands before MLflow's paths
    state: str

    @property
    def alive(self) -> bool:
        """Whether it can be asked without `ensure`."""

    def current_state(self) -> str:
        """not started, starting, running or failed."""

    def ensure(self) -> None:
        """Return when it answers. Errors: UnavailableError."""

    def request(
        self, method: str, path: str, *, body: dict[str, Any] | None = None, params: dict[str, Any] | None = None
    ) -> httpx.Response:
        """Ask it, one of a few at a time. Errors: UnavailableError when all of them wait; httpx's."""

    def asynchronous(self) -> httpx.AsyncClient:
        """A client on it for the proxies, that has the credentials and follows no redirect."""

    def asked(self) -> AbstractContextManager[None]:
        """Around what the proxies ask, so that a server that hangs is noticed."""

    def failure(self, error: httpx.HTTPError) -> LabwrightError:
        """An error of the connection in words."""

    def refusal(self, reply: httpx.Response) -> LabwrightError | None:
        """The error of a reply that is not about what was asked for, but about us: credentials, redirects."""

    def close(self) -> None:
        """End it, or the connections to it."""
