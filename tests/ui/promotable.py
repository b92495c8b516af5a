"""`python -m tests.ui.promotable`: runs to promote: one in order, one that fits it, one that breaks its callers."""

from __future__ import annotations

import mlflow
import pandas as pd
from sklearn.linear_model import LogisticRegression

import labwright as lw
from tests.service.served import weather

EXPERIMENT = "Late flights"
ROWS = 300


def main() -> None:
    frame = weather(ROWS, 1)[["temp", "wind"]]
    late = (frame.temp + frame.wind > 27).astype(int).rename("late")
    log("in order", frame, late)
    log("in order too", frame, late)
    log("other columns", frame.rename(columns={"wind": "gust"}), late)


def log(name: str, frame: pd.DataFrame, late: pd.Series) -> None:
    """A run whose model is read without code of its own (skops), with all that a careful person logs."""
    with lw.experiments.track(EXPERIMENT, name=name, autolog=False):
        model = LogisticRegression().fit(frame, late)
        mlflow.log_metric("accuracy", model.score(frame, late))
        mlflow.sklearn.log_model(
            model, name="model", signature=mlflow.models.infer_signature(frame, late), input_example=frame.head(2),
            pip_requirements=["scikit-learn"],
        )  # fmt: skip


if __name__ == "__main__":
    main()
