"""What a user chose for this state folder: which tracking server keeps the runs, which database Labwright's own state.

Both may hold a password, so the file is 0600, and nothing of it is ever in an argument, a log or an output. What comes
by the environment is written down at the service's start: whoever starts it next, a panel, a kernel or a command, with
another environment, means the same servers.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from labwright.errors import InvalidError
from labwright.state import Folders, write_private

BY_COMMAND = "labwright tracking set"
OURS = "LABWRIGHT_TRACKING"
MLFLOWS = "MLFLOW_TRACKING"
DATABASE = "LABWRIGHT_DATABASE_URL"
# The service reads the file; these stay out of its environment, which its children's are made from.
WITHHELD = (OURS, DATABASE)
LOOPBACK = {"127.0.0.1", "localhost", "::1"}


@dataclass(frozen=True)
class Tracking:
    """A remote tracking server. `source` says who named it: a command, or a variable of the environment."""

    uri: str
    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    source: str = BY_COMMAND

    @property
    def in_the_clear(self) -> bool:
        """Whether the password would travel unencrypted to another machine."""
        parts = urlsplit(self.uri)
        return bool(self.password or self.token) and parts.scheme == "http" and parts.hostname not in LOOPBACK


@dataclass(frozen=True)
class Chosen:
    """The file's content."""

    tracking: Tracking | None = None
    database_url: str | None = field(default=None, repr=False)


def path_of(where: Folders) -> Path:
    """The file."""
    return where.home / "settings.json"


def read(where: Folders) -> Chosen:
    """What was chosen; nothing where there is no file. Errors: InvalidError when it cannot be read."""
    try:
        found = json.loads(path_of(where).read_text())
        tracking = Tracking(**found["tracking"]) if found.get("tracking") else None
        return Chosen(tracking, found.get("database_url"))
    except FileNotFoundError:
        return Chosen()
    except (OSError, ValueError, TypeError, AttributeError, KeyError):
        raise InvalidError(
            f"{path_of(where)} cannot be read; repair or remove it, then `labwright tracking set` writes it anew.",
            code="bad_settings",
        ) from None


def write(where: Folders, chosen: Chosen) -> None:
    """Keep it, readable by the user only."""
    write_private(path_of(where), json.dumps(asdict(chosen), indent=1))


def tracking_of(uri: str, *, username: str = "", password: str = "", token: str = "", source: str) -> Tracking:
    """A tracking server by its address; a user and password that stand in it are taken out of it.

    Errors: InvalidError for what is no address of one. The address is not repeated: it may hold a password.
    """
    try:
        parts = urlsplit(uri.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
        parts = urlsplit("")
    if parts.scheme not in {"http", "https"} or not host or parts.query or parts.fragment:
        raise InvalidError(
            "The address of a tracking server begins with https:// (or http://) and a host, and has no ? and no #.",
            code="bad_tracking_uri",
        )
    place = parts.netloc.rpartition("@")[2]
    return Tracking(
        uri=f"{parts.scheme}://{place}{parts.path.rstrip('/')}",
        username=username or unquote(parts.username or ""),
        password=password or unquote(parts.password or ""),
        token=token,
        source=source,
    )


def remember(where: Folders, environment: Mapping[str, str]) -> Chosen:
    """Write down what the environment names, and give what counts.

    LABWRIGHT_TRACKING_URI counts whenever it is set. MLFLOW_TRACKING_URI counts where nothing was chosen and Labwright
    keeps no runs of its own yet: runs that are there must not vanish because somebody set a variable.
    """
    before = chosen = read(where)
    if environment.get(f"{OURS}_URI"):
        chosen = replace(chosen, tracking=_named(environment, OURS, chosen.tracking))
    elif _is_remote(environment):
        found = _named(environment, MLFLOWS, chosen.tracking)
        same = chosen.tracking is not None and chosen.tracking.uri == found.uri
        fresh = chosen.tracking is None and not (where.home / "mlflow" / "mlflow.db").exists()
        if fresh or (same and chosen.tracking is not None and chosen.tracking.source == f"{MLFLOWS}_URI"):
            chosen = replace(chosen, tracking=found)
    if environment.get(DATABASE):
        chosen = replace(chosen, database_url=environment[DATABASE])
    if chosen != before:
        write(where, chosen)
    return chosen


def is_own(where: Folders, uri: str, token: str | None) -> bool:
    """Whether this is the service's own loopback address, as kernels have it in their environment."""
    try:
        parts = urlsplit(uri)
        port = str(parts.port)
    except ValueError:
        return False
    if parts.hostname not in LOOPBACK or parts.path.rstrip("/") != "/mlflow":
        return False
    return port == _text(where.home / "port") or bool(token and token == _text(where.home / "tracking-token"))


def _is_remote(environment: Mapping[str, str]) -> bool:
    uri = environment.get(f"{MLFLOWS}_URI", "")
    if not uri.startswith(("http://", "https://")):
        return False
    try:
        parts = urlsplit(uri)
    except ValueError:
        return False
    # A service's own address, be it this state folder's or another's, as kernels have it in their environment.
    return not (parts.hostname in LOOPBACK and parts.path.rstrip("/") == "/mlflow")


def _named(environment: Mapping[str, str], prefix: str, before: Tracking | None) -> Tracking:
    """The server that the environment names; a credential that it does not name is kept from before."""
    username, password, token = (environment.get(f"{prefix}_{name}", "") for name in ("USERNAME", "PASSWORD", "TOKEN"))
    uri, source = environment[f"{prefix}_URI"], f"{prefix}_URI"
    found = tracking_of(uri, username=username, password=password, token=token, source=source)
    named = found.password or found.token or before is None or before.uri != found.uri
    if before is None or named or found.username not in {"", before.username}:
        return found
    return replace(before, source=source)


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
