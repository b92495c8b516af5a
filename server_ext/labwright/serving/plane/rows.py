"""What a call asks to predict, and what the model said to it, in the forms in which they travel."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import Any


class BadRequest(Exception):
    """A request that cannot be answered, with the status and the sentence for its reply."""

    def __init__(self, detail: str, *, status: int = 422, code: str = "invalid") -> None:
        super().__init__(detail)
        self.detail, self.status, self.code = detail, status, code


@dataclass(slots=True, frozen=True)
class Tensor:
    """Values in C order, little-endian; `dtype` is NumPy's name, such as float32. `name` is "" where there is one."""

    name: str
    dtype: str
    shape: tuple[int, ...]
    payload: bytes = field(repr=False, default=b"")

    def head(self) -> dict[str, Any]:
        """All but the values."""
        return {"name": self.name, "dtype": self.dtype, "shape": list(self.shape)}


@dataclass(slots=True)
class Rows:
    """What to predict. Its `kind` is

    - frame: `data` are rows, lists with a value for each of `columns`
    - tensor: `data` are the items of a tensor's first axis; there are no columns
    - named: `data` are tensors, nested lists, one for each of `columns`
    - csv: `payload` is a CSV text in UTF-8, whose first line are the `columns`; the model's process parses it
    - raw: `tensors`, the model's one input, or named ones: its named inputs, or a frame's columns

    `params` are predict's. With `raw_answer` the answer's numbers come as tensors too, as far as they are numbers.
    With `text_ahead` their `text` is made while the model works on them. `asked`: by a caller, and not by a check.
    """

    kind: str
    columns: list[str]
    data: list[Any] = field(default_factory=list)
    payload: bytes = field(repr=False, default=b"")
    tensors: tuple[Tensor, ...] = ()
    params: dict[str, Any] | None = None
    raw_answer: bool = False
    text_ahead: bool = False
    asked: bool = True
    _text: bytes = field(repr=False, default=b"")

    def text(self) -> bytes:
        """`data`, or a CSV's text, as JSON for the log, made once. Errors: BadRequest for too large a number."""
        if not self._text:
            from labwright.serving.prediction_log.forms import csv_text  # not on top, see `_dumped`

            self._text = csv_text(self.payload) if self.kind == "csv" else _dumped(self.data)
        return self._text

    def missing(self) -> tuple[str, int] | None:
        """Of a frame, the first row without a value, and in which column; rows count from 1."""
        for number, row in enumerate(self.data if self.kind == "frame" else [], 1):
            if None in row:
                return self.columns[row.index(None)], number
        return None

    @property
    def count(self) -> int:
        """How many they are; of CSV, how many lines at most."""
        if self.kind == "csv":
            return self.payload.count(b"\n")
        if self.kind == "raw":
            return self.tensors[0].shape[0] if self.tensors and self.tensors[0].shape else 1
        return len(self.data[0]) if self.kind == "named" else len(self.data)

    def goes_with(self, other: Rows) -> bool:
        """Whether both may be run as one frame or tensor."""
        if self.kind != other.kind or self.params != other.params or self.raw_answer != other.raw_answer:
            return False
        if self.kind == "raw":
            one, two = self.tensors, other.tensors
            return len(one) == len(two) == 1 and (one[0].name, one[0].dtype, one[0].shape[1:]) == (
                two[0].name, two[0].dtype, two[0].shape[1:],
            )  # fmt: skip
        return self.kind in ("frame", "tensor") and self.columns == other.columns


def _dumped(data: list[Any]) -> bytes:
    import orjson  # not on top: the model's process reads this module, and its environment may be without

    try:
        return orjson.dumps(data)
    except TypeError:  # an integer of more than 64 bits
        words = "A number is infinite or too large for a float; leave its row out, or send null for a missing value."
        raise BadRequest(words) from None


PLAIN = {float, int}
MISSING = {float, int, type(None)}


def doubles(data: list[Any]) -> bytes | None:
    """Rows of numbers, and of null for a missing one, as float64 in C order; None where there is something else."""
    found = array("d")
    try:
        for row in data:
            kinds = set(map(type, row))
            if kinds <= PLAIN:
                found.extend(row)
            elif kinds <= MISSING:
                found.extend([math.nan if value is None else value for value in row])
            else:
                return None
    except (TypeError, OverflowError):
        return None
    return found.tobytes()
