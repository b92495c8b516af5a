"""The folder of an endpoint: all that its data plane needs to serve, so that it can be started from it alone.

    <home>/endpoints/<name>/
        config.json            what should be live (written by the service), the port that is kept
        token, admin           bearer tokens (0600): for callers, and for the service
        process.json           the data plane's own card: PID, start time, boot, addresses
        log/                   the prediction log, see `prediction_log`; log.key (0600) hashes what it shall not show
        versions/<n>/model/    the model's files; card.json beside them: signature, example, digest
        lock                   held by the data plane for its life
        deleted                there while the endpoint is being deleted
        work/                  a private copy for each model process, made at load, gone with it

The admin socket is in the runtime folder, where paths are short. The lock is not: a runtime folder differs with the
environment and may be swept, and then an endpoint could run twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import secrets
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from labwright.state import boot_id, is_locked, is_process, write_private


@dataclass(frozen=True)
class Config:
    """What should serve. `version` is the live one, a folder in versions/; None while nothing is live.

    `others` are versions with a lasting share or a copy of the traffic, each {"version", "digest", "percent",
    "shadow"}; `settings` is a `settings_models.EndpointSettings`, {} for the defaults.
    """

    name: str
    version: str | None = None
    digest: str | None = None
    port: int | None = None
    runtime: str = ""
    deadline: float = 30.0
    others: tuple[dict[str, Any], ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ProcessCard:
    """A running data plane."""

    pid: int
    started: float
    boot_id: str
    port: int
    admin: str


class EndpointFolder:
    """Names of files, and the small ones' contents."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def log(self) -> Path:
        """The prediction log."""
        return self.path / "log"

    @property
    def work(self) -> Path:
        """Private copies of model processes."""
        return self.path / "work"

    def version(self, version: str) -> Path:
        """A version's folder."""
        return self.path / "versions" / version

    def make(self) -> None:
        """Make the folders and the tokens, for the user's eyes only."""
        for folder in (self.path, self.log, self.work, self.path / "versions"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in ("token", "admin"):
            if not (self.path / name).exists():
                write_private(self.path / name, secrets.token_urlsafe(32), only_if_new=True)

    def secret(self, name: str) -> str:
        """`token` (callers) or `admin` (the service)."""
        return (self.path / name).read_text().strip()

    def config(self) -> Config:
        """What should serve."""
        return Config(**json.loads((self.path / "config.json").read_text()))

    def write_config(self, config: Config) -> None:
        """Say what should serve, by rename."""
        write_private(self.path / "config.json", json.dumps(asdict(config)))

    @property
    def deleted(self) -> bool:
        """Whether somebody began to delete the endpoint."""
        return (self.path / "deleted").exists()

    def mark_deleted(self) -> None:
        """Say that the endpoint is being deleted, so that a service that comes after a dead one can finish it."""
        self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self.path / "deleted").touch(mode=0o600)

    def card(self, version: str) -> dict[str, Any]:
        """What was found out about a version when it was fetched."""
        found: dict[str, Any] = json.loads((self.version(version) / "card.json").read_text())
        return found

    @property
    def lock(self) -> Path:
        """Held by the data plane for its life."""
        return self.path / "lock"

    def admin_socket(self, runtime: Path) -> Path:
        """Where the service speaks to the data plane."""
        return runtime / f"{self._short()}.sock"

    def process(self) -> ProcessCard | None:
        """The data plane that lives: it holds the lock, and boot, PID and start time are those that it wrote."""
        try:
            found = json.loads((self.path / "process.json").read_text())
            # What a newer or an older Labwright wrote besides is passed over.
            card = ProcessCard(**{each.name: found[each.name] for each in fields(ProcessCard)})
        except (OSError, ValueError, TypeError, KeyError):
            return None
        alive = card.boot_id == boot_id() and is_process(card.pid, card.started) and is_locked(self.lock)
        return card if alive else None

    def write_process(self, card: ProcessCard) -> None:
        """Written by the data plane after it listens."""
        write_private(self.path / "process.json", json.dumps(asdict(card)))

    def _short(self) -> str:
        return "endpoint-" + hashlib.sha256(str(self.path).encode()).hexdigest()[:10]


def digest(folder: Path) -> str:
    """SHA-256 over the names and contents of all files below `folder`, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(found for found in folder.rglob("*") if found.is_file() and not found.is_symlink()):
        part = hashlib.sha256()
        with open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                part.update(chunk)
        whole.update(f"{part.hexdigest()}  {os.fsencode(path.relative_to(folder)).hex()}\n".encode())
    return whole.hexdigest()
