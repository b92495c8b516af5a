"""`write`, a job: the columns of an export as Parquet. The service itself loads no Arrow."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq


def write(source: str, target: str) -> int:
    """Write the JSON file of an export as Parquet; gives the number of rows."""
    export = json.loads(Path(source).read_text())
    arrays, names = [pa.array(export["run_id"], pa.string())], ["run_id"]
    for column in export["columns"]:
        values, kind = column["values"], column["kind"]
        if kind == "time":
            milliseconds = [None if value is None else round(value * 1000) for value in values]
            arrays.append(pa.array(milliseconds, pa.timestamp("ms", tz="UTC")))
        elif kind == "text" or column["name"].startswith(("params.", "tags.")):
            arrays.append(pa.array(values, pa.string()))
        else:
            arrays.append(pa.array([None if value is None else float(value) for value in values], pa.float64()))
        names.append(column["name"])
    pq.write_table(pa.Table.from_arrays(arrays, names=names), target)
    return len(export["run_id"])
