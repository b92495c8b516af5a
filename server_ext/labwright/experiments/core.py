"""Experiments: what can be done with runs."""

from __future__ import annotations

from labwright.service.context import Context


def mlflow_state(context: Context) -> str:
    """not started, starting, running or failed."""
    return "not started"
