"""Segments as Parquet: the one schema of all logs, written by a helper process and read by whoever analyses.

pyarrow is imported here and nowhere else in the log; the data plane never imports this module.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from labwright.serving.prediction_log import forms, line
from labwright.serving.prediction_log.line import Line
from labwright.serving.prediction_log.segments import PART

NAMES = pa.dictionary(pa.int32(), pa.string())
SCHEMA = pa.schema(
    [
        pa.field("request_id", pa.string(), nullable=False),
        pa.field("at", pa.timestamp("us", tz="UTC"), nullable=False),
        pa.field("endpoint", NAMES),
        pa.field("version", NAMES),
        pa.field("role", NAMES),
        pa.field("consumer", NAMES),
        pa.field("status", pa.int16()),
        pa.field("latency_ms", pa.float64()),
        pa.field("rows", pa.int32()),
        pa.field("inputs", pa.large_string()),
        pa.field("outputs", pa.large_string()),
        pa.field("entity_keys", pa.large_string()),
    ]
)
HEAD = ["request_id", "at", "version", "role", "consumer", "status", "latency_ms", "rows"]
# A row group is read as a whole, and written from memory.
GROUP_BYTES, GROUP_LINES = 8 << 20, 5000


def write_part(segment: Path, folder: Path, number: int, endpoint: str) -> Path | None:
    """Write a closed segment as Parquet into a day's folder, whole or not at all; None where it has no line.

    Errors: OSError, and ValueError and others for what cannot be Parquet.
    """
    temporary = folder / f".part-{number:06d}.tmp"
    answered = count = 0
    try:
        with open(segment, "rb") as lines, open(temporary, "wb") as sink:
            os.fchmod(sink.fileno(), 0o600)
            with pq.ParquetWriter(sink, SCHEMA, compression="zstd", compression_level=1) as writer:
                for group in _groups(lines):
                    writer.write_batch(_batch(group, endpoint), row_group_size=len(group))
                    answered += sum(each.answered for each in group)
                    count += len(group)
            sink.flush()
            os.fsync(sink.fileno())
        if not count:
            return None
        final = folder / f"part-{number:06d}-{answered}.parquet"
        # The segment is deleted afterwards: here it shows whether its lines will be found again.
        if PART.fullmatch(final.name) is None or pq.read_metadata(temporary).num_rows != count:
            raise ValueError(f"{final.name} would not be all of it")
        os.rename(temporary, final)
        _fsync_folder(folder)
        return final
    finally:
        with suppress(FileNotFoundError):
            temporary.unlink()


def holds(part: Path, segment: Path) -> bool:
    """Whether a Parquet file has all lines of the segment that it was made of. Errors: OSError."""
    with open(segment, "rb") as lines:
        count = sum(map(len, _groups(lines)))
    try:
        return bool(pq.read_metadata(part).num_rows >= count)
    except pa.ArrowInvalid:
        return False


def _groups(lines: Any) -> Iterator[list[Line]]:
    group: list[Line] = []
    size = 0
    for raw in lines:
        found = line.split(raw) if raw.endswith(b"\n") else None
        if found is None:  # half a line
            continue
        group.append(found)
        size += len(raw)
        if size >= GROUP_BYTES or len(group) >= GROUP_LINES:
            yield group
            group, size = [], 0
    if group:
        yield group


def _batch(group: list[Line], endpoint: str) -> pa.RecordBatch:
    heads = [each.head for each in group]
    columns: dict[str, list[Any]] = {
        "request_id": [head["id"] for head in heads],
        "at": [datetime.fromisoformat(head["at"]).astimezone(UTC) for head in heads],
        "endpoint": [endpoint] * len(heads),
        "inputs": [_inputs(each) for each in group],
        "outputs": [each.values[2].decode("utf-8", "replace") if each.values else None for each in group],
        "entity_keys": [_keys_text(each) for each in group],
    }
    for name in ("version", "role", "consumer", "status", "latency_ms", "rows"):
        columns[name] = [head[name] for head in heads]
    return pa.RecordBatch.from_arrays(
        [pa.array(columns[each.name], type=each.type) for each in SCHEMA], schema=SCHEMA
    )  # fmt: skip


def _inputs(found: Line) -> str | None:
    if found.values is None:
        return None
    columns, data, _ = found.values
    hashed = f',"hashed":{json.dumps(found.head["hashed"])}'.encode() if found.head.get("hashed") else b""
    return b"".join((b'{"columns":', columns, b',"data":', data, hashed, b"}")).decode("utf-8", "replace")


def _keys_text(found: Line) -> str | None:
    names = found.head.get("keys")
    if not names or found.values is None:
        return None
    try:
        columns, data = forms.rows(json.loads(found.values[0]), json.loads(found.values[1]))
    except (ValueError, TypeError, LookupError):
        return None
    return json.dumps(forms.entity_keys(names, columns, data))


def _fsync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def lines(part: Path, since: datetime | None, *, newest_first: bool, values: bool) -> Iterator[dict[str, Any]]:
    """The lines of a Parquet file from `since` on, as a segment's are; only row groups that may have some are read."""
    with pq.ParquetFile(part) as file:
        names = [*HEAD, "inputs", "outputs", "entity_keys"] if values else HEAD
        groups = range(file.num_row_groups)
        for number in reversed(groups) if newest_first else groups:
            if since is not None and _newest(file, number) < since:
                continue
            rows = file.read_row_group(number, columns=names, use_threads=False).to_pylist()
            for row in reversed(rows) if newest_first else rows:
                if since is None or row["at"] >= since:
                    yield _item(row)


def _newest(file: pq.ParquetFile, number: int) -> datetime:
    statistics = file.metadata.row_group(number).column(SCHEMA.get_field_index("at")).statistics
    newest = statistics.max if statistics is not None and statistics.has_min_max else None
    return newest.astimezone(UTC) if isinstance(newest, datetime) else datetime.max.replace(tzinfo=UTC)


def _item(row: dict[str, Any]) -> dict[str, Any]:
    row["id"], row["at"] = row.pop("request_id"), row["at"].isoformat()
    inputs, outputs, keys = (row.pop(name, None) for name in ("inputs", "outputs", "entity_keys"))
    if inputs is not None:
        try:
            found = json.loads(inputs)
            row["columns"], row["data"] = forms.rows(found["columns"], found["data"])
            row["predictions"] = forms.outputs(json.loads(outputs))
            if "hashed" in found:
                row["hashed"] = found["hashed"]
        except (ValueError, KeyError, TypeError):
            row["columns"], row["data"], row["predictions"] = [], [], None
    if keys is not None:
        row["entity_keys"] = json.loads(keys)
    return row
