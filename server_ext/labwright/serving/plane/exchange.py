"""Batches as messages to the model's process, and its messages as replies (see `wire` and `scorer`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from labwright.serving.plane.rows import Rows, Tensor, doubles

if TYPE_CHECKING:
    from labwright.serving.plane.scoring import Schema
    from labwright.serving.plane.waiting import Waiting


def form_of(rows: Rows, schema: Schema) -> tuple[str, bytes]:
    """How rows travel: as float64 where all are such, else as JSON, or as the bytes that they are."""
    if rows.kind == "csv":
        return "csv", rows.payload
    if rows.kind == "raw":
        parts = [tensor.payload for tensor in rows.tensors]
        return "raw", parts[0] if len(parts) == 1 else b"".join(parts)
    if rows.kind == "named":
        return "named", rows.text()
    if schema.doubles(rows) and (found := doubles(rows.data)) is not None:
        return "doubles", found
    if rows.kind == "frame":
        schema.check(rows)
    return "rows", rows.text()[1:-1]


def encode(batch: list[Waiting]) -> tuple[bytes, bytes]:
    """The head and the bytes of a batch."""
    first = batch[0]
    rows = first.rows
    head: dict[str, Any] = {
        "form": first.form, "kind": rows.kind, "columns": rows.columns, "exact": first.schema.exact,
        "counts": [waiting.count for waiting in batch],
    }  # fmt: skip
    if rows.params:
        head["params"] = rows.params
    if rows.raw_answer:
        head["raw"] = True
    if rows.kind == "csv":
        head["card"] = first.schema.card
    if rows.kind == "raw":
        head["tensors"] = [tensor.head() for tensor in rows.tensors]
        if len(batch) > 1:
            head["tensors"][0]["shape"][0] = sum(waiting.count for waiting in batch)
    if first.form == "rows":
        return orjson.dumps(head), b"[" + b",".join([waiting.body for waiting in batch]) + b"]"
    return orjson.dumps(head), first.body if len(batch) == 1 else b"".join([waiting.body for waiting in batch])


def decode(replies: Any, body: bytes, batch: list[Waiting]) -> list[dict[str, Any]]:
    """A reply for each request of a batch; of a raw answer the tensors.

    Code of the model's own runs where replies are made, so nothing in them is taken for granted. Errors: ValueError for
    what is none.
    """
    if not isinstance(replies, list) or len(replies) != len(batch) or not all(map(_is_reply, replies, batch)):
        raise ValueError("a reply that is not ours")
    first = 0
    for reply in replies:
        if "tensors" in reply:
            tensors = []
            for head in reply["tensors"]:
                size = ITEM_BYTES[head["dtype"]]
                for length in head["shape"]:
                    if type(length) is not int or length < 0:
                        raise ValueError("a shape that is none")
                    size *= length
                if type(head["name"]) is not str or first + size > len(body):
                    raise ValueError("a tensor that is not there")
                tensors.append(
                    Tensor(head["name"], head["dtype"], tuple(head["shape"]), body[first : first + size])
                )  # fmt: skip
                first += size
            reply["tensors"] = tuple(tensors)
    return replies


def _is_reply(reply: Any, waiting: Waiting) -> bool:
    """An error with a status of one, or an answer to as many rows as were asked about; the log counts these."""
    if type(reply) is not dict:
        return False
    if "error" in reply:
        code = reply.get("code", "")
        return type(reply["error"]) is str and type(code) is str and reply.get("status") in ERRORS
    note, form, rows = reply.get("result"), list if "tensors" in reply else str, reply.get("rows")
    # Only who parses a CSV knows how many rows it has.
    right = 0 <= rows <= len(waiting.body) if waiting.form == "csv" and type(rows) is int else rows == waiting.count
    return (
        type(rows) is int
        and right
        and type(reply.get("tensors" if form is list else "predictions")) is form
        and type(note) is str
    )


ERRORS = frozenset(range(400, 600))
ITEM_BYTES = {
    "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "float16": 2, "int32": 4, "uint32": 4, "float32": 4,
    "int64": 8, "uint64": 8, "float64": 8,
}  # fmt: skip
