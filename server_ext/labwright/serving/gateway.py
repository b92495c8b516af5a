"""The endpoint's address: MLflow's scoring protocol behind a bearer token. An ASGI application.

Every path asks for the token, unknown ones too; cookies are never looked at. Only the token's SHA-256 is held.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import time
import uuid
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import UTC, datetime
from typing import Any

from labwright.serving.prediction_log import Writer
from labwright.serving.replica import Replica, Unavailable
from labwright.serving.scoring import BadRequest, parse

log = logging.getLogger(__name__)
LARGEST_BODY = 64 << 20
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = dict[str, str]


class Gateway:
    """Holds what serves now: `live` is one attribute, so a swap of versions is one assignment."""

    def __init__(self, name: str, token: str, writer: Writer) -> None:
        self.name, self.log, self.predictions = name, writer, 0
        self.live: Replica | None = None
        self.refused = 0
        self._token = hashlib.sha256(token.encode()).digest()
        self._routes: dict[str, dict[str, Callable[..., Awaitable[_Reply]]]] = {
            "/invocations": {"POST": self._invocations},
            "/ping": {"GET": self._ping},
            "/health": {"GET": self._ping},
            "/version": {"GET": self._version},
        }

    @property
    def paths(self) -> list[str]:
        """All paths, for the test that asks each of them without a token."""
        return list(self._routes)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            return
        request_id = uuid.uuid4().hex
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        try:
            reply = await self._answer(scope, headers, receive, request_id)
        except Exception:
            log.exception("request %s", request_id)
            reply = _problem(500, "internal", "Something went wrong in the endpoint; its log has more.")
        await _send(send, reply, request_id)

    async def _answer(self, scope: Scope, headers: Headers, receive: Receive, request_id: str) -> _Reply:
        if not self._may(headers.get("authorization", "")):
            words = f"This endpoint takes a bearer token: labwright token {self.name} prints it."
            return _problem(401, "unauthorized", words, {"www-authenticate": "Bearer"})
        route = self._routes.get(scope["path"])
        if route is None:
            return _problem(404, "not_found", f"There is no such path; there are {', '.join(self._routes)}.")
        verb = route.get(scope["method"])
        if verb is None:
            return _problem(405, "method_not_allowed", f"Use {', '.join(route)}.", {"allow": ", ".join(route)})
        return await verb(headers, receive, request_id)

    def _may(self, authorization: str) -> bool:
        scheme, _, given = authorization.partition(" ")
        found = hashlib.sha256(given.strip().encode("latin-1")).digest()
        return hmac.compare_digest(found, self._token) and scheme.lower() == "bearer"

    async def _ping(self, _headers: Headers, _receive: Receive, _request_id: str) -> _Reply:
        if self.live is None or self.live.state != "ready":
            return _busy("The model is not ready yet." if self.live else "Nothing is promoted to this endpoint yet.")
        return _Reply(200, b"\n", {"content-type": "application/json"})

    async def _version(self, _headers: Headers, _receive: Receive, _request_id: str) -> _Reply:
        found = {"endpoint": self.name, "version": self.live.version if self.live else None}
        return _Reply(200, json.dumps(found).encode(), {"content-type": "application/json"})

    async def _invocations(self, headers: Headers, receive: Receive, request_id: str) -> _Reply:
        at, begin = datetime.now(UTC), time.perf_counter()
        live, rows, columns, logged, found = self.live, 0, "", "", {}
        try:
            body = await _body(headers, receive)
            live = self.live  # after the last wait: from here to the queue no swap of versions can come between
            if live is None:
                raise Unavailable("Nothing is promoted to this endpoint yet.")
            wanted = parse(body, headers.get("content-type", ""), live.schema)
            rows, text = len(wanted.data), _text(wanted.data)
            found = await live.answer(wanted, text)
            if "code" in found:
                raise BadRequest(found["error"], status=found["status"], code=found["code"])
            if "error" in found:
                status = 422 if found["status"] == 422 else 500
                words = live.schema.explain(wanted, found["error"]) if status == 422 else (
                    "The model failed on this input; its log has more."
                )  # fmt: skip
                raise BadRequest(words, status=status, code="invalid" if status == 422 else "model_failed")
            columns = json.dumps(wanted.columns or ["input"])
            logged = text if wanted.columns else f"[{','.join(f'[{json.dumps(item)}]' for item in wanted.data)}]"
            head = {"content-type": "application/json", "x-labwright-version": live.version}
            if len(found["result"]) < 4000:
                head["x-labwright-result"] = found["result"]
            reply = _Reply(200, b'{"predictions": ' + found["predictions"].encode() + b"}", head)
        except BadRequest as error:
            reply = _problem(error.status, error.code, error.detail)
        except Unavailable as error:
            reply = _busy(str(error))
        latency = (time.perf_counter() - begin) * 1000
        version = live.version if live else None
        if reply.status == 200:
            self.predictions += rows
            self.log.write(request_id, at, version, 200, latency, rows, columns, logged, found["predictions"])
        else:
            self.refused += 1
            self.log.write(request_id, at, version, reply.status, latency, rows)
        return reply


def _text(data: list[Any]) -> str:
    try:
        return json.dumps(data, allow_nan=False)
    except ValueError:  # 1e999 in JSON, inf in CSV
        words = "A number is infinite or too large for a float; leave its row out, or send null for a missing value."
        raise BadRequest(words) from None


class _Reply:
    def __init__(self, status: int, body: bytes, headers: Headers) -> None:
        self.status, self.body, self.headers = status, body, headers


def _problem(status: int, code: str, detail: str, headers: Headers | None = None) -> _Reply:
    body = {"type": "about:blank", "title": code.replace("_", " "), "status": status, "code": code, "detail": detail}
    return _Reply(status, json.dumps(body).encode(), {"content-type": "application/problem+json", **(headers or {})})


def _busy(words: str) -> _Reply:
    return _problem(503, "unavailable", words, {"retry-after": "1"})


async def _body(headers: Headers, receive: Receive) -> bytes:
    """The whole body. Errors: BadRequest when it is too long or does not come to its end."""
    too_long = BadRequest(f"A body is at most {LARGEST_BODY >> 20} MB; send fewer rows.", status=413, code="too_long")
    if headers.get("content-length", "0").isdigit() and int(headers.get("content-length", "0")) > LARGEST_BODY:
        raise too_long
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise BadRequest("The body ended early.", status=400, code="cut_short")
        body += message.get("body", b"")
        if len(body) > LARGEST_BODY:
            raise too_long
        if not message.get("more_body", False):
            return bytes(body)


async def _send(send: Send, reply: _Reply, request_id: str) -> None:
    fixed = {"x-request-id": request_id, "x-content-type-options": "nosniff", "content-length": str(len(reply.body))}
    headers = [(name.encode(), value.encode("latin-1")) for name, value in (reply.headers | fixed).items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
