"""What a promotion makes in MLflow, noted before it is made, so that a later service can take it back.

A file for each promotion that goes on, `<home>/promotions/<operation>.json`. It is gone when the promotion was
committed, or when MLflow has nothing of it any more. All else of a promotion that died (files, processes, rows) is
found without it.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from labwright.errors import LabwrightError
from labwright.service.context import Context
from labwright.serving import records, registry
from labwright.state import write_private


@dataclass(frozen=True)
class Entry:
    """A promotion that registers a model."""

    operation: str
    endpoint: str


def begin(context: Context, entry: Entry) -> None:
    """Note it."""
    _folder(context).mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(_path(context, entry), json.dumps(asdict(entry)))


def settle(context: Context, entry: Entry) -> None:
    """Take back what it registered, unless it was committed; then the note is gone. Errors: LabwrightError."""
    with context.store.session() as session:
        committed = records.committed(session, entry.operation)
    (registry.keep if committed else registry.take_back)(context, entry.endpoint, entry.operation)
    _path(context, entry).unlink(missing_ok=True)


def settle_quietly(context: Context, entry: Entry) -> None:
    """The same; what MLflow cannot do now is done later."""
    with suppress(LabwrightError):
        settle(context, entry)


def settle_soon(context: Context, entry: Entry, seconds: float) -> None:
    """The same, waiting for MLflow `seconds` at most; then it goes on beside."""
    if _path(context, entry).exists():
        thread = threading.Thread(target=settle_quietly, args=[context, entry], name="settle", daemon=True)
        thread.start()
        thread.join(seconds)


def settle_left(context: Context, name: str) -> None:
    """Do it for all that promotions to an endpoint left behind that go on no more. Errors: LabwrightError."""
    for entry in left(context):
        if entry.endpoint == name and not context.operations.goes_on(entry.operation):
            settle(context, entry)


def left(context: Context) -> list[Entry]:
    """All notes."""
    found = []
    for path in _folder(context).glob("*.json"):
        with suppress(OSError, ValueError, TypeError):
            found.append(Entry(**json.loads(path.read_text())))
    return found


def _folder(context: Context) -> Path:
    return context.folders.home / "promotions"


def _path(context: Context, entry: Entry) -> Path:
    return _folder(context) / f"{entry.operation}.json"
