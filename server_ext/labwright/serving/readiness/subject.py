"""What a readiness card is about: a candidate that is loaded and does not answer yet, and the version that does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from labwright.actor import Actor
from labwright.errors import NotFoundError
from labwright.experiments import core as experiments
from labwright.experiments.models import RunDetail
from labwright.service.context import Context
from labwright.serving.folder import EndpointFolder
from labwright.serving.models import Version
from labwright.serving.readiness.contributions import Found
from labwright.serving.settings_models import EndpointSettings

# Version and rows ({"kind", "columns", "data"}) → {"predictions": …} or {"error": words}, by its real process.
Score = Callable[[str, dict[str, Any]], dict[str, Any]]


@dataclass
class Subject:
    """`card` and `live_card` are what `fetch` found out about the versions' files; `found` are checks that are made."""

    context: Context
    actor: Actor
    operation: str
    endpoint: str
    version: Version
    card: dict[str, Any]
    live: Version | None
    live_card: dict[str, Any] | None
    folder: EndpointFolder
    settings: EndpointSettings
    load_seconds: float
    score: Score
    found: dict[str, Found] = field(default_factory=dict)

    @cached_property
    def run(self) -> RunDetail | None:
        """The candidate's run; None where it has none, or it was deleted."""
        if self.version.run_id is None:
            return None
        try:
            return experiments.get_run(self.context, self.actor, self.version.run_id)
        except NotFoundError:
            return None

    @property
    def scores(self) -> bool:
        """Whether the candidate answers at all; when it does not, no other check need ask it."""
        example = self.found.get("example_scored")
        return example is None or example.verdict != "fail"
