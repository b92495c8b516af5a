"""Labwright's own state: SQLAlchemy over SQLite (or PostgreSQL by URL), with Alembic's migrations."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker

from labwright.state import on_network_file_system


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
        self.url = url or f"sqlite:///{home / 'labwright.db'}"
        self.engine = sa.create_engine(self.url, pool_pre_ping=not self.url.startswith("sqlite"))
        self.journal_mode = ""
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
        """Bring the schema to this version; done before anyone asks."""
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A transaction."""
        with self._sessions.begin() as session:
            yield session

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()
