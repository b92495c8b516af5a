"""Inputs and outputs as they came: rows in JSON, a CSV text, or the bytes of a tensor. Here they become rows again.

In the log `data` is a list of rows, {"$csv": text} (then `columns` is {name: MLflow's type}, or a list of names) or
{"$raw": base64, "dtype", "shape"}; `predictions` is anything in JSON, or the last of these.
"""

from __future__ import annotations

import base64
import csv
import io
from typing import Any

TENSOR = "input"  # the one column of a tensor that has no name
NUMBERS = {"double", "float", "integer", "long"}


def csv_text(payload: str | bytes) -> bytes:
    """A CSV body as `data`, JSON text."""
    import orjson  # where logs are written, it is there; whoever reads one needs it not

    text = payload.removeprefix("\ufeff") if isinstance(payload, str) else payload.decode("utf-8-sig", "replace")
    return orjson.dumps({"$csv": text})


def raw_text(payload: str | bytes, shape: str) -> bytes:
    """Bytes as `data` or `predictions`, JSON text; `shape` is {"dtype": …, "shape": […]} as JSON text."""
    encoded = base64.b64encode(payload.encode() if isinstance(payload, str) else payload)
    return b"".join((b'{"$raw":"', encoded, b'",', shape.strip()[1:].encode()))


def rows(columns: Any, data: Any) -> tuple[list[str], list[list[Any]]]:
    """Names and rows of what was logged. Errors: ValueError for what cannot be read."""
    if isinstance(data, dict) and "$csv" in data:
        return _csv(columns, str(data["$csv"]))
    names = list(columns or [])
    if _is_raw(data):
        items = tensor(data)
        wide = len(names) > 1 and all(isinstance(item, list) and len(item) == len(names) for item in items)
        return (names, items) if wide else (names or [TENSOR], [[item] for item in items])
    if not isinstance(data, list):
        raise ValueError("no rows")
    if len(data) == 1 and isinstance(data[0], list) and data[0] and all(_is_raw(cell) for cell in data[0]):
        return names, _zipped([tensor(cell) for cell in data[0]])
    return names, data


def outputs(predictions: Any) -> Any:
    """Outputs as what JSON can hold; named tensors of one length as a record for each row."""
    if _is_raw(predictions):
        return tensor(predictions)
    if isinstance(predictions, dict) and predictions and all(_is_raw(value) for value in predictions.values()):
        columns = [tensor(value) for value in predictions.values()]
        records = [dict(zip(predictions, row, strict=True)) for row in _zipped(columns)]
        return records if records != [dict(zip(predictions, columns, strict=True))] else records[0]
    return predictions


def _is_raw(value: Any) -> bool:
    return isinstance(value, dict) and "$raw" in value


def _zipped(columns: list[list[Any]]) -> list[list[Any]]:
    """A row for each item of tensors of one length; of others, one row with them all."""
    if len({len(items) for items in columns}) == 1:
        return [list(row) for row in zip(*columns, strict=True)]
    return [columns]


def tensor(data: dict[str, Any]) -> list[Any]:
    """The items of a tensor. Errors: ValueError."""
    import numpy as np

    try:
        found = np.frombuffer(base64.b64decode(data["$raw"]), dtype=data["dtype"]).reshape(data["shape"])
    except (KeyError, TypeError) as error:
        raise ValueError("no tensor") from error
    items: list[Any] = found.tolist() if found.ndim else [found.item()]
    return items


def _csv(columns: Any, text: str) -> tuple[list[str], list[list[Any]]]:
    types = columns if isinstance(columns, dict) else {}
    try:
        lines = [line for line in csv.reader(io.StringIO(text)) if line]
    except csv.Error as error:  # such as a field of more than 128 KB
        raise ValueError("a CSV that cannot be read") from error
    if not lines:
        return [], []
    names = lines[0]
    kinds = [types.get(name) for name in names]
    wide = len(names)  # a large CSV's short rows were filled by who read it
    whole = [line + [""] * (wide - len(line)) if len(line) < wide else line for line in lines[1:]]
    return names, [[cell(text, kind) for text, kind in zip(line, kinds, strict=False)] for line in whole]


def cell(text: str, kind: str | None) -> Any:
    """The value that a CSV's cell means, by its column's type."""
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


def entity_keys(names: list[str], columns: list[str], data: list[list[Any]]) -> dict[str, list[Any]]:
    """Whom the rows are about: the values of the entity's columns, as far as they were logged."""
    places = {name: columns.index(name) for name in names if name in columns}
    return {name: [row[place] for row in data] for name, place in places.items()}
