"""`lw.drift`: reports on endpoints, made by the service, and on frames of your own, made here."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from labwright.client import follow, shared
from labwright.drift.models import ColumnDrift, DriftReport, MakeReport
from labwright.drift.output import bundle, headline
from labwright.errors import InvalidError
from labwright.service.models import Operation

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compare_frames", "get", "report", "reports"]


class Report:
    """A drift report that shows itself in a notebook; `.report` has everything."""

    def __init__(self, report: DriftReport) -> None:
        self.report = report

    @property
    def columns(self) -> list[ColumnDrift]:
        """The columns with their verdicts, drifted first."""
        return self.report.columns

    @property
    def drifted_columns(self) -> list[str]:
        """Names of the columns that drifted, the strongest first."""
        return [column.name for column in self.report.columns if column.drifted]

    def to_frame(self) -> pd.DataFrame:
        """A row a column: column, kind, drifted, method, score, threshold, means and shares of missing values."""
        import pandas as pd

        kept = (
            "name", "kind", "drifted", "method", "score", "threshold", "reference_mean", "current_mean",
            "reference_missing", "current_missing", "note",
        )  # fmt: skip
        frame = pd.DataFrame([{key: getattr(column, key) for key in kept} for column in self.columns], columns=kept)
        return frame.rename(columns={"name": "column"})

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return bundle(self.report)

    def __repr__(self) -> str:
        return f"<drift report: {headline(self.report)}>"


def report(
    endpoint: str,
    window: str | None = None,
    wait: bool = True,
    *,
    progress: Callable[[Operation], None] | None = None,
) -> Report | Operation:
    """Compare what `endpoint` was sent in `window` (such as 12h or 7d; else all) with its model's training sample.

    With `wait=False` the operation is given at once; its result has the report's id for `get`. `progress` is called
    with the operation while it goes on. An interrupt cancels it.
    Errors: NotFoundError (no such endpoint), InvalidError (no traffic, no training sample, too few rows).
    """
    body = _request(endpoint, window)
    operation: Operation = shared().post("/drift/reports", Operation, body=body)
    if not wait:
        return operation
    operation = follow(operation, progress, cancelled="The drift report was cancelled; nothing was kept.")
    return get(operation.result["report_id"])


def get(report_id: str) -> Report:
    """A report by its id. Errors: NotFoundError."""
    return Report(shared().get(f"/drift/reports/{report_id}", DriftReport))


def reports(endpoint: str | None = None) -> pd.DataFrame:
    """The reports that are kept, newest first: a row a report; `get(id)` gives one."""
    import pandas as pd

    found: list[DriftReport] = shared().get(
        "/drift/reports", list[DriftReport], params={"endpoint": endpoint} if endpoint else {}
    )
    kept = (
        "id", "endpoint", "version", "created", "window", "drifted", "compared", "share", "reference_rows",
        "current_rows",
    )  # fmt: skip
    return pd.DataFrame([{key: getattr(each, key) for key in kept} for each in found], columns=kept)


def compare_frames(reference: pd.DataFrame, current: pd.DataFrame) -> Report:
    """Compare two frames of your own, in this process: no endpoint, no service, nothing kept.

    Errors: InvalidError (fewer than 30 rows, no column in common), MissingExtraError (Evidently is not installed).
    """
    from labwright.drift.compute import compare

    return Report(compare(reference, current)[0])


def _request(endpoint: str, window: str | None) -> MakeReport:
    try:
        return MakeReport(endpoint=endpoint, window=window)
    except ValueError:
        raise InvalidError("A drift report takes an endpoint's name and a window such as 30m, 12h, 7d or 2w.") from None
