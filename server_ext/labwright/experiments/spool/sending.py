"""Batches to MLflow. What it refuses is found by halves, set aside and named; what it cannot do now is tried again."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass

from labwright.errors import LabwrightError
from labwright.experiments import mlflow_rest
from labwright.experiments.capture.names import REFUSED
from labwright.experiments.spool.batches import Batch
from labwright.experiments.spool.records import METRIC, PARAM
from labwright.experiments.spool.tail import Tail
from labwright.service.context import Context

log = logging.getLogger(__name__)

# A record that alone makes MLflow fail is not tried for ever: not long where MLflow takes others of its kind meanwhile.
FAILURES, FAILING_SECONDS, FAILING_ALONE_SECONDS = 6, 600.0, 15.0


@dataclass
class Suspect:
    """A record that MLflow answered with an error of its own, again and again."""

    failures: int = 0
    since: float = 0.0


class Sender:
    """Sends for the drain's thread."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._suspects: dict[str, Suspect] = {}
        self._taken: dict[str, Batch] = {}  # kind → the record of it that MLflow took last

    def send(self, tail: Tail, batch: Batch, *, suspect: bool = False) -> None:
        """Send a batch; return when MLflow took it, or refused parts of it that are now set aside.

        `suspect` says that it is part of one with which MLflow fails. Errors: UnavailableError when it is to be tried
        again.
        """
        try:
            self._post(batch)
        except LabwrightError as error:
            refused = is_refusal(error)
            suspect = suspect and len(batch.records) > 1
            if not refused and (error.code != "mlflow_error" or not (suspect or self._is_suspect(batch))):
                raise
            if len(batch.records) > 1 and (not refused or self._is_active(batch.run_id)):
                for half in batch.halves():
                    self.send(tail, half, suspect=not refused)
            elif refused:
                self._set_aside(tail, batch, error)
            else:
                self._try_for_the_last_time(tail, batch, error)
        self._suspects.pop(_name(batch), None)

    def _post(self, batch: Batch) -> None:
        path, body = batch.request()
        mlflow_rest.call(self._context, "POST", path, body=body)
        if (kind := batch.records[-1][0]) in (METRIC, PARAM):
            self._taken[kind] = Batch(batch.run_id, batch.records[-1:])

    def _is_active(self, run_id: str) -> bool:
        """Whether the run takes values at all. Errors: UnavailableError."""
        try:
            reply = mlflow_rest.call(self._context, "GET", "/api/2.0/mlflow/runs/get", params={"run_id": run_id})
        except LabwrightError as error:
            if not is_refusal(error):
                raise
            return False
        return bool(reply["run"]["info"].get("lifecycle_stage") == "active")

    def _set_aside(self, tail: Tail, batch: Batch, error: LabwrightError) -> None:
        log.warning("MLflow refused %d values of run %s: %s", len(batch.records), batch.run_id, error.message)
        tail.set_aside(batch.records, error.message)
        self._tag(batch.run_id, f"{tail.cursor.refused} values of this process, such as: {error.message}"[:500])

    def _tag(self, run_id: str, words: str) -> None:
        body = {"run_id": run_id, "key": REFUSED, "value": words}
        try:
            mlflow_rest.call(self._context, "POST", "/api/2.0/mlflow/runs/set-tag", body=body)
        except LabwrightError as error:
            if not is_refusal(error):
                raise
            log.warning("run %s takes no tags", run_id)  # it is not there, or was deleted

    def _is_suspect(self, batch: Batch) -> bool:
        """Whether MLflow failed with this so often that it may be the batch and not MLflow."""
        found = self._suspects.setdefault(_name(batch), Suspect(since=time.monotonic()))
        found.failures += 1
        if len(batch.records) > 1:
            return found.failures >= FAILURES // 2
        if found.failures < FAILURES:
            return False
        seconds = time.monotonic() - found.since
        return seconds > FAILING_SECONDS or (
            seconds > FAILING_ALONE_SECONDS and self._takes_others(batch.records[0][0])
        )

    def _takes_others(self, kind: str) -> bool:
        """Whether MLflow takes, once more, a record of this kind that it took before; that changes nothing."""
        try:
            if kind in self._taken:
                self._post(self._taken[kind])
                return True
        except LabwrightError:
            self._taken.pop(kind, None)
        return False

    def _try_for_the_last_time(self, tail: Tail, batch: Batch, error: LabwrightError) -> None:
        """MLflow takes a tag of this run and, right after, not this record: then it is the record."""
        for _ in range(3):
            self._tag(batch.run_id, f"MLflow fails with a value: {error.message}"[:500])
            try:
                self._post(batch)
                return
            except LabwrightError as again:
                if again.code != "mlflow_error":
                    raise
                time.sleep(1)
        self._set_aside(tail, batch, error)


def is_refusal(error: LabwrightError) -> bool:
    """Whether MLflow said no and would say so again: forbidden, not found, in conflict, invalid."""
    return error.status in (403, 404, 409, 422)


def _name(batch: Batch) -> str:
    return f"{batch.run_id} {len(batch.records)} {batch.records[0]}"
