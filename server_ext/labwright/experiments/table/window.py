"""Answers of the table: a window of rows or groups, and all rows for an export."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from labwright.experiments.table.cells import Cells, cells, columns, plain
from labwright.experiments.table.columns import Mask, Rows
from labwright.experiments.table.filters import parse
from labwright.experiments.table.grouping import group, grouped
from labwright.experiments.table.index import Index
from labwright.experiments.table.matching import matches, with_words
from labwright.experiments.table.models import Sync, TableQuery, TableRow, TableWindow
from labwright.experiments.table.ordering import ordered


def window(
    index: Index, query: TableQuery, offset: int, limit: int, asked: set[str] | None, sync: Sync | None
) -> TableWindow:
    """The part of the table from `offset` on. `asked`: the runs that MLflow found, where it had to say."""
    with index.lock:
        mask = found(index, query, asked)
        live = index.in_lifecycle(query.lifecycle)
        shown = [column_of(index, key, query) for key in query.columns]
        rows, groups, total = [], [], 0
        if query.group_by is None:
            order = ordered(index, mask, query.sort, query.aggregates)
            total = len(order)
            rows = table_rows(index, order[offset : offset + limit], shown)
        else:
            by = grouped(index, np.flatnonzero(mask), query)
            total = len(by.values)
            groups = [
                group(by.values[i], by.rows[by.starts[i] : by.ends[i]], shown)
                for i in range(offset, min(offset + limit, total))
            ]
        return TableWindow.model_construct(
            total=total, runs=int(np.count_nonzero(live)), offset=offset, rows=rows, groups=groups,
            columns=columns(index, live), slower=asked is not None, sync=sync,
        )  # fmt: skip


def found(index: Index, query: TableQuery, asked: set[str] | None) -> Mask:
    """The rows that the query finds."""
    mask = index.in_lifecycle(query.lifecycle)
    if asked is not None:
        wanted = np.zeros(len(index.ids), dtype=np.bool_)
        wanted[[index.row_of[run_id] for run_id in asked if run_id in index.row_of]] = True
        mask = mask & wanted
    else:
        mask = mask & matches(index, parse(query.filter) or [])
    if query.words.strip():
        mask = mask & with_words(index, query.words)
    for key, value in query.within.items():
        mask = mask & _exactly(index, key, value)
    return mask


def column_of(index: Index, key: str, query: TableQuery) -> Cells:
    """A column with the aggregate that the query asks for."""
    return cells(index, key, query.aggregates.get(key.removeprefix("metrics."), "last"))


def table_rows(index: Index, rows: Rows, shown: Sequence[Cells]) -> list[TableRow]:
    """Rows as they are shown."""
    by_column = [column.shown(rows) for column in shown]
    by_row = zip(*by_column, strict=True) if by_column else ([] for _ in rows)
    names, statuses = cells(index, "attributes.name").shown(rows), cells(index, "attributes.status").shown(rows)
    stages = index.stages
    return [
        TableRow.model_construct(
            run_id=index.ids[row],
            name=str(name or ""),
            status=str(status or ""),
            archived=bool(stages[row]),
            cells=list(each),
        )
        for row, name, status, each in zip(rows.tolist(), names, statuses, by_row, strict=True)
    ]


def _exactly(index: Index, key: str, value: str | None) -> Mask:
    column = cells(index, key)
    if column.texts is None:
        if value is None:
            return ~column.there
        shown = column.shown(np.arange(len(column.there)))
        return np.fromiter((plain(cell) == value for cell in shown), np.bool_, len(shown))
    if value is None:
        return ~column.texts.there
    return column.texts.matching(np.fromiter((text == value for text in column.texts.vocabulary), np.bool_))
