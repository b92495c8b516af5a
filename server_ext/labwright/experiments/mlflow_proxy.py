"""`/mlflow/…` on the service's loopback address: MLflow's server for the clients in kernels, streamed both ways.

The same address whoever keeps the runs. The credentials of a remote server are added here and nowhere else: no kernel,
run, job or model process has them.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, Request
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response, StreamingResponse

from labwright.errors import LabwrightError, NotFoundError
from labwright.experiments.mlflow_paths import repeatable
from labwright.experiments.mlflow_rest import server
from labwright.experiments.tracking_server import TrackingServer
from labwright.service import auth
from labwright.service.context import Context

router = APIRouter(tags=["mlflow"], include_in_schema=False)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
# Hop by hop, or not for MLflow: our token stays here, and its checks of host and origin are ours to make.
DROPPED = {
    "host", "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers",
    "transfer-encoding", "upgrade", "authorization", "origin", "referer", "cookie", "set-cookie", "www-authenticate",
    "access-control-allow-origin", "access-control-allow-credentials", "x-labwright-background",
}  # fmt: skip
# A small body of what may be sent twice is kept, so that it can be.
MOST_KEPT = 8 << 20
# MLflow's client sends again what was answered with 503, and gives up at 409.
LATER, UNKNOWN = 503, 409
# What does not change by sending it again.
LASTING = {
    "permission_denied": 403, "tracking_credentials": 401, "tracking_certificate": 424, "tracking_redirect": 424,
    "not_mlflow": 424, "mlflow_too_old": 424,
}  # fmt: skip
_announced: dict[str, float] = {}


@router.api_route("/mlflow/{path:path}", methods=METHODS)
async def proxy(request: Request, context: Annotated[Context, Depends(auth.context)]) -> Response:
    """Pass a request on and stream the reply."""
    if {".", ".."} & set(request.scope["path"].replace("\\", "/").split("/")):
        # It would leave a remote server's own path, with the credentials for it.
        return _said(NotFoundError("MLflow has no such address."), 404)
    mlflow = server(context)
    try:
        reply = await _exchange(request, mlflow)
    except _UnknownError as error:
        return _said(error.error, UNKNOWN)
    except LabwrightError as error:
        return _said(error, LASTING.get(error.code, LATER))
    if refused := mlflow.refusal(reply):
        await reply.aclose()
        return _said(refused, LASTING.get(refused.code, LATER))
    if request.method != "GET" and reply.is_success:
        _announce(context, request.url.path)
    headers = {name: value for name, value in reply.headers.items() if name not in DROPPED}
    return StreamingResponse(
        _body(reply), status_code=reply.status_code, headers=headers, background=BackgroundTask(reply.aclose)
    )


class _UnknownError(Exception):
    """Nobody knows whether it was done, and doing it twice would do more."""

    def __init__(self, error: LabwrightError) -> None:
        super().__init__(error.message)
        self.error = error


async def _exchange(request: Request, mlflow: TrackingServer) -> httpx.Response:
    """Ask, and ask again where that is safe. Errors: LabwrightError when it may be sent again; _UnknownError."""
    again = repeatable(request.method, request.scope["path"])
    length = int(request.headers.get("content-length", "0") or 0)
    small = length <= MOST_KEPT and "transfer-encoding" not in request.headers
    kept = await request.body() if again and small else None
    for last in (False, True):
        if not mlflow.alive:
            await run_in_threadpool(mlflow.ensure)
        try:
            with mlflow.asked():
                return await mlflow.asynchronous().send(_outgoing(request, mlflow, kept), stream=True)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            if last:
                raise mlflow.failure(error) from None
        except httpx.TransportError as error:
            # It died while it answered.
            if not again and request.method != "PUT":
                raise _UnknownError(mlflow.failure(error)) from None
            if last or kept is None or isinstance(error, httpx.TimeoutException):
                raise mlflow.failure(error) from None
        await asyncio.sleep(0.1)  # until its death can be seen
    raise AssertionError


def _said(error: LabwrightError, status: int) -> Response:
    """An error as MLflow's client reads it, and as ours."""
    problem = {
        "error_code": error.code.upper(), "message": error.message,
        "type": "about:blank", "title": error.code.replace("_", " "), "status": status, "code": error.code,
        "detail": error.message,
    }  # fmt: skip
    headers = {"Retry-After": "1"} if status == LATER else None
    return Response(json.dumps(problem), status, headers, "application/problem+json")


def _announce(context: Context, path: str) -> None:
    """Tell the page that runs changed: at once when a run begins or ends, now and then while values come."""
    if path.endswith("/search"):
        return
    at_once = not path.endswith(("/log-batch", "/log-metric", "/log-parameter", "/set-tag")) and "artifacts" not in path
    if at_once or time.monotonic() - _announced.get("values", 0.0) > 2:
        _announced["values"] = time.monotonic()
        context.events.publish("experiments", "runs")


def _outgoing(request: Request, mlflow: TrackingServer, kept: bytes | None) -> httpx.Request:
    path: bytes = request.scope["raw_path"].partition(b"/mlflow")[2] or b"/"
    if query := request.scope["query_string"]:
        path += b"?" + query
    headers = {name: value for name, value in request.headers.items() if name not in DROPPED}
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    return mlflow.asynchronous().build_request(
        request.method,
        mlflow.base.copy_with(raw_path=mlflow.base.raw_path.rstrip(b"/") + path),
        headers=headers,
        content=(request.stream() if kept is None else kept) if has_body else None,
    )


async def _body(reply: httpx.Response) -> AsyncIterator[bytes]:
    async for chunk in reply.aiter_raw():
        yield chunk
