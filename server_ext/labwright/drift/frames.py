"""Two frames made comparable: the same columns with the same types. The reference says what a column is.

The current rows come from JSON (the prediction log), so a date is text there and a whole number may be a float; the
reference comes from the training sample and has the real types.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from labwright.drift.models import NotCompared
from labwright.errors import InvalidError

MIN_ROWS = 30  # Below this, no test of distributions says anything.
MAX_ROWS = 50_000
MAX_CATEGORIES = 200  # Evidently's categorical tests take quadratic time in the number of categories.
KEPT_CATEGORIES = 50  # Of more than that; with many rare ones chance alone is beyond the threshold of 0.1.
OTHER = "(other)"


@dataclass
class Pair:
    """Reference and current with the same columns: float64 where numerical, else object (text or None)."""

    reference: pd.DataFrame
    current: pd.DataFrame
    numerical: list[str] = field(default_factory=list)
    categorical: list[str] = field(default_factory=list)
    not_compared: list[NotCompared] = field(default_factory=list)
    column_notes: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def check_current(current: pd.DataFrame) -> None:
    """Errors: InvalidError when there are too few rows to compare."""
    check_rows("data to compare", current, f"Send {MIN_ROWS - len(current)} more, or take a longer window.")


def check_rows(side: str, frame: pd.DataFrame, advice: str) -> None:
    """Errors: InvalidError when a side has too few rows."""
    if len(frame) < MIN_ROWS:
        rows = "row" if len(frame) == 1 else "rows"
        raise InvalidError(
            f"The {side} has {len(frame)} {rows}, and a drift report takes at least {MIN_ROWS} on each side. {advice}",
            code="too_few_rows",
        )


def align(reference: pd.DataFrame, current: pd.DataFrame) -> Pair:
    """Sample both sides to `MAX_ROWS` and bring the shared columns to the same types.

    Errors: InvalidError for fewer than `MIN_ROWS` rows on a side, or no column in common.
    """
    check_rows("training sample", reference, "Log a larger one with lw.experiments.log_reference(frame).")
    check_current(current)
    notes = []
    for side, frame in (("training sample", reference), ("current data", current)):
        if len(frame) > MAX_ROWS:
            notes.append(f"{MAX_ROWS:,} rows of the {side} were compared, drawn at random from {len(frame):,}.")
    before, now = _named(_sample(reference)), _named(_sample(current))
    pair = Pair(pd.DataFrame(index=before.index), pd.DataFrame(index=now.index), notes=notes)
    columns_before: dict[str, pd.Series[Any]] = {}
    columns_now: dict[str, pd.Series[Any]] = {}
    for name in before.columns:
        if name not in now.columns:
            pair.not_compared.append(NotCompared(name=name, reason="The current data does not have it."))
            continue
        kind, left, right, note = _typed(before[name], now[name])
        reason = _reason_against(kind, left, right, now[name])
        if reason:
            pair.not_compared.append(NotCompared(name=name, reason=reason))
            continue
        (pair.numerical if kind == "num" else pair.categorical).append(name)
        columns_before[name], columns_now[name] = left, right
        if note:
            pair.column_notes[name] = note
    pair.not_compared += [
        NotCompared(name=name, reason="The training sample does not have it.")
        for name in now.columns
        if name not in before.columns
    ]
    if not columns_before:
        raise InvalidError(
            "The training sample and the current data have no column that can be compared; log the model's own inputs "
            "as its reference: lw.experiments.log_reference(frame).",
            code="no_columns",
        )
    pair.reference, pair.current = pd.DataFrame(columns_before), pd.DataFrame(columns_now)
    return pair


def _sample(frame: pd.DataFrame) -> pd.DataFrame:
    """At most `MAX_ROWS` rows, in their order, always the same ones."""
    if len(frame) > MAX_ROWS:
        chosen = np.random.default_rng(0).choice(len(frame), MAX_ROWS, replace=False)
        frame = frame.iloc[np.sort(chosen)]
    return frame.reset_index(drop=True)


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """Columns by unique text: a second column of the same name is left out."""
    named = frame.set_axis([_text(name) for name in frame.columns], axis=1)
    return named.loc[:, ~named.columns.duplicated()]


def _text(value: Hashable) -> str:
    return value if isinstance(value, str) else str(value)


def _typed(before: pd.Series[Any], now: pd.Series[Any]) -> tuple[str, pd.Series[Any], pd.Series[Any], str]:
    """The kind (num, cat, time or empty) and both sides in that kind's type, with a note."""
    kind = _kind(before)
    if kind == "num":
        return kind, _numbers(before), _numbers(now), ""
    if kind == "cat":
        numeric = isinstance(before.dtype, pd.CategoricalDtype) and _kind(before.cat.categories.to_series()) == "num"
        left, right = (_categories(_numbers(side) if numeric else side) for side in (before, now))
        return kind, *_fewer(left, right)
    return kind, before, now, ""


def _kind(values: pd.Series[Any]) -> str:
    dtype = values.dtype
    if isinstance(dtype, pd.CategoricalDtype) or pd.api.types.is_bool_dtype(dtype):
        return "cat" if values.notna().any() else "empty"
    if pd.api.types.is_datetime64_any_dtype(dtype) or isinstance(dtype, pd.PeriodDtype):
        return "time"
    if not values.notna().any():
        return "empty"
    if pd.api.types.is_timedelta64_dtype(dtype):
        return "time"
    if pd.api.types.is_complex_dtype(dtype):
        return "cat"
    if pd.api.types.is_numeric_dtype(dtype):
        return "num"
    return {
        "integer": "num", "floating": "num", "mixed-integer-float": "num", "decimal": "num",
        "datetime": "time", "datetime64": "time", "date": "time", "time": "time", "timedelta": "time",
    }.get(pd.api.types.infer_dtype(values, skipna=True), "cat")  # fmt: skip


def _numbers(values: pd.Series[Any]) -> pd.Series[Any]:
    """float64, NaN where there is no finite number."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    if pd.api.types.is_bool_dtype(values.dtype):
        values = values.astype(object)
    if values.dtype == object:
        values = values.map(_number)
    numbers = pd.to_numeric(values, errors="coerce").astype("float64")
    return numbers.where(np.isfinite(numbers))


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return value if isinstance(value, (str, int, float, np.number)) else np.nan


def _categories(values: pd.Series[Any]) -> pd.Series[Any]:
    """Text, None where there is no value."""
    return values.astype(object).map(_category, na_action="ignore").where(values.notna(), None).astype(object)


def _category(value: Any) -> str:
    # JSON has true and 1.0 where the sample has True and 1.
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return str(value)


def _fewer(before: pd.Series[Any], now: pd.Series[Any]) -> tuple[pd.Series[Any], pd.Series[Any], str]:
    """Keep the most frequent categories of both sides together; the rest is one."""
    # Chosen by their rows on both sides together: any choice that looks at one side makes drift where there is none.
    counts = pd.concat([before, now]).value_counts()
    if len(counts) <= MAX_CATEGORIES:
        return before, now, ""
    # Ties by name, so that the same data gives the same report.
    order = sorted(counts.index, key=lambda name: (-counts[name], name))
    kept = set(order[: KEPT_CATEGORIES - 1])
    left, right = (side.where(side.isna() | side.isin(kept), OTHER) for side in (before, now))
    return left, right, f"{len(order) - len(kept):,} rare categories of {len(order):,} were taken as one."


def _reason_against(kind: str, before: pd.Series[Any], now: pd.Series[Any], raw: pd.Series[Any]) -> str:
    """Why the column cannot be compared; empty when it can."""
    if kind == "time":
        return "Dates and times are not compared."
    if kind == "empty" or not before.notna().any():
        return "The training sample has no value in it."
    if not now.notna().any():
        return "The current data has no number in it." if raw.notna().any() else "The current data has no value in it."
    for side, values in (("training sample", before), ("current data", now)):
        found = int(values.notna().sum())
        if found < MIN_ROWS:
            return f"The {side} has {found} values in it; {MIN_ROWS} are needed."
    return ""
