"""Metrics, parameters, tags and ends of runs by way of a spool on disk: microseconds for the loop, none lost.

In the kernel a tracking-store plug-in of MLflow's own kind (`tracking_store`) writes them to a spool of the process
(`writer`), and the service (`drain`) brings them to MLflow in order, in batches, however often MLflow, the service or
the kernel die on the way. `folder` says what a spool looks like, `records` what is in it.
"""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["SpoolState", "flush", "recent", "state"]


def __getattr__(name: str) -> Any:
    # Imported when it is named: MLflow loads the plug-in in this package whenever it is imported itself.
    if name in __all__:
        return getattr(importlib.import_module("labwright.experiments.spool.here"), name)
    raise AttributeError(f"module 'labwright.experiments.spool' has no attribute {name!r}")
