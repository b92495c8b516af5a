"""Where a served model comes from, and where a run's model went."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from labwright.experiments.capture.models import DataSet, FeatureViewUsed
from labwright.serving.traffic_models import Role


class VersionOrigin(BaseModel):
    """From a version back to what made it. What was not recorded is null or empty, and `note` says why."""

    version: str
    role: Role | None = Field(description="What it does now; null for the version that a rollback goes back to")
    percent: float
    model: str = Field(description="The registered model's name")
    digest: str
    run_id: str | None
    run_name: str | None
    experiment: str | None = None
    notebook: str | None = None
    cell: int | None = Field(default=None, description="Execution count of the cell that made the run")
    cell_id: str | None = None
    commit: str | None = None
    branch: str | None = None
    user: str | None = None
    recorded: bool = Field(default=False, description="Whether the cells that made the run can be restored")
    data: list[DataSet] = Field(default_factory=list)
    feature_views: list[FeatureViewUsed] = Field(default_factory=list)
    note: str = ""


class Lineage(BaseModel):
    """An endpoint's versions and what made them, the live one first."""

    endpoint: str
    versions: list[VersionOrigin]


class ServedRun(BaseModel):
    """An endpoint that serves a run's model, or did."""

    endpoint: str
    version: str
    role: Role | None = Field(description="What it does there now; null when it is past")
    percent: float
    first: datetime = Field(description="When it was first given traffic there")
    last: datetime | None = Field(description="Until when it had traffic; null while it has")
    exists: bool = Field(description="False when the endpoint was deleted")
