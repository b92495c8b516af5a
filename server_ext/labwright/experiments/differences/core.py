"""Differences: what can be asked of several runs at once, beyond their parameters and last metrics."""

from __future__ import annotations

from typing import Any

from labwright.actor import Actor
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments.comparison import RUN_ID, raw_runs
from labwright.experiments.differences import artifacts, curves, files, parts
from labwright.experiments.differences.histories import start_times
from labwright.experiments.differences.models import Axis, CurveWindow, Differences, LoggedFiles, LoggedTable
from labwright.service.context import Context

__all__ = ["curve_window", "differences", "logged_file", "logged_files", "logged_table"]

MOST_RUNS = 100


def curve_window(context: Context, actor: Actor, run_ids: list[str], metric: str, view: curves.View) -> CurveWindow:
    """A metric of runs over a range of x. Runs that are gone or lack the metric are left out."""
    wanted = [run_id for run_id in dict.fromkeys(run_ids) if RUN_ID.fullmatch(run_id)]
    starts = dict.fromkeys(wanted, 0)
    if view.axis is Axis.relative:
        starts = start_times(context, wanted) or {
            run_id: int(run["info"].get("start_time") or 0) for run_id, run in _there(context, wanted).items()
        }
    try:
        return curves.window(context, starts, metric, view)
    except NotFoundError:  # a server with users answers so for all when one is gone
        there = _there(context, wanted)
        return curves.window(context, {run_id: starts[run_id] for run_id in there}, metric, view)


def differences(context: Context, actor: Actor, base: str, other: str, *, fold: bool = True) -> Differences:
    """What was recorded of two runs, side by side. Errors: NotFoundError."""
    found = _there(context, [base, other])
    sides = _one(found, base), _one(found, other)
    return Differences(base=base, other=other, parts=parts.parts(context, sides, fold))


def logged_files(context: Context, actor: Actor, run_ids: list[str]) -> LoggedFiles:
    """Images and tables of runs, by name."""
    return files.logged(context, list(_there(context, run_ids).values()))


def logged_file(context: Context, actor: Actor, run_id: str, path: str) -> tuple[bytes, str]:
    """A file of a run, and a content type that is safe. Errors: NotFoundError, InvalidError, TooLargeError."""
    run = _one(_there(context, [run_id]), run_id)
    return artifacts.read(context, run, path, files.FILE_BYTES), files.content_type(path)


def logged_table(context: Context, actor: Actor, run_id: str, path: str) -> LoggedTable:
    """The beginning of a table of a run. Errors: NotFoundError, InvalidError, TooLargeError."""
    return files.table(context, _one(_there(context, [run_id]), run_id), path)


def _there(context: Context, run_ids: list[str]) -> dict[str, dict[str, Any]]:
    wanted = list(dict.fromkeys(run_ids))
    if len(wanted) > MOST_RUNS:
        raise InvalidError(f"At most {MOST_RUNS} runs are compared at once.", code="too_many")
    found, _names, _missing = raw_runs(context, wanted)
    return found


def _one(found: dict[str, dict[str, Any]], run_id: str) -> dict[str, Any]:
    if run_id not in found:
        raise NotFoundError("There is no such run any more.")
    return found[run_id]
