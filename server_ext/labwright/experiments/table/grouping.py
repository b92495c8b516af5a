"""Runs that share a value, with the mean and the spread of their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from labwright.experiments.table.cells import SHOWN_TEXT, Cells, cells, plain
from labwright.experiments.table.columns import Floats, Rows
from labwright.experiments.table.index import Index
from labwright.experiments.table.models import Group, Spread, TableQuery

LARGE = 1.797e308  # MLflow keeps infinity as a number of this size


def grouped(index: Index, rows: Rows, query: TableQuery) -> Grouped:
    """The groups in the order that the query asks for: by a column's mean, else by their value; no value comes last."""
    assert query.group_by is not None
    by = cells(index, query.group_by)
    codes, ranks, values = _coded(by, rows)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    found = codes[order[starts]]
    places = np.lexsort((np.append(ranks, 0)[found], found < 0))
    if query.sort:
        number = np.cumsum(np.isin(np.arange(len(rows)), starts)) - 1  # of the group, for each of the ordered rows
    for sort in reversed(query.sort):
        if sort.key == query.group_by:
            keys = np.append(ranks, 0)[found].astype(np.float64)
            there = found >= 0
        else:
            column = cells(index, sort.key, query.aggregates.get(sort.key.removeprefix("metrics."), "last"))
            if not column.numeric:
                continue
            keys = _means(column, rows[order], number, len(starts))
            there = ~np.isnan(keys)
        keys = np.where(there, -keys if sort.descending else keys, 0.0)
        places = places[np.lexsort((keys[places], ~there[places]))]
    ends = np.append(starts[1:], len(rows))
    return Grouped(rows[order], starts[places], ends[places], [values[code] for code in found[places].tolist()])


@dataclass
class Grouped:
    """Rows by group: those of group i are `rows[starts[i]:ends[i]]`."""

    rows: Rows
    starts: Rows
    ends: Rows
    values: list[str | None]


def _coded(by: Cells, rows: Rows) -> tuple[Rows, Rows, list[str | None]]:
    """A code for each row, -1 without a value; each code's place in the usual order; its text (None is the last)."""
    if by.texts is not None:
        return by.texts.codes[rows].astype(np.int64), by.texts.ranks(), [*by.texts.vocabulary, None]
    shown = by.shown(rows)
    names = sorted({cell for cell in shown if cell is not None}, key=lambda cell: (isinstance(cell, str), cell))
    place = {cell: code for code, cell in enumerate(names)}
    codes = np.array([-1 if cell is None else place[cell] for cell in shown], dtype=np.int64)
    return codes, np.arange(len(names)), [*map(plain, names), None]


def _means(column: Cells, rows: Rows, number: Rows, groups: int) -> Floats:
    """The mean of each group's finite numbers; NaN where there is none."""
    values = column.values[rows]
    finite = column.there[rows] & np.isfinite(values) & (np.abs(values) < LARGE)
    sums = np.bincount(number[finite], weights=values[finite], minlength=groups)
    counts = np.bincount(number[finite], minlength=groups)
    with np.errstate(invalid="ignore"):
        means: Floats = sums / counts
    return means


def spread(column: Cells, rows: Rows) -> Spread:
    """Mean, sample standard deviation and range of the finite numbers; Welford's formula is NumPy's business."""
    values: Floats = column.values[rows][column.there[rows]]
    finite = values[np.isfinite(values) & (np.abs(values) < LARGE)]
    if not len(finite):
        return Spread(mean=None, deviation=None, low=None, high=None, runs=len(values))
    with np.errstate(over="ignore", invalid="ignore"):
        mean, deviation = float(finite.mean()), float(finite.std(ddof=1)) if len(finite) > 1 else None
    return Spread(
        mean=mean if np.isfinite(mean) else None,
        deviation=deviation if deviation is not None and np.isfinite(deviation) else None,
        low=float(finite.min()), high=float(finite.max()), runs=len(values),
    )  # fmt: skip


def group(value: str | None, rows: Rows, columns: Sequence[Cells]) -> Group:
    """A group as it is shown."""
    shown: list[Spread | str | None] = []
    for column in columns:
        if column.numeric:
            shown.append(spread(column, rows))
            continue
        texts = column.texts
        codes = np.unique(texts.codes[rows]) if texts is not None else np.empty(0, np.int32)
        one = texts is not None and len(codes) == 1 and codes[0] >= 0
        shown.append(texts.text(codes[0])[:SHOWN_TEXT] if texts is not None and one else None)
    return Group(value=value, runs=len(rows), cells=shown)
