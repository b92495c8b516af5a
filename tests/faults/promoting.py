"""What the fault tests of serving share: runs with models that tell their version, promotions, endpoints."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from labwright.client import Client
from labwright.experiments.models import Tracking
from labwright.service.models import Operation, OperationState
from labwright.serving.folder import EndpointFolder
from labwright.serving.models import Endpoint, Promote
from tests import models


@contextmanager
def mlflow_of(client: Client) -> Iterator[Any]:
    """MLflow's own client, pointed at the service as a kernel's is."""
    os.environ["MLFLOW_TRACKING_URI"] = client.get("/experiments/tracking", Tracking).uri
    os.environ["MLFLOW_TRACKING_TOKEN"] = client.token
    import mlflow

    mlflow.set_experiment("faults")
    yield mlflow
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
        del os.environ[name]


def log_run(mlflow: Any, factor: int, how: str = "") -> str:
    """A run whose model multiplies by `factor`, or is broken (see `models.Times`). Gives its id."""
    with mlflow.start_run(run_name=how or f"times {factor}") as run:
        # MLflow would load the model in a process of its own to find its requirements.
        mlflow.pyfunc.log_model(name="model", pip_requirements=["mlflow"], **models.times(factor, how))
    found: str = run.info.run_id
    return found


def promote(client: Client, name: str, **body: Any) -> Operation:
    """Promote, and wait."""
    return finish(client, client.post(f"/serving/endpoints/{name}/promotions", Operation, Promote(**body)))


def finish(client: Client, operation: Operation, seconds: float = 180) -> Operation:
    """Wait for an operation's end."""
    deadline = time.monotonic() + seconds
    while operation.state is OperationState.running:
        assert time.monotonic() < deadline, operation
        time.sleep(0.1)
        operation = client.get(f"/operations/{operation.id}", Operation)
    return operation


def endpoint(client: Client, name: str) -> Endpoint:
    """The endpoint as it stands."""
    found: Endpoint = client.get(f"/serving/endpoints/{name}", Endpoint)
    return found


def folder(client: Client, name: str) -> EndpointFolder:
    """Its files."""
    return EndpointFolder(client.folders.home / "endpoints" / name)
