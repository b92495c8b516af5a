"""How a call and its answer stand in the prediction log: rows as JSON, bulk as the bytes that came."""

from __future__ import annotations

import base64
from functools import lru_cache
from typing import Any

import orjson

from labwright.serving.plane.rows import Rows, Tensor
from labwright.serving.plane.scoring import Schema

LONE = '["input"]'  # the one column of what has no names


def fields(rows: Rows, schema: Schema, found: dict[str, Any]) -> dict[str, Any]:
    """The keyword arguments of `Writer.write` for inputs and outputs."""
    return _inputs(rows, schema) | _outputs(found)


def _inputs(rows: Rows, schema: Schema) -> dict[str, Any]:
    names = _names(tuple(rows.columns)) if rows.columns else LONE
    if rows.kind == "frame":
        return {"columns": names, "data": rows.text()}
    if rows.kind == "tensor":
        return {"columns": names, "data": orjson.dumps([[item] for item in rows.data])}
    if rows.kind == "csv":
        types = schema.types if not schema.tensor else dict.fromkeys(rows.columns, "double")
        return {"columns": orjson.dumps(types).decode(), "data": rows.text(), "form": "csv"}
    if rows.kind == "raw" and len(rows.tensors) == 1:
        (tensor,) = rows.tensors
        return {"columns": names, "data": tensor.payload, "form": "raw", "shape": _shape(tensor)}
    if rows.kind == "raw":
        return {"columns": names, "data": orjson.dumps([[_cell(tensor) for tensor in rows.tensors]])}
    even = len({len(items) for items in rows.data}) == 1  # a row of the log for each item of the first axis
    return {"columns": names, "data": orjson.dumps([*zip(*rows.data, strict=True)] if even else [rows.data])}


@lru_cache(100)
def _names(columns: tuple[str, ...]) -> str:
    return orjson.dumps(columns).decode()


def _outputs(found: dict[str, Any]) -> dict[str, Any]:
    if "tensors" not in found:
        return {"predictions": found["predictions"]}
    tensors: tuple[Tensor, ...] = found["tensors"]
    if len(tensors) == 1:
        return {"predictions": tensors[0].payload, "answer": _shape(tensors[0])}
    return {"predictions": orjson.dumps({tensor.name: _cell(tensor) for tensor in tensors})}


def _shape(tensor: Tensor) -> str:
    return orjson.dumps({"dtype": tensor.dtype, "shape": tensor.shape}).decode()


def _cell(tensor: Tensor) -> dict[str, Any]:
    return {"$raw": base64.b64encode(tensor.payload).decode(), "dtype": tensor.dtype, "shape": tensor.shape}
