"""`/mlflow/…` on the service's loopback address: MLflow's server for the clients in kernels, streamed both ways."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated

import httpx
from fastapi import APIRouter, Depends, Request
from starlette.background import BackgroundTask
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse

from labwright.errors import UnavailableError
from labwright.experiments.mlflow_rest import server
from labwright.experiments.mlflow_server import MlflowServer
from labwright.service import auth
from labwright.service.context import Context

router = APIRouter(tags=["mlflow"], include_in_schema=False)

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
# Hop by hop, or not for MLflow: our token stays here, and its checks of host and origin are ours to make.
DROPPED = {
    "host", "connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te", "trailers",
    "transfer-encoding", "upgrade", "authorization", "origin", "referer", "cookie",
}  # fmt: skip
_announced: dict[str, float] = {}
_clients: dict[int, httpx.AsyncClient] = {}


def _client(mlflow: MlflowServer) -> httpx.AsyncClient:
    if id(mlflow) not in _clients:
        limits = httpx.Limits(max_connections=200, max_keepalive_connections=20)
        transport = httpx.AsyncHTTPTransport(uds=str(mlflow.socket), limits=limits)
        _clients[id(mlflow)] = httpx.AsyncClient(transport=transport, timeout=httpx.Timeout(600, connect=5))
    return _clients[id(mlflow)]


@router.api_route("/mlflow/{path:path}", methods=METHODS)
async def proxy(request: Request, context: Annotated[Context, Depends(auth.context)]) -> StreamingResponse:
    """Pass a request on and stream the reply."""
    mlflow = server(context)
    for last in (False, True):
        if not mlflow.alive:
            await run_in_threadpool(mlflow.ensure)
        try:
            reply = await _client(mlflow).send(_outgoing(request), stream=True)
            break
        except httpx.ConnectError:
            if last:
                raise UnavailableError("MLflow does not answer; try again.", code="mlflow_unavailable") from None
        except httpx.TransportError:
            # It died while it answered. A read is asked again; a write may have been done, and its body is gone.
            if last or request.method not in ("GET", "HEAD"):
                gone = "MLflow ended while it answered; try again."
                raise UnavailableError(gone, code="mlflow_unavailable") from None
        await asyncio.sleep(0.1)  # until its death can be seen
    if request.method != "GET" and reply.is_success:
        _announce(context, request.url.path)
    headers = {name: value for name, value in reply.headers.items() if name not in DROPPED}
    return StreamingResponse(
        _body(reply), status_code=reply.status_code, headers=headers, background=BackgroundTask(reply.aclose)
    )


def _announce(context: Context, path: str) -> None:
    """Tell the page that runs changed: at once when a run begins or ends, now and then while values come."""
    if path.endswith("/search"):
        return
    at_once = not path.endswith(("/log-batch", "/log-metric", "/log-parameter", "/set-tag")) and "artifacts" not in path
    if at_once or time.monotonic() - _announced.get("values", 0.0) > 2:
        _announced["values"] = time.monotonic()
        context.events.publish("experiments", "runs")


def _outgoing(request: Request) -> httpx.Request:
    path: bytes = request.scope["raw_path"].partition(b"/mlflow")[2] or b"/"
    if query := request.scope["query_string"]:
        path += b"?" + query
    headers = {name: value for name, value in request.headers.items() if name not in DROPPED}
    has_body = "content-length" in request.headers or "transfer-encoding" in request.headers
    return httpx.Request(
        request.method,
        httpx.URL("http://localhost", raw_path=path),
        headers=headers,
        content=request.stream() if has_body else None,
    )


async def _body(reply: httpx.Response) -> AsyncIterator[bytes]:
    async for chunk in reply.aiter_raw():
        yield chunk
