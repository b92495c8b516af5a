"""The indexes of this service: made when a table is looked at, kept up while it is, dropped when nobody looks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol

from labwright.errors import LabwrightError, UnavailableError
from labwright.experiments import mlflow_rest
from labwright.experiments.embedded_store import embedded
from labwright.experiments.table.index import Index
from labwright.experiments.table.models import Sync
from labwright.experiments.table.rest_index import RestSource
from labwright.experiments.table.sqlite_index import SqliteSource
from labwright.service.context import Context

SMALL = 3000  # runs
SOON_SECONDS = 0.3
FIRST_SECONDS = 100.0
IDLE_SECONDS = 900.0


Say = Callable[[int, int | None], None]
"""Told how many runs of how many the index has."""


class Source(Protocol):
    """Where an index is filled from."""

    def fill(self, index: Index, say: Say) -> None:
        """Take all runs in."""

    def refresh(self, index: Index, *, now: bool = False) -> bool:
        """Take in what changed; False when the index is to be made anew."""

    def look_again(self, index: Index, run_ids: Iterable[str]) -> None:
        """These runs changed."""

    def extremes(self, index: Index, metric: str, wait: float) -> bool:
        """Bring a metric's extremes up to date, for so many seconds at most; gives whether they are known."""

    def forget(self, index: Index) -> None:
        """The index is dropped."""


@dataclass
class Table:
    """An experiment's index, while it is filled and after."""

    index: Index
    source: Source
    first: threading.Event = field(default_factory=threading.Event)
    whole: threading.Event = field(default_factory=threading.Event)
    sync: Sync = field(default_factory=lambda: Sync(done=0, total=None))
    error: LabwrightError | None = None
    made: float = field(default_factory=time.monotonic)
    used: float = 0.0
    asked: dict[tuple[str, str], tuple[float, int, set[str]]] = field(default_factory=dict)

    def worth_waiting(self) -> float:
        """Seconds: a small experiment is there whole in a moment, a large one shows its first rows at once."""
        large = self.sync.total is None or self.sync.total > SMALL
        return 0.0 if large else max(self.made + SOON_SECONDS - time.monotonic(), 0.0)

    def fill(self) -> None:
        """Take all runs in; runs in a thread of its own."""
        try:
            self.source.fill(self.index, self._say)
        except LabwrightError as error:
            self.error = error
        except Exception:
            self.error = LabwrightError("Something went wrong inside Labwright; `labwright doctor` names the log.")
            raise
        finally:
            self.whole.set()
            self.first.set()

    def _say(self, done: int, total: int | None) -> None:
        self.sync = Sync(done=done, total=total)
        self.first.set()


class Tables:
    """All of a service. Safe to use from threads."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._lock = threading.Lock()
        self._tables: dict[str, Table] = {}
        self._sweeper: threading.Thread | None = None

    def table(self, experiment_id: str, *, whole: bool = False, now: bool = False) -> Table:
        """The table, as far as it is there: at least its first rows; with `whole`, all of them, up to date."""
        for _ in range(3):
            found = self._get(experiment_id)
            found.first.wait(FIRST_SECONDS)
            found.whole.wait(FIRST_SECONDS if whole else found.worth_waiting())
            if found.error is not None:
                self.drop(found)
                raise found.error
            if not found.whole.is_set():
                if not found.first.is_set() or whole:
                    break
                return found
            if self.source.refresh(found.index, now=now):
                return found
            self.drop(found)
        raise UnavailableError("The runs take long to be read; try again in a moment.", code="table_not_ready")

    def changed(self, run_ids: set[str]) -> None:
        """These runs were changed by us: the next look shows it."""
        with self._lock:
            tables = list(self._tables.values())
        for table in tables:
            self.source.look_again(table.index, run_ids)

    def drop(self, table: Table) -> None:
        """Forget an index; the next look makes it anew."""
        with self._lock:
            if self._tables.get(table.index.experiment_id) is table:
                del self._tables[table.index.experiment_id]
                self.source.forget(table.index)

    def _get(self, experiment_id: str) -> Table:
        with self._lock:
            found = self._tables.get(experiment_id)
            if found is None:
                found = self._tables[experiment_id] = Table(Index(experiment_id), self.source)
                threading.Thread(target=found.fill, name="runs-index", daemon=True).start()
            found.used = time.monotonic()
            if self._sweeper is None:
                self._sweeper = threading.Thread(target=self._sweep, name="runs-index-sweeper", daemon=True)
                self._sweeper.start()
            return found

    def _sweep(self) -> None:
        while True:
            time.sleep(IDLE_SECONDS / 15)
            with self._lock:
                idle = [t for t in self._tables.values() if time.monotonic() - t.used > IDLE_SECONDS]
                if not self._tables:
                    self._sweeper = None
                    return
            for table in idle:
                self.drop(table)


_tables: dict[Path, Tables] = {}
_making = threading.Lock()


def tables(context: Context) -> Tables:
    """The tables of this service. Errors: UnavailableError where MLflow is needed first and does not answer."""
    home = context.folders.home
    with _making:
        if home not in _tables:
            if (database := embedded(context)) is None:
                mlflow_rest.server(context).ensure()  # it makes its own database
                database = embedded(context)
            source = SqliteSource(database) if database is not None else RestSource(partial(mlflow_rest.call, context))
            _tables[home] = Tables(source)
        return _tables[home]
