"""MLflow's store for Labwright's own address: what a loop logs goes to the spool, all else to MLflow as ever."""

# mypy: disable-error-code="no-untyped-call"
# MLflow has few types.
from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from mlflow.entities import LifecycleStage, Metric, Param, Run, RunInfo, RunStatus, RunTag
from mlflow.store.tracking.rest_store import RestStore

from labwright.client import shared
from labwright.errors import LabwrightError
from labwright.experiments.capture.names import PROCESS
from labwright.experiments.models import Tracking
from labwright.experiments.spool import records, valid
from labwright.experiments.spool.known import Known
from labwright.experiments.spool.newest import newest
from labwright.experiments.spool.writer import writer
from labwright.experiments.waiting import spool_folder
from labwright.state import running_service

READ_SECONDS = 10.0
END_SECONDS = 5.0
LOOK_SECONDS = 1.0


class SpoolStore(RestStore):
    """MLflow's REST store with a spool before it. One for each address and process; MLflow keeps it."""

    def __init__(self, get_host_creds: Callable[[], Any], folder: str) -> None:
        super().__init__(self._credentials)
        self._given_credentials = get_host_creds
        self._looked = 0.0
        self._slow = False
        self._writer = writer(folder)
        self._known = Known()

    def _credentials(self) -> Any:
        """MLflow asks for them before each request: the moment to revive a service that ended or died meanwhile.

        Without it MLflow's client would try for minutes to reach it.
        """
        now = time.monotonic()
        if now - self._looked > LOOK_SECONDS:
            self._looked = now
            with suppress(LabwrightError, OSError):
                client = shared()
                if running_service(client.folders) is None:
                    client.service()
        return self._given_credentials()

    # What a loop calls.

    def log_metric(self, run_id: str, metric: Metric) -> None:
        """Log a metric: one write to the spool."""
        line = valid.metric(run_id, metric)
        if run_id not in self._known:
            self._check(run_id)
        newest.add(run_id, metric.key, metric.step, metric.value)
        if not self._spooled(line, 1):
            RestStore.log_metric(self, run_id, metric)

    def log_batch(
        self, run_id: str, metrics: Sequence[Metric], params: Sequence[Param], tags: Sequence[RunTag]
    ) -> None:
        """Log metrics, parameters and tags: all in one write to the spool, or none."""
        if run_id not in self._known:
            self._check(run_id)
        lines, kept = valid.batch(run_id, metrics, params, tags)
        self._known.take_params(run_id, kept)
        for metric in metrics:
            newest.add(run_id, metric.key, metric.step, metric.value)
        if lines and not self._spooled(b"".join(lines), len(lines)):
            RestStore.log_batch(self, run_id, metrics, params, tags)

    def log_values(self, run_id: str, metrics: Mapping[str, Any], step: int, timestamp: int) -> bool:
        """Log plain numbers of a step under names that were logged before; False where this is something else."""
        lines = valid.values(run_id, metrics, step, timestamp)
        if not lines or run_id not in self._known:
            return False
        for key, value in metrics.items():
            newest.add(run_id, key, step, value)
        return self._spooled(b"".join(lines), len(lines))

    def log_param(self, run_id: str, param: Param) -> None:
        """Log a parameter."""
        kept = valid.param(param)
        if run_id not in self._known:
            self._check(run_id)
        self._known.take_param(run_id, kept)
        if not self._spooled(valid.named(records.PARAM, run_id, kept), 1):
            RestStore.log_param(self, run_id, param)

    def set_tag(self, run_id: str, tag: RunTag) -> None:
        """Set a tag."""
        kept = valid.tag(tag)
        if run_id not in self._known:
            self._check(run_id)
        if not self._spooled(valid.named(records.TAG, run_id, kept), 1):
            RestStore.set_tag(self, run_id, tag)

    # Beginning and end.

    def create_run(self, experiment_id: str, user_id: str, start_time: int, tags: list[RunTag], run_name: str) -> Run:
        """Make a run. Its tag says which process it belongs to, should that die before it could write so itself."""
        self._turn_to_its_server()
        intent = records.line(records.INTENT, "", str(experiment_id))
        if self._spooled(intent, 1):
            tags = [*tags, RunTag(PROCESS, self._writer.begin_spool())]
        run: Run = super().create_run(experiment_id, user_id, start_time, tags, run_name)
        self._known.see(run)
        self._claim(run.info.run_id, str(experiment_id))
        return run

    def update_run_info(self, run_id: str, run_status: Any, end_time: int | None, run_name: str | None) -> RunInfo:
        """End a run by the spool, after all that it logged; anything else goes to MLflow at once."""
        if run_status is None or not RunStatus.is_terminated(run_status) or run_name:
            self._before_reading()
            info: RunInfo = super().update_run_info(run_id, run_status, end_time, run_name)
            if run_status == RunStatus.RUNNING:
                self._claim(run_id, info.experiment_id)
            return info
        if run_id not in self._known:
            self._check(run_id)
        status = RunStatus.to_string(run_status)
        value = {"status": status} | ({} if end_time is None else {"end_time": int(end_time)})
        if not self._spooled(records.line(records.END, run_id, value), 1):
            ended: RunInfo = RestStore.update_run_info(self, run_id, run_status, end_time, run_name)
            return ended
        if not self._writer.flush(END_SECONDS):
            self._say_what_is_to_come(run_id)
        return RunInfo(run_id, "", "", status, 0, end_time, LifecycleStage.ACTIVE)

    def delete_run(self, run_id: str) -> None:
        """Delete a run, after all that it logged."""
        self._before_reading()
        self._known.forget(run_id)
        super().delete_run(run_id)

    # What reads, or changes what the spool may change: it comes after all that was logged before.

    def get_run(self, run_id: str) -> Run:
        """A run, with all that was logged before."""
        self._before_reading()
        run: Run = super().get_run(run_id)
        self._known.see(run)
        return run

    def get_metric_history(self, *args: Any, **kwargs: Any) -> Any:
        """The values of a metric, with all that was logged before."""
        self._before_reading()
        return super().get_metric_history(*args, **kwargs)

    def _search_runs(self, *args: Any, **kwargs: Any) -> Any:
        self._before_reading()
        return super()._search_runs(*args, **kwargs)

    def delete_tag(self, run_id: str, key: str) -> None:
        """Delete a tag, after it was set."""
        self._before_reading()
        super().delete_tag(run_id, key)

    def log_inputs(self, *args: Any, **kwargs: Any) -> None:
        """Log inputs, after what was logged before."""
        self._before_reading()
        super().log_inputs(*args, **kwargs)

    def log_outputs(self, *args: Any, **kwargs: Any) -> None:
        """Log outputs, after what was logged before."""
        self._before_reading()
        super().log_outputs(*args, **kwargs)

    def record_logged_model(self, *args: Any, **kwargs: Any) -> None:
        """Record a model in a tag of the run, after what was logged before."""
        self._before_reading()
        super().record_logged_model(*args, **kwargs)

    def get_logged_model(self, *args: Any, **kwargs: Any) -> Any:
        """A model, with the metrics that were logged for it before."""
        self._before_reading()
        return super().get_logged_model(*args, **kwargs)

    def search_logged_models(self, *args: Any, **kwargs: Any) -> Any:
        """Models, with the metrics that were logged for them before."""
        self._before_reading()
        return super().search_logged_models(*args, **kwargs)

    def _before_reading(self) -> None:
        self._writer.flush(READ_SECONDS)

    def _turn_to_its_server(self) -> None:
        """The server that Labwright uses now makes the run, and gets its values; MLflow keeps this store meanwhile."""
        with suppress(LabwrightError, OSError):
            found: Tracking = shared().get("/experiments/tracking", Tracking, timeout=5)
            old = self._writer.folder
            self._writer.move(spool_folder(old.parent, found.remote))

    def _check(self, run_id: str) -> None:
        valid.run_id(run_id)
        self._known.check(run_id, self.get_host_creds())

    def _claim(self, run_id: str, experiment_id: str) -> None:
        self._spooled(records.line(records.BEGIN, run_id, experiment_id), 1)

    def _spooled(self, data: bytes, count: int) -> bool:
        """Write to the spool; False when the disk does not take it, and all that waits there was brought to MLflow."""
        try:
            self._writer.append(data, count)
            return True
        except OSError as error:
            if not self._slow:
                self._slow = True
                reason = error.strerror or error
                print(
                    f"Labwright cannot write to its spool ({reason}: {self._writer.folder}): "
                    "values go to MLflow one by one, which is slow."
                )
            self._writer.flush(END_SECONDS)  # so that the order stays
            return False

    def _say_what_is_to_come(self, run_id: str) -> None:
        waiting = max(1, self._writer.records - self._writer.cursor().records)
        print(
            f"Run {run_id[:8]}…: {waiting:,} values and its end are still on their way to MLflow. "
            "They wait on disk and arrive by themselves; you can go on."
        )
