"""Runs that another process makes, by MLflow's REST API as its client sends them."""

from __future__ import annotations

import time
from typing import Any

from labwright.client import connection
from labwright.state import running_service
from tests.jupyter import Jupyter
from tests.state_folder import StateFolder


class Mlflow:
    """Runs of one experiment."""

    def __init__(self, lab: Jupyter, state: StateFolder, experiment: str) -> None:
        """Open (or make) the experiment; `lab` starts the service where it does not run."""
        self.experiment = experiment
        lab.http.get("labwright/experiments/overview").raise_for_status()
        running = running_service(state.folders)
        assert running is not None
        self._http = connection(running, state.folders)
        found = self._send("GET", "experiments/get-by-name", params={"experiment_name": experiment}, check=False)
        if "experiment" not in found:
            found = {"experiment": self._send("POST", "experiments/create", json={"name": experiment})}
        self._experiment_id = found["experiment"]["experiment_id"]

    def start(self, name: str, params: dict[str, str] | None = None, tags: dict[str, str] | None = None) -> str:
        """A run that goes on; gives its id."""
        now = int(time.time() * 1000)
        all_tags = [{"key": key, "value": value} for key, value in {"mlflow.runName": name, **(tags or {})}.items()]
        body = {"experiment_id": self._experiment_id, "run_name": name, "start_time": now, "tags": all_tags}
        run: str = self._send("POST", "runs/create", json=body)["run"]["info"]["run_id"]
        if params:
            listed = [{"key": key, "value": value} for key, value in params.items()]
            self._send("POST", "runs/log-batch", json={"run_id": run, "params": listed})
        return run

    def log(self, run: str, key: str, value: float | str) -> None:
        """A metric's value; NaN and Infinity are texts in MLflow's JSON."""
        body = {"run_id": run, "key": key, "value": value, "timestamp": int(time.time() * 1000), "step": 0}
        self._send("POST", "runs/log-metric", json=body)

    def end(self, run: str) -> None:
        """The run has finished."""
        body = {"run_id": run, "status": "FINISHED", "end_time": int(time.time() * 1000)}
        self._send("POST", "runs/update", json=body)

    def _send(self, method: str, path: str, *, check: bool = True, **options: Any) -> Any:
        reply = self._http.request(method, f"/mlflow/api/2.0/mlflow/{path}", **options)
        if check:
            assert reply.is_success, reply.text
        return reply.json()
