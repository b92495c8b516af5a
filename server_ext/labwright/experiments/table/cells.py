"""What stands in a column of the table, by its key: numbers or texts over all rows of the index."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from labwright.experiments.capture import names
from labwright.experiments.direction import Direction, direction
from labwright.experiments.table.columns import Floats, Mask, Numbers, Rows, Texts
from labwright.experiments.table.index import Index
from labwright.experiments.table.models import Aggregate, Cell, Column, Kind

COST = "labwright.cost."
SQL_INFINITY = 1.7976931348623157e308  # MLflow's SQL store keeps infinity as the largest double.
ATTRIBUTES = ("name", "status", "start_time", "end_time", "duration", "source", "notebook", "user")
SHOWN_ROWS = 500
SHOWN_TEXT = 1000  # characters of a text that a window shows


@dataclass
class Cells:
    """A column over all rows: `texts` for texts, else `values` where `there` is one."""

    kind: Kind
    there: Mask
    values: Floats
    texts: Texts | None = None

    @property
    def numeric(self) -> bool:
        """Whether one can calculate with them."""
        return self.kind is not Kind.text

    def shown(self, rows: Rows, most: int | None = SHOWN_TEXT) -> list[Cell]:
        """Cells of these rows; texts of at most `most` characters."""
        if self.texts is not None:
            text = self.texts.vocabulary.__getitem__ if len(rows) > SHOWN_ROWS else self.texts.text
            return [None if code < 0 else _cut(text(code), most) for code in self.texts.codes[rows].tolist()]
        values, there = self.values[rows].tolist(), self.there[rows].tolist()
        return [_number(value) if is_there else None for value, is_there in zip(values, there, strict=True)]


def cells(index: Index, key: str, aggregate: Aggregate = "last") -> Cells:
    """The column of this key; an empty one where no run has it."""
    group, _, name = key.partition(".")
    if group == "params":
        return _of_texts(index, index.params.get(name))
    if group == "tags":
        return _of_texts(index, index.tags.get(name), numeric=False)
    if group == "metrics":
        return _of_metric(index, name, aggregate)
    if group == "cost":
        texts = index.tags.get(COST + name)
        kind = Kind.seconds if name.endswith("_seconds") else Kind.number
        return Cells(kind, *_as_numbers(texts)) if texts is not None else _nothing(index, kind)
    if group == "attributes":
        return _of_attribute(index, name)
    return _nothing(index, Kind.text)


def columns(index: Index, rows: Mask) -> list[Column]:
    """All columns that the runs have, with how many of `rows` have a value."""
    keys = [f"attributes.{name}" for name in ATTRIBUTES]
    keys += [f"cost.{name.removeprefix(COST)}" for name in names.COSTS]
    keys += [f"params.{name}" for name in sorted(index.params)]
    keys += [f"metrics.{name}" for name in sorted(index.metrics)]
    keys += [f"tags.{name}" for name in sorted(index.tags) if not name.startswith(("mlflow.", "labwright."))]
    found = []
    for key in keys:
        column = cells(index, key)
        filled = int(np.count_nonzero(column.there & rows))
        if filled or key.startswith("attributes."):
            way = direction(key.removeprefix("metrics.")) if key.startswith("metrics.") else Direction.none
            found.append(Column(key=key, kind=column.kind, filled=filled, direction=way))
    return found


def extremes_wanted(metric: str, aggregate: Aggregate) -> str | None:
    """low or high where the metric's history is asked; None where its last value is."""
    if aggregate in ("min", "max"):
        return "low" if aggregate == "min" else "high"
    if aggregate == "best":
        return {Direction.down: "low", Direction.up: "high", Direction.none: None}[direction(metric)]
    return None


def plain(cell: Cell) -> str | None:
    """A cell as the value of a group."""
    return repr(cell) if isinstance(cell, float) else cell


def _of_metric(index: Index, name: str, aggregate: Aggregate) -> Cells:
    wanted = extremes_wanted(name, aggregate)
    last = index.metrics.get(name)
    if last is None:
        return _nothing(index, Kind.number)
    if wanted is not None and name in index.extremes and index.extremes[name].whole:
        numbers: Numbers = getattr(index.extremes[name], wanted)
        # One that logged nothing but NaN has no extremes: its NaN is shown.
        there = numbers.there & last.there
        return Cells(Kind.number, last.there, np.where(there, numbers.values, last.values))
    return Cells(Kind.number, last.there, last.values)


def _of_attribute(index: Index, name: str) -> Cells:
    texts: dict[str, Callable[[], Texts | None]] = {
        "name": lambda: index.name,
        "status": lambda: index.status,
        "user": lambda: index.user,
        "source": lambda: index.tags.get(names.SOURCE),
        "notebook": lambda: index.tags.get(names.NOTEBOOK),
    }
    if name in texts:
        return _of_texts(index, texts[name](), numeric=False)
    if name == "start_time":
        return Cells(Kind.time, index.start.there, index.start.values / 1000)
    if name == "end_time":
        return Cells(Kind.time, index.end.there, index.end.values / 1000)
    if name == "duration":
        running = index.status.matching(np.array([text == "RUNNING" for text in index.status.vocabulary], np.bool_))
        end = np.where(running, time.time() * 1000, index.end.values)
        seconds = np.maximum(end - index.start.values, 0.0) / 1000
        return Cells(Kind.seconds, index.start.there & (index.end.there | running), seconds)
    return _nothing(index, Kind.text)


def _of_texts(index: Index, texts: Texts | None, *, numeric: bool = True) -> Cells:
    """Parameters that are all numbers sort and average as numbers; what is shown is their text as it was logged."""
    if texts is None:
        return _nothing(index, Kind.text)
    if numeric and texts.numeric():
        return Cells(Kind.number, *_as_numbers(texts), texts=texts)
    return Cells(Kind.text, texts.there, np.empty(0), texts)


def _as_numbers(texts: Texts) -> tuple[Mask, Floats]:
    if not texts.count:
        return texts.there, np.zeros(texts.size)
    values = texts.numbers()[texts.codes]
    return texts.there & ~np.isnan(values), values


def _nothing(index: Index, kind: Kind) -> Cells:
    size = len(index.ids)
    texts = Texts() if kind is Kind.text else None
    if texts is not None:
        texts.room(size)
    return Cells(kind, np.zeros(size, np.bool_), np.zeros(size), texts)


def _number(value: float) -> Cell:
    if math.isnan(value):
        return "nan"
    if abs(value) >= SQL_INFINITY:
        return "inf" if value > 0 else "-inf"
    return value


def _cut(text: str, most: int | None) -> str:
    return text if most is None or len(text) <= most else text[:most] + "…"
