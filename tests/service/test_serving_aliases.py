"""MLflow's alias `champion` follows what is live, also where the service dies between the two."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import psutil
import pytest

from labwright.client import Client
from labwright.errors import LabwrightError
from labwright.experiments.models import Experiment
from labwright.service.models import Operation, Status
from labwright.serving.models import Decide, Endpoint, Promote
from labwright.serving.promotion.decision import WAITING
from tests.state_folder import StateFolder, wait_until

LOG_A_MODEL = """
import labwright as lw, mlflow
from tests import models
model, keywords = models.linear()
with lw.experiments.track("aliases", autolog=False) as run:
    mlflow.sklearn.log_model(model, name="model", **keywords)
print(run.info.run_id)
"""


def champion(client: Client) -> str | None:
    """The version that MLflow names so."""
    asked = {"name": "late", "alias": "champion"}
    try:
        found: Any = client.get("/mlflow/api/2.0/mlflow/registered-models/alias", dict[str, Any], params=asked)
    except LabwrightError:  # MLflow's own words for: there is no such alias
        return None
    return str(found["model_version"]["version"])


def test_the_alias_is_made_good_when_mlflow_is_used_next(
    other_home: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABWRIGHT_HOME", str(other_home.home))
    logged = subprocess.run([sys.executable, "-c", LOG_A_MODEL], capture_output=True, text=True, check=True)
    client = Client()
    body = Promote(run_id=logged.stdout.split()[-1], ask="always")
    operation: Operation = client.post("/serving/endpoints/late/promotions", Operation, body)
    (mlflow,) = [process for process in other_home.processes() if is_mlflow(process)]

    def step() -> str:
        return str(client.get(f"/operations/{operation.id}", Operation).step)

    wait_until(lambda: step() == WAITING, "it was checked: MLflow is needed for the alias only", 120)
    mlflow.suspend()
    client.post(f"/serving/promotions/{operation.id}/go", Operation, Decide())
    wait_until(lambda: client.get("/serving/endpoints/late", Endpoint).live is not None, "it is promoted", 60)
    other_home.kill_service()
    mlflow.kill()

    endpoint = client.get("/serving/endpoints/late", Endpoint)
    assert (endpoint.live.version, endpoint.state) == ("1", "ready")
    time.sleep(3)  # longer than the watch sleeps
    assert client.get("/status", Status).mlflow == "not started", "an alias is no reason to start MLflow"
    revision = endpoint.revision
    client.get("/experiments", list[Experiment])  # this starts it
    wait_until(lambda: champion(client) == "1", "the alias is set")
    assert client.get("/serving/endpoints/late", Endpoint).revision == revision
    client.close()


def is_mlflow(process: psutil.Process) -> bool:
    """Whether this is MLflow's server."""
    return "labwright.experiments.mlflow_process" in process.cmdline()
