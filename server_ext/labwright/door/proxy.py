"""What of the service is reachable through the Jupyter server, and how a request is passed on."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import APIHandler
from tornado import web
from tornado.iostream import StreamClosedError

import labwright
from labwright.door.link import Link
from labwright.errors import LabwrightError, NotFoundError, UnavailableError

# /shutdown is for the command, and MLflow's own page has a handler of its own (mlflow_page).
PREFIXES = ("experiments", "clusters", "features", "serving", "drift", "operations", "status")
# Jupyter's cookies and tokens stay here: only these headers go on, and of the query all but Jupyter's own words.
REQUEST_HEADERS = (
    "Accept", "Accept-Encoding", "Accept-Language", "Content-Type", "If-Match", "If-None-Match", "Range",
)  # fmt: skip
JUPYTERS_WORDS = ("token", "_xsrf", "no_track_activity")
DROPPED_REPLY_HEADERS = {
    "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailer", "transfer-encoding",
    "upgrade", "server", "date", "set-cookie", "access-control-allow-origin", "access-control-allow-credentials",
    "location", "refresh",  # an address of the service's own socket, or of a server behind it
}  # fmt: skip
BACKGROUND = "X-Labwright-Background"


class LabwrightHandler(APIHandler):
    """What all of the door's handlers share: who may, what counts as activity, errors as problem replies."""

    auth_resource = "labwright"

    def initialize(self, door: Any) -> None:
        """`door` is the extension."""
        self.door = door

    @property
    def link(self) -> Link:
        """The line to the service."""
        link: Link = self.door.link
        return link

    async def prepare(self) -> None:  # type: ignore[override] # as APIHandler's
        """Refuse strangers, and a write that is not JSON: a form of another site can send everything else."""
        # Reading that nobody clicked does not keep a server from being culled as idle.
        self._background = self.request.method == "GET" and self.request.headers.get(BACKGROUND) == "1"
        self._track_activity = not self._background
        await super().prepare()
        if self.request.method != "OPTIONS" and not self.current_user:
            raise web.HTTPError(403, "Log in to Jupyter first.")
        if self.request.method in {"POST", "PUT", "PATCH"} or (self.request.method == "DELETE" and self.request.body):
            kind = self.request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
            if kind != "application/json":
                raise web.HTTPError(415, "Send JSON, with Content-Type: application/json.")

    def write_error(self, status_code: int, **kwargs: Any) -> None:
        """The door's own errors look like the service's (RFC 9457); `message` is where JupyterLab looks."""
        error = (kwargs.get("exc_info") or (None, None, None))[1]
        title = HTTPStatus(status_code).phrase
        code, detail = title.lower().replace(" ", "_"), title
        if isinstance(error, LabwrightError):
            code, detail = error.code, error.message
            if status_code == 503:
                self.set_header("Retry-After", "1")
        elif isinstance(error, web.HTTPError) and error.log_message:
            detail = error.log_message % error.args if error.args else error.log_message
        problem = {"type": "about:blank", "title": code.replace("_", " "), "status": status_code, "code": code,
                   "detail": detail, "message": detail}  # fmt: skip
        self.finish(json.dumps(problem), set_content_type="application/problem+json")

    def finish(self, *args: Any, set_content_type: str | None = None, **kwargs: Any) -> Any:
        """Keep the content type that a reply of the service came with."""
        kind = set_content_type or self._headers.get("Content-Type", "application/json")
        return super().finish(*args, set_content_type=kind, **kwargs)


class DoorHandler(LabwrightHandler):
    """GET /labwright/door: whether the service runs. Starts nothing."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """What the door knows by itself."""
        state = await self.link.running()
        user = self.current_user.username if self.current_user else ""
        self.finish(json.dumps({"running": state is not None, "version": labwright.__version__, "user": user}))


class ProxyHandler(LabwrightHandler):
    """Everything else of /labwright/: passed on to the service, replies as they come."""

    _task: asyncio.Task[None] | None = None

    # jupyter_server's `authorized` remembers the first method that it saw, so each verb is decorated by itself.
    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Read."""
        await self._pass_on()

    @web.authenticated
    @authorized
    async def post(self) -> None:
        """Do."""
        await self._pass_on()

    @web.authenticated
    @authorized
    async def put(self) -> None:
        """Replace."""
        await self._pass_on()

    @web.authenticated
    @authorized
    async def patch(self) -> None:
        """Change."""
        await self._pass_on()

    @web.authenticated
    @authorized
    async def delete(self) -> None:
        """Remove."""
        await self._pass_on()

    def on_connection_close(self) -> None:
        """Nobody waits for the reply any more."""
        if self._task is not None:
            self._task.cancel()

    async def _pass_on(self) -> None:
        path = service_path(self.request.path, self.base_url)
        if path is None:
            raise web.HTTPError(404, "There is no such address.")
        if path == "/status" and await self.link.running() is None:
            # Looking whether the service runs does not start it.
            quiet = {"running": False, "version": labwright.__version__, "owner": "", "namespace": "default",
                     "started": None, "mlflow": "not started", "tracking": "",
                     "going_on": [], "notes": []}  # fmt: skip
            self.finish(json.dumps(quiet))
            return
        await self._send_on(path)

    async def _send_on(self, path: str) -> None:
        self._task = asyncio.ensure_future(self._exchange(path))
        try:
            await self._task
        except asyncio.CancelledError:
            if not self._task.cancelled():
                raise
        except LabwrightError as error:
            self.send_error(error.status, exc_info=(type(error), error, None))

    async def _exchange(self, path: str) -> None:
        if self._background and await self.link.stopped():
            # After `labwright stop` a page that only looks does not start it again; a click does.
            raise UnavailableError("Labwright was stopped; try again to start it.", code="stopped")
        http = await self.link.http()  # imports httpx, in its thread
        self.door.follow()
        import httpx

        query = "&".join(
            part
            for part in self.request.query.split("&")
            if part and unquote(part.partition("=")[0]) not in JUPYTERS_WORDS
        )
        headers = {name: self.request.headers[name] for name in REQUEST_HEADERS if name in self.request.headers}
        headers.setdefault("Accept-Encoding", "identity")
        if self._background:
            headers[BACKGROUND] = "1"
        for last in (False, True):
            try:
                request = http.build_request(
                    self.request.method,
                    f"{path}?{query}" if query else path,
                    headers=headers,
                    content=self.request.body,
                )
                reply = await http.send(request, stream=True)
                break
            except httpx.InvalidURL:
                raise NotFoundError("There is no such address.") from None
            except httpx.TimeoutException:
                raise UnavailableError("Labwright's service does not answer; try again.", code="timeout") from None
            except httpx.TransportError:
                # The service died. As in client.py a write may be sent again: every action may be done again.
                if last:
                    raise UnavailableError("Labwright's service ended while it answered; try again.") from None
                http = await self.link.http(broken=http)
        try:
            await self._reply(reply)
        except (httpx.HTTPError, StreamClosedError):
            # Half a reply must not look like a whole one.
            self.request.connection.stream.close()  # type: ignore[union-attr] # HTTP/1 connections have one
        finally:
            await reply.aclose()

    def secure(self, headers: Any) -> None:
        """Set what a reply's headers, `headers`, must not leave out; the service's own replies need nothing."""

    async def _reply(self, reply: Any) -> None:
        self.set_status(reply.status_code, reply.reason_phrase or None)
        seen = set()
        for name, value in reply.headers.multi_items():
            if name.lower() in DROPPED_REPLY_HEADERS:
                continue
            (self.add_header if name.lower() in seen else self.set_header)(name, value)
            seen.add(name.lower())
        self.secure(reply.headers)
        async for chunk in reply.aiter_raw():
            self.write(chunk)
            await self.flush()
        self.finish()


def service_path(path: str, base_url: str) -> str | None:
    """The service's path for the path of a request, still encoded; None for what does not pass."""
    rest = path.split("/", base_url.count("/"))[-1]  # "labwright/…": the base URL may be encoded in other ways
    inside = rest.removeprefix("labwright/")
    first, _, more = inside.partition("/")
    if first not in PREFIXES or any(part in {".", ".."} for part in unquote(inside).replace("\\", "/").split("/")):
        return None
    return f"/{first}/{more}" if more else f"/{first}"
