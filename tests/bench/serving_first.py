"""`serving.first_prediction`: the seconds from the click on Promote to the first answer of a scikit-learn model."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.bench import serving_model, serving_peers
from tests.bench.measure import paired, report


def run(pairs: int) -> None:
    """Measure it; the peer is `mlflow models serve`, from the start of its process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["LABWRIGHT_HOME"] = str(folder / "home")
        os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
        asked = serving_model.make(folder)
        try:
            runs = _runs(pairs, asked)
            clicks = iter(enumerate(runs))
            measures = {"labwright": lambda: _click(*next(clicks)), "mlflow": lambda: _serve(asked)}
            report("serving.first_prediction", "s", paired(pairs, measures), lower_is_better=True)
        finally:
            stop = [str(Path(sys.executable).parent / "labwright"), "stop", "--all"]
            subprocess.run(stop, check=False, capture_output=True)


def _runs(count: int, asked: serving_model.Asked) -> list[str]:
    """Runs that logged the model."""
    from labwright import client
    from labwright.experiments.models import Tracking

    service = client.shared()
    os.environ["MLFLOW_TRACKING_URI"] = service.get("/experiments/tracking", Tracking).uri
    os.environ["MLFLOW_TRACKING_TOKEN"] = service.token
    import mlflow

    found = []
    model = mlflow.sklearn.load_model(str(asked.path))
    for _ in range(count):
        with mlflow.start_run() as run:
            mlflow.sklearn.log_model(
                model, name="model", serialization_format="cloudpickle", input_example=asked.table.head(2),
                signature=mlflow.models.infer_signature(asked.table.head(5), model.predict(asked.table.head(5))),
            )  # fmt: skip
            found.append(str(run.info.run_id))
    return found


def _click(number: int, run_id: str) -> float:
    """To an endpoint that is not there yet, as a first promotion is."""
    from labwright import client
    from labwright.service.models import Operation
    from labwright.serving.models import Predict, Prediction, Promote

    service = client.shared()
    begin = time.perf_counter()
    path = f"/serving/endpoints/bench-{number}"
    operation = service.post(f"{path}/promotions", Operation, body=Promote(run_id=run_id))
    while operation.state == "running":
        time.sleep(0.02)
        operation = service.get(f"/operations/{operation.id}", Operation)
    if operation.state != "succeeded":
        raise RuntimeError(f"the promotion failed: {operation.error}")
    row = Predict(columns=[f"feature_{place}" for place in range(serving_model.COLUMNS)], data=[[0.5] * 30])
    service.post(f"{path}/predict", Prediction, body=row)
    return time.perf_counter() - begin


def _serve(asked: serving_model.Asked) -> float:
    begin = time.perf_counter()
    with serving_peers.mlflow(asked.path) as server:
        server.post(asked.bodies[0].encode(), "application/json")
        return time.perf_counter() - begin
