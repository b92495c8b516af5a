"""What came true, told later by request id, and joined to the log when it is read.

It is kept in segments of its own (`log/feedback/`), by the day on which it came. Whether there was such a request is
not looked up, for it may be in any file of the log: what fits no request joins nothing. Of two that are for the same
request, the later holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labwright.serving.prediction_log.segments import Appender, pieces
from labwright.serving.prediction_log.syncing import GroupSync

FOLDER = "feedback"
REQUEST_ID = re.compile(r"[0-9a-f]{32}")
MOST = 10_000
LONGEST = 64 << 10  # of an outcome, as JSON


class BadFeedback(ValueError):
    """Feedback that cannot be taken; the words say why."""


class FeedbackWriter:
    """The one writer of an endpoint's feedback."""

    def __init__(self, log_folder: Path, *, segment_bytes: int = 32 << 20) -> None:
        self._folder = log_folder / FOLDER
        self._appender = Appender(self._folder, segment_bytes)
        self._sync = GroupSync(self._appender)

    def write(self, items: Iterable[tuple[str, Any]], consumer: str) -> None:
        """Append feedback as (request id, outcome), all or none of it. Errors: OSError when it could not be written."""
        now = datetime.now(UTC)
        at, who = now.isoformat(), json.dumps(consumer)
        whole = "".join(
            f'{{"id":"{request_id}","at":"{at}","consumer":{who},"outcome":{json.dumps(outcome)}}}\n'
            for request_id, outcome in items
        )
        self._folder.mkdir(exist_ok=True, mode=0o700)
        self._appender.append((whole.encode(),), at[:10])

    async def settled(self) -> bool:
        """Come back when what was written would outlive a power loss; False when the disk refused."""
        return await self._sync.settled()

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            self._appender.close()


def checked(content: Any) -> list[tuple[str, Any]]:
    """The items of a body: one {"request_id", "outcome"}, or a list of them. Errors: BadFeedback."""
    items = content if isinstance(content, list) else [content]
    if not items:
        raise BadFeedback("There is no feedback in the list.")
    if len(items) > MOST:
        raise BadFeedback(f"At most {MOST:,} at once; send it in parts.")
    return [_checked(item, f"Item {number}: " if len(items) > 1 else "") for number, item in enumerate(items, 1)]


def _checked(item: Any, where: str) -> tuple[str, Any]:
    if not isinstance(item, dict) or set(item) != {"request_id", "outcome"}:
        raise BadFeedback(f'{where}Feedback is {{"request_id": "…", "outcome": …}}, and nothing else.')
    request_id = item["request_id"]
    if not isinstance(request_id, str) or REQUEST_ID.fullmatch(request_id) is None:
        raise BadFeedback(f"{where}request_id is what the reply had in x-request-id: 32 digits of 0-9 and a-f.")
    if len(json.dumps(item["outcome"])) > LONGEST:
        raise BadFeedback(f"{where}An outcome is at most {LONGEST >> 10} KB of JSON.")
    return request_id, item["outcome"]


def outcomes(log_folder: Path, since: datetime | None = None) -> dict[str, Any]:
    """Request id → outcome, of what came from the day of `since` on; feedback never comes before its request."""
    found: dict[str, Any] = {}
    day = since.astimezone(UTC).strftime("%Y-%m-%d") if since else ""
    for piece in pieces(log_folder / FOLDER):
        if piece.segment is None or piece.day < day:
            continue
        with suppress(FileNotFoundError), open(piece.segment, "rb") as file:
            for raw in file:
                with suppress(ValueError, KeyError, TypeError):  # half a line
                    item = json.loads(raw)
                    found[item["id"]] = item["outcome"]
    return found


def by_row(outcome: Any, rows: int) -> list[Any]:
    """An outcome for each row of its request: a list of that length is by row, anything else holds for each of them."""
    return outcome if isinstance(outcome, list) and len(outcome) == rows else [outcome] * rows
