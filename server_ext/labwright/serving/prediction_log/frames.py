"""The log as a DataFrame, for who analyses it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labwright.serving.prediction_log import feedback, reading

if TYPE_CHECKING:
    import pandas as pd

BEFORE = ("request_id", "at", "version", "role", "consumer", "latency_ms")
AFTER = ("prediction", "feedback")
COLUMNS = (*BEFORE, *AFTER)


def frame(
    folder: Path, since: datetime | None = None, *, columns: Collection[str] | None = None, role: str | None = None
) -> pd.DataFrame:  # fmt: skip
    """Answered rows: request_id, at, version, role, consumer, latency_ms, inputs by their names, prediction, feedback.

    Inputs keep their names; where one is named like a column of ours, such as version, ours is log_version. `columns`
    names the inputs that are wanted, `role` whose rows: all but a shadow's, or those of live, share, canary, shadow,
    or all. Where values were not logged, inputs and prediction are missing.
    """
    import pandas as pd

    known = feedback.outcomes(folder, since)
    about: list[tuple[Any, ...]] = []
    # Requests of the same columns make one frame: versions differ in theirs, and a frame a request would be slow.
    tables: dict[tuple[str, ...], _Table] = {}
    for item in reading.answered(folder, since, role=role):
        if names := tuple(item.get("columns", ())):
            table = tables.setdefault(names, _Table())
            table.places += range(len(about), len(about) + len(item["data"]))
            table.data += item["data"]
        about += _rows(item, known.get(item["id"]))
    wanted = {name for names in tables for name in names if columns is None or name in columns}
    ours = [f"log_{name}" if name in wanted else name for name in COLUMNS]
    if not about:
        return pd.DataFrame(columns=ours)
    first = pd.DataFrame(about, columns=ours)
    first[ours[1]] = pd.to_datetime(first[ours[1]], utc=True, format="ISO8601")
    known_inputs = [table.frame(names, wanted) for names, table in tables.items()]
    parts = [pd.concat(known_inputs).sort_index()] if known_inputs else []  # rows without values are missing here
    return pd.concat([first[ours[: len(BEFORE)]], *parts, first[ours[len(BEFORE) :]]], axis=1)


def inputs(logged: pd.DataFrame) -> list[str]:
    """The names of the inputs in a frame of the log."""
    return [str(name) for name in logged.columns[len(BEFORE) : -len(AFTER)]]


def _rows(item: dict[str, Any], outcome: Any) -> list[tuple[Any, ...]]:
    """What is known of each row of a request besides its inputs."""
    rows, predictions = len(item["data"]) if "data" in item else item["rows"], item.get("predictions")
    if not isinstance(predictions, list) or len(predictions) != rows:
        predictions = [predictions] * rows  # the model does not give one for each row
    head = tuple(item[name] for name in ("id", "at", "version", "role", "consumer", "latency_ms"))
    later = feedback.by_row(outcome, rows)
    return [(*head, *both) for both in zip(predictions, later, strict=True)]


@dataclass
class _Table:
    """Rows of one set of columns; `places` are their numbers among all rows of the log."""

    places: list[int] = field(default_factory=list)
    data: list[list[Any]] = field(default_factory=list)

    def frame(self, names: tuple[str, ...], wanted: Collection[str]) -> pd.DataFrame:
        """Those that are wanted."""
        import pandas as pd

        whole = pd.DataFrame(self.data, columns=list(names), index=self.places)
        return whole[[name for name in names if name in wanted]]
