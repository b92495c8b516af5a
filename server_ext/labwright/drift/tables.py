"""Drift reports in the database; the full page of each is a file beside it."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from labwright.service.store import Base, Owned


class ReportRow(Owned, Base):
    """A drift report: `report` is a `models.DriftReport`."""

    __tablename__ = "drift_reports"

    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    endpoint: Mapped[str] = mapped_column(sa.String(40), index=True)
    report: Mapped[dict[str, Any]] = mapped_column(sa.JSON)
