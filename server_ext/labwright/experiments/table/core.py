"""The runs table: what can be asked of it."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from labwright.actor import Actor
from labwright.errors import NotFoundError
from labwright.experiments import mlflow_rest
from labwright.experiments.table import bulk
from labwright.experiments.table import window as answers
from labwright.experiments.table.cells import extremes_wanted
from labwright.experiments.table.export import Export
from labwright.experiments.table.filters import parse
from labwright.experiments.table.models import BulkChange, TableExport, TableQuery, TableWindow
from labwright.experiments.table.sqlite_index import NO_EXPERIMENT
from labwright.experiments.table.tables import Table, tables
from labwright.service.children import run_job
from labwright.service.context import Context
from labwright.service.models import Operation

HISTORY_SECONDS = 1.0
ASKED_SECONDS = 10.0  # how long MLflow's answer to a filter is good while runs change
SAME_SECONDS = 60.0  # and while none does: data sets are among what it knows and the index does not
ASKED = 5  # answers that are kept, each of up to all runs
PAGE = 1000
VIEWS = {"active": "ACTIVE_ONLY", "archived": "DELETED_ONLY", "all": "ALL"}


def window(
    context: Context, actor: Actor, experiment_id: str, query: TableQuery, offset: int, limit: int
) -> TableWindow:
    """Some rows of the table. Errors: NotFoundError; InvalidError for a filter that MLflow refuses."""
    table = tables(context).table(_checked(experiment_id))
    last_only = _extremes(table, query)
    sync = None if table.whole.is_set() else table.sync
    found = answers.window(table.index, query, offset, limit, _asked(context, table, query), sync)
    found.last_only = last_only
    return found


def export(context: Context, actor: Actor, experiment_id: str, wanted: TableExport) -> Export:
    """All rows of the table, once the index has them all. Errors: as `window`."""
    table = tables(context).table(_checked(experiment_id), whole=True, now=True)
    _extremes(table, wanted.query)
    return Export(table.index, wanted.query, _asked(context, table, wanted.query), wanted.limit)


@contextmanager
def parquet(context: Context, exported: Export) -> Iterator[Path]:
    """The export as a Parquet file, which is gone after."""
    folder = Path(tempfile.mkdtemp(prefix="export-", dir=context.folders.home))
    try:
        source, target = folder / "export.json", folder / "runs.parquet"
        with source.open("w") as file:
            file.writelines(exported.json())
        run_job(
            "labwright.experiments.table.parquet:write", {"source": str(source), "target": str(target)},
            log=context.folders.logs / "experiments.log",
        )  # fmt: skip
        source.unlink()
        yield target
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def change(context: Context, actor: Actor, wanted: BulkChange) -> Operation:
    """Tag, untag, archive or restore many runs. Errors: InvalidError."""
    return bulk.change(context, actor, wanted, lambda context, run_ids: tables(context).changed(run_ids))


def _checked(experiment_id: str) -> str:
    if not experiment_id.isdecimal() or not experiment_id.isascii() or len(experiment_id) > 18:
        raise NotFoundError(NO_EXPERIMENT)
    return experiment_id


def _extremes(table: Table, query: TableQuery) -> list[str]:
    """Bring up to date what the query needs of the metrics' histories; gives the metrics of which it is not known."""
    until = time.monotonic() + HISTORY_SECONDS
    return [
        metric
        for metric, aggregate in query.aggregates.items()
        if metric in table.index.metrics
        and extremes_wanted(metric, aggregate) is not None
        and not table.source.extremes(table.index, metric, max(until - time.monotonic(), 0.0))
    ]


def _asked(context: Context, table: Table, query: TableQuery) -> set[str] | None:
    if parse(query.filter) is not None:
        return None
    return _ask(context, table, query.filter, query.lifecycle)


def _ask(context: Context, table: Table, text: str, lifecycle: str) -> set[str]:
    """The runs that MLflow itself finds for a filter. Errors: InvalidError with MLflow's words."""
    known = table.asked.get((text, lifecycle))
    if known is not None:
        good = SAME_SECONDS if known[1] == table.index.version else ASKED_SECONDS
        if time.monotonic() - known[0] < good:
            return known[2]
    body = {
        "experiment_ids": [table.index.experiment_id], "filter": text, "max_results": PAGE,
        "run_view_type": VIEWS[lifecycle], "order_by": ["attributes.start_time DESC"],
    }  # fmt: skip
    version, found = table.index.version, set[str]()
    while True:
        reply = mlflow_rest.call(context, "POST", "/api/2.0/mlflow/runs/search", body=body)
        found.update(run["info"]["run_id"] for run in reply.get("runs", []))
        if not reply.get("next_page_token"):
            break
        body["page_token"] = reply["next_page_token"]
    while len(table.asked) >= ASKED:
        table.asked.pop(next(iter(table.asked)), None)
    table.asked[text, lifecycle] = (time.monotonic(), version, found)
    return found
