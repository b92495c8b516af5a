"""Clusters in the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from labwright.service.store import Base, Owned


class ClusterRow(Owned, Base):
    """A cluster; `processes` holds what the backend needs to find it again (PIDs with start times)."""

    __tablename__ = "clusters"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(40), unique=True)
    backend: Mapped[str] = mapped_column(sa.String(20))
    state: Mapped[str] = mapped_column(sa.String(20))
    message: Mapped[str] = mapped_column(sa.Text, default="")
    wanted: Mapped[int]
    threads: Mapped[int]
    memory_limit: Mapped[str] = mapped_column(sa.String(30))
    gpus: Mapped[int] = mapped_column(default=0)
    address: Mapped[str | None] = mapped_column(sa.Text, default=None)
    notebook: Mapped[str | None] = mapped_column(sa.Text, default=None)
    processes: Mapped[dict[str, Any]] = mapped_column(sa.JSON, default=dict)
    revision: Mapped[int] = mapped_column(default=1)
