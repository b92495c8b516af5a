"""The service's way to an endpoint's own address, with its owner's token."""

from __future__ import annotations

import httpx

from labwright.errors import UnavailableError
from labwright.service.context import Context
from labwright.serving import records


def send(
    context: Context, name: str, method: str, path: str, *, timeout: float, content: bytes | None = None
) -> httpx.Response:  # fmt: skip
    """The endpoint's reply, whatever its status; `content` is JSON. Errors: UnavailableError (endpoint_down)."""
    room = records.room(context)
    if (card := room.runner.find(name)) is None:  # whoever has the port now must not get the token, nor the rows
        words = room.problems.get(name, "The endpoint does not run now; try again in a moment.")
        raise UnavailableError(words, code="endpoint_down")
    headers = {"Authorization": f"Bearer {room.runner.folder(name).secret('token')}"}
    if content is not None:
        headers["Content-Type"] = "application/json"
    try:
        with httpx.Client(transport=httpx.HTTPTransport(verify=False), timeout=timeout) as http:
            return http.request(method, f"http://127.0.0.1:{card.port}{path}", content=content, headers=headers)
    except httpx.HTTPError:
        raise no_answer() from None


def no_answer() -> UnavailableError:
    """It runs, and does not answer as it should."""
    return UnavailableError("The endpoint does not answer now; try again in a moment.", code="endpoint_down")
