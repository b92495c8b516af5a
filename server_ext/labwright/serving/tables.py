"""Endpoints and their promotions in the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from labwright.service.store import Base, Owned, UtcDateTime


class EndpointRow(Owned, Base):
    """An endpoint. `live` is the version that should serve (a `models.Version`), whatever the processes do now."""

    __tablename__ = "endpoints"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    wanted: Mapped[str] = mapped_column(sa.String(20))  # running or stopped
    port: Mapped[int | None] = mapped_column(default=None)
    live: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON, default=None)
    card: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # signature, input example, previous version, …
    revision: Mapped[int] = mapped_column(default=1)
    settings: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # an EndpointSettings; {}: the defaults
    # Besides the live version: {"split": [{"version": a Version, "percent"}], "shadow": a Version or None}
    traffic: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)


class PromotionRow(Owned, Base):
    """Who made which version live, and when: the endpoint's history, never changed."""

    __tablename__ = "promotions"

    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    endpoint: Mapped[str] = mapped_column(sa.String(40), index=True)
    version: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
    previous: Mapped[str | None] = mapped_column(sa.String(20), default=None)
    kind: Mapped[str] = mapped_column(sa.String(20), default="promote")
    reason: Mapped[str | None] = mapped_column(sa.Text, default=None)
    operation: Mapped[str | None] = mapped_column(sa.String(32), default=None)
    traffic: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)  # version → percent from then on


class ReadinessRow(Owned, Base):
    """The readiness card of a promotion, also of one that came to nothing."""

    __tablename__ = "readiness"

    operation: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    endpoint: Mapped[str] = mapped_column(sa.String(40), index=True)
    card: Mapped[dict[str, Any]] = mapped_column(sa.JSON)


class ConsumerRow(Owned, Base):
    """Who may call an endpoint: the SHA-256 of a token, never the token."""

    __tablename__ = "consumers"

    id: Mapped[int] = mapped_column(primary_key=True)
    endpoint: Mapped[str] = mapped_column(sa.String(40), index=True)
    name: Mapped[str] = mapped_column(sa.String(64))
    sha256: Mapped[str] = mapped_column(sa.String(64))
    revoked: Mapped[datetime | None] = mapped_column(UtcDateTime, default=None)
