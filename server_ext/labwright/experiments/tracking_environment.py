"""The variables by which MLflow's client finds Labwright's loopback address and shows the tracking token."""

from __future__ import annotations

import getpass
from contextlib import suppress

from labwright.experiments.models import Tracking


def tracking_environment(found: Tracking, token: str) -> dict[str, str]:
    """A user and a password are set too: else MLflow's client would send those of ~/.mlflow/credentials to us.

    The user is who the run says made it: the remote server's user, else this machine's, as without Labwright.
    """
    user = found.username
    with suppress(OSError, KeyError, ImportError):
        user = user or getpass.getuser()
    return {
        "MLFLOW_TRACKING_URI": found.uri,
        "MLFLOW_TRACKING_TOKEN": token,
        "MLFLOW_TRACKING_USERNAME": user or "unknown",
        "MLFLOW_TRACKING_PASSWORD": token,
    }
