"""The data sets of a run: MLflow's own inputs, read and, for what Labwright knows of, written."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from labwright.experiments.capture.models import DataSet


def datasets_of(run_id: str) -> list[DataSet]:
    """The data sets that the run has in MLflow: autologging and mlflow.log_input put them there."""
    import mlflow

    inputs = mlflow.MlflowClient().get_run(run_id).inputs
    return [_dataset(entry.dataset) for entry in getattr(inputs, "dataset_inputs", None) or []]


def log_datasets(run_id: str, data: Sequence[DataSet]) -> None:
    """Write data sets as inputs of the run."""
    if not data:
        return
    import mlflow
    from mlflow.entities import Dataset, DatasetInput, InputTag

    entries = [
        DatasetInput(
            Dataset(
                name=one.name[:500], digest=one.digest[:36], source_type="code",
                source=json.dumps({"tags": {"mlflow.source.type": "NOTEBOOK", "mlflow.source.name": one.source}}),
                profile=json.dumps({"num_rows": one.rows, "num_columns": one.columns}),
            ),
            [InputTag("mlflow.data.context", "training")],
        )
        for one in data
    ]  # fmt: skip
    mlflow.MlflowClient().log_inputs(run_id, entries)


def _dataset(found: Any) -> DataSet:
    profile = _json(found.profile)
    rows, columns = profile.get("num_rows"), profile.get("num_columns")
    schema = _json(found.schema).get("mlflow_colspec")
    if columns is None and isinstance(schema, list):
        columns = len(schema)
    shape = profile.get("features_shape")
    if rows is None and isinstance(shape, list) and shape:
        rows, columns = shape[0], shape[1] if len(shape) > 1 else 1
    source = _json(found.source)
    where = source.get("uri") or source.get("url") or source.get("path") or ""
    if not where and isinstance(source.get("tags"), dict):
        where = source["tags"].get("mlflow.source.name", "")
    return DataSet(
        name=str(found.name), digest=str(found.digest), source=str(where)[:500],
        rows=rows if isinstance(rows, int) else None, columns=columns if isinstance(columns, int) else None,
    )  # fmt: skip


def _json(text: str | None) -> dict[str, Any]:
    try:
        found = json.loads(text or "{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
