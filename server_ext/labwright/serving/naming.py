"""Endpoints and runs as a user names them."""

from __future__ import annotations

import re
from typing import Any

from labwright.errors import InvalidError, NotFoundError
from labwright.serving.models import NAME


def path(name: str) -> str:
    """The name as a part of an address. Errors: NotFoundError for what is no name."""
    if not re.fullmatch(NAME, name):
        raise unknown(name)
    return name


def check_new(name: str) -> None:
    """Errors: InvalidError for what cannot become a name."""
    if not re.fullmatch(NAME, name):
        raise InvalidError("An endpoint's name is of a-z, 0-9 and dashes inside, at most 40 characters.", code="name")


def id_of_run(run: Any) -> str:
    """The text that names a run: what was given, or the id of a run of ours or of MLflow's."""
    about = getattr(run, "info", run)
    return str(getattr(run, "run_id", None) or getattr(about, "run_id", run))


def unknown(name: str) -> NotFoundError:
    """There is no such endpoint."""
    return NotFoundError(
        f"There is no endpoint named {name[:60]!r}; promote a run to it first, or see %endpoints.", code="no_endpoint"
    )
