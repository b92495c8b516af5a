"""Calls to MLflow's REST API from the service, which never imports MLflow."""

from __future__ import annotations

import time
from typing import Any

import httpx

from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError, UnavailableError
from labwright.experiments.mlflow_server import MlflowServer
from labwright.service.context import Context

_servers: dict[str, MlflowServer] = {}


def server(context: Context) -> MlflowServer:
    """The MLflow server of this service (not started by this)."""
    key = str(context.folders.home)
    if key not in _servers:
        _servers[key] = MlflowServer(context.folders, context.events)
    return _servers[key]


def call(
    context: Context,
    method: str,
    path: str,
    *,
    body: dict[str, Any] | None = None,
    params: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Call MLflow and give its JSON. `path` is such as "/api/2.0/mlflow/runs/get". Starts MLflow when needed.

    Errors: MLflow's own as LabwrightErrors; UnavailableError when it does not answer.
    """
    reply = send(context, method, path, body=body, params=params)
    found: dict[str, Any] = reply.json() if reply.content else {}
    return found


def send(
    context: Context,
    method: str,
    path: str,
    *,
    body: dict[str, Any] | None = None,
    params: dict[str, Any] | None = None,
) -> httpx.Response:
    """Like `call`, for replies that are not JSON."""
    mlflow = server(context)
    reads = method == "GET" or path.endswith(("/search", "/get"))
    for last in (False, True):
        mlflow.ensure()
        try:
            reply = mlflow.request(method, path, body=body, params=params)
            break
        except httpx.ConnectError:
            if last:
                raise UnavailableError("MLflow does not answer; try again.", code="mlflow_unavailable") from None
        except httpx.TimeoutException:
            raise UnavailableError("MLflow did not answer in time; try again.", code="timeout") from None
        except httpx.TransportError:
            # It died while it answered. A read is sent again; a write may have been done.
            if last or not reads:
                raise UnavailableError(
                    "MLflow ended while it answered; look whether it was done, and try again.",
                    code="mlflow_unavailable",
                ) from None
        time.sleep(0.1)  # until its death can be seen
    if reply.is_error:
        raise _error(reply)
    return reply


def _error(reply: httpx.Response) -> LabwrightError:
    try:
        problem = reply.json()
        code, words = str(problem["error_code"]), str(problem["message"])[:300]
    except (ValueError, KeyError, TypeError):
        code, words = "", f"status {reply.status_code}"
    if code == "RESOURCE_DOES_NOT_EXIST" or reply.status_code == 404:
        return NotFoundError(f"MLflow does not have this: {words}")
    if code == "RESOURCE_ALREADY_EXISTS":
        return ConflictError(f"MLflow has this already: {words}", code="exists")
    if reply.status_code < 500:
        return InvalidError(f"MLflow refused this: {words}")
    return UnavailableError(f"MLflow could not do this: {words}", code="mlflow_error")
