"""Jobs (see `service.children`): rows with their answers, from a run's evaluation sample or from the endpoint's log."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labwright.errors import InvalidError
from labwright.serving.values import Unsendable, column_names, plain

if TYPE_CHECKING:
    import pandas as pd

MOST = 5000
DAYS = 90  # of feedback
LOOKED_AT = 200
_TRUTH = "\0truth"


def logged_rows(path: str, out: str) -> None:
    """Write a run's evaluation sample to `out`: {"columns", "data", "truth"} as JSON, at most `MOST` rows.

    Errors: InvalidError where the artifact is something else.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    from labwright.experiments.samples import TARGET

    try:
        table = pq.read_table(path)
    except (OSError, pa.ArrowException) as error:
        raise _unreadable() from error
    target = (table.schema.metadata or {}).get(TARGET, b"").decode("utf-8", "replace")
    frame = table.to_pandas()
    if target not in frame.columns:
        raise _unreadable()
    # Who has no time for all rows takes the first of them, which must not be those of one day, or of one class.
    Path(out).write_text(json.dumps(_split(frame.sample(frac=1, random_state=0), target)))


def columns_sent(folder: str) -> list[str]:
    """The names of the inputs that the newest calls had."""
    from labwright.serving.prediction_log import lines

    newest = islice(lines(Path(folder), newest_first=True), LOOKED_AT)
    return sorted({name for line in newest for name in line.get("columns", [])})


def rows_with_feedback(folder: str, out: str) -> bool:
    """Write what callers sent and what came true later to `out`, the newest `MOST` rows; False where nothing did.

    Columns of which the log has only hashes are not among it.
    """
    import pandas as pd

    from labwright.serving.prediction_log import lines, plain_inputs
    from labwright.serving.prediction_log.feedback import by_row, outcomes

    since = datetime.now(UTC) - timedelta(days=DAYS)
    known = outcomes(Path(folder), since)
    if not known:
        return False
    tables: dict[tuple[str, ...], list[list[Any]]] = {}
    count = 0
    for line in lines(Path(folder), since, newest_first=True):
        if line["id"] not in known or line["status"] != 200 or line["role"] == "shadow":
            continue
        columns, data = plain_inputs(line)
        if not columns or not data:
            continue
        truth = by_row(known[line["id"]], len(data))
        tables.setdefault(tuple(columns), []).extend([*row, one] for row, one in zip(data, truth, strict=True))
        count += len(data)
        if count >= MOST:
            break
    if not tables:
        return False
    # Callers may send the columns in another order, or leave out what is optional; `_TRUTH` is no name of theirs.
    frames = [pd.DataFrame(rows, columns=[*names, _TRUTH], dtype=object) for names, rows in tables.items()]
    Path(out).write_text(json.dumps(_split(pd.concat(frames, ignore_index=True), _TRUTH)))
    return True


def _split(frame: pd.DataFrame, target: str) -> dict[str, Any]:
    if len(frame) > MOST:
        frame = frame.sample(MOST, random_state=0)
    frame = frame.loc[frame[target].notna()]
    inputs = frame.drop(columns=target)
    try:
        data = [[plain(value) for value in row] for row in inputs.astype(object).itertuples(index=False)]
        truth = [plain(value) for value in frame[target].astype(object)]
        return {"columns": column_names(inputs), "data": data, "truth": truth}
    except Unsendable as error:
        raise InvalidError(f"The evaluation rows cannot be sent: {error}.", code="unsendable") from None


def _unreadable() -> InvalidError:
    return InvalidError(
        "The run's evaluation rows are not as lw.experiments.log_evaluation(frame, target=…) writes them; log them so.",
        code="no_evaluation",
    )
