"""A job (see `service.children`): a run's training sample against the newest inputs of an endpoint, within bounds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from labwright.errors import InvalidError


def columns_that_drifted(*, sample: str, log_folder: str, since: str, rows: int) -> dict[str, Any] | None:
    """{"rows", "compared", "drifted": [{"name", "method", "score", "threshold"}]}; None where nothing was sent.

    `sample` is the training sample's Parquet file. At most `rows` of each side are compared: the newest inputs since
    `since`, and as many of the sample, drawn by a fixed seed. Errors: InvalidError where it is no such file.
    """
    import pandas as pd

    from labwright.drift.frames import MIN_ROWS

    current = _newest(Path(log_folder), datetime.fromisoformat(since), rows)
    if current.empty:
        return None
    if len(current) < MIN_ROWS:
        words = f"the endpoint was sent {len(current)} rows lately, and {MIN_ROWS} are needed."
        return {"rows": len(current), "compared": 0, "drifted": [], "too_few": words}
    try:
        reference = pd.read_parquet(sample)
    except (ValueError, OSError):
        raise InvalidError("The training sample is no Parquet file; log it with log_reference(frame).") from None
    if len(reference) > rows:
        reference = reference.sample(rows, random_state=0)
    from labwright.drift.compute import compare  # with Evidently, which takes seconds: only when it has work

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
        columns, rows = prediction_log.plain_inputs(line)
        if line["status"] != 200 or line["role"] == "shadow" or not columns:
            continue
        data = rows[: most - count]
        tables.setdefault(tuple(columns), []).extend(data)
        count += len(data)
        if count >= most:
            break
    frames = [pd.DataFrame(data, columns=list(names)) for names, data in tables.items()]
    return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()
