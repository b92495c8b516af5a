"""The service's orders to a data plane: prepare, load, score, shift, unload, …; on a unix socket, with a token."""

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
from labwright.serving.plane.pool import Pool, Tuning
from labwright.serving.plane.scoring import BadRequest, Rows
from labwright.serving.plane.spawn import ModelProcess
from labwright.serving.plane.traffic import Share, Traffic
from labwright.serving.plane.waiting import Unavailable

AHEAD_SECONDS = 600.0


class Admin:
    """Holds the versions that are loaded."""

    def __init__(self, folder: EndpointFolder, asker: Asker, token: str, ending: asyncio.Event) -> None:
        self.replicas: dict[str, Pool] = {}
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
            Route("/versions/{version:str}/shift", self.shift, methods=["POST"]),
            Route("/versions/{version:str}/unload", self.unload, methods=["POST"]),
            Route("/stop", self.stop, methods=["POST"]),
        ]
        return Starlette(routes=routes, middleware=[Middleware(_Token, token=self._token)])

    async def status(self, _request: Request) -> JSONResponse:
        """What serves, how it stands, what was answered."""
        live = self._asker.live
        return JSONResponse(
            {
                "live": live.version if live else None,
                "state": live.state if live else "empty",
                "message": live.message if live else "",
                "predictions": self._asker.predictions,
                "refused": self._asker.refused,
                "unlogged": self._asker.log.unlogged,
                "versions": {
                    version: {
                        "state": found.state,
                        "pid": next(iter(found.pids), None),
                        "load_seconds": found.load_seconds,
                    }
                    for version, found in self.replicas.items()
                },
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
        version, body = request.path_params["version"], await request.json()
        found = self.replicas.get(version)
        if found is None or found.digest != body["digest"] or (found.state == "failed" and found is not self._live()):
            if found is not None:
                await found.stop()
            tuning = Tuning.of(self._folder.config())
            found = Pool(self._folder, version, body["digest"], tuning, self._take_ahead())
            self.replicas[version] = found
        await found.settled()
        if found.state != "ready":
            words = found.message
            if found is not self._live():
                del self.replicas[version]
                await found.stop()
            return JSONResponse({"ready": False, "message": words})
        return JSONResponse({"ready": True, "load_seconds": found.load_seconds})

    async def score(self, request: Request) -> JSONResponse:
        """Score rows with a version that is loaded and need not be live; not logged."""
        body = await request.json()
        found = self.replicas.get(request.path_params["version"])
        try:
            if found is None:
                raise Unavailable("This version is not loaded.")
            rows = found.schema.fit(Rows(body["kind"], body["columns"], body["data"]))
            reply = await found.answer(rows, json.dumps(rows.data))
        except (BadRequest, Unavailable) as error:
            return JSONResponse({"error": str(error)})
        if "error" in reply:
            return JSONResponse({"error": reply["error"]})
        return JSONResponse({"predictions": json.loads(reply["predictions"])})

    async def shift(self, request: Request) -> JSONResponse:
        """Make a loaded version the one that answers."""
        found = self.replicas.get(request.path_params["version"])
        if found is None or found.state == "failed":
            return JSONResponse({"shifted": False})
        self._asker.traffic = Traffic((Share(found, 100.0, "live"),))
        return JSONResponse({"shifted": True})

    async def unload(self, request: Request) -> JSONResponse:
        """End a version's process, unless it is live. What it was asked already is answered first."""
        found = self.replicas.get(request.path_params["version"])
        if found is not None and found is not self._live():
            del self.replicas[found.version]
            await found.drain()
            await found.stop()
        return JSONResponse({"unloaded": found is not None})

    async def stop(self, _request: Request) -> JSONResponse:
        """End the data plane."""
        self._ending.set()
        return JSONResponse({"stopping": True})

    def _live(self) -> Pool | None:
        return self._asker.live


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
