"""Whole histories of a metric, of many runs at once: by read-only SQL from the embedded store, by MLflow's REST else.

What was read is kept for the next zoom, for a while and up to a size; it is derived and may be dropped at any time.
"""

from __future__ import annotations

import threading
import time
from array import array
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from labwright.experiments import mlflow_rest
from labwright.experiments.backend import SQL_INFINITY
from labwright.experiments.embedded_store import embedded, reading
from labwright.service.context import Context

KEPT_POINTS = 1_500_000  # 24 bytes each
KEPT_SECONDS = 15.0  # of a remote server's, which does not tell that there are more
BULK = 2500  # MLflow's largest reply for a run in a bulk request
NAN, INFINITY = float("nan"), float("inf")


@dataclass
class History:
    """A metric's points in one run, in the order of steps, then of time. Times are milliseconds since the epoch."""

    steps: array[int]
    times: array[int]
    values: array[float]
    stamp: Any = None

    @classmethod
    def of(cls, points: Sequence[tuple[int, int, float | None]], stamp: Any = None) -> History:
        """From (step, time, value), None for NaN; columns are small arrays, not lists of objects."""
        steps, times, values = zip(*points, strict=True) if points else ((), (), ())
        return cls(array("q", steps), array("q", times), array("d", map(_value, values)), stamp)


def _value(value: float | None) -> float:
    """MLflow's SQL store keeps infinity as the largest double."""
    if value is None:
        return NAN
    return value if -SQL_INFINITY < value < SQL_INFINITY or value != value else INFINITY if value > 0 else -INFINITY


class _Kept:
    """The histories read last, by (store, run, metric). Safe to use from threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: OrderedDict[tuple[str, str, str], History] = OrderedDict()
        self._points = 0

    def get(self, key: tuple[str, str, str], stamp: Any = None) -> History | None:
        with self._lock:
            found = self._items.get(key)
            if found is None or (found.stamp != stamp if stamp is not None else found.stamp < time.monotonic()):
                return None
            self._items.move_to_end(key)
            return found

    def put(self, key: tuple[str, str, str], history: History) -> None:
        with self._lock:
            if (old := self._items.pop(key, None)) is not None:
                self._points -= len(old.steps)
            self._items[key] = history
            self._points += len(history.steps)
            while self._points > KEPT_POINTS and len(self._items) > 1:
                _, dropped = self._items.popitem(last=False)
                self._points -= len(dropped.steps)


_kept = _Kept()


def histories(context: Context, run_ids: list[str], metric: str) -> Iterator[tuple[str, History]]:
    """The history of each run that has the metric, one after the other, so that not all need be in memory."""
    if (database := embedded(context)) is not None:
        yield from _from_sqlite(database, run_ids, metric)
    else:
        yield from _from_rest(context, run_ids, metric)


def start_times(context: Context, run_ids: list[str]) -> dict[str, int]:
    """When runs began, in milliseconds; empty where it is MLflow that must be asked."""
    if (database := embedded(context)) is None:
        return {}
    with reading(database) as connection:
        marks = ",".join("?" * len(run_ids))
        rows = connection.execute(f"SELECT run_uuid, start_time FROM runs WHERE run_uuid IN ({marks})", run_ids)  # noqa: S608 # question marks only
        return {run_id: start or 0 for run_id, start in rows}


def _from_sqlite(database: Path, run_ids: list[str], metric: str) -> Iterator[tuple[str, History]]:
    with reading(database) as connection:
        marks = ",".join("?" * len(run_ids))
        # Points are only ever added: their number and the newest row say whether what is kept is all there is.
        stamps = {
            run_id: stamp
            for run_id, *stamp in connection.execute(
                f"SELECT run_uuid, COUNT(*), MAX(rowid) FROM metrics WHERE run_uuid IN ({marks}) AND key = ? "  # noqa: S608 # question marks only
                "GROUP BY run_uuid",
                [*run_ids, metric],
            )
        }
        for run_id in run_ids:
            if run_id not in stamps:
                continue
            key = (str(database), run_id, metric)
            found = _kept.get(key, stamps[run_id])
            if found is None:
                rows = connection.execute(
                    "SELECT step, timestamp, CASE WHEN is_nan THEN NULL ELSE value END FROM metrics "
                    "WHERE run_uuid = ? AND key = ? ORDER BY step, timestamp",
                    [run_id, metric],
                ).fetchall()
                found = History.of(rows, stamps[run_id])
                _kept.put(key, found)
            yield run_id, found


def _from_rest(context: Context, run_ids: list[str], metric: str) -> Iterator[tuple[str, History]]:
    store = mlflow_rest.server(context).folder.as_posix()
    found = {run_id: _kept.get((store, run_id, metric)) for run_id in run_ids}
    wanted = [run_id for run_id, history in found.items() if history is None]
    if wanted:
        params: dict[str, Any] = {"run_ids": wanted, "metric_key": metric, "max_results": BULK}
        reply = mlflow_rest.call(
            context, "GET", "/ajax-api/2.0/mlflow/metrics/get-history-bulk-interval", params=params
        )
        points: dict[str, list[Any]] = {run_id: [] for run_id in wanted}
        for item in reply.get("metrics", []):
            if item["run_id"] in points:
                points[item["run_id"]].append(item)
        for run_id in wanted:
            # A full reply is MLflow's own choice of points, among which a peak may be missing: all of them, then.
            items = points[run_id] if len(points[run_id]) < BULK // 2 else _all(context, run_id, metric)
            rows = [(int(i.get("step", 0)), int(i["timestamp"]), float(i["value"])) for i in items]
            rows.sort(key=lambda row: row[:2])
            history = History.of(rows, time.monotonic() + KEPT_SECONDS)
            _kept.put((store, run_id, metric), history)
            found[run_id] = history
    for run_id in run_ids:
        if (have := found[run_id]) is not None and have.steps:
            yield run_id, have


def _all(context: Context, run_id: str, metric: str) -> list[Any]:
    params: dict[str, Any] = {"run_id": run_id, "metric_key": metric, "max_results": 25000}
    found: list[Any] = []
    while True:
        reply = mlflow_rest.call(context, "GET", "/api/2.0/mlflow/metrics/get-history", params=params)
        found += reply.get("metrics", [])
        if not reply.get("next_page_token"):
            return found
        params["page_token"] = reply["next_page_token"]
