"""Calls to MLflow's REST API from the service, which never imports MLflow."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx

from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError, UnavailableError
from labwright.experiments.mlflow_paths import repeatable
from labwright.experiments.mlflow_server import MlflowServer
from labwright.experiments.remote_server import RemoteServer
from labwright.experiments.tracking_server import TrackingServer
from labwright.service.context import Context

_servers: dict[str, TrackingServer] = {}
_making = threading.Lock()


def server(context: Context) -> TrackingServer:
    """What keeps the runs of this service: its own MLflow (not started by this), or the remote one that was chosen."""
    key = str(context.folders.home)
    with _making:  # a second one would start a second process
        if key not in _servers:
            remote = context.settings.tracking
            if remote is None:
                _servers[key] = MlflowServer(context.folders, context.events)
            else:
                _servers[key] = RemoteServer(remote, context.events, context.folders.home / "mlflow")
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

    Errors: MLflow's own as LabwrightErrors; UnavailableError when it does not answer, or does not take our credentials
    (codes mlflow_unavailable, mlflow_busy, timeout, mlflow_failed, mlflow_error; tracking_credentials,
    tracking_certificate, tracking_redirect, not_mlflow, mlflow_too_old): what was to be written can be sent later.
    ForbiddenError where a remote server does not permit it.
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
    for last in (False, True):
        mlflow.ensure()
        try:
            reply = mlflow.request(method, path, body=body, params=params)
            break
        except httpx.ConnectError as error:
            if last:
                raise mlflow.failure(error) from None
        except httpx.TimeoutException as error:
            raise mlflow.failure(error) from None
        except httpx.TransportError as error:
            # It died while it answered. What may be done twice is sent again; another write may have been done.
            if last or not repeatable(method, path):
                raise mlflow.failure(error) from None
        time.sleep(0.1)  # until its death can be seen
    if refused := mlflow.refusal(reply):
        raise refused
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
    if reply.status_code == 429:
        return UnavailableError("MLflow has too much to do; try again in a moment.", code="mlflow_busy")
    if reply.status_code < 500 and code != "BAD_REQUEST":  # its word for a fault of its database that it does not know
        return InvalidError(f"MLflow refused this: {words}")
    return UnavailableError(f"MLflow could not do this: {words}", code="mlflow_error")
