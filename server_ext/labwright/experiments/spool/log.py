# mypy: disable-error-code="no-untyped-call"
# MLflow has few types.
"""`lw.experiments.log`: values of a step, without the layers of MLflow's fluent functions."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from numbers import Real
from typing import Any

from labwright.errors import InvalidError


def log(metrics: Mapping[str, Any], step: int = 0) -> None:
    """Log metrics of the active run, such as `log({"loss": 0.1}, step=3)`.

    Errors: InvalidError when no run is active, or a value is no number; MLflow's own for what it does not take.
    """
    mlflow = sys.modules.get("mlflow")
    run = mlflow.active_run() if mlflow is not None else None
    if mlflow is None or run is None:
        raise InvalidError("No run is active: call this inside %%track or lw.experiments.track().")
    from mlflow.tracking._tracking_service.utils import _get_store

    for name, value in metrics.items():
        if not isinstance(value, Real) and not hasattr(value, "__float__"):
            raise InvalidError(f"The metric {str(name)[:100]!r} is a {type(value).__name__}; metrics are numbers.")
    quick = getattr(_get_store(), "log_values", None)
    if mlflow.get_active_model_id() is not None or (run.outputs is not None and run.outputs.model_outputs):
        quick = None  # they are the model's values, too
    if quick is None or not quick(run.info.run_id, metrics, step, int(time.time() * 1000)):
        mlflow.log_metrics(dict(metrics), step=step)
