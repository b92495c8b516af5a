"""The index of one experiment's runs: columns that are filled from MLflow, and may be thrown away at any time."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np

from labwright.experiments.table.columns import Mask, Numbers, Rows, Texts, grown

RUN_NAME = "mlflow.runName"
# Long, and nothing that a person looks for; a filter on these is MLflow's to answer.
NOT_INDEXED = frozenset({"mlflow.log-model.history", "mlflow.loggedModels"})
ACTIVE, ARCHIVED, GONE = 0, 1, 2
GOING_ON = ("RUNNING", "SCHEDULED")


@dataclass
class Info:
    """What a run is, apart from what was logged. Times are milliseconds since the epoch."""

    run_id: str
    name: str | None
    status: str
    start: int | None
    end: int | None
    archived: bool
    user: str | None


@dataclass
class Batch:
    """Runs as they are in the store now; the other fields name them by their place in `runs`."""

    runs: list[Info]
    params: Iterable[tuple[int, str, str]] = ()
    tags: Iterable[tuple[int, str, str]] = ()
    metrics: Iterable[tuple[int, str, float]] = ()


@dataclass
class Extremes:
    """The least and the greatest value of a metric in each run; `stale` are runs that logged since.

    `whole`: all runs that there were at first have been read.
    """

    low: Numbers = field(default_factory=Numbers)
    high: Numbers = field(default_factory=Numbers)
    stale: set[str] = field(default_factory=set)
    whole: bool = False


class Index:
    """Runs by row number, in no order. Hold `lock` while you read or write."""

    def __init__(self, experiment_id: str) -> None:
        self.experiment_id = experiment_id
        self.lock = threading.RLock()
        self.version = 0
        self.ids: list[str] = []
        self.row_of: dict[str, int] = {}
        self.name, self.status, self.user = Texts(), Texts(), Texts()
        self.start, self.end = Numbers(), Numbers()
        self.params: dict[str, Texts] = {}
        self.tags: dict[str, Texts] = {}
        self.metrics: dict[str, Numbers] = {}
        self.extremes: dict[str, Extremes] = {}
        self._stages = np.empty(0, dtype=np.int8)
        self._order: tuple[int, Rows] | None = None

    @property
    def stages(self) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
        """ACTIVE, ARCHIVED or GONE for each row."""
        return self._stages[: len(self.ids)]

    def in_lifecycle(self, lifecycle: str) -> Mask:
        """Rows of the runs that are active, archived, or either."""
        if lifecycle == "all":
            found: Mask = self.stages != GONE
        else:
            found = self.stages == (ACTIVE if lifecycle == "active" else ARCHIVED)
        return found

    def expect(self, run_ids: Iterable[str]) -> None:
        """Have places for runs that are taken in next.

        Their ids stay; made before all that is only read and forgotten, they do not lie scattered between it, which
        would keep its memory from going back to the system.
        """
        with self.lock:
            for run_id in run_ids:
                if run_id not in self.row_of:
                    self.row_of[run_id] = len(self.ids)
                    self.ids.append(run_id)
            self._stages = grown(self._stages, len(self.ids), GONE)
            for column in self._columns():
                column.room(len(self.ids))
            self.version += 1

    def put(self, batch: Batch) -> None:
        """Take runs in, new or known ones; what a known one had before is forgotten."""
        with self.lock:
            known = [self.row_of[run.run_id] for run in batch.runs if run.run_id in self.row_of]
            for run in batch.runs:
                if run.run_id not in self.row_of:
                    self.row_of[run.run_id] = len(self.ids)
                    self.ids.append(run.run_id)
            size = len(self.ids)
            self._stages = grown(self._stages, size, GONE)
            for column in self._columns():
                column.room(size)
                if known:
                    column.clear(np.array(known, dtype=np.int64))
            rows = [self.row_of[run.run_id] for run in batch.runs]
            self._put_infos(batch.runs, rows)
            _fill(self.params, Texts, batch.params, rows, size)
            _fill(self.tags, Texts, batch.tags, rows, size)
            _fill(self.metrics, Numbers, batch.metrics, rows, size)
            self._names_from_tags(batch.runs, rows)
            for extremes in self.extremes.values():
                extremes.low.room(size)
                extremes.high.room(size)
                extremes.stale.update(run.run_id for run in batch.runs)
            self.version += 1

    def remove(self, run_ids: Iterable[str]) -> None:
        """Forget runs that the store has no more."""
        with self.lock:
            rows = [self.row_of[run_id] for run_id in run_ids if run_id in self.row_of]
            if rows:
                self._stages[rows] = GONE
                self.version += 1

    def rest(self) -> None:
        """After many runs were taken in: give back what only taking in needs."""
        with self.lock:
            for column in self._columns():
                if isinstance(column, Texts):
                    column.rest()
        _give_back()

    def newest_first(self) -> Rows:
        """All rows by start, the newest first; of two with one start the lesser id."""
        if self._order is None or self._order[0] != self.version:
            ids = np.array(self.ids, dtype="S32")
            start = np.where(self.start.there, self.start.values, -np.inf)
            self._order = self.version, np.lexsort((ids, -start)).astype(np.int64)
        return self._order[1]

    def going_on(self) -> list[str]:
        """Ids of the runs that have not ended."""
        with self.lock:
            wanted = np.array([text in GOING_ON for text in self.status.vocabulary], dtype=np.bool_)
            rows = np.flatnonzero(self.status.matching(wanted) & (self.stages != GONE))
            return [self.ids[row] for row in rows]

    def _columns(self) -> list[Texts | Numbers]:
        own: list[Texts | Numbers] = [self.name, self.status, self.user, self.start, self.end]
        return [*own, *self.params.values(), *self.tags.values(), *self.metrics.values()]

    def _put_infos(self, runs: list[Info], rows: list[int]) -> None:
        pairs = list(zip(rows, runs, strict=True))
        self._stages[rows] = [ARCHIVED if run.archived else ACTIVE for run in runs]
        self.status.put(rows, [run.status for run in runs])
        for texts, name in ((self.name, "name"), (self.user, "user")):
            filled = [(row, getattr(run, name)) for row, run in pairs if getattr(run, name)]
            texts.put([row for row, _ in filled], [text for _, text in filled])
        for numbers, name in ((self.start, "start"), (self.end, "end")):
            timed = [(row, getattr(run, name)) for row, run in pairs if getattr(run, name) is not None]
            numbers.put([row for row, _ in timed], [value for _, value in timed])

    def _names_from_tags(self, runs: list[Info], rows: list[int]) -> None:
        """Runs of old MLflow have their name in a tag only."""
        tag = self.tags.get(RUN_NAME)
        if tag is None:
            return
        named = [row for row, run in zip(rows, runs, strict=True) if not run.name and tag.codes[row] >= 0]
        self.name.put(named, [tag.text(tag.codes[row]) for row in named])


def _give_back() -> None:
    """Return freed memory to the system: glibc keeps it after many large look-ups were dropped. Elsewhere: nothing."""
    with suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).malloc_trim(0)


Kind = TypeVar("Kind", Texts, Numbers)


def _fill(
    columns: dict[str, Kind], kind: type[Kind], cells: Iterable[tuple[int, str, Any]], rows: list[int], size: int
) -> None:
    by_key: dict[str, tuple[list[int], list[Any]]] = {}
    for place, key, value in cells:
        found = by_key.get(key)
        if found is None:
            found = by_key[key] = ([], [])
        found[0].append(rows[place])
        found[1].append(value)
    for key, (where, values) in by_key.items():
        if key in NOT_INDEXED:
            continue
        column = columns.get(key)
        if column is None:
            column = columns[key] = kind()
            column.room(size)
        column.put(where, values)
