"""A drift report from two frames: the same for what an endpoint served and for frames of a notebook's own."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from labwright.drift.models import ColumnDrift, DriftReport, NotCompared

if TYPE_CHECKING:
    import pandas as pd

    from labwright.drift.backend import Backend, Verdict
    from labwright.drift.frames import Pair


def compare(
    reference: pd.DataFrame,
    current: pd.DataFrame,
    *,
    endpoint: str = "",
    version: str = "",
    window: str | None = None,
    report_id: str | None = None,
    backend: Backend | None = None,
) -> tuple[DriftReport, str]:
    """Compare `current` with `reference`, column by column. Gives the report and the backend's own page (HTML).

    The page runs script that the data may have written: show it in a sandbox only.
    Errors: InvalidError (too few rows, no column in common), MissingExtraError.
    """
    from labwright.drift.frames import align

    pair = align(reference, current)
    verdicts = (backend or _evidently())(pair)
    columns = [_column(pair, name, verdict) for name, verdict in verdicts.columns.items()]
    columns.sort(key=lambda column: (not column.drifted, -_strength(column), column.name))
    drifted = sum(column.drifted for column in columns)
    report = DriftReport(
        id=report_id or uuid.uuid4().hex,
        endpoint=endpoint,
        version=version,
        created=datetime.now(UTC),
        window=window,
        reference_rows=len(reference),
        current_rows=len(current),
        compared=len(columns),
        drifted=drifted,
        share=round(drifted / len(columns), 4),
        columns=columns,
        not_compared=[
            *pair.not_compared,
            *(NotCompared(name=name, reason=reason) for name, reason in verdicts.failed.items()),
        ],
        notes=pair.notes,
    )
    return report, verdicts.page


def _evidently() -> Backend:
    from labwright.drift.evidently_report import compare as evidently

    return evidently


def _column(pair: Pair, name: str, verdict: Verdict) -> ColumnDrift:
    from labwright.drift import histograms

    before, now = pair.reference[name], pair.current[name]
    numerical = name in pair.numerical
    return ColumnDrift(
        name=name,
        kind="num" if numerical else "cat",
        method=verdict.method,
        score=verdict.score,
        threshold=verdict.threshold,
        drifted=verdict.drifted,
        reference_mean=_finite(before.mean()) if numerical else None,
        current_mean=_finite(now.mean()) if numerical else None,
        reference_missing=round(float(before.isna().mean()), 4),
        current_missing=round(float(now.isna().mean()), 4),
        histogram=(histograms.of_numbers if numerical else histograms.of_categories)(before, now),
        note=pair.column_notes.get(name, ""),
    )


def _finite(value: float) -> float | None:
    return float(value) if abs(value) < float("inf") else None


def _strength(column: ColumnDrift) -> float:
    """How far beyond its threshold a column is; a p-value is the stronger the smaller it is."""
    if column.score is None:
        return 0.0
    if "p_value" in column.method:
        return column.threshold / max(column.score, 1e-300)
    return column.score / max(column.threshold, 1e-300)
