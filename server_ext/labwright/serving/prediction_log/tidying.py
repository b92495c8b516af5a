"""`python -m labwright.serving.prediction_log.tidying FOLDER POLICY`: closed segments become Parquet, old days go.

A short-lived process that the data plane starts at the lowest priority (see `chores`), one at a time: it holds a lock.
A kill at any point loses and doubles nothing: a Parquet file is written under another name, put on the disk, renamed,
and only then is its segment deleted; readers pass a segment whose Parquet file is there.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from labwright.serving.prediction_log.counting import note_deleted
from labwright.serving.prediction_log.feedback import FOLDER as FEEDBACK
from labwright.serving.prediction_log.line import ANSWERED
from labwright.serving.prediction_log.policy import Policy
from labwright.serving.prediction_log.segments import Piece, answered_in, closed, newest, pieces
from labwright.state import lock_file, take_lock

log = logging.getLogger("labwright.prediction_log")
LOCK = ".tidying"


class UnconvertedError(OSError):
    """Segments that could not be converted; each was named in the log, and stays."""


def due(folder: Path, policy: Policy) -> bool:
    """Whether there is anything to do."""
    found = pieces(folder)
    return bool(closed(found) or expired(found, policy) or _expired_feedback(folder, policy))


def _expired_feedback(folder: Path, policy: Policy) -> list[Piece]:
    """What came true goes with the days, too; it is small, and stays in lines."""
    return expired(pieces(folder / FEEDBACK), replace(policy, max_mb=None))


def expired(found: list[Piece], policy: Policy) -> list[Piece]:
    """What the policy wants gone, oldest first; the open segment only when its day is long over.

    Then nobody appends to it (see `Appender.append`), but in an endpoint that is idle it would be open for ever.
    """
    last = newest(found)
    gone = []
    if policy.retention_days is not None:
        oldest = (datetime.now(UTC) - timedelta(days=policy.retention_days)).strftime("%Y-%m-%d")
        gone = [piece for piece in found if piece.day < oldest]
    if policy.max_mb is not None:
        kept = [piece for piece in found if piece is not last or piece.segment is None or not piece.number]
        over = sum(piece.size for piece in found) - sum(piece.size for piece in gone) - (policy.max_mb << 20)
        for piece in kept:
            if over <= 0:
                break
            if piece not in gone:
                gone.append(piece)
                over -= piece.size
    return gone


def tidy(folder: Path, policy: Policy, endpoint: str) -> None:
    """Do all that is due. The caller holds the lock. Errors: OSError (a full disk); what is old goes all the same."""
    _delete(folder, expired(pieces(folder), replace(policy, max_mb=None)))
    try:
        _compact(folder, endpoint)
    finally:  # by now it is known how small the days are
        _delete(folder, expired(pieces(folder), policy))
        _forget(folder / FEEDBACK, _expired_feedback(folder, policy))


def _compact(folder: Path, endpoint: str) -> None:
    failed: list[Exception] = []
    for piece in closed(pieces(folder)):
        try:
            _convert(folder, piece, endpoint)
        except Exception as error:  # whatever is in it, or happens to it: the others have nothing to do with that
            log.warning("%s could not become Parquet and stays: %s", piece.name, error)
            failed.append(error)
    if failed:
        raise UnconvertedError(f"{len(failed)} could not be converted: {failed[0]}") from failed[0]


def _convert(folder: Path, piece: Piece, endpoint: str) -> None:
    assert piece.segment is not None
    if piece.size:
        from labwright.serving.prediction_log import parquet

        day = folder / f"date={piece.day}"
        day.mkdir(exist_ok=True, mode=0o700)
        for left in day.glob(".*.tmp"):  # by one that was killed
            left.unlink()
        made = piece.part is not None and parquet.holds(piece.part, piece.segment)
        if piece.part is not None and not made:
            piece.part.unlink()
        if not made and parquet.write_part(piece.segment, day, piece.number, endpoint) is None:
            log.warning("%s had no whole line", piece.name)
    piece.segment.unlink()


def _delete(folder: Path, gone: Iterable[Piece]) -> None:
    for piece in gone:
        rows = answered_in(piece.part) if piece.part is not None else _answered(piece.segment)
        note_deleted(folder, rows, piece.name)
        for path in (piece.segment, piece.part):  # in this order: what is half deleted must not be read
            if path is not None:
                path.unlink(missing_ok=True)
        with suppress(OSError):  # there is more of that day
            (folder / f"date={piece.day}").rmdir()


def _forget(folder: Path, gone: list[Piece]) -> None:
    """Delete feedback. The data plane may hold the newest open until more comes: nothing of it is left even there."""
    for piece in gone:
        if piece.segment is not None:
            with suppress(FileNotFoundError):
                os.truncate(piece.segment, 0)
    _delete(folder, gone)


def _answered(segment: Path | None) -> int:
    if segment is None:
        return 0
    with open(segment, "rb") as file:
        return sum(int(found[1]) for raw in file if (found := ANSWERED.match(raw)))


def main() -> None:
    """Tidy once, unless another does."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    folder, policy = Path(sys.argv[1]), Policy.of(json.loads(sys.argv[2]))
    os.nice(19)
    os.umask(0o077)
    with lock_file(folder / LOCK) as handle:
        if take_lock(handle):
            try:
                tidy(folder, policy, folder.parent.name)
            except UnconvertedError:
                sys.exit(1)


if __name__ == "__main__":
    main()
