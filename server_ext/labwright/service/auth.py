"""Every route refuses by default: a request without a token gets 401.

The unix socket, which only its user can open, takes the service's token for everything. The loopback address is there
for MLflow's clients: it answers under /mlflow/ only. There, the tracking token is enough.
"""

from __future__ import annotations

import base64
import hmac
import time

from fastapi import Request
from starlette.types import Scope

from labwright.actor import Actor
from labwright.errors import CredentialError
from labwright.service.context import Context

# Requests that no person and no cell made: they do not keep an idle service alive.
UNWATCHED = {"/events", "/status"}
TRACKING = "/mlflow/"


# These are `async`, so that they need none of the threads in which the routes' work waits.
async def context(request: Request) -> Context:
    """The service's context, for routes."""
    return _context(request)


async def actor(request: Request) -> Actor:
    """On whose behalf the request is. A service of one user has one actor."""
    return _context(request).actor


async def require_token(request: Request) -> None:
    """Refuse a request whose `Authorization: Bearer` is not a token that is good for its address."""
    # The path is the one that routes match; `request.url` repeats what the Host header says.
    path: str = request.scope["path"]
    tracking = path.startswith(TRACKING)
    found = _context(request)
    accepted = [found.token] if tracking or _by_unix_socket(request.scope) else []
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    if tracking:
        accepted.append(found.tracking_token)
        if scheme.lower() == "basic":
            scheme, given, accepted = "bearer", _password(given), [found.tracking_token]
    if scheme.lower() != "bearer" or not any(_same(given.strip(), token) for token in accepted):
        raise CredentialError("This needs Labwright's token; use JupyterLab, the magics or the labwright command.")
    looks_again = tracking and request.headers.get("x-labwright-background") == "1"  # MLflow's own page
    if path not in UNWATCHED and not looks_again:
        request.app.state.last_request = time.monotonic()


def _password(given: str) -> str:
    """MLflow's client sends user and password where it has them; the password that we gave it is the tracking token."""
    try:
        return base64.b64decode(given.strip(), validate=True).decode().partition(":")[2]
    except ValueError:
        return ""


def _context(request: Request) -> Context:
    found: Context = request.app.state.context
    return found


def _by_unix_socket(scope: Scope) -> bool:
    """uvicorn names its own end: a path without a port. (It has no `client` for a TCP connection that has gone.)"""
    server = scope.get("server")
    return server is not None and server[1] is None


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode(), token.encode())
