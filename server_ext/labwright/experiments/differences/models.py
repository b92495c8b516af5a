"""Models of the comparison tab: windows of metric curves, recorded parts side by side, logged images and tables."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field

Number = float | None  # NaN and infinity have no JSON: they are None, a gap


class Axis(StrEnum):
    """What a curve's x is."""

    step = "step"
    relative = "relative"
    wall = "wall"


class CurveSeries(BaseModel):
    """A metric of one run over a range of x, in the order of x; columns of equal length."""

    run_id: str
    x: list[float] = Field(description="Steps, seconds since the run's start, or seconds since the epoch")
    y: list[Number]
    smooth: list[Number] = Field(description="The moving average at the same x; empty without smoothing")
    exact: bool = Field(description="All points of the range are here, none was left out")
    count: int = Field(description="Points in the range, before any was left out")
    nan: int = Field(description="Of these, how many are NaN")
    infinite: int


class CurveWindow(BaseModel):
    """A metric of many runs over a range of x."""

    metric: str
    axis: Axis
    low: float | None = Field(description="Smallest x of all points, whatever the range; None where there are none")
    high: float | None
    series: list[CurveSeries]


class Mark(StrEnum):
    """What became of a line, a block or a fact, from the base (left) to the other run (right)."""

    same = "same"
    changed = "changed"
    added = "added"
    removed = "removed"


class Piece(BaseModel):
    """A part of a line; `changed` marks words that differ from those on the other side."""

    text: str
    changed: bool = False


class DiffLine(BaseModel):
    """A line of one side."""

    number: int
    pieces: list[Piece]


class DiffRow(BaseModel):
    """Two lines side by side; or a fold, which stands for `folded` equal lines that are not sent."""

    mark: Mark
    left: DiffLine | None = None
    right: DiffLine | None = None
    folded: int = 0


class DiffBlock(BaseModel):
    """A text on both sides, such as a cell."""

    mark: Mark
    left_title: str
    right_title: str
    rows: list[DiffRow]


class FactRow(BaseModel):
    """A named value on both sides, such as a package's version; None where a side has none."""

    name: str
    mark: Mark
    left: str | None
    right: str | None


class PartDifference(BaseModel):
    """A recorded part of two runs: texts in blocks, or facts."""

    part: str = Field(description="cells, environment, data or changes")
    same: bool
    notes: list[str] = Field(description="What is missing, unreadable or too large, in sentences")
    blocks: list[DiffBlock] = Field(default_factory=list)
    facts: list[FactRow] = Field(default_factory=list)


class Differences(BaseModel):
    """What differs between what was recorded of two runs."""

    base: str
    other: str
    parts: list[PartDifference]


class LoggedFile(BaseModel):
    """An image or table that runs logged under one name."""

    name: str = Field(description="The path; for images of mlflow.log_image their key")
    kind: str = Field(description="image or table")
    step: int | None = Field(description="For images of mlflow.log_image")
    paths: dict[str, str] = Field(description="Run id → path among that run's artifacts")


class LoggedFiles(BaseModel):
    """The images and tables of runs, by name."""

    files: list[LoggedFile]
    notes: list[str]


class LoggedTable(BaseModel):
    """The beginning of a table that a run logged; all cells as text."""

    columns: list[str]
    rows: list[list[str]]
    total: int = Field(description="Rows that the file has")
