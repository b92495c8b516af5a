"""Images and tables that runs logged: found by name across runs, and given in a form that nothing can run from."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import PurePosixPath
from typing import Any

from labwright.errors import InvalidError
from labwright.experiments.capture.names import FOLDER
from labwright.experiments.differences.artifacts import listed, read
from labwright.experiments.differences.models import LoggedFile, LoggedFiles, LoggedTable
from labwright.service.context import Context

# What a browser is told of a file; of everything else only that it is bytes.
TYPES = {
    ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".webp": "image/webp",
    ".svg": "image/svg+xml",
}  # fmt: skip
OTHER = "application/octet-stream"
FILE_BYTES = 20_000_000
TABLE_BYTES = 5_000_000
ROWS, COLUMNS, CELL = 200, 60, 300
NAMES = 500
# How mlflow.log_image names a file: images/KEY+step+3+timestamp+…+….png, with % for + before MLflow 3.
STEPPED = re.compile(
    r"(?:(?P<folder>.*)/)?images/(?P<key>.+?)[+%]step[+%](?P<step>-?\d+)[+%]timestamp[+%]\d+[+%][0-9a-f-]+\.png"
)
COMPRESSED = re.compile(r"images/.+[+%]compressed\.webp$")

Json = dict[str, Any]


def content_type(path: str) -> str:
    """By the name's ending; never one that a browser would run as a page."""
    return TYPES.get(PurePosixPath(path).suffix.lower(), OTHER)


def logged(context: Context, runs: list[Json]) -> LoggedFiles:
    """The images and tables of runs, by name, those of most runs first."""
    found: dict[tuple[str, int | None], LoggedFile] = {}
    notes = []
    for run in runs:
        run_id = run["info"]["run_id"]
        entries, whole = listed(context, run)
        if not whole:
            name = run["info"].get("run_name") or run_id[:8]
            notes.append(f"Run {name[:100]} has more files than are looked at here; open it in MLflow to see all.")
        for entry in entries:
            kind = _kind(entry.path)
            if kind is None:
                continue
            name, step = _name(entry.path)
            file = found.setdefault((name, step), LoggedFile(name=name, kind=kind, step=step, paths={}))
            file.paths[run_id] = entry.path
    files = sorted(found.values(), key=lambda one: (-len(one.paths), one.kind, one.name, one.step or 0))
    if len(files) > NAMES:
        notes.append(f"{len(files) - NAMES:,} more images and tables are not shown.")
    return LoggedFiles(files=files[:NAMES], notes=notes)


def _kind(path: str) -> str | None:
    suffix = PurePosixPath(path).suffix.lower()
    if path.startswith(f"{FOLDER}/") or COMPRESSED.search(path):
        return None
    if suffix in TYPES:
        return "image"
    return "table" if suffix in (".json", ".csv", ".tsv") else None


def _name(path: str) -> tuple[str, int | None]:
    if match := STEPPED.fullmatch(path):
        return match["key"].replace("~", "/").replace("#", "/"), int(match["step"])
    return path, None


def table(context: Context, run: Json, path: str) -> LoggedTable:
    """The beginning of a table. Errors: as `read`; InvalidError for what is no table."""
    text = read(context, run, path, TABLE_BYTES).decode(errors="replace")
    suffix = PurePosixPath(path).suffix.lower()
    columns, rows = _from_json(text) if suffix == ".json" else _from_csv(text, "\t" if suffix == ".tsv" else ",")
    return LoggedTable(
        columns=[_cell(one) for one in columns[:COLUMNS]],
        rows=[[_cell(one) for one in row[:COLUMNS]] for row in rows[:ROWS]],
        total=len(rows),
    )


def _from_csv(text: str, delimiter: str) -> tuple[list[Any], list[list[Any]]]:
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise InvalidError("This file is not a table that can be read.", code="no_table") from error
    return (rows[0], rows[1:]) if rows else ([], [])


def _from_json(text: str) -> tuple[list[Any], list[list[Any]]]:
    """What mlflow.log_table writes ({"columns": […], "data": [[…]]}), or a list of objects."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        raise InvalidError("This file is damaged: it is no JSON.", code="no_table") from None
    if isinstance(found, dict) and isinstance(found.get("columns"), list) and isinstance(found.get("data"), list):
        return found["columns"], [row if isinstance(row, list) else [row] for row in found["data"]]
    if isinstance(found, list) and found and all(isinstance(row, dict) for row in found):
        columns = list(dict.fromkeys(key for row in found for key in row))
        shown = [[row.get(name) for name in columns[:COLUMNS]] for row in found[:ROWS]]
        return columns, [*shown, *([[]] * (len(found) - len(shown)))]  # only their number is told
    raise InvalidError("This JSON is not a table: it has no columns and rows.", code="no_table")


def _cell(value: Any) -> str:
    text = "" if value is None else value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= CELL else f"{text[:CELL]}…"
