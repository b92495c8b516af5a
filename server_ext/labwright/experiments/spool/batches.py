"""Records as requests to MLflow: batches within its limits, in each run's order, a run's end after everything of it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from labwright.experiments.spool.records import END, METRIC, PARAM, TAG, Record

MOST = 1000  # of all kinds
MOST_PARAMS = MOST_TAGS = 100
MOST_BYTES = 900_000

Request = tuple[str, dict[str, Any]]  # path, body


@dataclass
class Batch:
    """Records of one run that go in one request."""

    run_id: str
    records: list[Record] = field(default_factory=list)
    _params: dict[str, Any] = field(default_factory=dict)
    _tags: int = 0
    _bytes: int = 0

    def takes(self, record: Record) -> bool:
        """Whether MLflow takes the record in the same request."""
        kind, value = record[0], record[2]
        if self.is_end or kind == END:
            return not self.records
        if len(self.records) >= MOST or (kind == TAG and self._tags >= MOST_TAGS):
            return False
        if kind == PARAM and (len(self._params) >= MOST_PARAMS or value.get("key") in self._params):
            return False
        return kind == METRIC or not self.records or self._bytes + _size(value) <= MOST_BYTES

    def add(self, record: Record) -> None:
        """Take the record."""
        kind, value = record[0], record[2]
        self.records.append(record)
        self._bytes += 400 if kind == METRIC else _size(value)
        self._tags += kind == TAG
        if kind == PARAM:
            self._params[value.get("key")] = value.get("value")

    @property
    def is_end(self) -> bool:
        """Whether this is the end of the run."""
        return bool(self.records) and self.records[0][0] == END

    def request(self) -> Request:
        """What MLflow is sent."""
        if self.is_end:
            return "/api/2.0/mlflow/runs/update", {"run_id": self.run_id, **self.records[0][2]}
        tags = {record[2].get("key"): record[2] for record in self.records if record[0] == TAG}  # the last one holds
        return "/api/2.0/mlflow/runs/log-batch", {
            "run_id": self.run_id,
            "metrics": [record[2] for record in self.records if record[0] == METRIC],
            "params": [record[2] for record in self.records if record[0] == PARAM],
            "tags": list(tags.values()),
        }

    def halves(self) -> Iterator[Batch]:
        """The same in two batches, in order."""
        middle = len(self.records) // 2
        for part in (self.records[:middle], self.records[middle:]):
            half = Batch(self.run_id)
            for record in part:
                half.add(record)
            yield half


def batches(found: list[Record]) -> list[Batch]:
    """Batches of what is logged and ended. The order within a run is kept; that between runs need not be."""
    closed: list[Batch] = []
    ready: dict[str, Batch] = {}
    for record in found:
        if record[0] not in (METRIC, PARAM, TAG, END):
            continue
        run_id = record[1]
        batch = ready.get(run_id)
        if batch is None or not batch.takes(record):
            if batch is not None:
                closed.append(batch)
            batch = ready[run_id] = Batch(run_id)
        batch.add(record)
    return closed + list(ready.values())


def _size(value: Any) -> int:
    return len(json.dumps(value))
