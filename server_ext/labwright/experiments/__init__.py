"""Runs and their comparison, on MLflow tracking."""

from __future__ import annotations

import importlib
from typing import Any

__all__ = [
    "archive_runs", "compare", "experiments", "find_run", "flush", "log", "log_evaluation", "log_reference", "restore",
    "restore_runs", "runs", "search_runs", "tag_runs", "track", "untag_runs", "use_tracking",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    # `lw.experiments.VERB` is `labwright.experiments.api.VERB`, imported when it is named.
    if name in __all__:
        return getattr(importlib.import_module("labwright.experiments.api"), name)
    raise AttributeError(f"module 'labwright.experiments' has no attribute {name!r}")
