"""What runs in a process of its own: pandas and Evidently are loaded there and gone afterwards."""

from __future__ import annotations

import os
import tempfile
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labwright.errors import InvalidError, NotFoundError, UnavailableError

if TYPE_CHECKING:
    import pandas as pd


def make(
    *,
    report_id: str,
    endpoint: str,
    version: str,
    window: str | None,
    since: str | None,
    log_folder: str,
    run_id: str,
    artifact: str,
    environment: dict[str, str],
    page: str,
) -> dict[str, Any]:
    """Compare what the endpoint was sent with the run's training sample; write Evidently's page to `page`.

    Gives the report (`models.DriftReport`) as JSON. `environment` is what MLflow's client needs to reach its server.
    """
    from labwright.drift.frames import check_current
    from labwright.drift.page import write

    current, versions = inputs(Path(log_folder), datetime.fromisoformat(since) if since else None)
    if not len(current) and versions:
        raise InvalidError(
            f"The log of {endpoint} keeps no inputs that could be compared; its settings say which it keeps.",
            code="no_inputs",
        )
    if not len(current):
        raise InvalidError(
            f"{endpoint} answered no request in the last {window}; take a longer window, or send it predictions first."
            if window
            else f"{endpoint} has answered no request yet; send it some: %predict {endpoint} FRAME.",
            code="no_traffic",
        )
    check_current(current)
    from labwright.drift.compute import compare  # with Evidently, which takes seconds: only when it has work

    os.environ.update(environment)
    report, html = compare(
        reference_sample(run_id, artifact), current, endpoint=endpoint, version=version, window=window,
        report_id=report_id,
    )  # fmt: skip
    others = sorted(versions - {version})
    if others:
        report.notes.append(f"Some rows were answered by version {', '.join(others)}; they are compared as well.")
    write(Path(page), html)
    return report.model_dump(mode="json")


def inputs(folder: Path, since: datetime | None) -> tuple[pd.DataFrame, set[str]]:
    """What was answered since then, a row a prediction, columns as they were sent; and by which versions."""
    import pandas as pd

    from labwright.serving import prediction_log

    rows: dict[tuple[str, ...], list[list[Any]]] = {}
    versions: set[str] = set()
    for line in prediction_log.answered(folder, since):  # a shadow's copies would count twice
        versions.add(str(line["version"]))
        columns, data = prediction_log.plain_inputs(line)
        if columns:
            rows.setdefault(tuple(columns), []).extend(data)
    # Senders may differ in the order of their columns, or leave out what is optional.
    frames = [pd.DataFrame(data, columns=list(names)) for names, data in rows.items()]
    return (pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()), versions


def reference_sample(run_id: str, artifact: str) -> pd.DataFrame:
    """The run's training sample as a frame. MLflow's own client fetches it, wherever its store is."""
    import mlflow
    import pandas as pd
    from mlflow.exceptions import MlflowException

    with tempfile.TemporaryDirectory(prefix="labwright-drift-") as folder:
        try:
            path = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=artifact, dst_path=folder)
        except MlflowException:
            raise UnavailableError(
                "The run's training sample could not be fetched from MLflow; try again.", code="no_artifact"
            ) from None
        except OSError:
            raise NotFoundError(
                "The run's training sample is gone from MLflow's store; log it again and promote that run.",
                code="no_reference",
            ) from None
        try:
            return pd.read_parquet(path)
        except (ValueError, OSError):
            raise InvalidError(
                f"{artifact} of the run is no Parquet file; log it with lw.experiments.log_reference(frame).",
                code="no_reference",
            ) from None
