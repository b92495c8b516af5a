"""Where the state folder keeps what waits for a tracking server: apart for each, so that nothing goes to another one.

After `labwright tracking set` the values and files of a run wait until its own server is chosen again.
"""

from __future__ import annotations

import hashlib
from pathlib import Path


def spool_folder(home: Path, remote: str | None) -> Path:
    """Values that were logged. `remote` is a remote server's address, None for Labwright's own MLflow."""
    return home / "spool" if remote is None else home / f"spool-{hashlib.sha256(remote.encode()).hexdigest()[:12]}"


def outbox_folder(spool: Path) -> Path:
    """Files of runs, for the server of this spool folder."""
    return spool.with_name(spool.name.replace("spool", "outbox", 1))
