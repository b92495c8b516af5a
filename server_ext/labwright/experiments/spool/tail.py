"""One spool as the service reads it: a window of records at a time, and a cursor that moves when MLflow took them."""

from __future__ import annotations

import json
import logging
import shutil
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from labwright.experiments.spool import folder as layout
from labwright.experiments.spool.batches import Batch, batches
from labwright.experiments.spool.records import BEGIN, BYE, END, INTENT, Record, parse

log = logging.getLogger(__name__)

WINDOW_BYTES = 400_000  # some thousand metrics


@dataclass
class Window:
    """Records that were read and are on their way: batches, done from the left."""

    records: list[Record]
    batches: list[Batch]
    end: layout.Position
    lines: int


class Tail:
    """A spool that is drained. Used by the drain's thread only."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.owner = layout.read_owner_file(place)
        self.cursor = layout.read_cursor(place)
        self.window: Window | None = None
        self.moved = time.monotonic()  # when there was something last
        self.retry_at = 0.0
        self.failures = 0
        self.touched: dict[str, float] = {}  # run → when this process logged to it last
        self.watched = False  # whether it was alive when we looked
        self._is_written = True  # whether the cursor is on disk as it is here

    def read(self) -> Window | None:
        """The next records, or those that are on their way still; None where there are no more."""
        while self.window is None:
            position = self.cursor.position
            self.window = self._read()
            if self.window is None and self.cursor.position == position:
                return None
        return self.window

    def _read(self) -> Window | None:
        number, offset = self.cursor.position
        path = layout.segment_file(self.place, number)
        following = layout.segment_file(self.place, number + 1).exists()  # before the read: then this one is whole
        try:
            with open(path, "rb") as file:
                file.seek(offset)
                data = file.read(WINDOW_BYTES)
                while data and b"\n" not in data and (more := file.read(WINDOW_BYTES)):
                    data += more
        except FileNotFoundError:
            data = b""
            if not following and (later := self._first_after(number)):
                self.cursor.segment, self.cursor.offset = later, 0
                return None
        whole = data[: data.rfind(b"\n") + 1]
        if not whole:
            if following:
                self.cursor.segment, self.cursor.offset = number + 1, 0
                if self._write_cursor():
                    path.unlink(missing_ok=True)
            elif not self._is_written:
                self._write_cursor()
            return None
        lines = whole.splitlines()
        records, broken = parse(lines)
        if broken:
            log.error("%s: %d lines cannot be read", path, len(broken))
            self.set_aside([["", "", text.decode(errors="replace")] for text in broken], "This cannot be read.")
        now = self.moved = time.monotonic()
        self.touched |= dict.fromkeys({record[1] for record in records}, now)
        return Window(records, batches(records), (number, offset + len(whole)), len(lines))

    def _first_after(self, number: int) -> int | None:
        """The first segment that there is after this one: the cursor on disk may be older than what was deleted."""
        found = [int(path.stem) for path in self.place.glob("*.jsonl") if path.stem.isdecimal()]
        return min((one for one in found if one > number), default=None)

    def acknowledge(self) -> None:
        """The window is in MLflow."""
        window = self.window
        assert window is not None
        for record in window.records:
            self._follow(record)
        self.cursor.segment, self.cursor.offset = window.end
        self.cursor.records += window.lines
        self.cursor.trouble = ""
        self.window = None
        self._write_cursor()

    def _follow(self, record: Record) -> None:
        """What a record says of who owns which run."""
        kind, run_id = record[0], record[1]
        claims, beginning = self.cursor.claims, self.cursor.beginning
        if kind == INTENT:
            beginning.append(str(record[2]))
        elif kind == BEGIN:
            if str(record[2]) in beginning:
                beginning.remove(str(record[2]))
            if run_id not in claims:
                claims.append(run_id)
        elif kind == END and run_id in claims:
            claims.remove(run_id)
        elif kind == BYE:
            claims.clear()
            beginning.clear()

    def say(self, trouble: str) -> None:
        """Tell the process, and whoever looks, what is wrong."""
        if self.cursor.trouble != trouble:
            self.cursor.trouble = trouble
            self._write_cursor()

    def set_aside(self, records: list[Record], words: str) -> None:
        """Keep what MLflow refuses in a file beside."""
        with suppress(OSError), open(layout.open_private(self.place / layout.REFUSED), "ab") as file:
            for record in records:
                file.write(json.dumps({"record": record, "reason": words}).encode() + b"\n")
        self.cursor.refused += len(records)

    def is_gone(self) -> bool:
        """Whether its process has ended."""
        gone = layout.is_gone(self.place, self.owner)
        self.watched = self.watched or not gone
        return gone

    def last_written(self) -> float:
        """When the process wrote last, in seconds since the epoch."""
        times = [time.time()]
        with suppress(OSError):
            times = [path.stat().st_mtime for path in (*self.place.glob("*.jsonl"), self.place / layout.OWNER)]
        return max(times)

    def remove(self) -> None:
        """The process is gone and all is done; what MLflow refused is kept."""
        refused = self.place / layout.REFUSED
        if refused.exists():
            refused.rename(layout.private_folder(self.place.parent / "refused") / f"{self.place.name}.jsonl")
        shutil.rmtree(self.place, ignore_errors=True)

    def _write_cursor(self) -> bool:
        try:
            layout.write_cursor(self.place, self.cursor)
            self._is_written = True
        except OSError as error:  # a full disk: what was sent would be sent again, which changes nothing
            if self._is_written:
                log.warning("the cursor of %s cannot be written: %s", self.place, error)
            self._is_written = False
        return self._is_written
