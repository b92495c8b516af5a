"""The output of a cell that makes a run, as MIME bundles; whoever shows them is in the kernel's part."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from labwright.client import shared
from labwright.errors import LabwrightError
from labwright.experiments import spool, tracking
from labwright.experiments.capture import summary
from labwright.experiments.capture.session import Capture
from labwright.experiments.models import Run, RunDetail

FLUSH_SECONDS = 1.0  # the run's end has waited longer already


class CellOutput:
    """Of one run. `run` is MLflow's ActiveRun."""

    def __init__(self, run: Any, capture: Capture, experiment: str) -> None:
        self._run, self._capture, self._experiment = run, capture, experiment
        self._shown = summary.live(run, experiment, capture, {}, "")

    def news(self) -> str:
        """A text that changes when there is something new to be shown, apart from the time."""
        curves = spool.recent(self._run.info.run_id)
        return repr([(name, points[-1], len(points)) for name, points in curves.items()]) + self._trouble()

    def live(self) -> dict[str, Any]:
        """The output while the run goes on; asks nobody but this process."""
        run_id = self._run.info.run_id
        self._shown = summary.live(self._run, self._experiment, self._capture, spool.recent(run_id), self._trouble())
        return summary.bundle(self._shown)

    def ended(self, status: str) -> dict[str, Any]:
        """The output that stays; waits a few seconds for the store, and does without it then."""
        run_id = self._run.info.run_id
        run = None
        if not self._capture.ours:
            with suppress(LabwrightError):
                run = tracking.foreign_run(run_id)
        elif spool.flush(FLUSH_SECONDS):
            with suppress(LabwrightError):
                detail: RunDetail = shared().get(f"/experiments/runs/{run_id}", RunDetail, timeout=10)
                run = detail.run
        trouble = self._trouble() or self._capture.trouble or ""
        if run is None and not trouble:
            trouble = "MLflow did not give the run's figures now; these are the kernel's own."
        return summary.bundle(
            summary.ended(self._shown, _status(run, status), run, self._capture, spool.recent(run_id), trouble)
        )

    def _trouble(self) -> str:
        with suppress(OSError, ValueError):
            return spool.state(self._run.info.run_id).trouble or ""
        return ""


def _status(run: Run | None, status: str) -> str:
    """The cell may have ended the run itself, otherwise than the cell ended."""
    return run.status if run is not None and run.status not in ("RUNNING", "SCHEDULED") else status
