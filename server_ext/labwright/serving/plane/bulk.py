"""In the model's process: a large CSV, read by Arrow, in parallel and to the last bit of a float, as Python does."""

from __future__ import annotations

from typing import Any

from labwright.serving.plane.rows import BadRequest
from labwright.serving.plane.scoring import Schema
from labwright.serving.plane.scoring import read_csv as read_row_by_row

ARROW = {
    "double": "float64", "float": "float64", "long": "int64", "integer": "int64", "boolean": "bool", "string": "string",
    "datetime": "string",
}  # fmt: skip


def read_csv(head: dict[str, Any], body: bytearray) -> Any:
    """The rows as a DataFrame. What Arrow does not take is read row by row, which knows how to say what is wrong.

    Errors: BadRequest.
    """
    import pandas as pd
    import pyarrow as pa

    schema = Schema(head["card"])
    try:
        frame = _by_arrow(schema, head["columns"], body)
    except (pa.ArrowInvalid, pa.ArrowTypeError, pa.ArrowKeyError):
        rows = schema.fit(read_row_by_row(bytes(body), schema))
        words = schema.explain(rows, "")
        if "Column" in words:
            raise BadRequest(words) from None
        frame = pd.DataFrame(rows.data, columns=rows.columns or head["columns"])
    if len(frame) == 0:
        raise BadRequest("The request has no rows.")
    return frame


def _by_arrow(schema: Schema, columns: list[str], body: bytearray) -> Any:
    import numpy as np
    import pyarrow as pa
    from pyarrow import csv

    types = {name: "double" if schema.tensor else schema.types.get(name, "string") for name in columns}
    table = csv.read_csv(
        pa.BufferReader(pa.py_buffer(body)),
        parse_options=csv.ParseOptions(newlines_in_values=b'"' in body),
        convert_options=csv.ConvertOptions(
            column_types={name: pa.type_for_alias(ARROW.get(kind, "string")) for name, kind in types.items()},
            null_values=[""], true_values=["true", "True", "TRUE"], false_values=["false", "False", "FALSE"],
            strings_can_be_null=True,
        ),
    )  # fmt: skip
    frame = table.to_pandas()
    for name, kind in types.items():
        if kind in ("double", "float") and np.isinf(frame[name].to_numpy()).any():
            raise pa.ArrowInvalid("an infinite number")
    return frame
