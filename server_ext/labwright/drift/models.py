"""Drift: how far the data that an endpoint sees has moved from the data that its model learnt from."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from labwright.service.models import Strict


class MakeReport(Strict):
    """Ask for a report on an endpoint's recent inputs against its model's training sample."""

    endpoint: str = Field(max_length=40)
    window: str | None = Field(
        default=None,
        pattern=r"^[0-9]{1,4}[mhdw]$",
        description="How far back, such as 30m, 12h, 7d, 2w; without it, all",
    )


class Histogram(BaseModel):
    """The two distributions of a column, on the same bins. Counts are shares of rows, 0 to 1."""

    labels: list[str] = Field(description="A label per bin: a range, or a category")
    reference: list[float]
    current: list[float]


class ColumnDrift(BaseModel):
    """Evidently's verdict on one column."""

    name: str
    kind: str = Field(description="num or cat")
    method: str = Field(description="Evidently's test, such as 'Wasserstein distance (normed)'")
    score: float | None
    threshold: float
    drifted: bool
    reference_mean: float | None
    current_mean: float | None
    reference_missing: float = Field(default=0.0, description="Share of rows without a value, 0 to 1")
    current_missing: float = Field(default=0.0, description="Share of rows without a value, 0 to 1")
    histogram: Histogram | None
    note: str = Field(default="", description="What the reader of the verdict should know, in a sentence")


class NotCompared(BaseModel):
    """A column that has no verdict, and why."""

    name: str
    reason: str


class DriftReport(BaseModel):
    """A report. The full one, Evidently's own page, is beside it and is shown only in a sandbox."""

    id: str
    endpoint: str = Field(description="Empty for a report on frames of the notebook's own")
    version: str = Field(description="The live version, whose training sample is the reference")
    created: datetime
    window: str | None
    reference_rows: int
    current_rows: int
    compared: int = Field(description="Number of columns with a verdict; `columns` may hold fewer in an output")
    drifted: int = Field(description="Number of columns that drifted")
    share: float = Field(description="Share of columns that drifted, 0 to 1")
    columns: list[ColumnDrift] = Field(description="Drifted first, the strongest first")
    not_compared: list[NotCompared] = Field(default_factory=list)
    notes: list[str] = Field(
        default_factory=list, description="What the reader should know, such as that rows were sampled"
    )
