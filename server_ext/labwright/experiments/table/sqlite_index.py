"""Indexes of the embedded store: filled from SQLite, and kept up with what changes in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from labwright.errors import LabwrightError, NotFoundError
from labwright.experiments import embedded_store
from labwright.experiments.table import sqlite_source
from labwright.experiments.table.index import Extremes, Index
from labwright.experiments.table.watch import Changes, Watch

FIRST = 200
CHUNK = 2000
EXTREMES = (
    "SELECT t.run_uuid, min(t.value), max(t.value) FROM json_each(?) AS wanted"
    " CROSS JOIN metrics AS t INDEXED BY index_metrics_run_uuid_key_step"
    " ON t.run_uuid = wanted.value WHERE t.key = ? AND NOT t.is_nan GROUP BY t.run_uuid"
)
NO_EXPERIMENT = "There is no such experiment; lw.experiments.experiments() lists those that there are."


class SqliteSource:
    """One for each store. Safe to use from threads."""

    def __init__(self, database: Path) -> None:
        self.database = database
        self._lock = threading.Lock()
        self._watch: Watch | None = None
        self._store: tuple[int, int] | None = None  # the file that is watched
        self._changed: dict[str, set[str]] = {}
        self._histories: dict[tuple[str, str], threading.Thread] = {}

    def fill(self, index: Index, say: Callable[[int, int | None], None]) -> None:
        """Take all runs in, the newest first; `say` is told how many of how many are there. Errors: NotFoundError."""
        with embedded_store.reading(self.database) as connection:
            if not sqlite_source.has_experiment(connection, index.experiment_id):
                raise NotFoundError(NO_EXPERIMENT)
            ids = sqlite_source.run_ids(connection, index.experiment_id)
            index.expect(ids)
            first = ids[:FIRST]
            index.put(sqlite_source.read(connection, index.experiment_id, first))
            say(len(first), len(ids))
            # What changed while the first were read is found by reading them again.
            self._begin(index.experiment_id)
            left = iter([*ids[FIRST:], *first])
            done = len(first)
            while chunk := list(islice(left, CHUNK)):
                index.put(sqlite_source.read(connection, index.experiment_id, chunk))
                done += len(chunk)
                say(min(done, len(ids)), len(ids))
        index.rest()

    def refresh(self, index: Index, *, now: bool = False) -> bool:
        """Take in what changed; False when the index is of no more use and is to be made anew."""
        with self._lock:
            if self._watch is None or index.experiment_id not in self._changed:
                return False
            replaced = embedded_store.identity(self.database) != self._store
            with embedded_store.in_words():
                found = Changes(set(), lost=True) if replaced else self._watch.changes(now=now)
            if found.lost:
                self._watch.close()
                self._watch = None
                self._changed.clear()
                return False
            for changed in self._changed.values():
                changed |= found.run_ids
            mine, self._changed[index.experiment_id] = self._changed[index.experiment_id], set()
        if found.any and len(going_on := index.going_on()) <= FIRST:
            mine.update(going_on)  # their ends are seen at once, however large the store
        try:
            self._take_in(index, mine)
        except BaseException:
            self.look_again(index, mine)
            raise
        return True

    def look_again(self, index: Index, run_ids: Iterable[str]) -> None:
        """These runs changed: read them at the next refresh, however the store looks."""
        with self._lock:
            if index.experiment_id in self._changed:
                self._changed[index.experiment_id].update(run_ids)

    def extremes(self, index: Index, metric: str, wait: float) -> bool:
        """Bring a metric's least and greatest values up to date, from its whole history; gives whether they are.

        Where that takes longer than `wait` it goes on in a thread, and the next call may find it done.
        """
        with self._lock:
            with index.lock:
                found = index.extremes.get(metric)
                if found is None:
                    found = index.extremes[metric] = Extremes(stale=set(index.ids))
                    found.low.room(len(index.ids))
                    found.high.room(len(index.ids))
            thread = self._histories.get((index.experiment_id, metric))
            if thread is None or not thread.is_alive():
                if not found.stale:
                    return found.whole
                thread = threading.Thread(target=self._read_histories, args=(index, metric, found), daemon=True)
                self._histories[index.experiment_id, metric] = thread
                thread.start()
        thread.join(wait)
        return found.whole

    def _read_histories(self, index: Index, metric: str, found: Extremes) -> None:
        with index.lock:
            stale, found.stale = list(found.stale), set()
        try:
            with embedded_store.reading(self.database) as connection:
                for start in range(0, len(stale), CHUNK):
                    chunk = sqlite_source.as_json(stale[start : start + CHUNK])
                    values = connection.execute(EXTREMES, (chunk, metric)).fetchall()
                    with index.lock:
                        rows = [index.row_of[run_id] for run_id, _, _ in values]
                        found.low.put(rows, [low for _, low, _ in values])
                        found.high.put(rows, [high for _, _, high in values])
            found.whole = True
        except LabwrightError:
            with index.lock:
                found.stale.update(stale)  # tried again at the next question

    def forget(self, index: Index) -> None:
        """The index is dropped."""
        with self._lock:
            self._changed.pop(index.experiment_id, None)
            if not self._changed and self._watch is not None:
                self._watch.close()
                self._watch = None

    def _begin(self, experiment_id: str) -> None:
        with self._lock:
            if self._watch is None:
                self._store = embedded_store.identity(self.database)
                watch = Watch(embedded_store.connect(self.database))
                watch.begin()
                self._watch = watch
            self._changed[experiment_id] = set()

    def _take_in(self, index: Index, run_ids: set[str]) -> None:
        if not run_ids:
            return
        left = iter(run_ids)
        with embedded_store.reading(self.database) as connection:
            while chunk := list(islice(left, CHUNK)):
                batch = sqlite_source.read(connection, index.experiment_id, chunk)
                index.put(batch)
                index.remove(set(chunk).difference(run.run_id for run in batch.runs))
        if len(run_ids) > CHUNK:
            index.rest()
