"""Runs that share a value, with the mean and the spread of their numbers."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labwright.experiments.table.cells import SHOWN_TEXT, Cells, cells, plain
from labwright.experiments.table.columns import Floats, Rows
from labwright.experiments.table.index import Index
from labwright.experiments.table.models import Group, Spread, TableQuery


def grouped(index: Index, rows: Rows, query: TableQuery) -> tuple[list[Rows], list[str | None]]:
    """The rows of each group and its value, in the order that the query asks for: by a column's mean, else by value."""
    assert query.group_by is not None
    by = cells(index, query.group_by)
    if by.texts is not None:
        codes = by.texts.codes[rows].astype(np.int64)
        ranks = by.texts.ranks()
        texts: list[str | None] = [*by.texts.vocabulary, None]
    else:
        shown = by.shown(rows)
        names = sorted({cell for cell in shown if cell is not None}, key=lambda cell: (isinstance(cell, str), cell))
        place = {cell: code for code, cell in enumerate(names)}
        codes = np.array([-1 if cell is None else place[cell] for cell in shown], dtype=np.int64)
        ranks = np.arange(len(names))
        texts = [*map(plain, names), None]
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order], prepend=-2))
    members = np.split(rows[order], starts[1:]) if len(rows) else []
    found = [int(codes[order[start]]) for start in starts]
    # Without a value comes last.
    places = sorted(range(len(found)), key=lambda i: (found[i] < 0, ranks[found[i]] if found[i] >= 0 else 0))
    for sort in reversed(query.sort):
        if sort.key == query.group_by:
            places.sort(key=lambda i: ranks[found[i]] if found[i] >= 0 else 0, reverse=sort.descending)
            places.sort(key=lambda i: found[i] < 0)
            continue
        column = cells(index, sort.key, query.aggregates.get(sort.key.removeprefix("metrics."), "last"))
        if column.numeric:
            means = [spread(column, each).mean for each in members]
            places.sort(key=lambda i: means[i] or 0.0, reverse=sort.descending)
            places.sort(key=lambda i: means[i] is None)
    return [members[i] for i in places], [texts[found[i]] for i in places]


def spread(column: Cells, rows: Rows) -> Spread:
    """Mean, sample standard deviation and range of the finite numbers; Welford's formula is NumPy's business."""
    values: Floats = column.values[rows][column.there[rows]]
    finite = values[np.isfinite(values) & (np.abs(values) < 1.797e308)]
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
        shown.append(texts.vocabulary[codes[0]][:SHOWN_TEXT] if texts is not None and one else None)
    return Group(value=value, runs=len(rows), cells=shown)
