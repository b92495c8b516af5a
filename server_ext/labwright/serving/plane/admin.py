"""The service's orders to a data plane: load, score, traffic, settings, unload, …; on a unix socket, with a token."""

from __future__ import annotations

import asyncio
import hmac
import json

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from labwright.serving.folder import EndpointFolder
from labwright.serving.plane.asking import Asker
from labwright.serving.plane.consumers import Consumers
from labwright.serving.plane.pool import Pool
from labwright.serving.plane.scoring import BadRequest, Rows
from labwright.serving.plane.spawn import ModelProcess
from labwright.serving.plane.versions import Versions
from labwright.serving.plane.waiting import Unavailable

AHEAD_SECONDS = 25.0  # files that take longer only lose the head start; a service that died leaves nothing for long


class Admin:
    """The orders, one method each."""

    def __init__(
        self, folder: EndpointFolder, asker: Asker, versions: Versions, consumers: Consumers, token: str,
        ending: asyncio.Event,
    ) -> None:  # fmt: skip
        self._versions, self._consumers = versions, consumers
        self._folder, self._asker, self._token, self._ending = folder, asker, token, ending
        self._ahead: ModelProcess | None = None
        self._late: asyncio.TimerHandle | None = None

    def app(self) -> Starlette:
        """The application."""
        routes = [
            Route("/status", self.status),
            Route("/prepare", self.prepare, methods=["POST"]),
            Route("/forget", self.forget, methods=["POST"]),
            Route("/versions/{version:str}/load", self.load, methods=["POST"]),
            Route("/versions/{version:str}/score", self.score, methods=["POST"]),
            Route("/versions/{version:str}/unload", self.unload, methods=["POST"]),
            Route("/traffic", self.traffic, methods=["POST"]),
            Route("/settings", self.settings, methods=["POST"]),
            Route("/consumers", self.consumers, methods=["POST"]),
            Route("/figures", self.figures),
            Route("/stop", self.stop, methods=["POST"]),
        ]
        return Starlette(routes=routes, middleware=[Middleware(_Token, token=self._token)])

    async def status(self, _request: Request) -> JSONResponse:
        """What answers, how it stands, what was answered."""
        live = self._asker.live
        return JSONResponse(
            {
                "live": live.version if live else None,
                "state": live.state if live else "empty",
                "message": live.message if live else "",
                "predictions": self._asker.predictions,
                "refused": self._asker.refused,
                "unlogged": self._asker.log.unlogged,
                "dropped_copies": self._asker.copies.dropped,
                **self._versions.status(),
            }
        )

    async def prepare(self, _request: Request) -> JSONResponse:
        """Start a model process ahead of the next load: it imports MLflow while the files are fetched."""
        await self.end_ahead()
        self._ahead = await ModelProcess.start(self._folder)
        # Should the service die before it loads or forgets, nothing must stay.
        loop = asyncio.get_running_loop()
        self._late = loop.call_later(AHEAD_SECONDS, lambda: loop.create_task(self.end_ahead()))
        return JSONResponse({"prepared": True})

    async def forget(self, _request: Request) -> JSONResponse:
        """No load follows."""
        await self.end_ahead()
        return JSONResponse({"forgotten": True})

    async def end_ahead(self) -> None:
        """End the process that was started ahead."""
        found = self._take_ahead()
        if found is not None:
            await found.end()

    def _take_ahead(self) -> ModelProcess | None:
        found, self._ahead = self._ahead, None
        if self._late is not None:
            self._late.cancel()
        return found

    async def load(self, request: Request) -> JSONResponse:
        """Load a version beside the live one; answers when it is ready, or says why it is not."""
        body = await request.json()
        return JSONResponse(
            await self._versions.load(request.path_params["version"], body["digest"], self._take_ahead())
        )

    async def score(self, request: Request) -> JSONResponse:
        """Score rows with a version that is loaded and need not answer; not logged. `times`: so often in all of its
        processes, to warm them up.
        """
        body = await request.json()
        found = self._versions.pools.get(request.path_params["version"])
        try:
            if found is None:
                raise Unavailable("This version is not loaded.")
            rows = found.schema.fit(Rows(body["kind"], body["columns"], body["data"], asked=False))
            if body.get("times"):
                await _warm_up(found, rows, int(body["times"]))
            reply = await found.answer(rows)
        except (BadRequest, Unavailable) as error:
            return JSONResponse({"error": str(error)})
        if "error" in reply:
            return JSONResponse({"error": reply["error"]})
        return JSONResponse({"predictions": json.loads(reply["predictions"])})

    async def unload(self, request: Request) -> JSONResponse:
        """End a version's processes, unless config.json names it. What it was asked already is answered first."""
        return JSONResponse({"unloaded": await self._versions.unload(request.path_params["version"])})

    async def traffic(self, request: Request) -> JSONResponse:
        """Spread the calls over loaded versions, by one swap (see `Versions.spread`)."""
        body = await request.json()
        words = self._versions.spread(body)
        tripped = words is not None and self._versions.tripped(body.get("operation"))
        return JSONResponse({"set": words is None, "message": words or "", "tripped": tripped})

    async def settings(self, _request: Request) -> JSONResponse:
        """Obey the settings that config.json has now; no request fails."""
        self._versions.tune()
        return JSONResponse({"set": True})

    async def consumers(self, _request: Request) -> JSONResponse:
        """Read anew who may call."""
        return JSONResponse({"consumers": self._consumers.read()})

    async def figures(self, _request: Request) -> JSONResponse:
        """The last minutes."""
        return JSONResponse(self._asker.figures.recent() | {"unlogged": self._asker.log.unlogged})

    async def stop(self, _request: Request) -> JSONResponse:
        """End the data plane."""
        self._ending.set()
        return JSONResponse({"stopping": True})


async def _warm_up(pool: Pool, rows: Rows, times: int) -> None:
    """Ask every process so often; each takes one request, for a batch would be one process's."""
    before, pool.queue.adaptive = pool.queue.adaptive, False
    try:
        for _ in range(times):
            await asyncio.gather(*(pool.answer(rows) for _ in range(pool.processes)))
    finally:
        pool.queue.adaptive = before


class _Token:
    """Refuses every request without the admin token, whatever its path."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._expected = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        given = dict(scope.get("headers", [])).get(b"authorization", b"")
        if hmac.compare_digest(given, self._expected):
            await self._app(scope, receive, send)
        else:
            reply = JSONResponse({"code": "unauthorized", "detail": "This is for Labwright's service."}, 401)
            await reply(scope, receive, send)
