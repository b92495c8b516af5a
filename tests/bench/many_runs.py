"""`python -m tests.bench.many_runs HOME [--runs N --metrics M --params K --steps S]`: an experiment of many runs.

Rows are written in bulk into an MLflow store on SQLite, which MLflow's own migration makes where there is none: through
the API 100,000 runs would take hours. HOME is a state folder (LABWRIGHT_HOME) whose service may run meanwhile.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

MIGRATE = (
    "import sys; from mlflow.server import handlers; handlers.initialize_backend_stores(sys.argv[1], sys.argv[1], '/')"
)
STATUSES = ("FINISHED",) * 17 + ("FAILED", "FAILED", "KILLED")
METRICS = ("val_auc", "val_loss", "train_loss", "accuracy", "f1", "rmse", "fit_seconds")
PARAMS: dict[str, tuple[Any, ...]] = {
    "learning_rate": (0.0003, 0.001, 0.003, 0.01, 0.03, 0.1),
    "depth": tuple(range(2, 12)),
    "optimizer": ("adam", "sgd", "lion", "rmsprop"),
    "batch_size": (16, 32, 64, 128, 256),
    "dropout": (0.0, 0.1, 0.2, 0.5),
}
START = 1_767_225_600_000  # the oldest run's start, in milliseconds since the epoch; then one a minute


def make_store(database: Path) -> None:
    """An empty MLflow store, made by MLflow's own migration in a process of its own; one that is there stays."""
    if database.exists():
        return
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    done = subprocess.run(
        [sys.executable, "-c", MIGRATE, f"sqlite:///{database}"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


def add_runs(
    database: Path,
    experiment: str,
    *,
    runs: int,
    metrics: int = 20,
    params: int = 10,
    steps: int = 1,
    unique: bool = False,
    seed: int = 0,
) -> str:
    """Add an experiment of that name with finished runs, the newest last; gives its id.

    `steps` are the points of each metric's curve; `unique` gives each run parameters that no other has.
    """
    metric_names = list(itertools.islice(_names(METRICS, "metric"), metrics))
    param_names = list(itertools.islice(_names(PARAMS, "param"), params))
    with sqlite3.connect(database, timeout=60) as db:
        db.execute("PRAGMA cache_size=-400000")
        now = int(time.time() * 1000)
        made = db.execute(
            "INSERT INTO experiments (name, artifact_location, lifecycle_stage, creation_time, last_update_time)"
            " VALUES (?, '', 'active', ?, ?)",
            (experiment, now, now),
        ).lastrowid
        draw = random.Random(f"{seed} {made}")  # no run is in two experiments
        db.execute(
            "UPDATE experiments SET artifact_location = ? WHERE experiment_id = ?", (f"mlflow-artifacts:/{made}", made)
        )
        ids = [f"{draw.getrandbits(128):032x}" for _ in range(runs)]
        db.executemany(
            "INSERT INTO runs (run_uuid, name, source_type, source_name, entry_point_name, user_id, status, start_time,"
            " end_time, source_version, lifecycle_stage, artifact_uri, experiment_id)"
            " VALUES (?, ?, 'UNKNOWN', '', '', 'someone', ?, ?, ?, '', 'active', ?, ?)",
            (
                (run, f"run-{i}", draw.choice(STATUSES), START + i * 60_000, START + i * 60_000 + draw.randrange(10**6),
                 f"mlflow-artifacts:/{made}/{run}/artifacts", made)
                for i, run in enumerate(ids)
            ),
        )  # fmt: skip
        db.executemany("INSERT INTO tags (key, value, run_uuid) VALUES (?, ?, ?)", _tags(ids, draw))
        db.executemany(
            "INSERT INTO params (key, value, run_uuid) VALUES (?, ?, ?)",
            ((name, f"{draw.random()}" if unique else _param(name, draw), run) for run in ids for name in param_names),
        )
        db.executemany(
            "INSERT INTO metrics (key, value, timestamp, run_uuid, step, is_nan) VALUES (?, ?, ?, ?, ?, 0)",
            (
                (name, draw.random() if step + 1 < steps else _last(i, j, seed), START + i * 60_000 + step, run, step)
                for i, run in enumerate(ids)
                for j, name in enumerate(metric_names)
                for step in range(steps)
            ),
        )
        db.executemany(
            "INSERT INTO latest_metrics (key, value, timestamp, step, is_nan, run_uuid) VALUES (?, ?, ?, ?, 0, ?)",
            (
                (name, _last(i, j, seed), START + i * 60_000 + steps - 1, steps - 1, run)
                for i, run in enumerate(ids)
                for j, name in enumerate(metric_names)
            ),
        )
    return str(made)


def _names(first: Any, rest: str) -> Iterator[str]:
    return itertools.chain(first, (f"{rest}_{i}" for i in itertools.count()))


def _tags(ids: list[str], draw: random.Random) -> Iterator[tuple[str, str, str]]:
    for i, run in enumerate(ids):
        yield "mlflow.runName", f"run-{i}", run
        yield "mlflow.user", "someone", run
        yield "mlflow.source.name", f"flights.ipynb, cell {i % 40}", run
        yield "labwright.notebook", "flights.ipynb", run
        yield "labwright.cost.wall_seconds", f"{draw.randrange(1, 900)}", run
        if i % 3 == 0:
            yield "stage", draw.choice(("draft", "candidate", "done")), run


def _param(name: str, draw: random.Random) -> str:
    return str(draw.choice(PARAMS[name]) if name in PARAMS else draw.randrange(100))


def _last(run: int, metric: int, seed: int) -> float:
    """A metric's last value: the same in the curve and in the summary."""
    return ((run * 2654435761 + metric * 40503 + seed * 97) % 1_000_003) / 1_000_003


def main() -> None:
    """Make the store and the runs; print what was made as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.many_runs", description=main.__doc__)
    parser.add_argument("home", type=Path)
    parser.add_argument("--experiment", default="many")
    for name, default in (("runs", 10_000), ("metrics", 20), ("params", 10), ("steps", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--unique", action="store_true", help="parameters that no other run has")
    options = parser.parse_args()
    database = options.home / "mlflow" / "mlflow.db"
    make_store(database)
    begin = time.monotonic()
    made = add_runs(
        database, options.experiment, runs=options.runs, metrics=options.metrics, params=options.params,
        steps=options.steps, unique=options.unique,
    )  # fmt: skip
    print(json.dumps({"experiment_id": made, "seconds": round(time.monotonic() - begin, 1)}))


if __name__ == "__main__":
    main()
