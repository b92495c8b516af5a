"""The one place where errors become replies (RFC 9457 problem details)."""

from __future__ import annotations

import logging

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from labwright.errors import LabwrightError
from labwright.service.models import Problem
from labwright.service.store import GONE

log = logging.getLogger(__name__)


def reply(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
    """A problem as a reply."""
    problem = Problem(title=code.replace("_", " "), status=status, code=code, detail=detail)
    return JSONResponse(
        problem.model_dump(), status_code=status, headers=headers, media_type="application/problem+json"
    )


def _of_labwright(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, LabwrightError)
    headers = {"Retry-After": "1"} if error.status == 503 else None
    return reply(error.status, error.code, error.message, headers)


def _of_database(_request: Request, error: Exception) -> JSONResponse:
    # Its own words may hold parameters, and the log has them.
    log.error("the database does not answer: %s", str(getattr(error, "orig", None) or error).strip()[:300])
    words = "Labwright's database does not answer; try again. `labwright doctor` names the log."
    return reply(503, "database_unavailable", words, {"Retry-After": "1"})


def _of_validation(_request: Request, error: Exception) -> JSONResponse:
    # Where and what, never the value that was given: it may be a secret, or very long.
    assert isinstance(error, RequestValidationError)
    parts = [
        f"{'.'.join(str(part) for part in item['loc'] if part != 'body') or 'body'}: {item['msg']}"
        for item in error.errors()[:5]
    ]
    return reply(422, "invalid", "; ".join(parts))


def _of_http(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    words = {404: "There is no such address.", 405: "This address does not take that method."}
    code = {404: "not_found", 405: "method_not_allowed"}.get(error.status_code, "http_error")
    return reply(error.status_code, code, words.get(error.status_code, str(error.detail)))


def _of_anything(_request: Request, error: Exception) -> JSONResponse:
    log.error("unexpected error", exc_info=error)
    return reply(500, "internal", "Something went wrong inside Labwright; `labwright doctor` names the log.")


def install(app: FastAPI) -> None:
    """Register all of them."""
    app.add_exception_handler(LabwrightError, _of_labwright)
    for kind in GONE:
        app.add_exception_handler(kind, _of_database)
    app.add_exception_handler(RequestValidationError, _of_validation)
    app.add_exception_handler(HTTPException, _of_http)
    app.add_exception_handler(Exception, _of_anything)
