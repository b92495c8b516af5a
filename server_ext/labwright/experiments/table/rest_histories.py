"""The least and the greatest values of a metric, from the histories that a remote tracking server gives."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from itertools import islice
from typing import Any

from labwright.experiments.table.index import GONE, Extremes, Index

RUNS = 25
MOST = 25_000  # points that MLflow gives at once
Call = Callable[..., dict[str, Any]]


def extremes_of(call: Call, index: Index, metric: str, run_ids: Iterable[str], into: Extremes) -> None:
    """Read the histories of these runs, some runs at a time."""
    with index.lock:
        column = index.metrics.get(metric)
        places = {run_id: index.row_of[run_id] for run_id in run_ids if column is not None}
        left = iter(
            [run_id for run_id, row in places.items() if column and column.there[row] and index.stages[row] != GONE]
        )
    while part := list(islice(left, RUNS)):
        low, high = dict[str, float](), dict[str, float]()
        for run_id, text in _points(call, metric, part):
            value = float(text)
            if not math.isnan(value):
                low[run_id] = min(value, low.get(run_id, math.inf))
                high[run_id] = max(value, high.get(run_id, -math.inf))
        with index.lock:
            rows = [index.row_of[run_id] for run_id in low]
            into.low.put(rows, list(low.values()))
            into.high.put(rows, [high[run_id] for run_id in low])


def _points(call: Call, metric: str, run_ids: Sequence[str]) -> Iterable[tuple[str, Any]]:
    params: dict[str, Any] = {"run_id": list(run_ids), "metric_key": metric, "max_results": MOST}
    found = call("GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk", params=params).get("metrics", [])
    if len(found) < MOST:
        yield from ((point["run_id"], point["value"]) for point in found)
        return
    for run_id in run_ids:
        params = {"run_id": run_id, "metric_key": metric, "max_results": MOST}
        while True:
            reply = call("GET", "/api/2.0/mlflow/metrics/get-history", params=params)
            yield from ((run_id, point["value"]) for point in reply.get("metrics", []))
            if not reply.get("next_page_token"):
                break
            params["page_token"] = reply["next_page_token"]
