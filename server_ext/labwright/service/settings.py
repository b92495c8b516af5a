"""Settings of the service, from the environment (`LABWRIGHT_…`)."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """Every setting has a default that is right for a laptop."""

    model_config = SettingsConfigDict(env_prefix="LABWRIGHT_")

    idle_minutes: float = Field(default=30, description="A service with nothing to do ends itself after this long")
    database_url: str | None = Field(default=None, description="SQLAlchemy URL; without it, SQLite in the state folder")
    feature_repository: str | None = Field(default=None, description="Folder with a feature_store.yaml")
