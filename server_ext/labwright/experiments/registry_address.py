"""The model registry's address, named: else MLflow looks for Spark to ask it, at every single call."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

from labwright.experiments.spool.tracking_store import ADDRESS

NAME = "MLFLOW_REGISTRY_URI"


@contextmanager
def registry_beside_tracking() -> Iterator[None]:
    """In the block the registry is where runs go, as it is without this, if that is Labwright and nobody chose."""
    address = os.environ.get("MLFLOW_TRACKING_URI")
    if address is None or address.rstrip("/") != os.environ.get(ADDRESS) or NAME in os.environ:
        yield
        return
    os.environ[NAME] = address
    try:
        yield
    finally:
        if os.environ.get(NAME) == address:
            del os.environ[NAME]
