"""The model of the serving benchmark: gradient boosting on 30 columns; and what is asked of it."""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from pathlib import Path
from typing import Any

COLUMNS, ROWS = 30, 256


@dataclass
class Asked:
    """A saved model; one-row requests with their answers; a table and a tensor of 4 MB."""

    path: Path
    bodies: list[str]
    expected: list[float]
    table: Any
    tensor: Any


def make(folder: Path) -> Asked:
    """Train and save the model, as a frame's (`frame`) and as a float32 tensor's (`tensor`)."""
    import mlflow
    import numpy as np
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingRegressor

    logging.getLogger("mlflow").setLevel(logging.ERROR)
    random = np.random.default_rng(0)
    names = [f"feature_{number}" for number in range(COLUMNS)]
    frame = pd.DataFrame(random.normal(size=(5000, COLUMNS)), columns=names)
    target = frame.feature_0 * 2 + np.sin(frame.feature_1) + random.normal(size=len(frame))
    model = HistGradientBoostingRegressor(max_iter=100).fit(frame, target)
    small = frame.to_numpy(dtype=np.float32)
    on_arrays = HistGradientBoostingRegressor(max_iter=100).fit(small, target)
    for name, each, example in (("frame", model, frame), ("tensor", on_arrays, small)):
        mlflow.sklearn.save_model(
            each, str(folder / name), input_example=example[:2], serialization_format="cloudpickle",
            signature=mlflow.models.infer_signature(example, each.predict(example)),
        )  # fmt: skip
    rows = frame.head(ROWS)
    table = pd.DataFrame(random.normal(size=(100_000, COLUMNS)), columns=names)
    return Asked(
        folder / "frame",
        [json.dumps({"dataframe_split": {"columns": names, "data": [row]}}) for row in rows.to_numpy().tolist()],
        model.predict(rows).tolist(),
        table,
        random.normal(size=((4 << 20) // 4 // COLUMNS, COLUMNS)).astype(np.float32),
    )
