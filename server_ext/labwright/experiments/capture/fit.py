"""Make a part small enough: at most 1 MB each. Only masked text is cut, so that no half of a secret stays."""

from __future__ import annotations

import json
from typing import Any

LIMIT = 1_000_000  # bytes
CELL_LIMIT = 200_000  # characters of one cell
LINE_LIMIT = 20_000  # characters of one line that may be looked back for a readable place


def cut_text(text: str, most: int, note: str) -> tuple[str, bool]:
    """At most `most` bytes of UTF-8 with a note as its last line, cut between two lines; and whether it was cut."""
    raw = text.encode("utf-8", "replace")
    if len(raw) <= most:
        return text, False
    kept = raw[: most - len(note.encode()) - 2].decode("utf-8", "ignore")
    line = kept.rfind("\n")
    if line > len(kept) - LINE_LIMIT and line > 0:
        kept = kept[:line]
    return f"{kept}\n{note}\n", True


def dumped(value: Any) -> bytes:
    """JSON as it is stored."""
    return json.dumps(value, ensure_ascii=False, indent=1, default=str).encode("utf-8", "replace")


def fitting(items: list[Any], most: int, *, newest: bool) -> list[Any]:
    """As many items, from the end or the beginning, as their JSON fits into `most` bytes."""
    kept: list[Any] = []
    used = 4
    for item in reversed(items) if newest else items:
        used += len(dumped([item]))
        if used > most:
            break
        kept.append(item)
    return kept[::-1] if newest else kept
