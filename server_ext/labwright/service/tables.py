"""All tables, so that migrations see them. A capability with tables of its own is named here."""

from labwright.clusters.tables import ClusterRow
from labwright.drift.tables import ReportRow
from labwright.service.operations import OperationRow
from labwright.service.store import Base
from labwright.serving.tables import EndpointRow, PromotionRow

metadata = Base.metadata

__all__ = ["ClusterRow", "EndpointRow", "OperationRow", "PromotionRow", "ReportRow", "metadata"]
