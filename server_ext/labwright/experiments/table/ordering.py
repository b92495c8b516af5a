"""The order of rows: by any columns, runs without a value last, ties by start and id."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labwright.experiments.table.cells import Cells, cells
from labwright.experiments.table.columns import Floats, Mask, Rows
from labwright.experiments.table.index import Index
from labwright.experiments.table.models import Aggregate, Sort


def ordered(index: Index, wanted: Mask, sort: Sequence[Sort], aggregates: dict[str, Aggregate]) -> Rows:
    """The rows that are wanted, in this order; without one the newest first."""
    rows = index.newest_first()
    rows = rows[wanted[rows]]
    for by in reversed(sort):
        metric = by.key.removeprefix("metrics.")
        rows = _by(cells(index, by.key, aggregates.get(metric, "last")), rows, by.descending)
    return rows


def _by(column: Cells, rows: Rows, descending: bool) -> Rows:
    if column.texts is not None and not column.numeric:
        ranks = column.texts.ranks()
        values: Floats = ranks[column.texts.codes[rows]].astype(np.float64) if len(ranks) else np.zeros(len(rows))
    else:
        values = column.values[rows]
    there = column.there[rows]
    # Values, then NaN, then nothing, whichever the direction: NumPy sorts NaN behind infinity.
    keys = np.where(there, -values if descending else values, np.nan)
    order = np.argsort(keys, kind="stable")
    if there.all():
        return rows[order]
    return rows[order[np.argsort(~there[order], kind="stable")]]
