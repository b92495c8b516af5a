"""A process that logs, as `experiments_log_metric` tells it on standard input: it answers each line with one of JSON.

The ways: `labwright` (the spool), `mlflow` (MLflow's own client, synchronous, on the same embedded server), `sqlite`
(the same straight into a database) and `nothing` (MLflow's functions over a store that does nothing).
"""

from __future__ import annotations

import json
import statistics
import sys
import time
from collections.abc import Callable

import mlflow
from mlflow.entities import LifecycleStage, Metric, Run, RunData, RunInfo
from mlflow.store.tracking.rest_store import RestStore
from mlflow.tracking._tracking_service import utils
from mlflow.utils.rest_utils import MlflowHostCreds

CALLS = 1000


class NoStore(RestStore):
    """Takes everything and does nothing."""

    def __init__(self) -> None:
        super().__init__(lambda: MlflowHostCreds("http://nothing"))

    def create_run(self, experiment_id, user_id, start_time, tags, run_name):  # type: ignore[no-untyped-def]
        info = RunInfo("0" * 32, experiment_id, user_id, "RUNNING", start_time, None, LifecycleStage.ACTIVE)
        return Run(info, RunData())

    def log_metric(self, run_id: str, metric: Metric) -> None:
        pass

    def update_run_info(self, *arguments: object, **named: object) -> None:
        pass


def main(way: str) -> None:
    """Answer until the input ends."""
    if way == "nothing":
        utils._tracking_store_registry.register("nothing", lambda **_: NoStore())
        mlflow.set_tracking_uri("nothing://here")
        mlflow.set_registry_uri("nothing://here")
    for line in sys.stdin:
        what, count = line.split()
        answer = points(way, int(count)) if what == "points" else {"us": microseconds(what)}
        print(json.dumps(answer), flush=True)


def points(way: str, count: int) -> dict[str, object]:
    """Log this many points of a new run; seconds until they are in the store."""
    if way != "nothing":
        mlflow.set_experiment("bench")
    with mlflow.start_run() as run:
        begin = time.perf_counter()
        for step in range(count):
            mlflow.log_metric("loss", step / 7, step=step)
        if way == "labwright":
            from labwright.experiments import spool

            assert spool.flush(300)
        seconds = time.perf_counter() - begin
    return {"seconds": seconds, "run": run.info.run_id}


def microseconds(what: str) -> float:
    """What one call takes, at the median."""
    import labwright as lw

    calls: dict[str, Callable[[int], object]] = {
        "fluent": lambda step: mlflow.log_metric("loss", step / 7, step=step),
        "log": lambda step: lw.experiments.log({"loss": step / 7}, step=step),
    }
    call = calls[what]
    took = []
    with mlflow.start_run():
        for step in range(CALLS):
            begin = time.perf_counter_ns()
            call(step)
            took.append(time.perf_counter_ns() - begin)
    return statistics.median(took[CALLS // 10 :]) / 1000


if __name__ == "__main__":
    main(sys.argv[1])
