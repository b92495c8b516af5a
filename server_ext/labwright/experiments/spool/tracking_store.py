"""The plug-in that MLflow asks for the store of an `http` address (entry point `mlflow.tracking_store`).

MLflow loads it at its import, Labwright or not. So nothing is imported here, and whatever goes wrong, MLflow's own
store is what it gets: for every foreign address, and where ours cannot be made.
"""

from __future__ import annotations

import os
import warnings
from functools import partial
from typing import Any

# Set by `use_tracking()` and inherited by children, forked and spawned: Labwright's own address, and its spool folder.
ADDRESS = "LABWRIGHT_SPOOL_ADDRESS"
FOLDER = "LABWRIGHT_SPOOL"


def rest_store(store_uri: str, artifact_uri: str | None = None, **_: Any) -> Any:
    """MLflow's `RestStore` for an address; for Labwright's own, the one that writes to the spool."""
    from mlflow.store.tracking.rest_store import RestStore
    from mlflow.utils.credentials import get_default_host_creds

    credentials = partial(get_default_host_creds, store_uri)
    folder = os.environ.get(FOLDER)
    if folder and store_uri.rstrip("/") == os.environ.get(ADDRESS):
        try:
            from labwright.experiments.spool.store import SpoolStore

            return SpoolStore(credentials, folder)
        except Exception as error:
            warnings.warn(f"Labwright's spool is not used, values are logged one by one: {error!r}", stacklevel=2)
    return RestStore(credentials)  # type: ignore[no-untyped-call] # MLflow has few types
