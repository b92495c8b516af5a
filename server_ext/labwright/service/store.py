"""Labwright's own state: SQLAlchemy over SQLite (or PostgreSQL by URL), with Alembic's migrations."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.util.exc import CommandError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from labwright.errors import InvalidError, MissingExtraError, UnavailableError
from labwright.state import on_network_file_system

# Of all that this process may wait for, a database is the least: a request says so, and is sent again.
CONNECT_SECONDS = 5
POOL_SECONDS = 10
MIGRATION_LOCK = 0x4C616277  # any number, the same for all versions
# What a database that went away raises; the next request finds it when it is back.
GONE = (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError)


def now() -> datetime:
    """The service's clock, in UTC."""
    return datetime.now(UTC)


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A time with its zone; SQLite forgets zones, so all is kept in UTC."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Store without a zone, in UTC."""
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: sa.Dialect) -> datetime | None:
        """Give the zone back."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Base of all tables."""


class Owned:
    """What every table has: whose row it is, and when it changed."""

    owner: Mapped[str] = mapped_column(sa.String(200), index=True)
    namespace: Mapped[str] = mapped_column(sa.String(200), default="default")
    created: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated: Mapped[datetime] = mapped_column(UtcDateTime, default=now, onupdate=now)


class Store:
    """The database. `session()` is a transaction: committed when the block ends well, else rolled back."""

    def __init__(self, home: Path, url: str | None = None) -> None:
        address = _address(url) if url else sa.URL.create("sqlite", database=str(home / "labwright.db"))
        self.public = sa.URL.create(
            address.drivername, host=address.host, port=address.port, database=address.database
        ).render_as_string()
        self.journal_mode = ""
        if address.get_backend_name() == "sqlite":
            self.engine = sa.create_engine(address, hide_parameters=True)
        else:
            self.engine = sa.create_engine(
                address, hide_parameters=True, pool_pre_ping=True, pool_timeout=POOL_SECONDS, pool_recycle=1800,
                connect_args={"connect_timeout": CONNECT_SECONDS, "application_name": "labwright"},
            )  # fmt: skip
        if self.engine.dialect.name == "sqlite":
            self.journal_mode = "DELETE" if on_network_file_system(home) else "WAL"
            sa.event.listen(self.engine, "connect", self._set_pragmas)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)

    def _set_pragmas(self, connection, _record) -> None:  # type: ignore[no-untyped-def] # the driver's own type
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA journal_mode={self.journal_mode}")
        cursor.execute("PRAGMA busy_timeout=10000")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    def migrate(self) -> None:
        """Bring the schema to this version, one process at a time, whole or not at all; done before anyone asks.

        Errors: UnavailableError when the database does not answer, or does not take us.
        """
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        try:
            with self.engine.begin() as connection:
                if self.engine.dialect.name == "sqlite":
                    connection.exec_driver_sql("BEGIN IMMEDIATE")  # else Python commits each change of a table
                else:
                    connection.execute(sa.select(sa.func.pg_advisory_xact_lock(MIGRATION_LOCK)))
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except GONE as error:
            words = f"Labwright's database {self.public} does not answer, or does not take us: {_reason(error)}"
            raise UnavailableError(words, code="database_unavailable") from None
        except CommandError:
            words = f"Labwright's database {self.public} was made by a newer Labwright: upgrade this one."
            raise UnavailableError(words, code="database_newer") from None
        except sa.exc.DBAPIError as error:
            words = f"Labwright's tables cannot be made in the database {self.public}: {_reason(error)}"
            raise UnavailableError(words, code="database_refuses") from None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def _reason(error: sa.exc.SQLAlchemyError) -> str:
    """The database's own words, in a line; they name no password."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0][:300]


def _address(url: str) -> sa.URL:
    """The URL as SQLAlchemy takes it; whatever driver it names, PostgreSQL means psycopg. It is never repeated."""
    try:
        found = sa.make_url(url)
    except sa.exc.ArgumentError:
        raise InvalidError("LABWRIGHT_DATABASE_URL is no address of a database: postgresql://…") from None
    if found.get_backend_name() not in {"postgresql", "postgres", "sqlite"}:
        raise InvalidError("Labwright keeps its state in SQLite or PostgreSQL: postgresql://USER:PASSWORD@HOST/NAME")
    if found.get_backend_name() != "sqlite":
        found = found.set(drivername="postgresql+psycopg")
    if found.drivername == "postgresql+psycopg" and importlib.util.find_spec("psycopg") is None:
        raise MissingExtraError("postgresql")
    return found
