"""Every route refuses by default: a request without the service's token gets 401."""

from __future__ import annotations

import hmac
import time

from fastapi import Request

from labwright.actor import Actor
from labwright.errors import CredentialError
from labwright.service.context import Context

# Requests that no person and no cell made: they do not keep an idle service alive.
UNWATCHED = {"/events", "/status"}


def context(request: Request) -> Context:
    """The service's context, for routes."""
    found: Context = request.app.state.context
    return found


def require_token(request: Request) -> None:
    """Refuse a request whose `Authorization: Bearer` is not the service's token."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    expected = context(request).token
    if scheme.lower() != "bearer" or not hmac.compare_digest(given.strip().encode(), expected.encode()):
        raise CredentialError("This needs Labwright's token; use JupyterLab, the magics or the labwright command.")
    if request.url.path not in UNWATCHED:
        request.app.state.last_request = time.monotonic()


def actor(request: Request) -> Actor:
    """On whose behalf the request is. A service of one user has one actor."""
    return context(request).actor
