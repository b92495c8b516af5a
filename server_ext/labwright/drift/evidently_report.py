"""Evidently as the backend. Imported only in a job or in a kernel: its import takes seconds.

Its page puts names and categories into script elements as they are: "</script>" in one breaks the page, or runs. So it
is given names and categories without angle brackets. What it makes is still shown in a sandbox only (see `page`).
"""

from __future__ import annotations

import math
import os
import warnings
from collections.abc import Iterable
from typing import Any

import pandas as pd

os.environ.setdefault("DO_NOT_TRACK", "1")  # Evidently asks for it before it tells its makers about a use.

from labwright.drift.backend import Verdict, Verdicts
from labwright.drift.frames import Pair
from labwright.errors import InvalidError, MissingExtraError

try:
    from evidently import DataDefinition, Dataset, Report
    from evidently.presets import DataDriftPreset
except ImportError as error:
    raise MissingExtraError("drift") from error


def compare(pair: Pair) -> Verdicts:
    """Evidently's DataDrift with its own choice of tests and thresholds. Errors: InvalidError when none works."""
    columns = [*pair.numerical, *pair.categorical]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # SciPy's, about ties and empty bins: nothing that a reader could act on.
        try:
            return _run(pair, columns, {})
        except (ValueError, TypeError, ArithmeticError, LookupError):
            # One column that a test cannot take must not cost the others their verdicts.
            failed = {name: "Evidently has no test that takes it." for name in columns if not _works(pair, name)}
            left = [name for name in columns if name not in failed]
            if not left or not failed:
                raise InvalidError(
                    "Evidently could not compare these columns; look at the model's training sample.", code="no_columns"
                ) from None
            return _run(pair, left, failed)


def _works(pair: Pair, name: str) -> bool:
    try:
        _run(pair, [name], {})
    except (ValueError, TypeError, ArithmeticError, LookupError):
        return False
    return True


def _run(pair: Pair, columns: list[str], failed: dict[str, str]) -> Verdicts:
    shown = _harmless(columns)
    definition = DataDefinition(
        numerical_columns=[shown[name] for name in pair.numerical if name in shown],
        categorical_columns=[shown[name] for name in pair.categorical if name in shown],
    )
    categories = {name: _harmless(_categories(pair, name)) for name in pair.categorical if name in shown}

    def dataset(frame: pd.DataFrame) -> Any:
        parts = {shown[name]: _mapped(frame[name], categories.get(name)) for name in columns}
        return Dataset.from_pandas(pd.DataFrame(parts), data_definition=definition)

    snapshot = Report([DataDriftPreset()], include_tests=True).run(dataset(pair.current), dataset(pair.reference))
    found = snapshot.dict()
    failing = {test["metric_config"]["params"].get("column"): _is_failure(test["status"]) for test in found["tests"]}
    metrics = {metric["config"].get("column"): metric for metric in found["metrics"]}
    verdicts = {name: _verdict(metrics[shown[name]], failing[shown[name]]) for name in columns}
    return Verdicts(columns=verdicts, failed=failed, page=snapshot.get_html_str(as_iframe=False))


def _verdict(metric: dict[str, Any], drifted: bool) -> Verdict:
    score = float(metric["value"])
    return Verdict(
        method=str(metric["config"]["method"]),
        score=score if math.isfinite(score) else None,
        threshold=float(metric["config"]["threshold"]),
        drifted=drifted,
    )


def _is_failure(status: Any) -> bool:
    return str(getattr(status, "value", status)) == "FAIL"


def _categories(pair: Pair, name: str) -> list[str]:
    return sorted({*pair.reference[name].dropna(), *pair.current[name].dropna()})


def _mapped(values: pd.Series[Any], names: dict[str, str] | None) -> pd.Series[Any]:
    return values if names is None else values.map(names, na_action="ignore")


def _harmless(names: Iterable[str]) -> dict[str, str]:
    """A name to show for each: no angle brackets, at most 80 characters, still all different."""
    shown: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        plain = name.replace("<", "‹").replace(">", "›")
        short = plain if len(plain) <= 80 else f"{plain[:79]}…"
        unique, number = short, 2
        while unique in taken:
            unique, number = f"{short} ({number})", number + 1
        taken.add(unique)
        shown[name] = unique
    return shown
