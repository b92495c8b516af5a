"""Models of the runs table: what the page asks for, and the window of rows that it shows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from labwright.experiments.direction import Direction
from labwright.service.models import Strict

Cell = float | str | None
"""A number, or text; NaN and infinity are the texts nan, inf, -inf. Times are seconds since the epoch."""

Aggregate = Literal["last", "best", "min", "max"]
Key = Annotated[str, Field(max_length=500)]  # MLflow's names have at most 250 characters


class Kind(StrEnum):
    """What a column holds."""

    text = "text"
    number = "number"
    time = "time"
    seconds = "seconds"


class Column(BaseModel):
    """A column that the experiment's runs have."""

    key: str = Field(
        description="attributes.name|status|start_time|end_time|duration|source|notebook|user, params.NAME, "
        "metrics.NAME, tags.NAME, cost.wall_seconds|cpu_seconds|gpu_seconds|peak_memory_mb|peak_gpu_memory_mb|money"
    )
    kind: Kind
    filled: int = Field(description="How many runs of this lifecycle have a value")
    direction: Direction = Field(
        default=Direction.none,
        description="Of a metric: which values are better, by its name; where nobody knows, its best is its last",
    )


class Sort(Strict):
    """An order; runs without a value come last either way."""

    key: Key
    descending: bool = False


class TableQuery(Strict):
    """What the table shows."""

    filter: str = Field(default="", max_length=5000, description="MLflow's search syntax")
    words: str = Field(
        default="", max_length=500, description="Words that must stand anywhere in a run, any case; -WORD: nowhere"
    )
    sort: list[Sort] = Field(default_factory=list, max_length=5, description="Without one: newest first")
    columns: list[Key] = Field(default_factory=list, max_length=500, description="Keys whose cells are wanted")
    aggregates: dict[Key, Aggregate] = Field(
        default_factory=dict, max_length=500, description="Per metric's name; else last"
    )
    group_by: Key | None = Field(default=None, description="Key of a parameter, a tag or an attribute")
    within: dict[Key, str | None] = Field(
        default_factory=dict, max_length=10, description="Only rows with exactly these values by key, such as a group's"
    )
    lifecycle: Literal["active", "archived", "all"] = "active"


class TableRow(BaseModel):
    """A run, with the cells of the columns asked for, in their order."""

    run_id: str
    name: str
    status: str
    archived: bool
    cells: list[Cell] = Field(description="Texts are cut after 1000 characters; an export has them whole")


class Spread(BaseModel):
    """A column's numbers over the runs of a group."""

    mean: float | None
    deviation: float | None = Field(description="Sample standard deviation; None for fewer than two numbers")
    low: float | None
    high: float | None
    runs: int


class Group(BaseModel):
    """Runs that have the same value of `group_by`; a Spread for number columns, else the one text they share."""

    value: str | None
    runs: int
    cells: list[Spread | str | None]


class Sync(BaseModel):
    """The index takes runs in; what is shown is what is there so far."""

    done: int
    total: int | None = Field(description="None where the server does not say")


class TableWindow(BaseModel):
    """Some rows (or groups) of the table, from `offset` on."""

    total: int = Field(description="Rows, or groups, that the query finds")
    runs: int = Field(description="Runs of the experiment in this lifecycle, whatever the query")
    offset: int
    rows: list[TableRow]
    groups: list[Group]
    columns: list[Column] = Field(description="All columns that the experiment's runs have, not only those asked for")
    slower: bool = Field(description="MLflow itself had to answer the filter")
    last_only: list[str] = Field(
        default_factory=list, description="Metrics asked for by best, min or max of which only the last is known (yet)"
    )
    sync: Sync | None = None


class TableExport(Strict):
    """Rows of the table as a file, not grouped; all columns where the query names none."""

    query: TableQuery = Field(default_factory=TableQuery)
    format: Literal["csv", "parquet", "json"] = Field(
        default="csv", description="json: one object with run_id and columns, as lw.experiments.search_runs() reads it"
    )
    limit: int | None = Field(default=None, ge=0, description="At most so many rows")


class BulkChange(Strict):
    """One change for many runs."""

    run_ids: list[str] = Field(min_length=1, max_length=10_000)
    action: Literal["tag", "untag", "archive", "restore"]
    key: str | None = Field(default=None, max_length=250, description="For tag and untag")
    value: str = Field(default="", max_length=5000, description="For tag")
