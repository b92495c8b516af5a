"""From the tensors of a request to rows for the model.

A model of named columns takes an input for each column, of shape [rows] or [rows, 1] (as MLServer's pandas codec has
it). A model of one tensor without a name takes one input, by any name; one of named tensors takes an input for each. A
model without a signature gets one input as an array, and several as the columns of a frame.
"""

from __future__ import annotations

import base64
import json
import math
import struct
from array import array
from typing import Any

from labwright.serving.plane.inference_v2.datatypes import EXACT, FIXED, OF_COLUMN, of_signature, takes
from labwright.serving.plane.inference_v2.request import Input, Request
from labwright.serving.plane.rows import BadRequest, Rows, Tensor
from labwright.serving.plane.scoring import INFINITE, Schema

BULK_BYTES = 64 << 10  # columns from this size on go to the model as they came; below, requests are run together


def to_rows(request: Request, schema: Schema) -> Rows:
    """Errors: BadRequest, naming the input."""
    inputs = request.inputs
    if schema.tensor and len(inputs) != 1:
        raise BadRequest("This model takes one tensor: one input.", code="unknown_input")
    if schema.columns and not schema.tensor:
        _check_names(inputs, schema)
    for one in inputs:
        kind = schema.columns[0]["type"] if schema.tensor else schema.types.get(one.name)
        if kind is not None:
            _check(one, kind)
        if one.shape[0] == 0:
            raise BadRequest("The request has no rows.")
    rows = _tensor(inputs[0], schema) if schema.tensor or (not schema.columns and len(inputs) == 1) else (
        _named(inputs, schema) if schema.named else _frame(inputs, schema)
    )  # fmt: skip
    rows.params = {name: value for name, value in request.parameters.items() if name in schema.params} or None
    rows.raw_answer = request.binary if request.outputs is None else all(one.binary for one in request.outputs)
    return schema.fit(rows)


def _check_names(inputs: list[Input], schema: Schema) -> None:
    names = [one.name for one in inputs]
    unknown = [name for name in names if name not in schema.types]
    missing = [
        name for name in [one["name"] for one in schema.columns if one.get("required", True)] if name not in names
    ]
    takes = f"The model takes: {', '.join(schema.types)}." if len(schema.types) <= 40 else ""
    if missing:
        raise BadRequest(f"Input {_listed(missing)} is missing; add it. {takes}".strip(), code="missing_input")
    if unknown:
        raise BadRequest(
            f"Input {_listed(unknown)} is not in the model's signature; leave it out. {takes}".strip(),
            code="unknown_input",
        )


def _listed(names: list[str]) -> str:
    return ", ".join(repr(name[:100]) for name in names[:10]) + (" and others" if len(names) > 10 else "")


def _check(one: Input, kind: str) -> None:
    datatype, shape = of_signature(kind)
    if not takes(datatype, one.datatype):
        raise BadRequest(f"Input {one.name[:100]!r} takes {datatype}, not {one.datatype}.", code="datatype")
    column = not kind.startswith("tensor of ")
    fits = len(one.shape) == len(shape) and all(
        want in (-1, have) for want, have in zip(shape, one.shape, strict=True)
    )  # fmt: skip
    if not fits and not (column and len(one.shape) == 2 and one.shape[1] == 1):
        wanted = f"[rows] or [rows, 1], a value for each row, not {list(one.shape)}" if column else (
            f"{shape} (-1: any length), not {list(one.shape)}"
        )  # fmt: skip
        raise BadRequest(f"Input {one.name[:100]!r} takes the shape {wanted}.", code="shape")


def _tensor(one: Input, schema: Schema) -> Rows:
    wanted = of_signature(schema.columns[0]["type"])[0] if schema.columns else one.datatype
    if one.payload is not None and one.datatype == wanted:
        return Rows("raw", [], tensors=(_as_is(one, ""),))
    return Rows("tensor", [], _nested(_values(one, wanted, ""), one.shape))


def _named(inputs: list[Input], schema: Schema) -> Rows:
    names, wanted = [one.name for one in inputs], [of_signature(schema.types[one.name])[0] for one in inputs]
    if all(one.payload is not None and one.datatype == kind for one, kind in zip(inputs, wanted, strict=True)):
        return Rows("raw", names, tensors=tuple(_as_is(one, one.name) for one in inputs))
    return Rows(
        "named", names,
        [_nested(_values(one, kind, ""), one.shape) for one, kind in zip(inputs, wanted, strict=True)],
    )  # fmt: skip


def _frame(inputs: list[Input], schema: Schema) -> Rows:
    names, lengths = [one.name for one in inputs], {one.shape[0] for one in inputs}
    if len(lengths) > 1:
        raise BadRequest("The inputs are columns of one table: all of them take as many values.", code="shape")
    if sum(len(one.payload or b"") for one in inputs) >= BULK_BYTES and all(_is_exact(one, schema) for one in inputs):
        return Rows("raw", names, tensors=tuple(_as_is(one, one.name, one.shape[:1]) for one in inputs))
    columns = []
    for one in inputs:
        kind = schema.types.get(one.name, "")
        columns.append(_values(one, of_signature(kind)[0] if kind else one.datatype, kind))
    return Rows("frame", names, [list(row) for row in zip(*columns, strict=True)])


def _is_exact(one: Input, schema: Schema) -> bool:
    if one.payload is None or of_signature(schema.types.get(one.name, ""))[0] != one.datatype:
        return False
    code = FIXED[one.datatype][1]
    return code not in "df" or not _has_infinite(array(code, one.payload))


def _as_is(one: Input, name: str, shape: tuple[int, ...] | None = None) -> Tensor:
    return Tensor(name, FIXED[one.datatype][0], shape or one.shape, one.payload or b"")


def _values(one: Input, wanted: str, kind: str) -> list[Any]:
    """The values as JSON has them. Errors: BadRequest for what does not fit the datatype that the model takes."""
    what = f"Input {one.name[:100]!r}"
    if one.datatype == "BYTES":
        return [_text(value, kind, what) for value in one.values]
    if one.payload is None:
        values = one.values
    else:
        code = FIXED[one.datatype][1]
        values = list(struct.unpack(f"<{math.prod(one.shape)}{code}", one.payload))
        if one.datatype.startswith("FP") and _has_infinite(values):
            raise BadRequest(INFINITE)
    if wanted == "FP64" and one.datatype in ("INT64", "UINT64") and max(map(abs, values), default=0) > EXACT:
        raise BadRequest(
            f"{what} takes FP64, which does not hold a whole number of this size exactly.", code="datatype"
        )
    return values


def _has_infinite(values: Any) -> bool:
    return math.inf in values or -math.inf in values


def _text(value: Any, kind: str, what: str) -> Any:
    if value is None:
        return None
    if isinstance(value, bytes):
        if kind == "binary":
            return base64.b64encode(value).decode()
        try:
            value = value.decode()
        except UnicodeDecodeError:
            raise BadRequest(f"{what} takes texts in UTF-8.", code="datatype") from None
    if kind and kind not in OF_COLUMN and not kind.startswith("tensor of "):
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            raise BadRequest(f"{what} takes JSON text in each element.", code="datatype") from None
    return value


def _nested(values: list[Any], shape: tuple[int, ...]) -> list[Any]:
    for length in reversed(shape[1:]):
        values = [values[first : first + length] for first in range(0, len(values), length)] if length else []
    return values
