"""Models of the side bar's list of experiments, and of where a run comes from."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from labwright.experiments.capture.models import RunContext
from labwright.experiments.models import Experiment, Number


class LatestRun(BaseModel):
    """A run in one line."""

    run_id: str
    name: str
    status: str
    started: datetime | None
    metric: str | None = Field(description="By name, so that runs of one kind show the same one")
    value: Number
    text: str = Field(description="The metric's value as text; says nan, inf or -inf where value is null")


class Overview(BaseModel):
    """An experiment with its newest runs."""

    experiment: Experiment
    runs: list[LatestRun]
    more: bool = Field(description="Whether there are older ones; for an experiment that rests, whether there are any")


class Origin(BaseModel):
    """Where a run was made."""

    notebook: str | None = Field(description="As the kernel knows it: a path on its machine, or one of Jupyter's")
    cell: int | None = Field(description="Execution count of the cell")
    cell_id: str | None
    commit: str | None
    branch: str | None
    user: str | None
    recorded: bool = Field(description="Whether the executed cells were recorded, so that they can be restored")
    context: RunContext | None = Field(default=None, description="What else was recorded, if it can be read")
