"""Models that tests save, log and promote: small, real, of several kinds."""

from __future__ import annotations

import sys
from typing import Any

import cloudpickle
import mlflow
import mlflow.pyfunc
import mlflow.sklearn
import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression

# Without these MLflow loads each model in a process of its own to find out what it needs: seconds.
SKLEARN, PYFUNC = ["scikit-learn"], ["pandas"]
COLUMNS = ["dep_delay", "temp", "wind", "distance"]


def flights(rows: int = 400) -> tuple[pd.DataFrame, pd.Series]:
    """Numbers like those of flights, and whether they were late."""
    random = np.random.default_rng(7)
    frame = pd.DataFrame(random.normal(size=(rows, len(COLUMNS))), columns=COLUMNS)
    return frame, (frame.dep_delay + 0.3 * frame.temp + random.normal(scale=0.3, size=rows) > 0).astype(int)


def trees() -> tuple[Any, dict[str, Any]]:
    """A gradient boosting regressor (its floats are not round) and what MLflow needs to save it."""
    frame, late = flights()
    model = HistGradientBoostingRegressor(max_iter=20).fit(frame, late.astype(float))
    return model, _keywords(frame, model)


def classifier() -> tuple[Any, dict[str, Any]]:
    """A gradient boosting classifier."""
    frame, late = flights()
    model = HistGradientBoostingClassifier(max_iter=10).fit(frame, late)
    return model, _keywords(frame, model)


def linear() -> tuple[Any, dict[str, Any]]:
    """A logistic regression, by MLflow's default format."""
    frame, late = flights()
    model = LogisticRegression().fit(frame, late)
    return model, {key: value for key, value in _keywords(frame, model).items() if key != "serialization_format"}


def on_arrays() -> tuple[Any, dict[str, Any]]:
    """A gradient boosting regressor of plain arrays: its signature is a tensor without a name."""
    frame, late = flights()
    values = frame.to_numpy()
    model = HistGradientBoostingRegressor(max_iter=20).fit(values, late.astype(float))
    return model, {
        "signature": mlflow.models.infer_signature(values, model.predict(values)),
        "input_example": values[:2],
        "serialization_format": "cloudpickle",
        "pip_requirements": SKLEARN,
    }


def _keywords(frame: pd.DataFrame, model: Any) -> dict[str, Any]:
    return {
        "signature": mlflow.models.infer_signature(frame, model.predict(frame)),
        "input_example": frame.head(2),
        "serialization_format": "cloudpickle",
        "pip_requirements": SKLEARN,
    }


class Naughty(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # MLflow's class has no types
    """Does what its input says: dies, hangs, waits, fails, looks around, or doubles x."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        import os
        import time

        for text in model_input["todo"]:
            if text == "die":
                os.kill(os.getpid(), 9)
            if text == "hang":
                time.sleep(1000)
            if text == "wait":
                time.sleep(0.3)
            if text == "fail":
                raise RuntimeError("the model's own error")
            if text == "look":
                return [str(dict(os.environ)) + os.getcwd()] * len(model_input)
        return (model_input["x"] * 2).rename("twice")


class Mixed(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # MLflow's class has no types
    """Takes a column of each type, and gives two: a number and a text."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        number = model_input["number"] * 2 + model_input["count"] + model_input["yes"]
        return pd.DataFrame({"sum": number, "label": model_input["word"].fillna("nothing").str.upper()})


def mixed() -> tuple[pd.DataFrame, dict[str, Any]]:
    """Rows for `Mixed`, and how to save it."""
    frame = pd.DataFrame(
        {
            "number": [0.1, -2.5, 1e300],
            "count": np.array([1, -7, 2**53], dtype=np.int64),
            "word": ["été", "", "snow ❄"],
            "yes": [True, False, True],
            "at": pd.to_datetime(["2026-01-01", "2026-06-30", "1999-12-31"]),
        }
    )
    outputs = pd.DataFrame({"sum": [1.2], "label": ["A"]})
    return frame, {
        "python_model": Mixed(),
        "pip_requirements": PYFUNC,
        "signature": mlflow.models.infer_signature(frame, outputs),
        "input_example": frame.head(2),
    }


class Scaled(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # MLflow's class has no types
    """Takes two named tensors and a parameter."""

    def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
        return model_input["image"].sum(axis=(1, 2)) * model_input["weight"] * (params or {}).get("scale", 1.0)


def scaled() -> dict[str, Any]:
    """How to save or log `Scaled`."""
    from mlflow.models import ModelSignature
    from mlflow.types import DataType, ParamSchema, ParamSpec, Schema, TensorSpec

    image, weight = (np.dtype("float64"), (-1, 2, 2), "image"), (np.dtype("int64"), (-1,), "weight")
    return {
        "python_model": Scaled(),
        "pip_requirements": PYFUNC,
        "signature": ModelSignature(
            Schema([TensorSpec(*image), TensorSpec(*weight)]),
            Schema([TensorSpec(np.dtype("float64"), (-1,))]),
            ParamSchema([ParamSpec("scale", DataType.double, 1.0)]),
        ),
    }


class Broken(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # MLflow's class has no types
    """Does not load."""

    def load_context(self, context: Any) -> None:
        raise RuntimeError("weights are missing")

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        return model_input


class Times(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # as above
    """Multiplies x, so that an answer tells which version gave it; `how` is what it does instead in its own process."""

    def __init__(self, factor: int = 1, how: str = "") -> None:
        self.factor, self.how = factor, how

    def load_context(self, context: Any) -> None:
        import time

        if self._served() and self.how == "does not load":
            raise RuntimeError("weights are missing")
        if self._served() and self.how == "hangs":
            time.sleep(1000)

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        import ctypes

        if self._served() and self.how == "segfault":
            ctypes.string_at(0)
        if self._served() and self.how == "slow":
            import time

            time.sleep(0.05)
        if self._served() and self.how == "hangs on 7" and (model_input.iloc[:, 0] % 10 == 7).any():
            import time

            time.sleep(1000)
        if self._served() and self.how == "fails on 7" and (model_input.iloc[:, 0] % 10 == 7).any():
            raise RuntimeError("seven is too much")
        scale = float("nan") if self.how == "gives NaN" else float(self.factor)
        return (model_input.iloc[:, 0].astype(float) * scale).rename("times")

    def _served(self) -> bool:
        """Whether this is an endpoint's model process: MLflow calls predict where the model is logged, too."""
        import os

        return "LABWRIGHT_HOME" not in os.environ


def times(factor: int = 1, how: str = "") -> dict[str, Any]:
    """How to save or log `Times`."""
    frame = pd.DataFrame({"other" if how == "other schema" else "x": [1.5]})
    return {
        "python_model": Times(factor, how),
        "signature": mlflow.models.infer_signature(frame, pd.Series([1.5], name="times")),
        "input_example": frame,
    }


# The model's process knows nothing of the tests: the classes travel with the model.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def naughty() -> dict[str, Any]:
    """How to save or log `Naughty`."""
    frame = pd.DataFrame({"x": [1.5], "todo": ["work"]})
    return {
        "python_model": Naughty(),
        "pip_requirements": PYFUNC,
        "signature": mlflow.models.infer_signature(frame, pd.Series([3.0], name="twice")),
        "input_example": frame,
    }
