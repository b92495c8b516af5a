"""Feature views and point-in-time joins, on Feast."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = ["apply", "join", "store", "views"]


def __getattr__(name: str) -> Any:
    # `lw.features.VERB` is `labwright.features.api.VERB`, imported when it is named.
    if name in __all__:
        return getattr(importlib.import_module("labwright.features.api"), name)
    raise AttributeError(f"module 'labwright.features' has no attribute {name!r}")
