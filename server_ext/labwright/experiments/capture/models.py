"""What is recorded of a run beside MLflow's own: the models of `labwright/cells.json` and `labwright/context.json`."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, Field

from labwright.service.models import Strict


class ExecutedCell(BaseModel):
    """A cell that the kernel ran, secrets masked."""

    order: int = Field(description="1 for the first cell since the kernel's start")
    execution_count: int | None = None
    cell_id: str | None = None
    source: str
    started: datetime | None = Field(default=None, description="None for what ran before Labwright was loaded")
    seconds: float | None = Field(default=None, description="None for the cell that goes on")
    ok: bool | None = None


class GitState(BaseModel):
    """The repository that the notebook lies in."""

    commit: str | None
    branch: str | None
    changed_files: int = Field(description="Tracked files with uncommitted changes")
    remote: str | None = Field(default=None, description="Address of origin, without a password")


class DataSet(BaseModel):
    """A data set that the run read, by its fingerprint."""

    name: str
    digest: str
    source: str = ""
    rows: int | None = None
    columns: int | None = None


class FeatureViewUsed(BaseModel):
    """A feature view that made the run's data."""

    name: str
    version: str = Field(description="Digest of its definition")


class ClusterUsed(BaseModel):
    """The cluster that the notebook was connected to."""

    name: str
    workers: int
    threads: int
    gpus: int


class Recorded(BaseModel):
    """What a run has for being restored."""

    run_id: str
    run: str
    experiment: str
    notebook: str | None = None
    commit: str | None = None
    branch: str | None = None
    python: str = ""
    kernel: str = Field(default="python3", description="Name of the kernelspec")
    has_diff: bool = False
    cells: list[ExecutedCell]
    lock: str = ""


class Restore(Strict):
    """Where to: the page names the folder that its file browser shows as the root."""

    root: str | None = Field(default=None, max_length=4096)


class Restored(BaseModel):
    """The files that hold a run's cells and its environment."""

    path: str
    lock: str | None
    relative: str | None = Field(default=None, description="Path below the root that was named")
    message: str


class OutputMetric(BaseModel):
    """A metric of a run, as the cell's output shows it."""

    name: str
    last: str
    best: str = Field(default="", description="Empty where nobody knows which way is better")
    best_step: int | None = None
    steps: list[int] = Field(default_factory=list)
    values: list[float | None] = Field(default_factory=list, description="None for NaN and infinity")


class OutputFact(BaseModel):
    """A name and what it is, as text."""

    name: str
    text: str


class RunOutput(BaseModel):
    """The output of the cell that made a run: live while it goes on, and what stays of it."""

    run_id: str
    name: str
    experiment: str
    experiment_id: str
    status: str = Field(description="RUNNING, FINISHED, FAILED or KILLED")
    started: datetime
    seconds: float
    source: str = ""
    metrics: list[OutputMetric] = Field(default_factory=list)
    params: list[OutputFact] = Field(default_factory=list)
    models: list[OutputFact] = Field(default_factory=list)
    cost: list[OutputFact] = Field(default_factory=list)
    recorded: list[OutputFact] = Field(default_factory=list)
    left_out: list[str] = Field(default_factory=list)
    more_metrics: int = Field(default=0, description="Metrics that are not shown here")
    more_params: int = 0
    trouble: str = ""


class Price(BaseModel):
    """What an hour costs, by the settings; the run's estimated cost follows from it."""

    per_cpu_hour: float
    per_gpu_hour: float
    currency: str = ""


class RunContext(BaseModel):
    """Where, on what and with what a run was made."""

    notebook: str | None = None
    cell: int | None = None
    git: GitState | None = None
    python: str = ""
    platform: str = ""
    packages: int | None = Field(default=None, description="Packages in the lock")
    data: list[DataSet] = Field(default_factory=list)
    feature_views: list[FeatureViewUsed] = Field(default_factory=list)
    cluster: ClusterUsed | None = None
    price: Price | None = None
    masked: int = Field(default=0, description="Places where a secret stood, in what was recorded")
    left_out: list[str] = Field(default_factory=list, description="Parts that were not recorded, each with its reason")
