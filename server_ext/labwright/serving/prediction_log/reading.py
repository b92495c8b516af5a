"""Reading a log: Parquet and segments alike, in the order in which it was written or from the end."""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

from labwright.serving.prediction_log import forms, line
from labwright.serving.prediction_log.segments import Piece, find_part, pieces

SHADOW = "shadow"


def lines(
    folder: Path,
    since: datetime | None = None,
    *,
    newest_first: bool = False,
    values: bool = True,
    parquet: bool = True,
) -> Iterator[dict[str, Any]]:
    """The log's lines from `since` on: id, at, version, role, consumer, status, latency_ms, rows.

    Where values were logged, and unless `values` is off: columns, data (a list a row), predictions, entity_keys, and
    hashed (names of columns). Half a line (the disk was full) is passed over. Only the days and row groups that may
    have some are read. Without `parquet` only what is not Parquet yet: the newest, for who shall not import pyarrow.
    """
    first = since.astimezone(UTC) if since else None
    found = pieces(folder)
    for piece in reversed(found) if newest_first else found:
        if (first is None or piece.day >= first.strftime("%Y-%m-%d")) and (parquet or piece.part is None):
            yield from _of(folder, piece, first, newest_first, values, parquet)


def _of(
    folder: Path, piece: Piece, since: datetime | None, newest_first: bool, values: bool, parquet: bool
) -> Iterator[dict[str, Any]]:  # fmt: skip
    part = piece.part
    if part is None and piece.segment is not None:
        try:
            file = open(piece.segment, "rb")  # noqa: SIM115 # closed below; to open it may fail, to read it must not
        except FileNotFoundError:
            part = find_part(folder, piece.day, piece.number)  # it became Parquet a moment ago
        else:
            with file:
                yield from _of_segment(file, since, newest_first, values)
            return
    if part is not None and parquet:
        from labwright.serving.prediction_log import parquet as parts

        try:
            yield from parts.lines(part, since, newest_first=newest_first, values=values)
        except FileNotFoundError:  # too old by now, and deleted
            return


def _of_segment(
    file: BinaryIO, since: datetime | None, newest_first: bool, values: bool
) -> Iterator[dict[str, Any]]:  # fmt: skip
    for raw in _backwards(file) if newest_first else file:
        item = _item(raw) if values else line.head_of(raw)
        if item is not None and (since is None or datetime.fromisoformat(item["at"]) >= since):
            yield item


def _item(raw: bytes) -> dict[str, Any] | None:
    found = line.split(raw)
    if found is None:
        return None
    item = found.head
    if found.values is not None:
        try:
            item["columns"], item["data"] = forms.rows(json.loads(found.values[0]), json.loads(found.values[1]))
            item["predictions"] = forms.outputs(json.loads(found.values[2]))
        except (ValueError, TypeError, LookupError):
            item["columns"], item["data"], item["predictions"] = [], [], None
        if names := item.pop("keys", None):
            item["entity_keys"] = forms.entity_keys(names, item["columns"], item["data"])
    return item


def read(folder: Path, since: datetime | None = None) -> list[dict[str, Any]]:
    """The log's lines from `since` on, oldest first."""
    return list(lines(folder, since))


def answered(folder: Path, since: datetime | None = None, *, role: str | None = None) -> Iterator[dict[str, Any]]:
    """The answered requests; `role` is one of live, share, canary, shadow, or all; without it all but the shadow's."""
    for item in lines(folder, since):
        of_role = item["role"] != SHADOW if role is None else role in (item["role"], "all")
        if item["status"] == 200 and of_role:
            yield item


def plain_inputs(item: dict[str, Any]) -> tuple[list[str], list[list[Any]]]:
    """Columns and rows of a line, without those of which it has only hashes; none where nothing was logged."""
    columns, data, hashed = item.get("columns", []), item.get("data", []), item.get("hashed", [])
    kept = [place for place, name in enumerate(columns) if name not in hashed]
    if len(kept) == len(columns):
        return columns, data
    return [columns[place] for place in kept], [[row[place] for place in kept] for row in data]


def is_empty(folder: Path) -> bool:
    """Whether nothing was logged yet (or all of it was too old)."""
    return not any(piece.size for piece in pieces(folder))


def has_parquet(folder: Path) -> bool:
    """Whether some of the log is Parquet by now."""
    return any(piece.part is not None for piece in pieces(folder))


def _backwards(file: BinaryIO, block: int = 1 << 16) -> Iterator[bytes]:
    """The lines of a file from its last to its first, read in blocks: a day may be longer than memory."""
    place, parts = file.seek(0, os.SEEK_END), deque[bytes]()  # parts of one line, whose begin is not read yet
    while place > 0:
        length = min(block, place)
        place = file.seek(place - length)
        first, *others = file.read(length).split(b"\n")
        if others:
            yield others.pop() + b"".join(parts)
            parts.clear()
            yield from reversed(others)
        parts.appendleft(first)
    yield b"".join(parts)
