"""The endpoint's address: an ASGI application that asks every call for a bearer token and hands it to its protocol.

Every path asks for the token, unknown ones too; cookies are never looked at. A protocol is a module with `routes`.
"""

from __future__ import annotations

import logging
import os
import re

from labwright.serving.plane import feedback, inference_v2, metrics, mlflow_protocol, openapi
from labwright.serving.plane.asking import Asker
from labwright.serving.plane.consumers import Consumers
from labwright.serving.plane.http import Call, Handler, Memory, Receive, Reply, Scope, Send, busy, problem
from labwright.serving.plane.scoring import BadRequest
from labwright.serving.plane.waiting import Unavailable

log = logging.getLogger(__name__)
OF_BROWSERS = {"origin", "sec-fetch-site"}


class Gateway:
    """Tokens, paths, errors; what is answered is `asker`'s."""

    def __init__(self, asker: Asker, consumers: Consumers) -> None:
        self.asker, self.consumers, self.memory = asker, consumers, Memory()
        self._routes: dict[str, dict[str, Handler]] = {}
        self._patterns: list[tuple[re.Pattern[str], dict[str, Handler]]] = []
        for protocol in (mlflow_protocol, inference_v2, feedback, openapi, metrics):
            for path, verbs in protocol.routes(asker).items():
                if "{" in path:  # /v2/models/{model}/infer: a part is anything but a slash
                    pattern = re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)
                    self._patterns.append((re.compile(pattern), verbs))
                self._routes[path] = verbs

    @property
    def paths(self) -> list[str]:
        """All paths, for the test that asks each of them without a token."""
        return list(self._routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        request_id = os.urandom(16).hex()
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            reply = await self._answer(scope, headers, receive, request_id)
        except BadRequest as error:
            reply = problem(error.status, error.code, error.detail)
        except Unavailable as error:
            reply = busy(str(error))
        except Exception:
            log.exception("request %s", request_id)
            reply = problem(500, "internal", "Something went wrong in the endpoint; its log has more.")
        if reply.status >= 400 and scope["path"].startswith(inference_v2.PREFIX):
            reply = inference_v2.as_v2(reply)
        await _send(send, reply, request_id)

    async def _answer(self, scope: Scope, headers: dict[str, str], receive: Receive, request_id: str) -> Reply:
        consumer = self.consumers.of(headers.get("authorization", ""), browser=bool(headers.keys() & OF_BROWSERS))
        if consumer is None:
            words = f"This endpoint takes a bearer token: labwright token {self.asker.name} prints it."
            return problem(401, "unauthorized", words, {"www-authenticate": "Bearer"})
        verbs, parts = self._find(scope["path"])
        if verbs is None:
            return problem(404, "not_found", f"There is no such path; there are {', '.join(self._routes)}.")
        handler = verbs.get(scope["method"])
        if handler is None:
            return problem(405, "method_not_allowed", f"Use {', '.join(verbs)}.", {"allow": ", ".join(verbs)})
        call = Call(
            scope["method"], scope["path"], headers, request_id, consumer, receive, parts, memory=self.memory
        )  # fmt: skip
        try:
            return await handler(call)
        finally:
            call.release()

    def _find(self, path: str) -> tuple[dict[str, Handler] | None, dict[str, str]]:
        if (verbs := self._routes.get(path)) is not None:
            return verbs, {}
        for pattern, verbs in self._patterns:
            if found := pattern.fullmatch(path):
                return verbs, found.groupdict()
        return None, {}


async def _send(send: Send, reply: Reply, request_id: str) -> None:
    fixed = {"x-request-id": request_id, "x-content-type-options": "nosniff", "content-length": str(len(reply.body))}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in (reply.headers | fixed).items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
