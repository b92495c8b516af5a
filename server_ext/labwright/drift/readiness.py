"""Drift's check on the readiness card: was the candidate trained on data like what the endpoint is sent today?"""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

from labwright.errors import UnavailableError
from labwright.experiments import core as experiments
from labwright.service.children import run_job
from labwright.service.store import now
from labwright.serving import prediction_log
from labwright.serving.readiness.contributions import Found, Kind, Stop, contribute, passed, warned
from labwright.serving.readiness.subject import Subject

WINDOW_DAYS = 7
MOST_ROWS = 5000
SECONDS = 20.0
CODE = "lw.experiments.log_reference(frame)"


def bring() -> None:
    """Let every readiness card have it."""
    contribute(Kind("drift", "Training data against recent inputs", training_drift, applies=_has_traffic, slow=True))


def _has_traffic(subject: Subject) -> bool:
    return subject.live is not None and not prediction_log.is_empty(subject.folder.log)


def training_drift(subject: Subject, stop: Stop) -> Found | None:
    """Compare the run's training sample with the newest inputs, column by column; None where there are no inputs."""
    artifact = subject.run.reference if subject.run is not None else None
    if artifact is None:
        return warned(f"Not compared: the run logged no training sample; add {CODE} to its cell, and run it again.")
    log = subject.context.folders.logs / "drift.log"
    with tempfile.TemporaryDirectory(prefix="labwright-readiness-") as folder:
        sample = Path(folder) / "sample.parquet"
        experiments.save_artifact(subject.context, subject.version.run_id or "", artifact, sample)
        arguments = {
            "sample": str(sample), "log_folder": str(subject.folder.log), "rows": MOST_ROWS,
            "since": (now() - timedelta(days=WINDOW_DAYS)).isoformat(),
        }  # fmt: skip
        try:
            found = run_job("labwright.drift.recent_job:columns_that_drifted", arguments, log=log, check=stop,
                            timeout=SECONDS)  # fmt: skip
        except UnavailableError as error:
            if error.code != "timeout":
                raise
            words = f"Not compared: it took more than {SECONDS:.0f} s; %drift {subject.endpoint} takes its time."
            return warned(words)
    if found is None:
        return None
    return _verdict(found)


def _verdict(found: dict[str, Any]) -> Found:
    drifted, compared = found["drifted"], found["compared"]
    figures = [("drifted", f"{len(drifted)} of {compared} columns"), ("recent rows", f"{found['rows']:,}")]
    figures += [(one["name"], f"{one['method']}: {_number(one['score'])}, beyond {_number(one['threshold'])}")
                for one in drifted[:8]]  # fmt: skip
    if "too_few" in found:
        return passed(f"Not compared yet: {found['too_few']}", ("recent rows", f"{found['rows']:,}"))
    details = {"drifted": [one["name"] for one in drifted], "compared": compared, "rows": found["rows"]}
    if drifted:
        names = ", ".join(one["name"][:60] for one in drifted[:4])
        more = f" and {len(drifted) - 4} more" if len(drifted) > 4 else ""
        words = f"Trained on other data than it would be sent: {names}{more} differ"
        return warned(f"{words}; train on newer data, or look at %drift first.", *figures, **details)
    return passed("Trained on data like what the endpoint is sent.", *figures, **details)


def _number(value: float | None) -> str:
    return "n/a" if value is None else f"{value:.3g}"
