"""Files on their way to a run's artifacts. They lie in the state folder until MLflow has them.

A kernel that ends while MLflow is gone leaves its box there; the next run, in whichever kernel, sends it on. Everything
in a box is masked already.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labwright.client import shared
from labwright.errors import LabwrightError
from labwright.experiments.models import Tracking
from labwright.experiments.spool.tracking_store import FOLDER
from labwright.experiments.waiting import outbox_folder, spool_folder
from labwright.state import folders

ADDRESS = "run.json"
LATER_SECONDS = 10.0
GIVE_UP_SECONDS = 3600.0
_sending_old = threading.Lock()


class Box:
    """The files of one run. Used by one thread."""

    def __init__(self, run_id: str, artifact_uri: str, *, ours: bool) -> None:
        self._uri = artifact_uri
        self._ours = ours  # a foreign server's runs are this kernel's business only
        root = _outbox() if ours else Path(tempfile.mkdtemp(prefix="labwright-"))
        self.folder = root / run_id
        self._lock = -1

    def put(self, files: Mapping[str, bytes]) -> None:
        """Keep files (path in the run's artifacts → content) until they are sent."""
        if self._lock < 0:
            self._begin()
        for path, content in files.items():
            place = self.folder / path
            place.parent.mkdir(mode=0o700, exist_ok=True)
            temporary = place.with_name(f".{place.name}")
            temporary.write_bytes(content)
            os.replace(temporary, place)

    def send(self) -> bool:
        """Send all; whether all arrived. What MLflow does not take now stays."""
        try:
            if self._ours and self.folder.parent != _chosen():
                return False  # another server than the run's
            _send(self.folder, self._uri)
        except Exception:
            return False
        return True

    def close(self, *, wait: bool) -> bool:
        """Throw the box away when it is empty; with `wait` try again for an hour. Whether it is gone."""
        deadline = time.monotonic() + GIVE_UP_SECONDS
        while _has_files(self.folder):
            if not wait or time.monotonic() > deadline:
                return False
            time.sleep(LATER_SECONDS)
            self.send()
        shutil.rmtree(self.folder if self._ours else self.folder.parent, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
        return True

    def _begin(self) -> None:
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._lock = os.open(self.folder / ADDRESS, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(self._lock, json.dumps({"artifact_uri": self._uri}).encode())


def send_old() -> None:
    """Send what kernels that are gone left behind; their boxes are not locked any more."""
    with suppress(LabwrightError):
        _send_left_in(_chosen())


def _send_left_in(root: Path) -> None:
    if not root.is_dir() or not _sending_old.acquire(blocking=False):
        return
    try:
        for folder in sorted(root.iterdir()):
            with suppress(Exception):
                _send_one(folder)
    finally:
        _sending_old.release()


def _outbox() -> Path:
    """Of the server that this process logs to."""
    return outbox_folder(Path(os.environ.get(FOLDER, spool_folder(folders().home, None))))


def _chosen() -> Path:
    """Of the server that Labwright sends to now. Errors: UnavailableError."""
    tracking: Tracking = shared().get("/experiments/tracking", Tracking, timeout=10)
    return outbox_folder(spool_folder(folders().home, tracking.remote))


def _send_one(folder: Path) -> None:
    lock = os.open(folder / ADDRESS, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        uri = str(json.loads((folder / ADDRESS).read_text())["artifact_uri"])
        _send(folder, uri)
        shutil.rmtree(folder, ignore_errors=True)
    finally:
        os.close(lock)


def _send(folder: Path, uri: str) -> None:
    from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

    repository: Any = get_artifact_repository(uri)
    for path in _files(folder):
        inside = path.relative_to(folder).parent.as_posix()
        repository.log_artifact(str(path), None if inside == "." else inside)
        path.unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    return sorted(
        path for path in folder.rglob("*") if path.is_file() and path.name != ADDRESS and not path.name.startswith(".")
    )


def _has_files(folder: Path) -> bool:
    return bool(folder.is_dir() and _files(folder))
