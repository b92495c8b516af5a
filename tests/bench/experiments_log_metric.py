"""A loop that logs: points a second until all is in the store, and microseconds that the caller waits."""

from __future__ import annotations

import json
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.bench.measure import interval, paired, report
from tests.state_folder import own_state_folder

POINTS = {"labwright": 10_000, "mlflow": 100, "sqlite": 200}
ADDRESS = """
import json, os, labwright as lw
assert lw.experiments.use_tracking()
print(json.dumps({name: value for name, value in os.environ.items() if name.startswith(("MLFLOW_", "LABWRIGHT_"))}))
"""


class Worker:
    """A process of `experiments_worker`."""

    def __init__(self, way: str, environment: Mapping[str, str], folder: Path) -> None:
        self._log = folder / f"{way}.log"
        with open(self._log, "w") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.bench.experiments_worker", way], text=True, env=dict(environment),
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, cwd=Path.cwd(),
            )  # fmt: skip

    def ask(self, what: str, count: int = 0) -> dict[str, Any]:
        """One measurement."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{what} {count}\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError(f"the worker died: {self._log.read_text()[-2000:]}")
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)


def run(pairs: int) -> None:
    """Measure `experiments.log_metric`."""
    with tempfile.TemporaryDirectory() as name, _workers(Path(name)) as (workers, database):
        for way, worker in workers.items():  # once each, unmeasured
            worker.ask("points", 50)
            worker.ask("fluent")
            if way == "labwright":
                worker.ask("log")

        def rate(way: str) -> float:
            found = workers[way].ask("points", POINTS[way])
            if way != "sqlite":
                stored = _stored(database, found["run"])
                assert stored == (POINTS[way], POINTS[way]), f"{way}: {stored} of {POINTS[way]} points are stored"
            return POINTS[way] / float(found["seconds"])

        values = paired(pairs, {way: lambda way=way: rate(way) for way in POINTS})  # type: ignore[misc]
        report("experiments.log_metric", "points/s", values, lower_is_better=False)

        values = paired(
            pairs,
            {
                "labwright": lambda: workers["labwright"].ask("fluent")["us"],
                "nothing": lambda: workers["nothing"].ask("fluent")["us"],
                "log": lambda: workers["labwright"].ask("log")["us"],
            },
        )
        _report_microseconds(values)


def _report_microseconds(values: Mapping[str, list[float]]) -> None:
    added = [ours - theirs for ours, theirs in zip(values["labwright"], values["nothing"], strict=True)]
    for name, took, bar in (("added", added, 20), ("log", values["log"], 50)):
        low, high = interval(took)
        line = {
            "name": f"experiments.log_metric.{name}", "unit": "µs", "labwright": round(statistics.median(took), 2),
            "interval": [round(low, 2), round(high, 2)], "at_most": bar,
        }  # fmt: skip
        if name == "added":
            line["peers"] = {"MLflow over a store that does nothing": round(statistics.median(values["nothing"]), 2)}
        print(json.dumps(line, ensure_ascii=False), flush=True)


@contextmanager
def _workers(folder: Path) -> Iterator[tuple[dict[str, Worker], Path]]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "LABWRIGHT_"))}
    os.environ.setdefault("LABWRIGHT_HOME", str(folder / "none"))  # no measurement touches the user's own
    with own_state_folder(folder / "home") as home:
        ours = clean | {"LABWRIGHT_HOME": str(home.home)}
        said = subprocess.run([sys.executable, "-c", ADDRESS], env=ours, capture_output=True, text=True, check=True)
        ours |= json.loads(said.stdout.splitlines()[-1])
        ours["MLFLOW_REGISTRY_URI"] = ours["MLFLOW_TRACKING_URI"]
        plain = {name: value for name, value in ours.items() if name != "LABWRIGHT_SPOOL"}
        clean["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
        address = f"sqlite:///{folder / 'bare.db'}"
        sqlite = clean | {"MLFLOW_TRACKING_URI": address, "MLFLOW_REGISTRY_URI": address}
        environments = {"labwright": ours, "mlflow": plain, "sqlite": sqlite, "nothing": clean}
        workers = {way: Worker(way, environment, folder) for way, environment in environments.items()}
        try:
            yield workers, home.home / "mlflow" / "mlflow.db"
        finally:
            for worker in workers.values():
                worker.close()


def _stored(database: Path, run_id: str) -> tuple[int, int]:
    """Points of the run in MLflow's database, and the steps among them."""
    with sqlite3.connect(f"file:{database}?mode=ro", uri=True, timeout=60) as found:
        row = found.execute("select count(*), count(distinct step) from metrics where run_uuid = ?", (run_id,))
        count: tuple[int, int] = row.fetchone()
    return count
