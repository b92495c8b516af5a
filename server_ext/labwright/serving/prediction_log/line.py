"""A line of the log: a head of fixed fields, then inputs and outputs as the JSON text that they were.

The lengths in the head say where each text begins, so that a line is taken apart without reading its values, and so
that a model whose answer is no JSON, or one made to look like fields of ours, spoils nothing but its own outputs.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

COLUMNS, DATA, PREDICTIONS, END = b',"columns":', b',"data":', b',"predictions":', b"}"
LENGTHS = re.compile(rb',"lengths":\[(\d+),(\d+),(\d+)\]')
# The begin of a line: to count rows nobody needs the values, which are most of it. Copies to a shadow do not count.
ANSWERED = re.compile(
    rb'\{"id":"[^"]*","at":"[^"]*","version":[^,]*,"status":200,"latency_ms":[^,]*,"rows":(\d{1,9})'
    rb'(?!,"role":"shadow")[,}]'
)
LONGEST_HEAD = 1 << 16
MOST_ROWS = 10**9  # and no more digits in ANSWERED; a body has far fewer


@dataclass(slots=True)
class Line:
    """A line taken apart. `values` is None where inputs and outputs were not logged; else they are JSON texts."""

    head: dict[str, Any]
    values: tuple[bytes, bytes, bytes] | None

    @property
    def answered(self) -> int:
        """How many rows it adds to what the endpoint answered."""
        head = self.head
        return int(head["rows"]) if head["status"] == 200 and head["role"] != "shadow" else 0


def parts(head: str, columns: bytes, data: bytes, predictions: bytes) -> tuple[bytes, ...]:
    """A whole line with values, in parts; `head` is open still, without its brace."""
    lengths = f',"lengths":[{len(columns)},{len(data)},{len(predictions)}]'.encode()
    return head.encode(), lengths, COLUMNS, columns, DATA, data, PREDICTIONS, predictions, END, b"\n"


def split(raw: bytes) -> Line | None:
    """A line taken apart; None for half a line, and for what is none."""
    raw = raw.rstrip(b"\n")
    found = LENGTHS.search(raw, 0, LONGEST_HEAD)
    try:
        if found is None or not raw.startswith(COLUMNS, found.end()):
            return _whole(json.loads(raw))
        first, second, third = (int(length) for length in found.groups())
        columns = found.end() + len(COLUMNS)
        data = columns + first + len(DATA)
        predictions = data + second + len(PREDICTIONS)
        if predictions + third + len(END) != len(raw):
            return None
        head = json.loads(raw[: found.start()] + END)
        values = raw[columns : columns + first], raw[data : data + second], raw[predictions : predictions + third]
        return Line(_filled(head), values)
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _whole(item: dict[str, Any]) -> Line:
    """A line without lengths: nothing was logged of its values, or an earlier version wrote it."""
    values = None
    if "predictions" in item:
        columns, data, predictions = (
            json.dumps(item.pop(name, None)).encode() for name in ("columns", "data", "predictions")
        )
        values = columns, data, predictions
    return Line(_filled(item), values)


def _filled(head: dict[str, Any]) -> dict[str, Any]:
    """Earlier versions had one role and one consumer. A number of rows that cannot be says that nobody knows: 0."""
    head.setdefault("role", "live")
    head.setdefault("consumer", "owner")
    for name in ("id", "at", "version", "status", "latency_ms", "rows"):
        head[name]  # a KeyError says that this is no line of ours
    if type(head["rows"]) is not int or not 0 <= head["rows"] < MOST_ROWS:
        head["rows"] = 0
    return head


def head_of(raw: bytes) -> dict[str, Any] | None:
    """Only the head, for who needs no values."""
    found = LENGTHS.search(raw, 0, LONGEST_HEAD)
    try:
        if found is not None and raw.startswith(COLUMNS, found.end()):
            return _filled(json.loads(raw[: found.start()] + END)) if raw.rstrip(b"\n").endswith(END) else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    whole = split(raw)
    return whole.head if whole is not None else None
