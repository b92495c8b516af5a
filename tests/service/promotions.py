"""Steps of promotions that several tests take."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import numpy as np
import psutil
from sklearn.linear_model import LogisticRegression

from labwright.client import Client
from labwright.experiments.models import Tracking
from labwright.service.models import Operation, OperationState
from labwright.serving.folder import EndpointFolder
from labwright.serving.models import Endpoint, Promote
from tests import models
from tests.state_folder import wait_until


@contextmanager
def mlflow_of(client: Client, experiment: str) -> Iterator[Any]:
    """MLflow's own client, pointed at the service as a kernel's is."""
    os.environ["MLFLOW_TRACKING_URI"] = client.get("/experiments/tracking", Tracking).uri
    os.environ["MLFLOW_TRACKING_TOKEN"] = client.token
    import mlflow

    mlflow.set_experiment(experiment)
    yield mlflow
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
        del os.environ[name]


def log_linear(mlflow: Any, name: str, sign: float = 1.0, columns: int | None = None) -> str:
    """A run with a small model; `sign` -1 turns its answers around, `columns` takes only the first ones."""
    frame, late = models.flights()
    frame = frame[models.COLUMNS[:columns]]
    model = LogisticRegression().fit(frame * sign, late)
    with mlflow.start_run(run_name=name) as run:
        mlflow.sklearn.log_model(
            model, name="model", signature=mlflow.models.infer_signature(frame, model.predict(frame)),
            input_example=frame.head(2), serialization_format="cloudpickle", pip_requirements=models.SKLEARN,
        )  # fmt: skip
    return str(run.info.run_id)


def log_run(mlflow: Any, factor: int, how: str = "") -> str:
    """A run whose model multiplies by `factor`, or is broken (see `models.Times`). Gives its id."""
    with mlflow.start_run(run_name=how or f"times {factor}") as run:
        # MLflow would load the model in a process of its own to find its requirements.
        mlflow.pyfunc.log_model(name="model", pip_requirements=["mlflow"], **models.times(factor, how))
    return str(run.info.run_id)


def begin(client: Client, name: str, **body: Any) -> Operation:
    """Ask for a promotion."""
    found: Operation = client.post(f"/serving/endpoints/{name}/promotions", Operation, Promote(**body))
    return found


def look(client: Client, operation: Operation) -> Operation:
    """The operation as it stands."""
    found: Operation = client.get(f"/operations/{operation.id}", Operation)
    return found


def finish(client: Client, operation: Operation, seconds: float = 120) -> Operation:
    """Wait for its end."""
    wait_until(lambda: look(client, operation).state is not OperationState.running, "the operation ends", seconds)
    return look(client, operation)


def promote(client: Client, name: str, **body: Any) -> Operation:
    """Promote, and wait."""
    return finish(client, begin(client, name, **body), 180)


def succeed(client: Client, operation: Operation) -> Operation:
    """Wait for its good end."""
    found = finish(client, operation)
    assert found.state is OperationState.succeeded, (found.error, found.log)
    return found


def reach(client: Client, operation: Operation, step: str) -> None:
    """Wait for a step."""

    def there() -> bool:
        found = look(client, operation)
        assert found.state is OperationState.running, (found.error, found.log)
        return found.step.startswith(step)

    wait_until(there, step, 60)


def endpoint(client: Client, name: str) -> Endpoint:
    """The endpoint as it stands."""
    found: Endpoint = client.get(f"/serving/endpoints/{name}", Endpoint)
    return found


def folder(client: Client, name: str) -> EndpointFolder:
    """Its files."""
    return EndpointFolder(client.folders.home / "endpoints" / name)


def processes(client: Client, name: str) -> list[psutil.Process]:
    """Its model processes."""
    card = folder(client, name).process()
    return psutil.Process(card.pid).children() if card is not None else []


class Callers:
    """Calls to an endpoint that go on in a thread of their own, one after the other; their status codes are kept."""

    def __init__(self, client: Client, name: str) -> None:
        card = folder(client, name).process()
        assert card is not None
        self._url = f"http://127.0.0.1:{card.port}/invocations"
        self._token = folder(client, name).secret("token")
        self.codes: list[int] = []
        self.versions: list[str] = []
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Callers:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._ending.set()
        self._thread.join()

    def _run(self) -> None:
        row = np.zeros((1, len(models.COLUMNS))).tolist()
        body = {"dataframe_split": {"columns": models.COLUMNS, "data": row}}
        with httpx.Client(headers={"Authorization": f"Bearer {self._token}"}, timeout=30) as http:
            while not self._ending.is_set():
                try:
                    reply = http.post(self._url, json=body)
                    self.codes.append(reply.status_code)
                    self.versions.append(reply.headers.get("x-labwright-version", ""))
                except httpx.HTTPError:
                    self.codes.append(0)
                time.sleep(0.01)
