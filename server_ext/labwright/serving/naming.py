"""An endpoint's name as a user gives it."""

from __future__ import annotations

import re

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


def unknown(name: str) -> NotFoundError:
    """There is no such endpoint."""
    return NotFoundError(
        f"There is no endpoint named {name[:60]!r}; promote a run to it first, or see %endpoints.", code="no_endpoint"
    )
