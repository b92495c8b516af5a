"""Samples of data that are kept with a run: what it was trained on, and rows with answers to judge its model by.

Parquet artifacts, `reference/sample.parquet` and `evaluation/sample.parquet`; the latter's own metadata names the
column with the answers.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labwright.errors import InvalidError
from labwright.experiments.tracking import use_tracking

if TYPE_CHECKING:
    import pandas as pd

TARGET = b"labwright.target"  # in the Parquet file's metadata


def log_reference(frame: Any, rows: int = 5000) -> None:
    """Log a sample of the training data (a DataFrame) with the active run: what drift is later measured against."""
    _log(_sample(frame, rows, "reference"), "reference")


def log_evaluation(frame: Any, target: str, rows: int = 5000) -> None:
    """Log rows with their answers with the active run: at its promotion, its model and the live one are scored on them.

    `frame` (a DataFrame) has the model's inputs and the column `target`. Take rows that no model was trained on.
    Errors: InvalidError where there is no run, no row, or no such column.
    """
    sample = _sample(frame, rows, "evaluation")
    if target not in sample.columns:
        raise InvalidError("The evaluation rows have no such column as `target`: log_evaluation(frame, target='late').")
    known = sample.loc[sample[target].notna()]
    if known.empty:
        raise InvalidError("No evaluation row has an answer: the column named by `target` is empty.")
    _log(known, "evaluation", target)


def _sample(frame: Any, rows: int, what: str) -> pd.DataFrame:
    use_tracking()
    import mlflow

    if mlflow.active_run() is None:
        raise InvalidError("No run is active: call this inside %%track or lw.experiments.track().")
    table = frame.compute() if hasattr(frame, "compute") else frame
    table = table.to_pandas() if hasattr(table, "to_pandas") else table
    if not hasattr(table, "to_parquet") or not hasattr(table, "sample") or not len(table):
        raise InvalidError(f"The {what} is a DataFrame with at least one row.")
    found: pd.DataFrame = table if len(table) <= rows else table.sample(rows, random_state=0)
    return found.reset_index(drop=True)


def _log(sample: pd.DataFrame, folder: str, target: str | None = None) -> None:
    import mlflow
    import pyarrow as pa
    import pyarrow.parquet as pq

    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "sample.parquet"
        if target is None:
            sample.to_parquet(path)
        else:
            table = pa.Table.from_pandas(sample, preserve_index=False)
            pq.write_table(table.replace_schema_metadata({**(table.schema.metadata or {}), TARGET: target}), path)
        mlflow.log_artifact(str(path), folder)
