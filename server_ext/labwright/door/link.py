"""The door's line to the service: found, or started, by one starter at a time and never on the event loop."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from labwright.state import ServiceState

# A reply may take as long as it takes, but a service that says nothing for this long is stuck.
SILENCE_SECONDS = 130.0


class Link:
    """One for each Jupyter server. Files, locks and processes are looked at in a thread of its own."""

    def __init__(self) -> None:
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="labwright-door")
        self._http: httpx.AsyncClient | None = None
        self._starting: asyncio.Future[httpx.AsyncClient] | None = None

    async def http(self, broken: httpx.AsyncClient | None = None) -> httpx.AsyncClient:
        """A client on the service's socket; the service is started when there is none.

        `broken` is a client that has just failed: it is replaced, once for all that wait.
        Errors: UnavailableError when no service starts.
        """
        if self._http is not None and self._http is not broken:
            return self._http
        if self._starting is None:
            self._starting = asyncio.ensure_future(self._open())
            self._starting.add_done_callback(self._opened)
        # Shielded: a page that goes away while the service starts must not cancel the start for the others.
        return await asyncio.shield(self._starting)

    async def running(self) -> ServiceState | None:
        """The service that lives, if there is one; never starts it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _running)

    async def stopped(self) -> bool:
        """Whether no service lives because somebody stopped it on purpose."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, _stopped)

    async def close(self) -> None:
        """Close the connections; the service goes on."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        if self._http is not None:
            await self._http.aclose()
            self._http = None

    async def _open(self) -> httpx.AsyncClient:
        state, token = await asyncio.get_running_loop().run_in_executor(self._thread, _ensure)
        old, self._http = self._http, connection(state, token)
        if old is not None:
            # Other requests may still read from it; it closes when the last of them is done with its stream.
            asyncio.get_running_loop().call_later(SILENCE_SECONDS, lambda: asyncio.ensure_future(old.aclose()))
        return self._http

    def _opened(self, done: asyncio.Future[httpx.AsyncClient]) -> None:
        self._starting = None
        if not done.cancelled():
            done.exception()  # seen, even where everybody who waited has gone away


def connection(state: ServiceState, token: str) -> httpx.AsyncClient:
    """An asynchronous HTTP client on the service's unix socket."""
    import httpx

    return httpx.AsyncClient(
        transport=httpx.AsyncHTTPTransport(
            uds=state.socket,
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=32),
            verify=False,  # no TLS on a socket; reading the authorities holds up the event loop
        ),
        base_url="http://labwright",
        headers={"Authorization": f"Bearer {token}"},
        timeout=httpx.Timeout(None, connect=5.0, read=SILENCE_SECONDS),
    )


def _ensure() -> tuple[ServiceState, str]:
    from labwright.client import ensure_service
    from labwright.state import folders, read_token

    where = folders()
    return ensure_service(where), read_token(where)


def _stopped() -> bool:
    from labwright.state import folders, running_service

    where = folders(make=False)
    return where.stopped.exists() and running_service(where) is None


def _running() -> ServiceState | None:
    from labwright.state import folders, running_service

    return running_service(folders(make=False))
