"""Runs of the embedded store, read in bulk."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence

from labwright.experiments.table.index import Batch, Info

RUNS = (
    "SELECT r.run_uuid, r.name, r.status, r.start_time, r.end_time, r.lifecycle_stage = 'deleted', r.user_id"
    " FROM json_each(?) AS wanted CROSS JOIN runs AS r ON r.run_uuid = wanted.value WHERE r.experiment_id = ?"
)
# The place in the list of ids goes along, so that no id is read for each value.
VALUES = (
    "SELECT wanted.key, t.key, {value} FROM json_each(?) AS wanted CROSS JOIN {table} AS t ON t.run_uuid = wanted.value"
)
METRICS = VALUES.format(value="CASE WHEN t.is_nan THEN NULL ELSE t.value END", table="latest_metrics")
PARAMS = VALUES.format(value="t.value", table="params")
TAGS = VALUES.format(value="ifnull(t.value, '')", table="tags")
NAN = float("nan")


def has_experiment(connection: sqlite3.Connection, experiment_id: str) -> bool:
    """Whether there is such an experiment, deleted or not."""
    found = connection.execute("SELECT 1 FROM experiments WHERE experiment_id = ?", (int(experiment_id),))
    return found.fetchone() is not None


def run_ids(connection: sqlite3.Connection, experiment_id: str) -> list[str]:
    """All runs of the experiment, the newest first."""
    found = connection.execute(
        "SELECT run_uuid FROM runs WHERE experiment_id = ? ORDER BY start_time DESC", (int(experiment_id),)
    )
    return [run_id for (run_id,) in found]


def as_json(ids: Sequence[str]) -> str:
    """Ids as one parameter of a query, for json_each."""
    return json.dumps(list(ids))


def read(connection: sqlite3.Connection, experiment_id: str, ids: Sequence[str]) -> Batch:
    """Those of the runs that are of this experiment, as they are in one moment."""
    connection.execute("BEGIN")
    try:
        rows = connection.execute(RUNS, (as_json(ids), int(experiment_id))).fetchall()
        runs = [Info(run_id, name, status or "", start, end, bool(gone), user)
                for run_id, name, status, start, end, gone, user in rows]  # fmt: skip
        wanted = (as_json([run.run_id for run in runs]),)
        return Batch(
            runs,
            params=connection.execute(PARAMS, wanted).fetchall(),
            tags=connection.execute(TAGS, wanted).fetchall(),
            metrics=[(place, key, NAN if value is None else value)
                     for place, key, value in connection.execute(METRICS, wanted)],
        )  # fmt: skip
    finally:
        connection.execute("ROLLBACK")
