"""`lw.experiments`: make runs, find them, compare them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from labwright.client import shared
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments import tracking
from labwright.experiments.capture.models import Recorded, Restored
from labwright.experiments.capture.restore import restore as write_restored
from labwright.experiments.cell_output import CellOutput
from labwright.experiments.direction import ordered_by, usual_metric
from labwright.experiments.models import Compare, Comparison, Experiment, Run, RunDetail, RunPage
from labwright.experiments.render import comparison_bundle
from labwright.experiments.samples import log_evaluation, log_reference
from labwright.experiments.spool.here import flush
from labwright.experiments.spool.log import log
from labwright.experiments.table.api import archive_runs, restore_runs, search_runs, tag_runs, untag_runs
from labwright.experiments.tracking import track, track_and_record, use_tracking
from labwright.service.models import Status
from labwright.state import folders, running_service

if TYPE_CHECKING:
    import pandas as pd

__all__ = [
    "CellOutput", "archive_runs", "compare", "experiments", "find_run", "flush", "log", "log_evaluation",
    "log_reference", "restore", "restore_runs", "runs", "search_runs", "tag_runs", "track", "track_and_record",
    "untag_runs", "use_tracking",
]  # fmt: skip

MOST = 100  # runs of a comparison
_last_metric: dict[str, str] = {}  # experiment → the metric that it was last compared by


class ComparisonResult(Comparison):
    """A comparison that shows itself in a notebook."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return comparison_bundle(self)


def experiments() -> list[Experiment]:
    """All experiments, the one changed last first."""
    found: list[Experiment] = shared().get("/experiments", list[Experiment])
    return found


def runs(experiment: str | None = None, *, limit: int = 1000) -> pd.DataFrame:
    """Runs of an experiment (the one tracked last), newest first: a row a run, columns param.…, metric.…, tag.…"""
    found = search_runs(experiment, limit=limit).rename(columns={"start_time": "started", "end_time": "ended"})
    first = ["run_id", "name", "status", "started", "ended"]
    logged = [name for name in found.columns if name.startswith(("params.", "metrics.", "tags."))]
    return found[first + logged].rename(columns=lambda name: name.replace("s.", ".", 1) if name in logged else name)


def compare(
    runs: Sequence[str] | None = None, *, experiment: str | None = None, top: int = 5, by: str | None = None
) -> ComparisonResult:
    """Runs side by side: those named, else the `top` best `by` a metric, else the `top` newest.

    `by` is a metric's name; lower:NAME and higher:NAME say which values are better, where the name does not.
    """
    tracking.say_whose_runs()
    if runs:
        ids = [spec if _is_id(spec) else find_run(spec, experiment=experiment, by=by).run_id for spec in runs]
    else:
        chosen = _experiment(experiment)
        params: dict[str, Any] = {"limit": min(max(top, 1), MOST)} | ({"by": by} if by else {})
        found = _page(chosen, params).runs
        if not found:
            raise NotFoundError("This experiment has no runs yet; make one with %%track or lw.experiments.track().")
        if by is not None:
            if not any(ordered_by(by)[0] in run.metrics for run in found):
                raise NotFoundError("No run of this experiment has this metric.")
            _last_metric[chosen.name] = by
        ids = [run.run_id for run in found]
    if len(ids) > MOST:
        raise InvalidError(f"At most {MOST} runs are compared at once; name fewer.")
    body = Compare(run_ids=ids, points=200 if len(ids) <= 10 else 12)
    result: ComparisonResult = shared().post("/experiments/compare", ComparisonResult, body=body)
    return result


def find_run(
    spec: str = "last", experiment: str | None = None, by: str | None = None, *, with_model: bool = False
) -> Run:
    """Find a run by its id or name, or the `best` (by a metric) or the `last` of an experiment.

    Of several with one name the newest is meant. `by` is a metric's name; lower:NAME and higher:NAME say which values
    are better, where the name does not. `with_model` passes over runs that logged none, for best and last.
    Errors: NotFoundError; InvalidError where it is not clear which experiment or metric is meant.
    """
    tracking.say_whose_runs()
    if _is_id(spec):
        detail: RunDetail = shared().get(f"/experiments/runs/{spec}", RunDetail)
        return detail.run
    if spec in ("best", "last"):
        return _best_or_last(spec, _experiment(experiment), by, with_model)
    places = [_experiment(experiment)] if experiment or tracking.current_experiment else experiments()
    for place in places:
        if found := _page(place, {"limit": 1, "name": spec}).runs:
            return found[0]
    where = f" in experiment {places[0].name[:100]!r}" if len(places) == 1 else ""
    raise NotFoundError(f"There is no run of that name{where}; lw.experiments.runs() lists those that there are.")


def _is_id(spec: str) -> bool:
    return len(spec) == 32 and all(sign in "0123456789abcdef" for sign in spec)


def restore(run: str | Run = "last", *, experiment: str | None = None) -> Restored:
    """Write the cells that a run recorded as a notebook beside the original, and its environment beside that.

    `run` is an id, a name, best, last, or what `find_run` gave. No file is overwritten; what is there already is given
    again. Errors: NotFoundError where there is no run, or it recorded no cells; InvalidError where nothing can be
    written.
    """
    found = run if isinstance(run, Run) else find_run(run, experiment=experiment)
    recorded: Recorded = shared().get(f"/experiments/runs/{found.run_id}/recorded", Recorded)
    here = Path.cwd()
    return write_restored(recorded, [here, Path.home()], here, own=True)


def known_names(kind: Literal["experiments", "runs"], experiment: str | None = None) -> list[str]:
    """Names for Tab: experiments, or the newest runs of one (the one tracked last). Starts no service and no MLflow."""
    names = [] if kind == "experiments" else ["best", "last"]
    if running_service(folders(make=False)) is None or shared().get("/status", Status).mlflow != "running":
        return names
    if kind == "experiments":
        return [experiment.name for experiment in experiments()]
    if experiment is None and tracking.current_experiment is None:
        return names
    page = _page(_experiment(experiment), {"limit": 30})
    return names + [run.name for run in page.runs]


def _best_or_last(spec: str, experiment: Experiment, by: str | None, with_model: bool) -> Run:
    order: dict[str, Any] = {}
    metric = ""
    if spec == "best":
        order = {"by": by or _last_metric.get(experiment.name) or _guess_metric(experiment), "status": "FINISHED"}
        metric, _ = ordered_by(order["by"])
    page = None
    while True:
        found = _page(experiment, order | {"limit": 100} | ({"page": page} if page else {}))
        for run in found.runs:
            if spec == "best" and (metric not in run.metrics or run.metrics[metric].value is None):
                continue
            if run.models or not with_model:
                return run
        page = found.next_page
        if page is None:
            what = f"finished run with metric {metric!r}" if spec == "best" else "run"
            raise NotFoundError(
                f"Experiment {experiment.name[:100]!r} has no {what}{' that logged a model' if with_model else ''}."
            )


def _guess_metric(experiment: Experiment) -> str:
    names = sorted(
        {name for run in _page(experiment, {"limit": 20, "status": "FINISHED"}).runs for name in run.metrics}
    )
    metric = usual_metric(names)
    if metric is None:
        has = f" (it has {', '.join(names[:10])})" if names else ""
        raise InvalidError(f"Say by which metric the best is meant: by=… or --by …{has}.")
    return metric


def _experiment(name: str | None) -> Experiment:
    """The experiment of that name; without one the experiment tracked last here, else the only one with runs."""
    found = experiments()
    wanted = name or tracking.current_experiment
    if wanted is not None:
        for experiment in found:
            if experiment.name == wanted:
                return experiment
        raise NotFoundError("There is no such experiment; lw.experiments.experiments() lists those that there are.")
    used = [experiment for experiment in found if _page(experiment, {"limit": 1}).runs]
    if len(used) == 1:
        return used[0]
    if not used:
        raise NotFoundError("There are no runs yet; make one with %%track or lw.experiments.track().")
    names = ", ".join(experiment.name[:60] for experiment in used[:8])
    raise InvalidError(f"Say which experiment is meant: experiment=… or --experiment … (there are {names}).")


def _page(experiment: Experiment, params: dict[str, Any]) -> RunPage:
    page: RunPage = shared().get(f"/experiments/{experiment.experiment_id}/runs", RunPage, params=params)
    return page
