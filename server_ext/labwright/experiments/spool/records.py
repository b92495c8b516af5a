"""The records of a spool: a line of JSON each, `[kind, run id, …]`.

["m", run, {"key", "value", "timestamp", "step", …}]   a metric, as MLflow's log-batch takes it
["p", run, {"key", "value"}], ["t", run, {"key", "value"}]   a parameter, a tag
["e", run, {"status", "end_time"}]                     the end of a run
["i", "", experiment]                                  a run is about to be made in this experiment
["b", run, experiment]                                 it was made, or taken up again: this process began it
["x", ""]                                              the process ends in good order; its open runs stay as they are
"""

from __future__ import annotations

import json
import math
from typing import Any

Record = list[Any]
METRIC, PARAM, TAG, END, INTENT, BEGIN, BYE = "m", "p", "t", "e", "i", "b", "x"
LOGGED = (METRIC, PARAM, TAG)


def line(kind: str, run_id: str, value: Any = None) -> bytes:
    """A record as it is written."""
    return (
        json.dumps([kind, run_id] if value is None else [kind, run_id, value], separators=(",", ":")).encode() + b"\n"
    )


def metric_line(run_id: str, key: str, value: float, timestamp: int, step: int) -> bytes:
    """A metric's record, quicker than `line`; `key` is JSON already, the run's id needs no escapes."""
    return f'["m","{run_id}",{{"key":{key},"value":{number(value)},"timestamp":{timestamp},"step":{step}}}]\n'.encode()


def number(value: float) -> str:
    """A number as MLflow's JSON has it, which writes what JSON has not as text."""
    if math.isfinite(value):
        return repr(value)
    return '"NaN"' if value != value else ('"Infinity"' if value > 0 else '"-Infinity"')


def parse(lines: list[bytes]) -> tuple[list[Record], list[bytes]]:
    """Records of whole lines, in order; and the lines that are none, such as after a fault of the disk."""
    try:
        found = json.loads(b"[" + b",".join(lines) + b"]")
        if len(found) == len(lines) and all(map(is_record, found)):
            return found, []
    except ValueError:
        pass
    records, broken = [], []
    for text in lines:
        try:
            record = json.loads(text)
        except ValueError:
            record = None
        if is_record(record):
            records.append(record)
        else:
            broken.append(text)
    return records, broken


def is_record(found: Any) -> bool:
    """Whether this has the form of a record."""
    if not isinstance(found, list) or len(found) < 2 or not isinstance(found[1], str):
        return False
    if found[0] in (METRIC, PARAM, TAG, END):
        return len(found) == 3 and isinstance(found[2], dict)
    return found[0] == BYE or (found[0] in (INTENT, BEGIN) and len(found) == 3)
