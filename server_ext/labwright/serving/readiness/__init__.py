"""The readiness card: what is found out about a candidate, in its real process, before it may answer."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from labwright.serving.readiness.contributions import contribute

if TYPE_CHECKING:
    from labwright.serving.readiness.models import ReadinessCard
    from labwright.serving.readiness.subject import Subject

__all__ = ["contribute", "run"]


def run(subject: Subject, tell: Callable[[ReadinessCard], None], check: Callable[[], None]) -> ReadinessCard:
    """Make all checks; `tell` is given the card as it fills, `check` raises when somebody cancelled."""
    from labwright.serving.readiness.running import run as make  # the card's words are read where no service is

    return make(subject, tell, check)
