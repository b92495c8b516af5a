"""The peer BentoML, with adaptive batching: `bentoml serve serving_bentoml:Late` in the peers' environment.

It has the scikit-learn model itself, not MLflow's wrapper, and no checks: the least that a server can do.
"""

# mypy: ignore-errors

import os
from pathlib import Path

import bentoml
import cloudpickle
import numpy as np
import pandas as pd


@bentoml.service(workers=1, traffic={"timeout": 60})
class Late:
    def __init__(self):
        self.model = cloudpickle.loads((Path(os.environ["BENCH_MODEL"]) / "model.pkl").read_bytes())
        self.columns = list(self.model.feature_names_in_)

    @bentoml.api(batchable=True, max_batch_size=64, max_latency_ms=10_000)
    def predict(self, rows: np.ndarray) -> np.ndarray:
        return self.model.predict(pd.DataFrame(rows, columns=self.columns))
