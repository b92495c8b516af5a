"""Reads the bodies of MLflow's scoring protocol into rows, and says in a sentence what is wrong with a bad one.

dataframe_split, dataframe_records, instances and inputs as JSON, and CSV with a header. The values' types are enforced
by MLflow, in the model process; `explain` puts its refusal into words without repeating a value.
"""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import Any

FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
NUMBERS = {"double", "float", "integer", "long"}


class BadRequest(Exception):
    """A request that cannot be answered, with the status and the sentence for its reply."""

    def __init__(self, detail: str, *, status: int = 422, code: str = "invalid") -> None:
        super().__init__(detail)
        self.detail, self.status, self.code = detail, status, code


@dataclass
class Rows:
    """What to predict: rows of a frame, or items of a tensor's first axis (then `columns` is empty)."""

    kind: str
    columns: list[str]
    data: list[Any]

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.data)

    def goes_with(self, other: Rows) -> bool:
        """Whether both may be run as one frame or tensor."""
        return self.kind == other.kind and self.columns == other.columns


class Schema:
    """The input side of a model's signature, as the version's card has it; `None` columns: the model has none."""

    def __init__(self, card: dict[str, Any]) -> None:
        signature = card.get("signature")
        self.columns: list[dict[str, Any]] = [] if signature is None else signature["inputs"]
        self.tensor = bool(card.get("tensor"))
        self.types = {column["name"]: column["type"] for column in self.columns}
        self._required = [column["name"] for column in self.columns if column.get("required", True)]
        self._flat = self.tensor and self.columns[0]["type"].endswith("[-1]")

    def fit(self, rows: Rows) -> Rows:
        """The rows as the model takes them; a frame becomes a tensor where the model takes one without a name.

        Errors: BadRequest for rows that the model cannot take, naming the column.
        """
        if not rows.data:
            raise BadRequest("The request has no rows.")
        if self.tensor:
            return rows if rows.kind == "tensor" else Rows("tensor", [], self._items(rows))
        if rows.kind == "tensor":
            if self.columns:
                raise BadRequest(
                    "This model takes named columns: a DataFrame, or dataframe_split or dataframe_records in JSON."
                )
        elif self.columns:
            missing = [name for name in self._required if name not in rows.columns]
            if missing:
                words = _named(missing, "is missing; add it.", "are missing; add them.")
                raise BadRequest(f"{words} {self._all()}", code="missing_column")
            unknown = [name for name in rows.columns if name not in self.types]
            if unknown:
                raise BadRequest(
                    f"{_named(unknown, 'is', 'are')} not in the model's signature; leave it out. {self._all()}",
                    code="unknown_column",
                )
        return rows

    def _items(self, rows: Rows) -> list[Any]:
        """A row is an item of the tensor, but a lone column holds the items themselves: numbers, or lists."""
        lone = len(rows.columns) == 1 and (self._flat or all(isinstance(row[0], list) for row in rows.data))
        return [row[0] for row in rows.data] if lone else rows.data

    def explain(self, rows: Rows, otherwise: str) -> str:
        """Which column has values of the wrong type, in a sentence that repeats none of them."""
        for place, name in enumerate(rows.columns):
            wanted = self.types.get(name)
            for number, row in enumerate(rows.data):
                problem = _mismatch(row[place], wanted)
                if problem:
                    return f"Column {name!r} takes {wanted}; row {number + 1} has {problem}."
        return f"The values do not fit the model: {otherwise}" if rows.kind == "tensor" else (
            "The values do not fit the model's signature; compare their types with it."
        )  # fmt: skip

    def _all(self) -> str:
        return f"The model takes: {', '.join(self.types)}." if len(self.types) <= 40 else ""


def _mismatch(value: Any, wanted: str | None) -> str:
    if isinstance(value, (list, dict)) and wanted in NUMBERS | {"boolean", "string", "datetime"}:
        return "a list or an object"
    if value is None:
        return "null" if wanted in {"integer", "long", "boolean"} else ""
    if wanted in NUMBERS:
        if isinstance(value, (str, bool)):
            return "text" if isinstance(value, str) else "true or false"
        if wanted in {"integer", "long"} and isinstance(value, float) and not value.is_integer():
            return "a number with a fraction"
    if wanted in {"string", "datetime"} and not isinstance(value, str):
        return "something that is not text"
    return "something else" if wanted == "boolean" and not isinstance(value, bool) else ""


def _named(names: list[str], one: str, many: str) -> str:
    shown = ", ".join(repr(name[:100]) for name in names[:10]) + (" and others" if len(names) > 10 else "")
    return f"Column {shown} {one}" if len(names) == 1 else f"Columns {shown} {many}"


def parse(body: bytes, content_type: str, schema: Schema) -> Rows:
    """The rows of a request. Errors: BadRequest."""
    kind = content_type.partition(";")[0].strip().lower()
    if kind == "text/csv":
        rows = _csv(body, schema)
    elif kind == "application/json":
        rows = _json(body, schema)
    else:
        raise BadRequest("Send application/json or text/csv.", status=415, code="media_type")
    return schema.fit(rows)


def _constant(name: str) -> None:
    raise BadRequest(f"{name} is not JSON; send null for a missing value.", status=400, code="not_json")


def _json(body: bytes, schema: Schema) -> Rows:
    try:
        content = json.loads(body, parse_constant=_constant)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.", status=400, code="not_json") from None
    given = [form for form in FORMS if isinstance(content, dict) and form in content]
    if len(given) != 1 or set(content) - {given[0], "params"}:
        raise BadRequest(f"The body takes exactly one of {', '.join(FORMS)}.")
    if content.get("params"):
        raise BadRequest("Parameters of predict (params) are not supported here; leave them out.")
    value = content[given[0]]
    if given[0] == "dataframe_split":
        return _split(value)
    if given[0] == "dataframe_records":
        return _records(value)
    if isinstance(value, dict):
        return _by_column(value, schema)
    if not isinstance(value, list):
        raise BadRequest(f"{given[0]} takes a list of rows.")
    return _records(value) if value and isinstance(value[0], dict) else Rows("tensor", [], value)


def _split(value: Any) -> Rows:
    columns, data = (value.get("columns"), value.get("data")) if isinstance(value, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(data, list):
        raise BadRequest('dataframe_split takes {"columns": […], "data": [[…], …]}.')
    if not all(isinstance(name, str) for name in columns) or len(set(columns)) != len(columns):
        raise BadRequest("Column names are texts, each of them once.")
    for number, row in enumerate(data):
        if not isinstance(row, list) or len(row) != len(columns):
            raise BadRequest(f"Row {number + 1} is not a list of {len(columns)} values, one for each column.")
    return Rows("frame", columns, data)


def _records(value: Any) -> Rows:
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise BadRequest("Records are a list of objects, each column → value.")
    columns = list(dict.fromkeys(name for row in value for name in row))
    return Rows("frame", columns, [[row.get(name) for name in columns] for row in value])


def _by_column(value: dict[str, Any], schema: Schema) -> Rows:
    if schema.tensor:
        raise BadRequest("This model takes one tensor; send it as a list.")
    lists = list(value.values())
    if not all(isinstance(column, list) for column in lists) or len({len(column) for column in lists}) > 1:
        raise BadRequest("inputs takes a list for each column, all of the same length.")
    return Rows("frame", list(value), [list(row) for row in zip(*lists, strict=True)])


def _csv(body: bytes, schema: Schema) -> Rows:
    try:
        lines = list(csv.reader(io.StringIO(body.decode("utf-8-sig")), strict=True))
    except (UnicodeDecodeError, csv.Error):
        raise BadRequest("The body is not CSV in UTF-8.", status=400, code="not_csv") from None
    if not lines:
        raise BadRequest("The CSV is empty; its first line names the columns.", status=400, code="not_csv")
    columns, rows = lines[0], [line for line in lines[1:] if line]
    data = []
    for number, line in enumerate(rows):
        if len(line) != len(columns):
            raise BadRequest(f"Row {number + 1} has not {len(columns)} values, one for each column.")
        data.append([_cell(text, schema.types.get(name)) for name, text in zip(columns, line, strict=True)])
    return _split({"columns": columns, "data": data})


def _cell(text: str, kind: str | None) -> Any:
    if text == "":
        return None
    if kind == "boolean":
        return {"true": True, "false": False}.get(text.lower(), text)
    if kind in NUMBERS or kind is None:
        for number in (int, float):
            try:
                found = number(text)
            except ValueError:
                continue
            return found if found == found else None
    return text
