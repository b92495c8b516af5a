"""Reads the bodies of MLflow's scoring protocol into rows, and says in a sentence what is wrong with a bad one.

dataframe_split, dataframe_records, instances and inputs as JSON, and CSV with a header. The values' types are enforced
by MLflow, in the model process; `explain` puts its refusal into words without repeating a value.
"""

from __future__ import annotations

import csv
import io
import json
import math
from collections.abc import Iterable
from typing import Any

from labwright.serving.plane.params import check_params
from labwright.serving.plane.rows import BadRequest, Rows

__all__ = ["BadRequest", "Rows", "Schema", "parse"]
FORMS = ("dataframe_split", "dataframe_records", "instances", "inputs")
NUMBERS = {"double", "float", "integer", "long"}
LIMITS = {"integer": 1 << 31, "long": 1 << 63}
# Types of Python that a column takes without a further look.
AT_ONCE: dict[str, set[type]] = {
    "double": {float, int, type(None)}, "float": {float, int, type(None)}, "long": {int}, "integer": {int},
    "boolean": {bool}, "string": {str, type(None)}, "datetime": {str, type(None)},
}  # fmt: skip
FLOATS = ("tensor of float64", "tensor of float32")
BULK_BYTES = 256 << 10  # a CSV from this size on is parsed in the model's process, by Arrow


class Schema:
    """The input side of a model's signature, as the version's card has it; `None` columns: the model has none."""

    def __init__(self, card: dict[str, Any]) -> None:
        signature = card.get("signature")
        self.card = {"signature": signature, "tensor": card.get("tensor")}
        self.columns: list[dict[str, Any]] = [] if signature is None else signature["inputs"]
        self.tensor = bool(card.get("tensor"))
        self.known: list[str] = []  # names, in the order of the last request, that were found good
        self.params = {param["name"]: param for param in card.get("params") or []}
        self.types = {column["name"]: column["type"] for column in self.columns}
        self._required = [column["name"] for column in self.columns if column.get("required", True)]
        kinds = set(self.types.values())
        # Inputs by their names, each of them a tensor.
        self.named = not self.tensor and bool(kinds) and all(kind.startswith("tensor of ") for kind in kinds)
        self.exact = kinds == {"double"}
        self._floats = kinds <= {"double", "float"}
        self._flat = self.tensor and self.columns[0]["type"].endswith("[-1]")
        self._table = self.tensor and self.columns[0]["type"].startswith(FLOATS) and kinds.pop().count(",") == 1

    def doubles(self, rows: Rows) -> bool:
        """Whether rows that are numbers may travel as float64, and nothing is another value for it."""
        if rows.kind == "frame":
            return self._floats and bool(self.columns)
        return self._table and all(type(item) is list and len(item) == len(rows.data[0]) for item in rows.data)

    def fit(self, rows: Rows) -> Rows:
        """The rows as the model takes them; a frame becomes a tensor where the model takes one without a name.

        Errors: BadRequest for rows that the model cannot take, naming the column.
        """
        if rows.kind not in ("csv", "raw") and not (rows.count if rows.data else 0):
            raise BadRequest("The request has no rows.")
        if rows.params:
            check_params(rows.params, self.params)
        if self.tensor:
            if rows.kind == "frame":
                return Rows(
                    "tensor", [], self._items(rows), params=rows.params, raw_answer=rows.raw_answer, asked=rows.asked
                )  # fmt: skip
            return rows
        if rows.kind == "tensor":
            if self.columns:
                raise BadRequest(
                    "This model takes named columns: a DataFrame, or dataframe_split or dataframe_records in JSON."
                )
        elif self.columns and rows.columns != self.known:
            given = set(rows.columns)
            missing = [name for name in self._required if name not in given]
            if missing:
                words = _named(missing, "is missing; add it.", "are missing; add them.")
                raise BadRequest(f"{words} {self._all()}", code="missing_column")
            unknown = [name for name in rows.columns if name not in self.types]
            if unknown:
                raise BadRequest(
                    f"{_named(unknown, 'is', 'are')} not in the model's signature; leave it out. {self._all()}",
                    code="unknown_column",
                )
            self.known = rows.columns
        return rows

    def _items(self, rows: Rows) -> list[Any]:
        """A row is an item of the tensor, but a lone column holds the items themselves: numbers, or lists."""
        lone = len(rows.columns) == 1 and (self._flat or all(isinstance(row[0], list) for row in rows.data))
        return [row[0] for row in rows.data] if lone else rows.data

    def check(self, rows: Rows) -> None:
        """Refuse a frame's values that are not of their column's type: MLflow would make others of them, such as a 1
        of a 1.5, or true of any text. Errors: BadRequest.
        """
        for name, values in zip(rows.columns, zip(*rows.data, strict=True), strict=True):
            wanted = self.types.get(name)
            if wanted is None or wanted not in AT_ONCE:
                continue
            fits = set(map(type, values)) <= AT_ONCE[wanted]
            if fits and (limit := LIMITS.get(wanted)):
                fits = -limit <= min(values) and max(values) < limit
            if not fits and (words := self._wrong(name, wanted, values)):
                raise BadRequest(words)

    def _wrong(self, name: str, wanted: str, values: Iterable[Any]) -> str:
        for number, value in enumerate(values):
            problem = _mismatch(value, wanted)
            if problem and (value is not None or name in self._required):
                return f"Column {name!r} takes {wanted}; row {number + 1} has {problem}."
        return ""

    def explain(self, rows: Rows, otherwise: str) -> str:
        """Which column has values of the wrong type, in a sentence that repeats none of them."""
        for place, name in enumerate(rows.columns if rows.kind == "frame" else []):
            wanted = self.types.get(name)
            if wanted is not None and (words := self._wrong(name, wanted, [row[place] for row in rows.data])):
                return words
        return f"The values do not fit the model: {otherwise}" if rows.kind in ("tensor", "named", "raw") else (
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
        if wanted in {"integer", "long"} and not -LIMITS[wanted] <= value < LIMITS[wanted]:
            return "a number that it does not hold"
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
        rows = _bulk(body) if len(body) >= BULK_BYTES and schema.columns and not schema.named else _csv(body, schema)
    elif kind == "application/json":
        rows = _json(body, schema)
    else:
        raise BadRequest("Send application/json or text/csv.", status=415, code="media_type")
    return schema.fit(rows)


INFINITE = "A number is infinite or too large for a float; leave its row out, or send null for a missing value."


def _constant(name: str) -> None:
    raise BadRequest(f"{name} is not JSON; send null for a missing value.", status=400, code="not_json")


def _json(body: bytes, schema: Schema) -> Rows:
    import orjson  # not on top: the model's process reads this module, and its environment may be without

    try:
        content = orjson.loads(body)
    except ValueError:
        raise not_json(body) from None
    given = [form for form in FORMS if form in content] if isinstance(content, dict) else []
    if len(given) != 1 or not content.keys() <= {given[0], "params"}:
        raise BadRequest(f"The body takes exactly one of {', '.join(FORMS)}.")
    rows = _of_form(given[0], content[given[0]], schema)
    if params := content.get("params"):
        if not isinstance(params, dict):
            raise BadRequest("params takes an object, name → value.")
        rows.params = params
    return rows


def _of_form(form: str, value: Any, schema: Schema) -> Rows:
    if form == "dataframe_split":
        return _split(value, schema.known)
    if form == "dataframe_records":
        return _records(value)
    if isinstance(value, dict):
        return _tensors(value) if schema.named else _by_column(value, schema)
    if not isinstance(value, list):
        raise BadRequest(f"{form} takes a list of rows.")
    if not value or not isinstance(value[0], dict):
        return Rows("tensor", [], value)
    rows = _records(value)
    if schema.named:
        return Rows("named", rows.columns, [list(column) for column in zip(*rows.data, strict=True)])
    return rows


def not_json(body: bytes) -> BadRequest:
    """What a body has that JSON has not: NaN, Infinity, a number that no float holds; or something else."""
    try:
        json.loads(body, parse_constant=_constant, parse_float=_float)
    except BadRequest as error:
        return error
    except (ValueError, RecursionError):
        pass
    return BadRequest("The body is not JSON.", status=400, code="not_json")


def _float(text: str) -> float:
    if math.isinf(number := float(text)):
        raise BadRequest(INFINITE)
    return number


def _tensors(value: dict[str, Any]) -> Rows:
    if not all(isinstance(items, list) for items in value.values()) or not value:
        raise BadRequest("inputs takes a list for each of the model's inputs.")
    return Rows("named", list(value), list(value.values()))


def _split(value: Any, known: list[str] | None = None) -> Rows:
    columns, data = (value.get("columns"), value.get("data")) if isinstance(value, dict) else (None, None)
    if not isinstance(columns, list) or not isinstance(data, list):
        raise BadRequest('dataframe_split takes {"columns": […], "data": [[…], …]}.')
    if columns != known and (set(map(type, columns)) - {str} or len(set(columns)) != len(columns)):
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


def _bulk(body: bytes) -> Rows:
    """A large CSV, of which only the names of its columns are read here."""
    try:
        names = next(csv.reader(io.StringIO(body[:BULK_BYTES].decode("utf-8-sig", "ignore"))), [])
    except csv.Error:
        raise BadRequest("The body is not CSV in UTF-8.", status=400, code="not_csv") from None
    return Rows("csv", _split({"columns": names, "data": []}).columns, payload=body)


def read_csv(body: bytes, schema: Schema) -> Rows:
    """The rows of a CSV, one by one: the exact words for what is wrong with one. Errors: BadRequest."""
    return _csv(body, schema)


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
            if math.isinf(found):
                raise BadRequest(INFINITE)
            return found if found == found else None
    return text
