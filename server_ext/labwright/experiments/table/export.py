"""All rows that a query finds, as CSV or column by column, piece by piece."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime

from labwright.experiments.table.cells import Cells, columns
from labwright.experiments.table.columns import Rows, as_number
from labwright.experiments.table.index import Index
from labwright.experiments.table.models import Cell, Kind, TableQuery
from labwright.experiments.table.ordering import ordered
from labwright.experiments.table.window import column_of, found

ROWS = 2000
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Export:
    """What is exported: rows and columns, chosen in one moment. Groups are not formed; the rows are what is wanted."""

    def __init__(self, index: Index, query: TableQuery, asked: set[str] | None, limit: int | None = None) -> None:
        with index.lock:
            mask = found(index, query, asked)
            keys = query.columns or [column.key for column in columns(index, mask)]
            self.index = index
            self.rows: Rows = ordered(index, mask, query.sort, query.aggregates)[:limit]
            self.keys = [key for key in dict.fromkeys(keys) if key != "attributes.run_id"]
            self.columns: list[Cells] = [column_of(index, key, query) for key in self.keys]
            self.ids = [index.ids[row] for row in self.rows.tolist()]

    @property
    def names(self) -> list[str]:
        """The columns' names in a file: attributes without that word, as in MLflow's data frames."""
        return ["run_id", *(key.removeprefix("attributes.") for key in self.keys)]

    def csv(self) -> Iterator[str]:
        """Lines of CSV, times in ISO 8601; no text begins as a spreadsheet's formula does."""
        buffer = io.StringIO()
        writer = csv.writer(buffer)
        writer.writerow([_harmless(name) for name in self.names])
        for start in range(0, max(len(self.rows), 1), ROWS):
            part = self.rows[start : start + ROWS]
            with self.index.lock:
                shown = [self._texts(column, part) for column in self.columns]
            writer.writerows(zip(self.ids[start : start + ROWS], *shown, strict=True))
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()

    def json(self) -> Iterator[str]:
        """One object: `run_id`, and `columns` with key, kind and values."""
        yield f'{{"run_id": {json.dumps(self.ids)}, "columns": ['
        for place, (name, column) in enumerate(zip(self.names[1:], self.columns, strict=True)):
            with self.index.lock:
                values = column.shown(self.rows, None)
            yield (", " if place else "") + json.dumps({"name": name, "kind": column.kind, "values": values})
        yield "]}"

    def _texts(self, column: Cells, rows: Rows) -> list[str]:
        shown = column.shown(rows, None)
        if column.kind is Kind.time:
            return [_time(cell) for cell in shown]
        return ["" if cell is None else _harmless(cell) if isinstance(cell, str) else repr(cell) for cell in shown]


def _time(cell: Cell) -> str:
    return datetime.fromtimestamp(cell, UTC).isoformat(timespec="milliseconds") if isinstance(cell, float) else ""


def _harmless(text: str) -> str:
    """A spreadsheet would run what begins so, also after it was quoted; a number is none."""
    number = as_number(text) == as_number(text) or text in ("-inf", "+inf")
    return f"'{text}" if text.startswith(FORMULA) and not number else text
