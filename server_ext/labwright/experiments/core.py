"""Experiments: what can be done with runs."""

from __future__ import annotations

from typing import Any

from labwright.experiments import mlflow_rest
from labwright.service.context import Context

__all__ = ["call_mlflow", "mlflow_environment", "mlflow_state"]

call_mlflow = mlflow_rest.call


def mlflow_state(context: Context) -> str:
    """not started, starting, running or failed."""
    return mlflow_rest.server(context).current_state()


def mlflow_environment(context: Context) -> dict[str, str]:
    """The environment with which MLflow's own client, in a job or a kernel, reaches the server."""
    return {"MLFLOW_TRACKING_URI": f"{context.url}/mlflow", "MLFLOW_TRACKING_TOKEN": context.token}
