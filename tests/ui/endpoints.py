"""`python -m tests.ui.endpoints`: two endpoints as another process makes them, one of columns of every kind with two
versions, one of a tensor. Names of runs and columns would like to be script."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from labwright.client import Client
from labwright.serving.models import Promote
from tests.service.served import promote, wait
from tests.ui.payloads import PAYLOADS

COLUMNS, TENSOR = "late-flights", "tensor-flights"
WEIRD = PAYLOADS[0]  # a column's name
EXPERIMENT = "endpoints"


def frame(rows: int = 200) -> pd.DataFrame:
    """A column of each kind that has a field of its own."""
    random = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "temp": random.normal(15, 5, rows),
            "stops": random.integers(0, 3, rows),
            "carrier": random.choice(["AA", "UA"], rows),
            "holiday": random.random(rows) > 0.5,
            "departs": pd.date_range("2013-07-01T12:00:00", periods=rows, freq="min"),
            WEIRD: random.normal(size=rows),
        }
    )


def train_columns(name: str, sign: float) -> str:
    """A run with a model of the frame; `sign` turns its answers around. Gives the run's id."""
    import mlflow
    from sklearn.compose import make_column_transformer
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder

    from labwright.experiments import api

    data = frame()
    late = (sign * (data.temp - 15) > 0).astype(int)
    numbers = ["temp", "stops", "holiday", WEIRD]
    model = make_pipeline(
        make_column_transformer((OneHotEncoder(), ["carrier"]), ("passthrough", numbers), remainder="drop"),
        LogisticRegression(max_iter=500),
    ).fit(data, late)
    with api.track(EXPERIMENT, name=name) as run:
        signature = mlflow.models.infer_signature(data, pd.Series(model.predict(data), name="late"))
        mlflow.sklearn.log_model(
            model,
            name="model",
            signature=signature,
            input_example=data.head(1),
            serialization_format="cloudpickle",
            pip_requirements=["scikit-learn"],
        )
    return str(run.info.run_id)


def train_tensor() -> str:
    """A run with a model of plain arrays."""
    import mlflow
    from sklearn.linear_model import LinearRegression

    from labwright.experiments import api

    values = np.random.default_rng(6).normal(size=(50, 3))
    model = LinearRegression().fit(values, values.sum(axis=1))
    with api.track(EXPERIMENT, name="sum of three") as run:
        signature = mlflow.models.infer_signature(values, model.predict(values))
        mlflow.sklearn.log_model(
            model, name="model", signature=signature, input_example=np.array([[1.0, 2.0, 3.5]]),
            serialization_format="cloudpickle", pip_requirements=["scikit-learn"],
        )  # fmt: skip
    return str(run.info.run_id)


def again(client: Client, name: str, sign: float) -> Any:
    """One version more of the first endpoint."""
    from labwright.service.models import Operation

    body = Promote(run_id=train_columns(name, sign), reason="the test wants it")
    operation = wait(client, client.post(f"/serving/endpoints/{COLUMNS}/promotions", Operation, body=body))
    assert operation.state == "succeeded", operation.error
    return operation


def main() -> None:
    client = Client()
    promote(client, train_columns("first try", 1), COLUMNS)
    again(client, PAYLOADS[1], -1)
    promote(client, train_tensor(), TENSOR)
    client.close()


if __name__ == "__main__":
    main()
