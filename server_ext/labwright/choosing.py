"""What `labwright tracking` does. Each function gives lines that say what is so now."""

from __future__ import annotations

import getpass
import os
import sys
from dataclasses import replace

from labwright import settings_file
from labwright.errors import InvalidError
from labwright.experiments.remote_server import RemoteServer
from labwright.experiments.spool.folder import NAME
from labwright.experiments.waiting import spool_folder
from labwright.service.events import Events
from labwright.settings_file import Tracking
from labwright.state import Folders, folders, running_service

OWN = "Labwright's own MLflow keeps the runs."


def set_tracking(uri: str, user: str | None, *, token: bool = False) -> list[str]:
    """Let a remote server keep the runs, if it answers and takes us. Errors: InvalidError, UnavailableError."""
    where = folders()
    secret = _secret("Token: " if token else f"Password of {user}: ") if token or user else ""
    found = settings_file.tracking_of(
        uri,
        username=user or "",
        password="" if token else secret,
        token=secret if token else "",
        source=settings_file.BY_COMMAND,
    )
    server = RemoteServer(found, Events(), where.home)
    try:
        version = server.version()
    finally:
        server.close()
    chosen = settings_file.read(where)
    settings_file.write(where, replace(chosen, tracking=found))
    lines = [f"{found.uri} (MLflow {version}) keeps the runs.", *_warnings(found), *_ended(where)]
    return lines + ([] if _address(chosen.tracking) == found.uri else _waiting(where, chosen.tracking))


def show_tracking() -> list[str]:
    """Which server, by whose word; no password."""
    where = folders(make=False)
    found = settings_file.read(where).tracking
    if found is None:
        return [OWN]
    who = (
        "a token" if found.token else f"the user {found.username}" if found.username else "nobody: without a credential"
    )
    return [f"{found.uri} keeps the runs, as {who} (by {found.source}).", *_warnings(found)]


def unset_tracking() -> list[str]:
    """Back to Labwright's own MLflow; what is on the remote server stays there."""
    where = folders()
    chosen = settings_file.read(where)
    if chosen.tracking is None:
        return [OWN]
    settings_file.write(where, replace(chosen, tracking=None))
    lines = [OWN, f"The runs on {chosen.tracking.uri} stay there.", *_ended(where), *_waiting(where, chosen.tracking)]
    named = [name for name in ("LABWRIGHT_TRACKING_URI", "MLFLOW_TRACKING_URI") if os.environ.get(name)]
    return lines + [f"{name} is set here: what is started with it names its server again." for name in named]


def _warnings(found: Tracking) -> list[str]:
    return ["The password goes over the network unencrypted: use https://."] if found.in_the_clear else []


def _ended(where: Folders) -> list[str]:
    """A service that runs asks the former server: the next need starts one that asks this."""
    from labwright.stopping import stop_service

    if running_service(where) is None:
        return []
    stop_service()
    where.stopped.unlink(missing_ok=True)  # an open page may start it again
    return ["Labwright's service was ended; the next need starts it again."]


def _waiting(where: Folders, former: Tracking | None) -> list[str]:
    """What kernels logged, and go on to log, to runs of the former server: it is not for the one of now."""
    spools = spool_folder(where.home, _address(former))
    if not any(NAME.fullmatch(path.name) for path in (spools.iterdir() if spools.is_dir() else ())):
        return []
    name = former.uri if former is not None else "Labwright's own MLflow"
    return [f"What kernels log to runs that they began on {name} waits on disk; it arrives when that is chosen again."]


def _address(tracking: Tracking | None) -> str | None:
    return None if tracking is None else tracking.uri


def _secret(prompt: str) -> str:
    """Asked for without echo; a script gives it on standard input."""
    found = getpass.getpass(prompt) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    if not found:
        raise InvalidError("Nothing was given; nothing is changed.")
    return found
