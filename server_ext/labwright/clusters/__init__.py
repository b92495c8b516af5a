"""Workers with CPUs or GPUs for a notebook, on Dask."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["client", "default_name", "get", "list", "scale", "start", "stop"]


def __getattr__(name: str) -> Any:
    # `lw.clusters.VERB` is `labwright.clusters.api.VERB`, imported when it is named.
    if name in __all__:
        return getattr(importlib.import_module("labwright.clusters.api"), name)
    raise AttributeError(f"module 'labwright.clusters' has no attribute {name!r}")
