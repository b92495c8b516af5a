"""`lw.experiments.search_runs`, and changes of many runs: what the runs table does, as Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from labwright.client import follow, shared
from labwright.errors import InvalidError
from labwright.experiments import tracking
from labwright.experiments.table.models import Aggregate, BulkChange, Sort, TableExport, TableQuery
from labwright.service.models import Operation

if TYPE_CHECKING:
    import pandas as pd

AT_ONCE = 10_000


def search_runs(
    experiment: str | None = None,
    *,
    filter: str = "",
    words: str = "",
    sort: str | Sequence[str] = (),
    columns: Sequence[str] = (),
    aggregates: Mapping[str, Aggregate] | None = None,
    lifecycle: Literal["active", "archived", "all"] = "active",
    within: Mapping[str, str | None] | None = None,
    limit: int | None = None,
) -> pd.DataFrame:
    """Runs of an experiment (the one tracked last) as a data frame: a row a run, the newest first.

    `filter` is MLflow's search syntax; `words` must stand anywhere in a run. `sort` names columns, "-metrics.auc" the
    greatest first. `columns` are such as name, start_time, params.depth, metrics.auc, tags.stage, cost.wall_seconds;
    without any, all that the runs have. `aggregates` says of which metric best, min or max is meant instead of the last
    value. Parameters and tags are texts, as they were logged; metrics are numbers.
    Errors: NotFoundError; InvalidError for a filter that MLflow does not take.
    """
    from labwright.experiments.api import _experiment  # which imports this module

    tracking.say_whose_runs()
    sorts = [sort] if isinstance(sort, str) else list(sort)
    query = TableQuery(
        filter=filter, words=words, lifecycle=lifecycle, columns=[_key(name) for name in columns],
        sort=[Sort(key=_key(name.removeprefix("-")), descending=name.startswith("-")) for name in sorts if name],
        aggregates=dict(aggregates or {}), within={_key(key): value for key, value in (within or {}).items()},
    )  # fmt: skip
    body = TableExport(query=query, format="json", limit=limit)
    place = f"/experiments/{_experiment(experiment).experiment_id}/table/export"
    return _frame(shared().post(place, dict, json=body.model_dump(mode="json")))


def tag_runs(runs: Sequence[str] | str | pd.DataFrame, key: str, value: str) -> int:
    """Set a tag on runs: ids, or a data frame with a column run_id. Gives how many it changed.

    Errors: InvalidError; ConflictError when some could not be changed, which names them; the others are.
    """
    return _change(runs, "tag", key, value)


def untag_runs(runs: Sequence[str] | str | pd.DataFrame, key: str) -> int:
    """Remove a tag from runs; as `tag_runs`."""
    return _change(runs, "untag", key)


def archive_runs(runs: Sequence[str] | str | pd.DataFrame) -> int:
    """Archive runs: they leave all lists and MLflow's page, until `restore_runs`; as `tag_runs`."""
    return _change(runs, "archive")


def restore_runs(runs: Sequence[str] | str | pd.DataFrame) -> int:
    """Bring archived runs back; as `tag_runs`."""
    return _change(runs, "restore")


def _change(
    runs: Sequence[str] | str | pd.DataFrame,
    action: Literal["tag", "untag", "archive", "restore"],
    key: str | None = None,
    value: str = "",
) -> int:
    tracking.say_whose_runs()
    changed = 0
    ids = _ids(runs)
    for start in range(0, len(ids), AT_ONCE):
        body = BulkChange(run_ids=ids[start : start + AT_ONCE], action=action, key=key, value=value)
        begun: Operation = shared().post("/experiments/runs/bulk", Operation, body=body)
        changed += int(follow(begun, cancelled="This was stopped; do it again for the rest.").result["changed"])
    return changed


def _ids(runs: Any) -> list[str]:
    if isinstance(runs, str):
        return [runs]
    if hasattr(runs, "columns"):
        if "run_id" not in runs.columns:
            raise InvalidError("This data frame has no column run_id; lw.experiments.search_runs() gives one.")
        return [str(run_id) for run_id in runs["run_id"]]
    return [str(run_id) for run_id in runs]


def _key(name: str) -> str:
    return name if name.startswith(("params.", "metrics.", "tags.", "cost.", "attributes.")) else f"attributes.{name}"


def _frame(found: dict[str, Any]) -> pd.DataFrame:
    import pandas as pd

    columns: dict[str, Any] = {"run_id": found["run_id"]}
    for column in found["columns"]:
        name, values = column["name"], column["values"]
        if column["kind"] == "time":
            columns[name] = pd.to_datetime(pd.Series(values, dtype="float64"), unit="s", utc=True).dt.round("ms")
        elif column["kind"] == "text" or name.startswith(("params.", "tags.")):
            columns[name] = pd.Series(values, dtype="object")
        else:
            columns[name] = pd.Series([None if value is None else float(value) for value in values], dtype="float64")
    return pd.DataFrame(columns)
