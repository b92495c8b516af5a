"""`python -m tests.ui.runs OUT`: two tracked runs with curves and models; writes what the second answers to OUT."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import mlflow
from sklearn.compose import make_column_transformer
from sklearn.linear_model import SGDClassifier
from sklearn.metrics import log_loss
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

import labwright as lw
from tests.service.served import weather

EXPERIMENT = "delays <b>&amp;</b>"  # a name that must stay a name
STEPS = 8
ROWS = 2000


def main(out: Path) -> None:
    frame = weather(ROWS, 1)
    late = (frame.temp + frame.wind > 27).astype(int)
    for name, rate in (("small steps", 0.0002), ("large steps", 0.01)):
        with lw.experiments.track(EXPERIMENT, name=name, autolog=False):
            encoder = make_column_transformer(
                (OneHotEncoder(handle_unknown="ignore"), ["carrier"]), remainder="passthrough"
            )
            columns = encoder.fit_transform(frame)
            model = SGDClassifier("log_loss", learning_rate="constant", eta0=rate, random_state=0)
            mlflow.log_params({"eta0": rate, "loss": "log_loss"})
            for step in range(STEPS):
                model.partial_fit(columns, late, classes=[0, 1])
                mlflow.log_metric("log_loss", log_loss(late, model.predict_proba(columns)), step=step)
            mlflow.log_metric("accuracy", model.score(columns, late))
            whole = make_pipeline(encoder, model)
            mlflow.sklearn.log_model(
                whole,
                name="model",
                signature=mlflow.models.infer_signature(frame, late.rename("late")),
                input_example=frame.head(1),
                serialization_format="cloudpickle",
                pip_requirements=["scikit-learn"],
            )
            lw.experiments.log_reference(frame)
    with lw.experiments.track(EXPERIMENT, name="no model"):
        mlflow.log_metric("accuracy", 0.5)
    out.write_text(json.dumps({"example": int(whole.predict(frame.head(1))[0])}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
