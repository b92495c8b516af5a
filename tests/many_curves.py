"""Many runs with long metric histories, written into MLflow's own tables in bulk: through its API it takes minutes."""

from __future__ import annotations

import math
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

BEGIN = 1_700_000_000_000  # milliseconds
SECOND = 1000


def add_runs(
    database: Path,
    experiment: str,
    *,
    runs: int = 100,
    metrics: int = 10,
    steps: int = 1000,
    names: tuple[str, ...] = (),
    keys: tuple[str, ...] = (),
) -> list[str]:
    """Runs of an experiment, which is made where there is none; a step a second. Gives their ids, the oldest first."""
    rng = random.Random(experiment)
    ids = [f"{rng.getrandbits(128):032x}" for _ in range(runs)]
    metric_keys = list(keys) or [f"{('loss', 'accuracy')[i % 2]}_{i}" for i in range(metrics)]
    with closing(sqlite3.connect(database, timeout=60)) as connection:
        # A million rows go into three indexes: their pages stay in memory, and nobody waits for the disk.
        connection.executescript("PRAGMA synchronous = OFF; PRAGMA cache_size = -300000;")
        place = _experiment(connection, experiment)
        connection.executemany(
            "INSERT INTO runs (run_uuid, name, status, start_time, end_time, lifecycle_stage, artifact_uri, "
            "experiment_id, source_type, user_id) VALUES (?, ?, 'FINISHED', ?, ?, 'active', ?, ?, 'LOCAL', 'me')",
            [
                (
                    run_id, names[i] if i < len(names) else f"run {i:03d}", BEGIN + i * SECOND,
                    BEGIN + (i + steps) * SECOND, f"mlflow-artifacts:/{place}/{run_id}/artifacts", place,
                )
                for i, run_id in enumerate(ids)
            ],
        )  # fmt: skip
        rates = [10 ** rng.uniform(-4, -1) for _ in ids]
        params = [
            (run_id, key, value)
            for run_id, rate in zip(ids, rates, strict=True)
            for key, value in (
                ("learning_rate", f"{rate:.3g}"), ("depth", str(rng.choice((2, 4, 8)))),
                ("optimizer", rng.choice(("sgd", "adam", "rmsprop"))), ("seed", "7"),
            )
        ]  # fmt: skip
        connection.executemany("INSERT INTO params (run_uuid, key, value) VALUES (?, ?, ?)", params)
        connection.executemany(
            "INSERT INTO tags (run_uuid, key, value) VALUES (?, 'labwright.cost.wall_seconds', ?)",
            [(run_id, f"{rng.uniform(10, 900):.2f}") for run_id in ids],
        )
        connection.executemany(
            "INSERT INTO metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)",
            (row for i, run_id in enumerate(ids) for row in _points(run_id, i, rates[i], metric_keys, steps, rng)),
        )
        connection.execute(
            "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) "
            "SELECT m.key, m.value, m.timestamp, m.step, m.is_nan, m.run_uuid FROM metrics m JOIN runs r "
            "ON r.run_uuid = m.run_uuid WHERE r.experiment_id = ? AND m.step = ?",
            [place, steps - 1],
        )
        connection.commit()
    return ids


def _experiment(connection: sqlite3.Connection, name: str) -> int:
    find = "SELECT experiment_id FROM experiments WHERE name = ?"
    if connection.execute(find, [name]).fetchone() is None:
        connection.execute(
            "INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time) "
            "VALUES (?, 'mlflow-artifacts:/', 'active', ?, ?)",
            [name, BEGIN, BEGIN],
        )
    found: int = connection.execute(find, [name]).fetchone()[0]
    return found


def _points(
    run_id: str, run: int, rate: float, keys: list[str], steps: int, rng: random.Random
) -> Iterator[tuple[str, float, int, int, str]]:
    speed = 3 + 40 * rate
    for key in keys:
        floor, noise = rng.uniform(0.05, 0.3), rng.uniform(0.005, 0.03)
        for step in range(steps):
            fall = floor + (1 - floor) * math.exp(-speed * step / steps)
            value = fall + noise * (rng.random() - 0.5)
            yield key, 1 - value if key.startswith("acc") else value, BEGIN + (run + step) * SECOND, step, run_id
