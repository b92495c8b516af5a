"""Data drift of endpoints, on Evidently."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["compare_frames", "get", "report", "reports"]


def __getattr__(name: str) -> Any:
    # `lw.drift.VERB` is `labwright.drift.api.VERB`, imported when it is named.
    if name in __all__:
        return getattr(importlib.import_module("labwright.drift.api"), name)
    raise AttributeError(f"module 'labwright.drift' has no attribute {name!r}")
