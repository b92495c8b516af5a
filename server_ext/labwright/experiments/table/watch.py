"""What changed in MLflow's SQLite store since the last look, without reading it all.

Values are only ever added to `metrics` and `params`: new rows have greater rowids. Rows of `runs` and `tags` are
changed in place and deleted: each block of rows has a digest, made by SQLite and hashed here, and the runs of a block
whose digest changed are read again. `PRAGMA data_version` tells for nothing whether there was any change at all.
"""

from __future__ import annotations

import hashlib
import sqlite3
import time
from dataclasses import dataclass

BLOCK = 1024
# Where the blocks of a store take longer than this to look at, that is done for a fifth of the time at most. What was
# added since is seen at once all the same; only a tag that was edited or deleted may be seen a moment later.
CHEAP_SECONDS = 0.1
PAUSE = 4.0

RUN_BLOCK = (
    "SELECT group_concat(rowid || char(31) || run_uuid || char(31) || experiment_id || char(31) || ifnull(status, '')"
    " || char(31) || ifnull(start_time, '') || char(31) || ifnull(end_time, '') || char(31)"
    " || ifnull(lifecycle_stage, '') || char(31) || ifnull(name, ''), char(30)), group_concat(run_uuid, '')"
    " FROM runs WHERE rowid BETWEEN ? AND ?"
)
TAG_BLOCK = (
    "SELECT group_concat(rowid || char(31) || key || char(31) || length(ifnull(value, '')) || char(31)"
    " || ifnull(value, ''), char(30)), replace(group_concat(DISTINCT run_uuid), ',', '')"
    " FROM tags WHERE rowid BETWEEN ? AND ?"
)
ID = 32  # characters of a run's id


@dataclass
class Changes:
    """Runs to read again; whether anything was written at all.

    `lost`: runs were removed from the store for good, whose rowids may be given again: begin anew.
    """

    run_ids: set[str]
    lost: bool = False
    any: bool = False


class Watch:
    """Keeps one connection. Not safe to use from threads."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._version = -1
        self._blocks: dict[str, list[tuple[bytes, str]]] = {"runs": [], "tags": []}
        self._marks = {"runs": 0, "tags": 0, "metrics": 0, "params": 0}
        self._blocks_wait = False
        self._looked, self._cost = 0.0, 0.0

    def begin(self) -> None:
        """Remember how things are; what changes from now on is found by `changes`."""
        self._connection.execute("BEGIN")
        try:
            self._version = self._data_version()
            for table in self._marks:
                self._marks[table] = self._last_row(table)
            self._look_at_blocks()
        finally:
            self._connection.execute("ROLLBACK")

    def changes(self, *, now: bool = False) -> Changes:
        """Runs that changed since the last call. With `now`, large stores are looked at in full, too."""
        version = self._data_version()
        if version == self._version and not self._blocks_wait:
            return Changes(set())
        self._connection.execute("BEGIN")
        try:
            found, marks = Changes(set(), any=True), dict[str, int]()
            for table, mark in self._marks.items():
                marks[table] = last = self._last_row(table)
                found.lost |= last < mark and table != "tags"
                if last > mark:
                    query = f"SELECT DISTINCT run_uuid FROM {table} WHERE rowid > ?"  # noqa: S608 # one of four names
                    found.run_ids.update(run for (run,) in self._connection.execute(query, (mark,)))
            pause = 0.0 if self._cost < CHEAP_SECONDS else PAUSE * self._cost
            wait = not now and time.monotonic() - self._looked < pause
            if not wait:
                seen = self._look_at_blocks()
                found.run_ids |= seen.run_ids
                found.lost |= seen.lost
            # Only now: what fails in between is found the next time.
            self._version, self._marks, self._blocks_wait = version, marks, wait
            return found
        finally:
            self._connection.execute("ROLLBACK")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _data_version(self) -> int:
        found: int = self._connection.execute("PRAGMA data_version").fetchone()[0]
        return found

    def _last_row(self, table: str) -> int:
        query = f"SELECT ifnull(max(rowid), 0) FROM {table}"  # noqa: S608 # one of four names
        found: int = self._connection.execute(query).fetchone()[0]
        return found

    def _look_at_blocks(self) -> Changes:
        begin = time.monotonic()
        found, gone, blocks = set[str](), set[str](), dict[str, list[tuple[bytes, str]]]()
        for table, query in (("runs", RUN_BLOCK), ("tags", TAG_BLOCK)):
            known = self._blocks[table]
            fresh: list[tuple[bytes, str]] = []
            for first in range(0, self._last_row(table) + 1, BLOCK):
                text, ids = self._connection.execute(query, (first, first + BLOCK - 1)).fetchone()
                fresh.append((hashlib.blake2b((text or "").encode(), digest_size=16).digest(), ids or ""))
            nothing = (b"", "")
            for place in range(max(len(fresh), len(known))):
                new = fresh[place] if place < len(fresh) else nothing
                old = known[place] if place < len(known) else nothing
                if new[0] != old[0]:
                    before, after = _ids(old[1]), _ids(new[1])
                    found |= before | after
                    gone |= before - after if table == "runs" else set()
            blocks[table] = fresh
        self._blocks = blocks
        self._looked, self._cost = time.monotonic(), time.monotonic() - begin
        return Changes(found, lost=bool(gone))


def _ids(joined: str) -> set[str]:
    return {joined[start : start + ID] for start in range(0, len(joined), ID)}
