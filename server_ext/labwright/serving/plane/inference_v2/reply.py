"""From a model's answer to the output tensors of a reply, in JSON or by the binary data extension.

A DataFrame gives an output for each column, anything else one. Texts are BYTES; what is neither a number, true or
false, nor a text is JSON text in BYTES. NaN is null in JSON, and itself in binary.
"""

from __future__ import annotations

import json
import math
import struct
from dataclasses import dataclass
from typing import Any

import orjson

from labwright.serving.plane.asking import Answer
from labwright.serving.plane.http import Reply
from labwright.serving.plane.inference_v2.datatypes import FIXED, OF_DTYPE
from labwright.serving.plane.inference_v2.request import Output, Request
from labwright.serving.plane.rows import BadRequest
from labwright.serving.plane.scoring import Schema

UNNAMED = "prediction"


@dataclass(slots=True)
class Found:
    """An output: `values` in C order, or `payload`, their bytes."""

    name: str
    datatype: str
    shape: list[int]
    values: list[Any]
    payload: bytes | None = None


def check_outputs(request: Request, schema: Schema) -> None:
    """Refuse outputs that the signature has not, before the model is asked. Errors: BadRequest."""
    known = output_names(schema)
    if request.outputs is not None and known:
        _check_names(request.outputs, known)


def output_names(schema: Schema) -> list[str]:
    """What the signature names; [] where there is none."""
    signature = schema.card["signature"]
    return [one["name"] for one in signature["outputs"]] if signature else []


def to_reply(answer: Answer, request: Request, name: str, request_id: str, schema: Schema) -> Reply:
    """The reply. Errors: BadRequest for outputs that the model did not give."""
    names = output_names(schema)
    found = outputs(answer, names[0] if len(names) == 1 else UNNAMED)
    wanted = request.outputs
    if wanted is None:
        wanted = [Output(one.name, request.binary) for one in found]
    else:
        _check_names(wanted, [one.name for one in found])
    by_name = {one.name: one for one in found}
    tensors, parts = [], []
    for asked in wanted:
        one = by_name[asked.name]
        tensor: dict[str, Any] = {"name": one.name, "datatype": one.datatype, "shape": one.shape}
        if asked.binary:
            parts.append(_bytes(one))
            tensor["parameters"] = {"binary_data_size": len(parts[-1])}
        else:
            tensor["data"] = _values(one)
        tensors.append(tensor)
    content = {"model_name": name, "model_version": answer.version, "id": request.id or request_id, "outputs": tensors}
    head = orjson.dumps(content)
    headers = {"content-type": "application/json", "x-labwright-version": answer.version}
    if parts:
        headers |= {"content-type": "application/octet-stream", "inference-header-content-length": str(len(head))}
    return Reply(200, b"".join([head, *parts]), headers)


def _check_names(wanted: list[Output], known: list[str]) -> None:
    unknown = [one.name for one in wanted if one.name not in known]
    if unknown:
        raise BadRequest(
            f"There is no output {unknown[0][:100]!r}; the model gives {', '.join(known[:40])}.", code="unknown_output"
        )


def outputs(answer: Answer, unnamed: str) -> list[Found]:
    """The outputs of an answer; `unnamed` is the name of one that has none."""
    if answer.tensors:
        return [
            Found(one.name or unnamed, OF_DTYPE[one.dtype], list(one.shape), [], one.payload) for one in answer.tensors
        ]
    predictions, note = json.loads(answer.predictions), json.loads(answer.result)
    if note["kind"] == "frame":
        columns = {name: [row[name] for row in predictions] for name in note["dtypes"]}
        return [_column(name, note["dtypes"][name], values) for name, values in columns.items()]
    if note["kind"] == "list" and isinstance(predictions, dict) and predictions:
        return [_array(str(name), "object", values) for name, values in predictions.items()]
    name = note.get("name")
    return [_array(name if isinstance(name, str) and name else unnamed, note.get("dtype", "object"), predictions)]


def _array(name: str, dtype: str, values: Any) -> Found:
    """Nested lists of one shape are a tensor of it; of others, each item of the first axis is an element."""
    items, shape = values if isinstance(values, list) else [values], []
    shape.append(len(items))
    while items and all(isinstance(item, list) for item in items) and len({len(item) for item in items}) == 1:
        shape.append(len(items[0]))
        items = [inner for item in items for inner in item]
    return _column(name, dtype, items, shape)


def _column(name: str, dtype: str, values: list[Any], shape: list[int] | None = None) -> Found:
    datatype = OF_DTYPE.get(dtype.lower())
    kinds = set(map(type, values)) - {type(None)}
    if datatype is None or (None in values and not datatype.startswith("FP")):
        if kinds <= {str}:
            datatype = "BYTES"
        elif kinds == {bool} and None not in values:
            datatype = "BOOL"
        elif kinds == {int} and None not in values:
            datatype = "INT64" if all(-(1 << 63) <= value < 1 << 63 for value in values) else "FP64"
        elif kinds <= {int, float}:
            datatype = "FP64"
        else:
            datatype = "BYTES"
            values = [value if isinstance(value, str) or value is None else json.dumps(value) for value in values]
    return Found(name, datatype, shape or [len(values)], values)


def _values(one: Found) -> list[Any]:
    if one.payload is None:
        return one.values
    count = math.prod(one.shape)
    found = list(struct.unpack(f"<{count}{FIXED[one.datatype][1]}", one.payload))
    return [value if math.isfinite(value) else None for value in found] if one.datatype.startswith("FP") else found


def _bytes(one: Found) -> bytes:
    if one.payload is not None:
        return one.payload
    if one.datatype == "BYTES":
        texts = [(value or "").encode() for value in one.values]
        return b"".join(part for text in texts for part in (struct.pack("<I", len(text)), text))
    code = FIXED[one.datatype][1]
    values = [math.nan if value is None else value for value in one.values] if code in "efd" else one.values
    return struct.pack(f"<{len(values)}{code}", *values)
