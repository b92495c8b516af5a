"""Features: feature views, point-in-time joins. The truth is Feast's registry."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field


class Feature(BaseModel):
    """A column of a feature view."""

    name: str
    dtype: str
    description: str = ""


class FeatureView(BaseModel):
    """A feature view as the registry has it."""

    name: str
    project: str
    entities: list[str]
    join_keys: list[str]
    features: list[Feature]
    source: str = Field(description="Where the rows come from, such as a file's path")
    timestamp_field: str
    ttl_seconds: float | None
    description: str
    owner: str
    tags: dict[str, str]
    created: datetime | None
    updated: datetime | None
    version: str = Field(default="", description="A digest of its definition: the same as long as nothing is changed")
    online: bool = Field(default=True, description="Whether it is meant to be looked up online")
    materialized: datetime | None = Field(default=None, description="Up to when its rows are in the online store")


class FeatureRepository(BaseModel):
    """All feature views of the repository that Labwright uses."""

    path: str
    views: list[FeatureView]


class Preview(BaseModel):
    """The first rows of a view's source. Cells are text."""

    columns: list[str]
    rows: list[list[str]]
    total_rows: int | None


class FeatureViewDetail(BaseModel):
    """A feature view with a look at its rows."""

    view: FeatureView
    preview: Preview | None
    note: str = Field(default="", description="Why there is no preview, when there is none")


class Applied(BaseModel):
    """What applying did to one definition."""

    name: str
    kind: str = Field(description="Feast's word, such as feature view")
    change: str = Field(description="created, updated or unchanged")
