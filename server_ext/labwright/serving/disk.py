"""Room on the disk: a write that would fill it is refused before it begins, with a sentence."""

from __future__ import annotations

import shutil
from pathlib import Path

from labwright.errors import UnavailableError

# What the endpoints that serve need for their logs and the service for its database, whatever a promotion brings.
RESERVE = 64 << 20


def free(path: Path) -> int:
    """Bytes that may still be written below `path` (or below the next folder above that is there)."""
    while not path.exists():
        path = path.parent
    return shutil.disk_usage(path).free


def full(path: Path, needed: int = 0) -> str | None:
    """A sentence when there is no room for `needed` bytes beside the reserve, else None."""
    there = free(path)
    if there >= needed + RESERVE:
        return None
    wanted = f"{_size(needed + RESERVE)} are needed" if needed else f"{_size(RESERVE)} are to stay free"
    return f"The disk of {path} is full: {_size(there)} are free, {wanted}. Make room, then try again."


def check(path: Path, needed: int = 0) -> None:
    """Errors: UnavailableError (disk_full) when there is no room."""
    if (words := full(path, needed)) is not None:
        raise UnavailableError(words, code="disk_full")


def _size(count: int) -> str:
    return f"{count / (1 << 20):,.0f} MB" if count < 10 << 30 else f"{count / (1 << 30):,.1f} GB"
