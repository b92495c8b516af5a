"""Settings of the service, from the environment (`LABWRIGHT_…`)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from labwright.settings_file import Tracking


class Settings(BaseSettings):
    """Every setting has a default that is right for a laptop."""

    model_config = SettingsConfigDict(env_prefix="LABWRIGHT_")

    idle_minutes: float = Field(default=30, description="A service with nothing to do ends itself after this long")
    database_url: str | None = Field(
        default=None, repr=False, description="SQLAlchemy URL; without it, SQLite in the state folder"
    )
    tracking: Tracking | None = Field(
        default=None, description="The remote tracking server that was chosen (see settings_file); None is our own"
    )
    feature_repository: str | None = Field(default=None, description="Folder with a feature_store.yaml")
