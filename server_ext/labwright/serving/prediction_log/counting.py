"""How many rows an endpoint answered, without reading its log each time."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path

from labwright.serving.prediction_log.line import ANSWERED
from labwright.serving.prediction_log.segments import SEGMENT, answered_in, find_part, pieces
from labwright.state import write_private

COUNTED = ".counted.json"
DELETED = ".deleted.json"


def sizes(folder: Path) -> dict[str, int]:
    """How long each file of the log is now, by its name below the folder."""
    return {
        str((piece.part or piece.segment or folder).relative_to(folder)): piece.size
        for piece in pieces(folder)
    }  # fmt: skip


def count_rows(folder: Path, ends: dict[str, int] | None = None) -> int:
    """Rows answered since the log began, also those that are too old by now; `ends` are the sizes up to which to count.

    What was counted in segments is kept in a small file, so that next time only what is new is read; a Parquet file
    says it in its name. That small file is derived: without it all is counted again.
    """
    known, found = _counted(folder), {}
    rows = deleted_rows(folder)
    for name, end in (sizes(folder) if ends is None else ends).items():
        if SEGMENT.fullmatch(name) is None:
            rows += answered_in(Path(name))
            continue
        place, before = known.get(name, (0, 0))
        if place != end:
            try:
                place, before = _count(folder / name, end, *((place, before) if place < end else (0, 0)))
            except FileNotFoundError:  # it became Parquet meanwhile
                rows += _in_part(folder, name)
                continue
        found[name] = (place, before)
        rows += before
    if found != known:
        with suppress(OSError):
            write_private(folder / COUNTED, json.dumps(found))
    return rows


def _in_part(folder: Path, name: str) -> int:
    match = SEGMENT.fullmatch(name)
    part = find_part(folder, match[1], int(match[2] or 0)) if match else None
    return answered_in(part) if part is not None else 0


def deleted_rows(folder: Path) -> int:
    """Rows answered that were deleted because of their age, or for want of room."""
    try:
        return int(json.loads((folder / DELETED).read_text())["rows"])
    except (OSError, ValueError, TypeError, KeyError):
        return 0


def note_deleted(folder: Path, rows: int, name: str) -> None:
    """Say that so many more, of the piece of this name, will not be counted in files any more; once for each piece."""
    if rows and _last_deleted(folder) != name:  # who noted it may have been killed before the file was gone
        write_private(folder / DELETED, json.dumps({"rows": deleted_rows(folder) + rows, "last": name}))


def _last_deleted(folder: Path) -> str:
    try:
        return str(json.loads((folder / DELETED).read_text())["last"])
    except (OSError, ValueError, TypeError, KeyError):
        return ""


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
        for raw in file:
            if place + len(raw) > end or not raw.endswith(b"\n"):
                break
            place += len(raw)
            if found := ANSWERED.match(raw):
                rows += int(found[1])
    return place, rows
