"""A job (see `service.children`): a run's training sample against the newest inputs of an endpoint, within bounds."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Any


def columns_that_drifted(
    *, run_id: str, artifact: str, environment: dict[str, str], log_folder: str, since: str, rows: int
) -> dict[str, Any] | None:
    """{"rows", "compared", "drifted": [{"name", "method", "score", "threshold"}]}; None where nothing was sent.

    At most `rows` of each side are compared: the newest inputs since `since`, and as many of the sample, drawn by a
    fixed seed.
    """
    import pandas as pd

    from labwright.drift.frames import MIN_ROWS

    current = _newest(Path(log_folder), datetime.fromisoformat(since), rows)
    if current.empty:
        return None
    if len(current) < MIN_ROWS:
        words = f"the endpoint was sent {len(current)} rows lately, and {MIN_ROWS} are needed."
        return {"rows": len(current), "compared": 0, "drifted": [], "too_few": words}
    from labwright.drift.compute import compare  # with Evidently, which takes seconds: only when it has work
    from labwright.drift.job import reference_sample

    os.environ.update(environment)
    reference: pd.DataFrame = reference_sample(run_id, artifact)
    if len(reference) > rows:
        reference = reference.sample(rows, random_state=0)
    report, _ = compare(reference, current)
    drifted = [
        {"name": column.name, "method": column.method, "score": column.score, "threshold": column.threshold}
        for column in report.columns
        if column.drifted
    ]
    return {"rows": len(current), "compared": report.compared, "drifted": drifted}


def _newest(folder: Path, since: datetime, most: int) -> Any:
    """The newest rows that were answered, shadows not counted; columns as they were sent."""
    import pandas as pd

    from labwright.serving import prediction_log

    tables: dict[tuple[str, ...], list[list[Any]]] = {}
    count = 0
    for line in prediction_log.lines(folder, since, newest_first=True):
        if line["status"] != 200 or line.get("role") == "shadow" or not line.get("data"):
            continue
        data = line["data"][: most - count]
        tables.setdefault(tuple(line["columns"]), []).extend(data)
        count += len(data)
        if count >= most:
            break
    frames = [pd.DataFrame(data, columns=list(columns)) for columns, data in tables.items() if columns]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
