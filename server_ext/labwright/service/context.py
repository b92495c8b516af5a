"""What every capability's core is given: the folders, the settings, the store, push, operations."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from labwright.actor import Actor
from labwright.service.events import Events
from labwright.service.operations import Operations
from labwright.service.settings import Settings
from labwright.service.store import Store
from labwright.service.tracking_token import tracking_token
from labwright.state import Folders


@dataclass
class Context:
    """One for each service. `notes` are sentences that the user should read, such as that a cluster was lost."""

    folders: Folders
    settings: Settings
    store: Store
    events: Events
    operations: Operations
    actor: Actor
    token: str
    url: str = ""
    notes: list[str] = field(default_factory=list)

    @cached_property
    def tracking_token(self) -> str:
        """What MLflow's clients are given."""
        return tracking_token(self.folders)
