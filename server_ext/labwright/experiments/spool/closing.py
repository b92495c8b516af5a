"""Runs whose process died: closed as KILLED, when nobody else has taken them up."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable

from labwright.errors import LabwrightError
from labwright.experiments import mlflow_rest
from labwright.experiments.capture.names import PROCESS
from labwright.experiments.spool.sending import is_refusal
from labwright.experiments.spool.tail import Tail
from labwright.service.context import Context

log = logging.getLogger(__name__)

QUIET_SECONDS = 10.0  # a run that another process logs to just now is not closed under its hands


def close_runs(context: Context, dead: Tail, alive: Iterable[Tail]) -> bool:
    """Close what this process began and did not end; whether that is done. Errors: UnavailableError."""
    others = list(alive)
    now = time.monotonic()
    open_runs = dict.fromkeys([*dead.cursor.claims, *_barely_begun(context, dead)])
    postponed = False
    for run_id in open_runs:
        if any(run_id in other.cursor.claims for other in others):
            continue  # resumed elsewhere: it is that process's now
        if any(now - other.touched.get(run_id, -QUIET_SECONDS) < QUIET_SECONDS for other in others):
            postponed = True
            continue
        try:
            _close(context, run_id, dead)
        except LabwrightError as error:
            if not is_refusal(error):
                raise
    return not postponed


def _barely_begun(context: Context, dead: Tail) -> list[str]:
    """Runs that MLflow made for it in the moment of its death, found by their tag."""
    found: list[str] = []
    for experiment in dict.fromkeys(dead.cursor.beginning):
        body = {
            "experiment_ids": [experiment],
            "filter": f"tags.`{PROCESS}` = '{dead.place.name}' AND attributes.status = 'RUNNING'",
            "max_results": 1000,
        }
        reply = mlflow_rest.call(context, "POST", "/api/2.0/mlflow/runs/search", body=body)
        found += [run["info"]["run_id"] for run in reply.get("runs", [])]
    return found


def _close(context: Context, run_id: str, dead: Tail) -> None:
    reply = mlflow_rest.call(context, "GET", "/api/2.0/mlflow/runs/get", params={"run_id": run_id})
    info = reply["run"]["info"]
    if info["status"] not in ("RUNNING", "SCHEDULED") or info.get("lifecycle_stage") != "active":
        return
    # Where we saw it live, it died just now; else (after a reboot) when it wrote last, as far as anybody knows.
    ended = time.time() if dead.watched else max(dead.last_written(), int(info.get("start_time", 0)) / 1000)
    body = {"run_id": run_id, "status": "KILLED", "end_time": int(ended * 1000)}
    mlflow_rest.call(context, "POST", "/api/2.0/mlflow/runs/update", body=body)
    log.info("run %s is closed as KILLED: its process is gone", run_id)
