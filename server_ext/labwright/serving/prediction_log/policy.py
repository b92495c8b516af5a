"""What an endpoint's log keeps, as the writer holds it: the fields of `settings_models.LogSettings`.

A plain class, so that the data plane and the helper that tidies need no pydantic.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labwright.serving.settings_models import LogSettings


@dataclass(frozen=True)
class Policy:
    """See `LogSettings` for each of them."""

    inputs: bool = True
    leave_out: tuple[str, ...] = ()
    hashed: tuple[str, ...] = ()
    entity_keys: tuple[str, ...] = ()
    retention_days: int | None = 90
    max_mb: int | None = 2048
    fsync: bool = False

    @classmethod
    def of(cls, settings: LogSettings | Policy | Mapping[str, Any] | None) -> Policy:
        """From the settings, or from config.json's part of them; what is not said there is as by default."""
        if isinstance(settings, cls):
            return settings
        given: Mapping[str, Any] = settings if isinstance(settings, Mapping) else vars(settings) if settings else {}
        known: dict[str, Any] = {each.name: given[each.name] for each in fields(cls) if each.name in given}
        listed = {name: tuple(value) if isinstance(value, list) else value for name, value in known.items()}
        return cls(**listed)  # type: ignore[arg-type] # checked by LogSettings before it was kept
