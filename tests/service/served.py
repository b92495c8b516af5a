"""A real endpoint to measure drift on: a small model, trained, logged, promoted."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import pandas as pd

from labwright.client import Client
from labwright.service.models import Operation, OperationState
from labwright.serving.models import Predict, Prediction, Promote


def weather(rows: int, seed: int, warmer: float = 0.0) -> pd.DataFrame:
    """Inputs of the model; only `temp` moves."""
    random = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "temp": random.normal(15 + warmer, 5, rows),
            "wind": random.gamma(3, 4, rows),
            "carrier": random.choice(["AA", "UA", "DL"], rows),
        }
    )


def train(experiment: str, *, reference: bool = True) -> str:
    """A run with a model of `weather` and, if asked for, its training sample. Gives the run's id."""
    import mlflow
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    from labwright.experiments import api

    frame = weather(2000, 1)
    late = (frame.temp + np.random.default_rng(1).normal(0, 3, len(frame))) > 15
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(handle_unknown="ignore"), ["carrier"]), remainder="passthrough"),
        LogisticRegression(max_iter=500),
    ).fit(frame, late)
    with api.track(experiment) as run:
        signature = mlflow.models.infer_signature(frame, model.predict(frame))
        mlflow.sklearn.log_model(
            model,
            name="model",
            signature=signature,
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )
        if reference:
            api.log_reference(frame.assign(late=late))
    found: str = run.info.run_id
    return found


def promote(client: Client, run_id: str, endpoint: str) -> None:
    """Promote and wait."""
    operation = client.post(f"/serving/endpoints/{endpoint}/promotions", Operation, body=Promote(run_id=run_id))
    operation = wait(client, operation)
    assert operation.state is OperationState.succeeded, operation.error


def send(client: Client, endpoint: str, frame: pd.DataFrame, batch: int = 200) -> None:
    """Send rows to an endpoint, as traffic."""
    for start in range(0, len(frame), batch):
        rows = frame.iloc[start : start + batch]
        body = Predict(columns=list(rows.columns), data=rows.astype(object).to_numpy().tolist())
        assert client.post(f"/serving/endpoints/{endpoint}/predict", Prediction, body=body).predictions


def wait(client: Client, operation: Operation, seconds: float = 120) -> Any:
    """Wait for an operation's end."""
    deadline = time.monotonic() + seconds
    while operation.state is OperationState.running:
        assert time.monotonic() < deadline, operation
        time.sleep(0.1)
        operation = client.get(f"/operations/{operation.id}", Operation)
    return operation
