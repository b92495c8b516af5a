"""Is it better than the live version, on the same rows, and do these rows show it?"""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from labwright.errors import InvalidError
from labwright.experiments import core as experiments
from labwright.service import children
from labwright.serving.prediction_log.feedback import FOLDER
from labwright.serving.readiness.checks.example_scored import is_missing, is_number
from labwright.serving.readiness.contributions import Found, Stop, failed, passed, warned
from labwright.serving.readiness.subject import Subject

CHUNK = 250
FEWEST = 10
SCORING_SECONDS = 20.0
JOB_SECONDS = 40.0
CODE = "lw.experiments.log_evaluation(frame, target='…')"


def metrics(subject: Subject, stop: Stop) -> Found | None:
    """Score the same rows with both real processes; the interval of the difference gives the verdict."""
    assert subject.live is not None
    found = _rows(subject, stop)
    if found is None:
        return warned(
            f"Not compared with version {subject.live.version}: there are no rows with answers. Log some with the run, "
            f"{CODE}, or send feedback to the endpoint."
        )
    source, table = found
    if len(table["truth"]) < FEWEST:
        return warned(f"Not compared: {len(table['truth'])} rows show nothing; log {FEWEST} or more with {CODE}.")
    try:
        candidate, live = _score(subject, table, stop)
    except _NotScored as error:
        return failed(str(error)) if error.candidate else warned(f"Not compared: {error}")
    truth = table["truth"][: len(candidate)]
    missing = sum(map(is_missing, candidate))
    if missing and (None in candidate or any(map(is_number, candidate))):
        return failed(
            f"It gives no number (NaN) for {missing:,} of {len(candidate):,} evaluation rows; look at its "
            "preprocessing, log it again, and promote the new run."
        )
    known = [place for place, answer in enumerate(live) if not is_missing(answer)]
    if len(known) < FEWEST:
        return warned(f"Not compared: version {subject.live.version} answers {len(known)} of {len(live):,} rows only.")
    sides = {
        "truth": [truth[place] for place in known],
        "candidate": [candidate[place] for place in known],
        "live": [live[place] for place in known],
    }
    reply = _job(subject, "labwright.serving.readiness.bootstrap:compare", sides, stop)
    if "problem" in reply or not reply["metrics"]:
        return warned(f"Not compared: {reply.get('problem', 'no metric can be made of these answers')}.")
    return _verdict(subject, reply, source)


def _verdict(subject: Subject, reply: dict[str, Any], source: str) -> Found:
    ours, theirs = subject.version.version, subject.live.version if subject.live else ""
    figures, worse, better = [], [], []
    for one in reply["metrics"]:
        name, low, high = one["name"], one["low"], one["high"]
        figures += [
            (f"{name}, version {ours}", f"{one['candidate']:.4g}"),
            (f"{name}, version {theirs}", f"{one['live']:.4g}"),
            (f"{name}, difference (95 %)", f"{one['difference']:+.3g} ({low:+.3g} to {high:+.3g})"),
        ]
        sign = -1 if one["lower_is_better"] else 1
        if max(sign * low, sign * high) < 0:
            worse.append(one)
        elif min(sign * low, sign * high) > 0:
            better.append(one)
    first = reply["metrics"][0]
    figures.append(("rows", f"{reply['rows']:,} {source}"))
    both = f"{first['name']} {first['candidate']:.4g} against {first['live']:.4g} of version {theirs}"
    rows = f"the same {reply['rows']:,} rows"
    if first in worse:
        return failed(f"Worse on {rows}: {both}; promote another run, or go on with a reason.", *figures, **reply)
    if worse:
        names = ", ".join(one["name"] for one in worse)
        return warned(
            f"{names} is worse on {rows}, though not {first['name']}; look at the figures.", *figures, **reply
        )
    if first in better:
        return passed(f"Better on {rows}: {both}.", *figures, **reply)
    return passed(f"No difference that these rows show: {both}.", *figures, **reply)


def _rows(subject: Subject, stop: Stop) -> tuple[str, dict[str, Any]] | None:
    """The run's evaluation sample, else what the endpoint was sent and was told the truth of later."""
    with tempfile.TemporaryDirectory(prefix="labwright-readiness-") as folder:
        out = Path(folder) / "rows.json"
        if subject.run is not None and subject.run.evaluation is not None:
            path = Path(folder) / "sample.parquet"
            assert subject.version.run_id is not None
            experiments.save_artifact(subject.context, subject.version.run_id, subject.run.evaluation, path)
            arguments = {"path": str(path), "out": str(out)}
            _job(subject, "labwright.serving.readiness.evaluation:logged_rows", arguments, stop)
            return "of its run's evaluation sample", json.loads(out.read_text())
        if not (subject.folder.log / FOLDER).is_dir():
            return None
        arguments = {"folder": str(subject.folder.log), "out": str(out)}
        if not _job(subject, "labwright.serving.readiness.evaluation:rows_with_feedback", arguments, stop):
            return None
        return "of the endpoint's log with feedback", json.loads(out.read_text())


def _job(subject: Subject, function: str, arguments: dict[str, Any], stop: Stop) -> Any:
    log = subject.context.folders.logs / "serving.log"
    return children.run_job(function, arguments, log=log, check=stop, timeout=JOB_SECONDS)


class _NotScored(Exception):
    """A version does not answer the rows; the words say why."""

    def __init__(self, words: str, *, candidate: bool) -> None:
        super().__init__(words)
        self.candidate = candidate


def _score(subject: Subject, table: dict[str, Any], stop: Stop) -> tuple[list[Any], list[Any]]:
    """Both versions' answers to as many of the rows as there is time for, in turns."""
    assert subject.live is not None
    sides = [
        (subject.version.version, _asker(subject.card, table, candidate=True), []),
        (subject.live.version, _asker(subject.live_card or {}, table, candidate=False), []),
    ]  # type: list[tuple[str, Callable[[list[list[Any]]], dict[str, Any]], list[Any]]]
    until = time.monotonic() + SCORING_SECONDS
    for first in range(0, len(table["data"]), CHUNK):
        if first and time.monotonic() > until:
            break
        part = table["data"][first : first + CHUNK]
        for version, asked, answers in sides:
            stop()
            reply = subject.score(version, asked(part))
            found = reply.get("predictions")
            if not isinstance(found, list) or len(found) != len(part):
                why = str(reply.get("error", "it does not give one answer for each row"))[:300]
                words = f"version {version} fails on the evaluation rows: {why}"
                raise _NotScored(words, candidate=version == subject.version.version)
            answers += found
    return sides[0][2], sides[1][2]


def _asker(
    card: dict[str, Any], table: dict[str, Any], *, candidate: bool
) -> Callable[[list[list[Any]]], dict[str, Any]]:  # fmt: skip
    """What makes a request of rows, as a version takes them. Errors: InvalidError when they lack a column."""
    inputs = (card.get("signature") or {}).get("inputs")
    if card.get("tensor"):
        flat = str(inputs[0]["type"]).endswith("[-1]") if inputs else False
        return lambda rows: {"kind": "tensor", "columns": [], "data": _items(table["columns"], rows, flat)}
    places = _places(inputs, table["columns"], candidate=candidate)
    names = [table["columns"][place] for place in places]
    return lambda rows: {"kind": "frame", "columns": names, "data": [[row[place] for place in places] for row in rows]}


def _items(columns: list[str], rows: list[list[Any]], flat: bool) -> list[Any]:
    """A row is an item of the tensor; a lone column holds the items themselves, as in the endpoint's log."""
    lone = len(columns) == 1 and (flat or all(isinstance(row[0], list) for row in rows))
    return [row[0] for row in rows] if lone else rows


def _places(inputs: list[dict[str, Any]] | None, columns: list[str], *, candidate: bool) -> list[int]:
    """The places of the columns that a version takes."""
    if inputs is None:
        return list(range(len(columns)))
    missing = [column["name"] for column in inputs if column["required"] and column["name"] not in columns]
    if missing:
        whose = "this version" if candidate else "the live version"
        names = ", ".join(repr(name[:60]) for name in missing[:3])
        raise InvalidError(f"the evaluation rows lack {names}, which {whose} takes; log them with all columns: {CODE}.")
    return [columns.index(column["name"]) for column in inputs if column["name"] in columns]
