"""Experiments: runs and their comparison. The truth is MLflow's; these are its parts that people look at."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

from labwright.service.models import Strict

Number = float | None  # NaN and infinity have no JSON: they are None here, and their text is in `Metric.text`.


class Experiment(BaseModel):
    """An MLflow experiment."""

    experiment_id: str
    name: str
    updated: datetime | None


class Metric(BaseModel):
    """The last value of a metric."""

    value: Number
    text: str = Field(description="The value as text; says nan, inf or -inf where value is null")
    step: int


class LoggedModel(BaseModel):
    """A model that a run logged."""

    name: str
    model_id: str | None
    uri: str = Field(description="models:/… or runs:/…, as MLflow knows it")
    has_signature: bool


class Run(BaseModel):
    """One run, as a table shows it."""

    run_id: str
    name: str
    experiment_id: str
    experiment: str
    status: str = Field(description="RUNNING, FINISHED, FAILED, KILLED or SCHEDULED")
    started: datetime | None
    ended: datetime | None
    params: dict[str, str]
    metrics: dict[str, Metric]
    tags: dict[str, str] = Field(description="Without MLflow's own (mlflow.*)")
    notebook: str | None
    source: str | None = Field(description="Such as 'flights.ipynb, cell 7'")
    models: list[LoggedModel]
    costs: dict[str, float] = Field(
        default_factory=dict, description="wall_seconds, cpu_seconds, gpu_seconds, peak_memory_mb, …, money"
    )


class RunPage(BaseModel):
    """Some runs of an experiment, newest first."""

    runs: list[Run]
    next_page: str | None


class RunDetail(BaseModel):
    """A run with its samples of data and its artifacts."""

    run: Run
    artifacts: list[str] = Field(description="Top-level paths")
    reference: str | None = Field(description="The artifact that holds the training sample, if one was logged")
    evaluation: str | None = Field(default=None, description="The artifact that holds rows to judge its model by")


class Compare(Strict):
    """Which runs to compare; the first is the base."""

    run_ids: list[str] = Field(min_length=1, max_length=100)
    points: int = Field(default=500, ge=0, le=500, description="At most so many points a curve; 0 for no curves")


class ComparedValue(BaseModel):
    """A parameter, metric or cost of one run; text is empty where the run has none."""

    text: str
    value: Number = None

    @model_validator(mode="before")
    @classmethod
    def _from_text(cls, given: Any) -> Any:
        """Outputs of notebooks, which are small, write a value that its text says as this text alone."""
        return {"text": given} if isinstance(given, str) else given


class ComparisonRow(BaseModel):
    """One parameter or metric over all runs of a comparison, in the order of `runs`."""

    name: str
    differs: bool
    values: list[ComparedValue]
    best: int | None = Field(default=None, description="Index of the best run, by the metric's usual direction")
    direction: Literal["up", "down", "none"] = Field(default="none", description="Which values are better")


class Curve(BaseModel):
    """A metric of one run over its steps, at most 500 points."""

    run_id: str
    metric: str
    steps: list[int]
    values: list[Number]


class MissingRun(BaseModel):
    """A run that was asked for and cannot be compared."""

    run_id: str
    reason: str


class Comparison(BaseModel):
    """Runs side by side."""

    runs: list[Run]
    params: list[ComparisonRow]
    metrics: list[ComparisonRow]
    curves: list[Curve]
    costs: list[ComparisonRow] = Field(default_factory=list)
    main_metric: str | None = Field(default=None, description="What runs are most likely judged by")
    missing: list[MissingRun] = Field(default_factory=list, description="Runs that are not there any more")
    more_runs: int = Field(default=0, description="In an output: runs that were left out of it")

    @model_validator(mode="before")
    @classmethod
    def _from_output(cls, given: Any) -> Any:
        """Outputs of notebooks leave out of runs what the rows say, and what is empty."""
        if isinstance(given, dict) and isinstance(given.get("runs"), list):
            usual: dict[str, Any] = {"params": {}, "metrics": {}, "tags": {}, "models": []} | dict.fromkeys(
                ("started", "ended", "notebook", "source")
            )
            given = given | {"runs": [usual | run if isinstance(run, dict) else run for run in given["runs"]]}
        return given


class Tracking(BaseModel):
    """Where kernels log to: an address for MLflow's client. The token is in the state folder, not here."""

    uri: str
    remote: str | None = Field(
        default=None, description="Address of the remote server that keeps the runs; null for Labwright's own MLflow"
    )
    username: str = Field(default="", description="The user there")
