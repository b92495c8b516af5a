"""`{base_url}labwright/mlflow/`: MLflow's own page, for who is logged in to this Jupyter server.

The page sends no XSRF token, so where a request comes from is checked by the headers that a browser sets and a page
cannot. It runs under our origin: only its own scripts may run there, and what people logged is shown under a policy
that lets nothing of it run. Only what the page needs passes; gateways, assistants, users and webhooks do not.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote, urlsplit

from jupyter_server.auth.decorator import authorized
from tornado import web

from labwright.door.proxy import LabwrightHandler, ProxyHandler

PAGE = re.compile(r"|static-files/.+")
FILES = re.compile(r"get-artifact|model-versions/get-artifact|ajax-api/2\.0/mlflow-artifacts/artifacts(/.*)?")
API = re.compile(
    r"ajax-api/[23]\.0/mlflow/"
    r"(experiments|runs|metrics|artifacts|registered-models|model-versions|logged-models|traces|get-trace-artifact"
    r"|datasets|server-info)(/.*)?|graphql|version"
)
# Inside of what passes: users' permissions, calls of language models.
REFUSED = {"permissions", "create-promptlab-run", "gateway", "webhooks"}
# Questions that are sent as POST.
QUESTION = re.compile(r".*/(search|search-datasets|get-history-bulk.*|get-batch|batchGetTraceInfos)|graphql")
# These run or style the page; nothing that people logged does.
OURS_ONLY = {"script", "style", "worker", "sharedworker", "serviceworker", "object", "embed", "manifest"}

APP_POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; media-src 'self' data: blob:; connect-src 'self' data: blob:; worker-src 'self' blob:; "
    "frame-src 'self' blob:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
FILE_POLICY = (
    "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'; form-action 'none'"
)


class MlflowRootHandler(LabwrightHandler):
    """Without the slash the page's own addresses would be wrong."""

    @web.authenticated
    @authorized
    async def get(self) -> None:
        """Go there."""
        self.redirect(f"{self.base_url}labwright/mlflow/")


class MlflowPageHandler(ProxyHandler):
    """The page, its questions, and the files that were logged."""

    async def prepare(self) -> None:  # type: ignore[override] # as APIHandler's
        """As for all of the door's, but only loading the page and changing something count as activity.

        The page looks again by itself: it must keep neither the server nor the service alive for ever.
        """
        self._raw = _raw(self.request.path, self.base_url)
        self._inside = _decoded(self._raw)
        await super().prepare()
        loads = self.request.method == "GET" and self.request.headers.get("Sec-Fetch-Mode", "navigate") == "navigate"
        changes = self.request.method not in {"GET", "HEAD"} and not QUESTION.fullmatch(self._inside or "")
        self._background = self._background or not (loads or changes)
        self._track_activity = not self._background

    def check_xsrf_cookie(self) -> None:
        """Refuse what another site's page sends with this user's cookie. Jupyter, and its Hub, call this.

        A page of another site cannot set an Authorization header with a token (a browser adds the user and password of
        a proxy before us by itself), nor any of those that are looked at here.
        """
        headers = self.request.headers
        if headers.get("Authorization", "").partition(" ")[0].lower() in {"token", "bearer"}:
            return
        reads = self.request.method in {"GET", "HEAD", "OPTIONS"}
        site = headers.get("Sec-Fetch-Site")
        if site is not None:
            by_person = site == "none" or headers.get("Sec-Fetch-Mode") == "navigate"
            allowed = site == "same-origin" or (reads and by_person)
        else:
            source = headers.get("Origin") or headers.get("Referer")
            allowed = reads if source is None else urlsplit(source).netloc.lower() == self.request.host.lower()
        if not allowed:
            raise web.HTTPError(403, "This comes from another site; open MLflow's page from JupyterLab.")

    async def _pass_on(self) -> None:
        inside = self._inside
        if inside is None or not _passes(self.request.method or "", inside):
            raise web.HTTPError(404, "MLflow's page has no such address here.")
        if not PAGE.fullmatch(inside) and self.request.headers.get("Sec-Fetch-Dest") in OURS_ONLY:
            raise web.HTTPError(403, "What was logged is not run.")
        await self._send_on(f"/mlflow/{self._raw}")

    def secure(self, headers: Any) -> None:
        """Only the application itself may run; `headers` are those of the reply."""
        policy = APP_POLICY if PAGE.fullmatch(self._inside or "") else FILE_POLICY
        self.set_header("Content-Security-Policy", policy)
        self.set_header("X-Content-Type-Options", "nosniff")
        self.set_header("Referrer-Policy", "same-origin")
        self.set_header("Cross-Origin-Resource-Policy", "same-origin")
        self.clear_header("X-Frame-Options")


def _raw(path: str, base_url: str) -> str:
    """MLflow's own path, as it came: the base URL may be encoded in other ways."""
    return path.split("/", base_url.count("/"))[-1].removeprefix("labwright/mlflow/")


def _decoded(raw: str) -> str | None:
    """The path decoded; None for one that would leave it."""
    found = unquote(raw)
    parts = found.replace("\\", "/").split("/")
    return None if any(part in {".", ".."} for part in parts) or "//" in found else found


def _passes(method: str, inside: str) -> bool:
    if PAGE.fullmatch(inside) or FILES.fullmatch(inside):
        return method in {"GET", "HEAD"}
    return bool(API.fullmatch(inside)) and not REFUSED & set(inside.split("/"))
