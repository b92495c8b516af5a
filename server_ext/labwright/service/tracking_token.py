"""The credential of MLflow's clients in kernels and jobs: good for `/mlflow/` and for nothing else.

It travels over the loopback address, where another user's process could listen while the service is away; the service's
own token never does.
"""

from __future__ import annotations

import secrets

from labwright.state import Folders, write_private


def tracking_token(where: Folders) -> str:
    """The token, made at first use, readable by the user only; the same across restarts."""
    path = where.home / "tracking-token"
    if not path.exists():
        write_private(path, secrets.token_urlsafe(32), only_if_new=True)
    return path.read_text().strip()
