"""The database of Labwright's own MLflow, read in bulk by SQL and never written. MLflow need not run for it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from labwright.errors import UnavailableError
from labwright.experiments import mlflow_rest
from labwright.service.context import Context

WAIT_SECONDS = 5.0

# What is read, here and there; a store of an MLflow that keeps it in another way is asked by REST.
READ = (
    "SELECT experiment_id FROM experiments",
    "SELECT run_uuid, name, status, start_time, end_time, lifecycle_stage, user_id, experiment_id, rowid FROM runs",
    "SELECT run_uuid, key, value, rowid FROM params",
    "SELECT run_uuid, key, value, rowid FROM tags",
    "SELECT run_uuid, key, value, is_nan FROM latest_metrics",
    "SELECT run_uuid, key, value, is_nan, step, timestamp, rowid FROM metrics"
    " INDEXED BY index_metrics_run_uuid_key_step WHERE run_uuid = ''",
    "SELECT version_num FROM alembic_version",
)


@contextmanager
def reading(database: Path) -> Iterator[sqlite3.Connection]:
    """A connection that cannot write. Errors: UnavailableError, in words, for all that SQLite says."""
    with in_words():
        connection = connect(database)
        try:
            yield connection
        finally:
            connection.close()


@contextmanager
def in_words() -> Iterator[None]:
    """Errors of SQLite as UnavailableError."""
    try:
        yield
    except sqlite3.Error:
        raise UnavailableError(
            "MLflow's database cannot be read now; try again. `labwright doctor` may know why.", code="store_unreadable"
        ) from None


def connect(database: Path) -> sqlite3.Connection:
    """As `reading`, to keep."""
    return sqlite3.connect(
        f"file:{quote(str(database))}?mode=ro", uri=True, timeout=WAIT_SECONDS, check_same_thread=False,
        isolation_level=None,
    )  # fmt: skip


def identity(database: Path) -> tuple[int, int] | None:
    """Which file this is: another one after the store was replaced; None where there is none."""
    with suppress(OSError):
        found = database.stat()
        return found.st_dev, found.st_ino
    return None


def is_readable(database: Path) -> bool:
    """Whether MLflow has made all the tables and columns that are read."""
    if not database.exists():
        return False
    with reading(database) as connection:
        try:
            for query in READ:
                connection.execute(f"EXPLAIN {query}")
        except sqlite3.OperationalError as error:
            if str(error).startswith("no such "):
                return False
            raise
    return True


_readable: dict[Path, tuple[int, int] | None] = {}


def embedded(context: Context) -> Path | None:
    """The database, where it can be read; None where MLflow is to be asked: on another server, or not made yet."""
    mlflow = mlflow_rest.server(context)
    database = mlflow.folder / "mlflow.db"
    if not mlflow.embedded:
        return None
    now = identity(database)
    if now is None or _readable.get(database) != now:
        if not is_readable(database):
            return None
        _readable[database] = now
    return database
