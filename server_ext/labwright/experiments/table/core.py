"""The runs table: what can be asked of it."""

from __future__ import annotations

import time

from labwright.actor import Actor
from labwright.errors import NotFoundError
from labwright.experiments import mlflow_rest
from labwright.experiments.table import window as answers
from labwright.experiments.table.cells import extremes_wanted
from labwright.experiments.table.filters import parse
from labwright.experiments.table.models import TableQuery, TableWindow
from labwright.experiments.table.sqlite_index import NO_EXPERIMENT
from labwright.experiments.table.tables import Table, tables
from labwright.service.context import Context

ASKED_SECONDS = 10.0  # how long MLflow's answer to a filter is good while runs change
PAGE = 1000
VIEWS = {"active": "ACTIVE_ONLY", "archived": "DELETED_ONLY", "all": "ALL"}


def window(
    context: Context, actor: Actor, experiment_id: str, query: TableQuery, offset: int, limit: int
) -> TableWindow:
    """Some rows of the table. Errors: NotFoundError; InvalidError for a filter that MLflow refuses."""
    if not experiment_id.isdecimal() or not experiment_id.isascii() or len(experiment_id) > 18:
        raise NotFoundError(NO_EXPERIMENT)
    table = tables(context).table(experiment_id)
    last_only = [
        metric
        for metric, aggregate in query.aggregates.items()
        if extremes_wanted(metric, aggregate) is not None and not table.source.extremes(table.index, metric)
    ]
    sync = None if table.whole.is_set() else table.sync
    asked = None if parse(query.filter) is not None else _ask(context, table, query.filter, query.lifecycle)
    found = answers.window(table.index, query, offset, limit, asked, sync)
    found.last_only = last_only
    return found


def _ask(context: Context, table: Table, text: str, lifecycle: str) -> set[str]:
    """The runs that MLflow itself finds for a filter. Errors: InvalidError with MLflow's words."""
    known = table.asked.get((text, lifecycle))
    if known is not None and (known[1] == table.index.version or time.monotonic() - known[0] < ASKED_SECONDS):
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
    while len(table.asked) >= 20:
        table.asked.pop(next(iter(table.asked)), None)
    table.asked[text, lifecycle] = (time.monotonic(), version, found)
    return found
