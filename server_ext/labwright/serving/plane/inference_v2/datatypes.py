"""Datatypes of the Open Inference Protocol, and what of a model's signature they stand for.

| signature                  | datatype | takes besides, without loss                                        |
| -------------------------- | -------- | ------------------------------------------------------------------ |
| double                     | FP64     | FP32, FP16, integers (of 64 bits: if a float64 holds them exactly) |
| float                      | FP32     | FP16, integers of at most 16 bits                                  |
| long                       | INT64    | integers of at most 32 bits                                        |
| integer                    | INT32    | integers of at most 16 bits                                        |
| boolean                    | BOOL     |                                                                    |
| string                     | BYTES    |                                                                    |
| datetime                   | BYTES    | ISO 8601                                                           |
| binary                     | BYTES    | in JSON as base64, as MLflow's own protocol has it                 |
| array, object, map, any    | BYTES    | each element is JSON text                                          |
| tensor                     | of its dtype | as above                                                       |
"""

from __future__ import annotations

import re

# datatype → NumPy's name, the code in `struct`, bytes of an element. BF16 has neither.
FIXED = {
    "BOOL": ("bool", "?", 1),
    "INT8": ("int8", "b", 1), "INT16": ("int16", "h", 2), "INT32": ("int32", "i", 4), "INT64": ("int64", "q", 8),
    "UINT8": ("uint8", "B", 1), "UINT16": ("uint16", "H", 2), "UINT32": ("uint32", "I", 4),
    "UINT64": ("uint64", "Q", 8),
    "FP16": ("float16", "e", 2), "FP32": ("float32", "f", 4), "FP64": ("float64", "d", 8),
}  # fmt: skip
DATATYPES = (*FIXED, "BYTES")
OF_DTYPE = {dtype: datatype for datatype, (dtype, _, _) in FIXED.items()}
OF_COLUMN = {
    "boolean": "BOOL", "integer": "INT32", "long": "INT64", "float": "FP32", "double": "FP64", "string": "BYTES",
    "datetime": "BYTES", "binary": "BYTES",
}  # fmt: skip
_SMALL, _MIDDLE = {"INT8", "INT16", "UINT8", "UINT16"}, {"INT32", "UINT32"}
TAKES = {
    "FP64": {"FP16", "FP32", "INT64", "UINT64"} | _SMALL | _MIDDLE,
    "FP32": {"FP16"} | _SMALL,
    "INT64": _SMALL | _MIDDLE,
    "INT32": _SMALL,
}
EXACT = 1 << 53  # all whole numbers up to here are float64s
_TENSOR = re.compile(r"tensor of (\S+) \[([-\d, ]*)\]")


def of_signature(kind: str) -> tuple[str, list[int]]:
    """Datatype and shape of a signature's column or tensor; -1 where the shape has any length."""
    found = _TENSOR.fullmatch(kind)
    if found is None:
        return OF_COLUMN.get(kind, "BYTES"), [-1]
    return OF_DTYPE.get(found[1], "BYTES"), [int(length) for length in found[2].split(",") if length.strip()]


def takes(wanted: str, given: str) -> bool:
    """Whether an input of one datatype takes another one's values without loss."""
    return given == wanted or given in TAKES.get(wanted, ())
