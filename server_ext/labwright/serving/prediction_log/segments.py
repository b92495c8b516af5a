"""The files of a log: segments that are appended to, and the Parquet files that closed ones become.

    log/2026-01-02-000005.jsonl                     a segment; the one with the highest number is open, others closed
    log/2026-01-02.jsonl                            a day as earlier versions wrote it: closed
    log/date=2026-01-02/part-000005-1200.parquet    segment 5 as Parquet, with 1,200 answered rows

Numbers go on over all days. A segment whose Parquet file is there is not read: it is about to be deleted. So each line
is readable exactly once, whoever dies in between.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

SEGMENT = re.compile(r"(\d{4}-\d\d-\d\d)(?:-(\d{6,}))?\.jsonl")
DAY = re.compile(r"date=(\d{4}-\d\d-\d\d)")
PART = re.compile(r"part-(\d{6,})-(\d+)\.parquet")


@dataclass(frozen=True)
class Piece:
    """A segment, its Parquet file, or both; `size` is in bytes, of the one that is read."""

    day: str
    number: int
    segment: Path | None
    part: Path | None
    size: int

    @property
    def name(self) -> str:
        """What the segment is called."""
        return segment_name(self.day, self.number)


def segment_name(day: str, number: int) -> str:
    """A segment's file."""
    return f"{day}-{number:06d}.jsonl" if number else f"{day}.jsonl"


def answered_in(part: Path) -> int:
    """How many answered rows a Parquet file says it has."""
    found = PART.fullmatch(part.name)
    return int(found[2]) if found else 0


def pieces(folder: Path, *, days: list[str] | None = None) -> list[Piece]:
    """All that there is to read, in the order in which it was written."""
    # Segments first: one that becomes Parquet meanwhile is then found twice, never not at all.
    segments = {(found[1], int(found[2] or 0)): (path, size) for path, size, found in _matching(folder, SEGMENT)}
    parts: dict[tuple[str, int], tuple[Path, int]] = {}
    for day_folder, _, day in _matching(folder, DAY):
        if days is None or day[1] in days:
            for path, size, found in _matching(day_folder, PART):
                parts[(day[1], int(found[1]))] = (path, size)
    found_pieces = []
    for day_text, number in sorted({*segments, *parts}):
        segment = segments.get((day_text, number), (None, 0))
        part = parts.get((day_text, number), (None, 0))
        found_pieces.append(
            Piece(day_text, number, segment[0], part[0], part[1] if part[0] is not None else segment[1])
        )
    return found_pieces


def find_part(folder: Path, day: str, number: int) -> Path | None:
    """The Parquet file that a segment became."""
    found = _matching(folder / f"date={day}", PART)
    return next((path for path, _, match in found if int(match[1]) == number), None)


def newest(found: list[Piece]) -> Piece | None:
    """The piece with the highest number: as a segment, it is the open one."""
    return max(found, key=lambda piece: piece.number, default=None)


def closed(found: list[Piece]) -> list[Piece]:
    """Segments that nobody appends to any more."""
    last = newest(found)
    return [piece for piece in found if piece.segment is not None and (piece is not last or piece.number == 0)]


def _matching(folder: Path, pattern: re.Pattern[str]) -> list[tuple[Path, int, re.Match[str]]]:
    found = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if match := pattern.fullmatch(entry.name):
                    try:
                        found.append((Path(entry.path), entry.stat().st_size, match))
                    except FileNotFoundError:
                        continue
    except (FileNotFoundError, NotADirectoryError):
        pass
    return found


class Appender:
    """Appends lines to the open segment of a folder, each by one `os.writev`. One process has one of them."""

    def __init__(self, folder: Path, limit: int) -> None:
        self.folder, self.limit, self.day = folder, limit, ""
        self.fsync = False
        self.file, self._size, self._ragged = -1, 0, False
        self.opened = 0  # how many segments so far
        self._again = 0.0  # when to try to open a segment again after that failed

    def append(self, parts: Sequence[bytes], day: str) -> None:
        """Append a line, in parts, that was made on `day`. Errors: OSError, and nothing of it stays."""
        if day > self.day or self._size >= self.limit or self.file < 0:
            self._open(max(day, self.day))
        if self._ragged:
            parts = (b"\n", *parts)
        written = os.writev(self.file, parts)  # a large part is not copied before
        if written != sum(map(len, parts)):
            try:
                os.ftruncate(self.file, self._size)
            except OSError:
                self._ragged, self._size = True, self._size + written
            raise OSError("short write")
        self._size, self._ragged = self._size + written, False

    def _open(self, day: str) -> None:
        if (now := time.monotonic()) < self._again:
            raise OSError("no segment")
        self._again = now + 0.5
        self.close()
        last = newest(pieces(self.folder))
        number = last.number if last is not None else 0
        if last is None or last.day != day or not number or last.part is not None or last.size >= self.limit:
            number += 1
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
        self.file = os.open(self.folder / segment_name(day, number), flags, 0o600)
        self.day, self._size = day, os.fstat(self.file).st_size
        # A kill or a full disk may have left half a line: it ends here, and is passed over by readers.
        self._ragged = self._size > 0 and os.pread(self.file, 1, self._size - 1) != b"\n"
        self._again = 0.0
        self.opened += 1
        if self.fsync:
            _fsync(self.folder)

    def roll(self, day: str, *, worth: int) -> bool:
        """Close the segment when its day is over or it holds `worth` bytes; whether it did. Errors: OSError."""
        gone = self.file >= 0 and not os.fstat(self.file).st_nlink
        if self.file >= 0 and (gone or (self._size and (self.day < day or self._size >= worth))):
            limit, self.limit = self.limit, 1
            try:
                self._open(max(day, self.day))
            finally:
                self.limit = limit
            return True
        return False

    def close(self) -> None:
        """Close the file."""
        if self.file >= 0:
            if self.fsync:
                os.fsync(self.file)
            os.close(self.file)
        self.file, self._size, self._ragged = -1, 0, False


def _fsync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
