"""The prediction log: a file per UTC day, a line of JSON per request, written whole before the reply goes out.

    {"id", "at", "version", "status", "latency_ms", "rows", "columns": […], "data": [[…]], "predictions": […]}

`columns`, `data` and `predictions` are there in answered requests only (status 200). One process writes, many read; a
line is one `os.write` to a descriptor in append mode, so that a reader sees whole lines and a kill loses none.
"""

from __future__ import annotations

import json
import os
import re
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from labwright.state import write_private

if TYPE_CHECKING:
    import pandas as pd

COUNTED = ".counted.json"
# The begin of a line as `Writer` writes it: to count rows, nobody needs the values, which are most of the line.
ANSWERED = re.compile(rb'\{"id":"[^"]*","at":"[^"]*","version":[^,]*,"status":200,"latency_ms":[^,]*,"rows":(\d+)[,}]')


class Writer:
    """The one writer of an endpoint's log. `unlogged` counts what a full disk kept out."""

    def __init__(self, folder: Path) -> None:
        self.unlogged = 0
        self._folder = folder
        self._day = ""
        self._file = -1

    def write(
        self, request_id: str, at: datetime, version: str | None, status: int, latency_ms: float, rows: int,
        columns: str = "", data: str = "", predictions: str = "",
    ) -> None:  # fmt: skip
        """Append a line; the last three are JSON text already. A failure is counted, never raised."""
        line = (
            f'{{"id":"{request_id}","at":"{at.isoformat()}","version":{json.dumps(version)},"status":{status},'
            f'"latency_ms":{latency_ms:.3f},"rows":{rows}'
        )
        if predictions:
            line += f',"columns":{columns},"data":{data},"predictions":{predictions}'
        whole = f"{line}}}\n".encode()
        try:
            if (day := at.strftime("%Y-%m-%d")) != self._day:
                self._open(day)
            if (written := os.write(self._file, whole)) != len(whole):
                os.ftruncate(self._file, os.fstat(self._file).st_size - written)
                raise OSError("short write")
        except OSError:
            self.unlogged += 1

    def _open(self, day: str) -> None:
        self.close()
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self._file = os.open(self._folder / f"{day}.jsonl", flags, 0o600)
        self._day = day

    def close(self) -> None:
        """Close the file."""
        if self._file >= 0:
            os.close(self._file)
        self._file, self._day = -1, ""


def lines(folder: Path, since: datetime | None = None, *, newest_first: bool = False) -> Iterator[dict[str, Any]]:
    """The log's lines from `since` on; half a line (the disk was full) is passed over."""
    first = since.astimezone(UTC) if since else None
    for path in sorted(folder.glob("*.jsonl"), reverse=newest_first):
        if first and path.stem < first.strftime("%Y-%m-%d"):
            continue
        with open(path, "rb") as file:
            for line in _backwards(file) if newest_first else file:
                try:
                    item = json.loads(line)
                    late = first is None or datetime.fromisoformat(item["at"]) >= first
                except (ValueError, KeyError, TypeError):
                    continue
                if late:
                    yield item


def read(folder: Path, since: datetime | None = None) -> list[dict[str, Any]]:
    """The log's lines from `since` on, oldest first."""
    return list(lines(folder, since))


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


def sizes(folder: Path) -> dict[str, int]:
    """How long the file of each day is now."""
    return {path.name: path.stat().st_size for path in sorted(folder.glob("*.jsonl"))}


def count_rows(folder: Path, ends: dict[str, int] | None = None) -> int:
    """Rows answered, over all days; `ends` are the sizes up to which to count.

    What was counted is kept in a small file beside the log, so that next time only what is new is read. That file is
    derived: without it all is counted again.
    """
    known, found = _counted(folder), {}
    for name, end in (sizes(folder) if ends is None else ends).items():
        place, rows = known.get(name, (0, 0))
        found[name] = (
            (place, rows) if place == end else _count(folder / name, end, *((place, rows) if place < end else (0, 0)))
        )
    if found != known:
        with suppress(OSError):
            write_private(folder / COUNTED, json.dumps(found))
    return sum(rows for _, rows in found.values())


def _counted(folder: Path) -> dict[str, tuple[int, int]]:
    try:
        return {
            name: (int(place), int(rows)) for name, (place, rows) in json.loads((folder / COUNTED).read_text()).items()
        }
    except (OSError, ValueError, TypeError, AttributeError):
        return {}


def _count(path: Path, end: int, place: int, rows: int) -> tuple[int, int]:
    """Where the last whole line before `end` ends, and the rows answered up to there, going on from `place`."""
    with open(path, "rb") as file:
        file.seek(place)
        for line in file:
            if place + len(line) > end or not line.endswith(b"\n"):
                break
            place += len(line)
            if found := ANSWERED.match(line):
                rows += int(found[1])
    return place, rows


def frame(folder: Path, since: datetime | None = None) -> pd.DataFrame:
    """Answered rows as a frame: request_id, at, version, latency_ms, the inputs by their names, and `prediction`.

    Inputs keep their names; where one is named like a column of ours, such as version, ours is log_version.
    """
    import pandas as pd

    # Requests of the same columns make one frame: versions differ in theirs, and a frame a request would be slow.
    tables: dict[tuple[str, ...], _Table] = {}
    count = 0
    for item in lines(folder, since):
        if item["status"] == 200:
            count = tables.setdefault(tuple(item["columns"]), _Table()).add(item, count)
    taken = {name for columns in tables for name in columns}
    ours = [f"log_{name}" if name in taken else name for name in COLUMNS]
    if not tables:
        return pd.DataFrame(columns=ours)
    parts = []
    for columns, table in tables.items():
        about = pd.DataFrame(table.about, columns=ours, index=table.places)
        about[ours[1]] = pd.to_datetime(about[ours[1]], utc=True, format="ISO8601")
        inputs = pd.DataFrame(table.data, columns=list(columns), index=table.places)
        parts.append(pd.concat([about[ours[:-1]], inputs, about[ours[-1:]]], axis=1))
    return pd.concat(parts).sort_index()


COLUMNS = ("request_id", "at", "version", "latency_ms", "prediction")


@dataclass
class _Table:
    """Rows of one set of columns; `places` are their numbers among all rows of the log."""

    places: list[int] = field(default_factory=list)
    data: list[list[Any]] = field(default_factory=list)
    about: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, item: dict[str, Any], count: int) -> int:
        """Add a request's rows, of which the first has the number `count`. Gives the number that follows."""
        rows, predictions = item["data"], item["predictions"]
        if not isinstance(predictions, list) or len(predictions) != len(rows):
            predictions = [predictions] * len(rows)  # the model does not give one for each row
        self.places += range(count, count + len(rows))
        self.data += rows
        self.about += [(item["id"], item["at"], item["version"], item["latency_ms"], one) for one in predictions]
        return count + len(rows)


def parse_window(text: str) -> timedelta:
    """A window such as 30m, 12h, 7d or 2w. Errors: ValueError."""
    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    if len(text) < 2 or text[-1] not in units or not text[:-1].isdigit():
        raise ValueError("a window is a number and a unit: 30m, 12h, 7d or 2w")
    return timedelta(**{units[text[-1]]: int(text[:-1])})
