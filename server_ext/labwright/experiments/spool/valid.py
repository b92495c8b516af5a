"""Values as MLflow takes them: asked of its own validators in the caller, so that wrong input raises where it is.

What was found valid once is not asked again: the names of metrics in a loop are few.
"""

# mypy: disable-error-code="no-untyped-call"
# MLflow has few types.
from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from mlflow.entities import Metric, Param, RunTag
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.utils import validation

from labwright.experiments.spool import records

_LEAST, _MOST = -(2**63), 2**63 - 1
_NAMES = 10_000
_quoted: dict[str, str] = {}  # names of metrics that MLflow takes, as JSON
_newest: dict[tuple[str, str, str], tuple[int, int, float]] = {}  # run, model, metric → step, time, value


def metric(run_id: str, found: Metric) -> bytes:
    """The record of a metric. Errors: MLflow's own."""
    line = _quick(run_id, found)
    if line is None:
        if found.key is not None:
            found.to_proto()  # what MLflow's client would send; raises what it raises
        validation._validate_metric(found.key, found.value, found.timestamp, found.step)
        line = _slow(run_id, found)
    return line


def batch(
    run_id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
) -> tuple[list[bytes], list[Param]]:
    """The records of a batch, and its parameters as MLflow keeps them. Errors: MLflow's own, before any is written."""
    lines = [_quick(run_id, found) for found in metrics]
    if None in lines or params or tags:
        items: list[Any] = [*metrics, *params, *tags]
        for item in items:
            item.to_proto()
        metrics, params, tags = validation._validate_batch_log_data(metrics, params, tags)
        lines = [_slow(run_id, found) for found in metrics]
    validation._validate_batch_log_limits(metrics, params, tags)
    validation._validate_param_keys_unique(params)
    found_lines: list[bytes] = [found for found in lines if found is not None]
    found_lines += [named(records.PARAM, run_id, item) for item in params]
    found_lines += [named(records.TAG, run_id, item) for item in tags]
    return found_lines, list(params)


def values(run: str, metrics: Mapping[str, Any], step: int, timestamp: int) -> list[bytes] | None:
    """The records of plain numbers under names that were seen before; None where MLflow is to be asked."""
    if type(step) is not int or not _LEAST <= step <= _MOST or len(metrics) > validation.MAX_METRICS_PER_BATCH:
        return None
    lines = []
    for key, value in metrics.items():
        quoted = _quoted.get(key)
        if quoted is None or type(value) is not float:
            return None
        lines.append(records.metric_line(run, quoted, value, timestamp, step))
    return lines


def param(found: Param) -> Param:
    """The parameter as MLflow keeps it. Errors: MLflow's own."""
    found.to_proto()
    kept: Param = validation._validate_param(found.key, found.value)
    return kept


def tag(found: RunTag) -> RunTag:
    """The tag as MLflow keeps it. Errors: MLflow's own."""
    found.to_proto()
    kept: RunTag = validation._validate_tag(found.key, found.value)
    return kept


def named(kind: str, run_id: str, item: Param | RunTag) -> bytes:
    """The record of a parameter or a tag."""
    return records.line(kind, run_id, {"key": item.key, "value": item.value})


def run_id(found: Any) -> None:
    """Errors: MLflow's own, where this is no id of a run."""
    if not isinstance(found, str):
        raise MlflowException(f"Invalid value {found!r} for parameter 'run_id' supplied.", INVALID_PARAMETER_VALUE)
    validation._validate_run_id(found)


def _quick(run: str, found: Metric) -> bytes | None:
    """The record of a metric of plain numbers under a name that was seen before; else None."""
    key, value, timestamp, step = found.key, found.value, found.timestamp, found.step
    quoted = _quoted.get(key)
    if (
        quoted is None
        or type(value) is not float
        or type(step) is not int
        or type(timestamp) is not int
        or not _LEAST <= step <= _MOST
        or not 0 <= timestamp <= _MOST
        or found.model_id
        or found.dataset_name
        or found.dataset_digest
    ):
        return None
    return records.metric_line(run, quoted, value, timestamp, step)


def _slow(run: str, found: Metric) -> bytes:
    sent = found.to_proto()  # plain numbers, whatever they were
    if len(_quoted) < _NAMES:
        _quoted[sent.key] = json.dumps(sent.key)
    value: dict[str, Any] = {
        "key": sent.key, "value": json.loads(records.number(sent.value)), "timestamp": sent.timestamp, "step": sent.step
    }  # fmt: skip
    if found.model_id:
        value["timestamp"] = _apart((run, found.model_id, sent.key), sent.step, sent.timestamp, sent.value)
    for name in ("model_id", "dataset_name", "dataset_digest"):
        if getattr(found, name):
            value[name] = getattr(found, name)
    return records.line(records.METRIC, run, value)


def _apart(name: tuple[str, str, str], step: int, timestamp: int, value: float) -> int:
    """A time that no other value of this model's metric and step has: MLflow fails with a second one in a millisecond.

    One by one its own client is slower than that; a loop that writes to the spool is not.
    """
    old_step, old, old_value = _newest.get(name, (step, -1, value))
    if step == old_step and 0 <= old - timestamp < 60_000 and (timestamp, value) != (old, old_value):
        timestamp = old + 1
    if len(_newest) >= _NAMES:
        _newest.clear()
    _newest[name] = step, timestamp, value
    return timestamp
