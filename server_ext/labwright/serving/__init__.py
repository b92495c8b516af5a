"""Promotion and endpoints, on MLflow models and registry."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "Canary", "configure", "curl", "delete", "endpoint", "endpoints", "feedback", "history", "lineage", "log",
    "new_token", "predict", "promote", "register", "request_id", "revoke_token", "rollback", "score", "served",
    "served_runs", "start", "stop", "tokens", "traffic",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # `lw.serving.VERB` is `labwright.serving.api.VERB`, imported when it is named.
    if name in __all__:
        return getattr(importlib.import_module("labwright.serving.api"), name)
    raise AttributeError(f"module 'labwright.serving' has no attribute {name!r}")
