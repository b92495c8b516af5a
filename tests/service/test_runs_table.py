"""The runs table: windows, order, groups, live changes, bulk changes and files, on the real service and MLflow."""

from __future__ import annotations

import csv
import io
import json
import math
import os
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from labwright.client import Client, connection
from labwright.errors import ConflictError, InvalidError, NotFoundError, UnavailableError
from labwright.experiments.models import Tracking
from labwright.experiments.table.models import Aggregate, Kind, Sort, Spread, TableQuery, TableWindow
from labwright.service.models import Operation
from labwright.service.tracking_token import tracking_token
from tests.bench.many_runs import add_runs
from tests.state_folder import wait_until

RUNS = 5000
MARKUP = "<script>alert(1)</script> 🚲"
LONG = "x" * 6000


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    """MLflow's own client."""
    os.environ["MLFLOW_TRACKING_URI"] = client.get("/experiments/tracking", Tracking).uri
    os.environ["MLFLOW_TRACKING_TOKEN"] = tracking_token(client.folders)
    import mlflow

    found = mlflow.MlflowClient()
    found.search_experiments()  # MLflow has made its store
    yield found
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
        del os.environ[name]


@pytest.fixture(scope="module")
def many(mlflow: Any, state_folder: Path) -> str:
    """An experiment of many runs."""
    return add_runs(state_folder / "mlflow" / "mlflow.db", "many", runs=RUNS, metrics=3, params=3, steps=2)


@pytest.fixture
def few(mlflow: Any) -> str:
    """An experiment of the test's own."""
    made: str = mlflow.create_experiment(f"few {time.monotonic()}")
    return made


def window(client: Client, experiment: str, offset: int = 0, limit: int = 200, **query: Any) -> TableWindow:
    found: TableWindow = client.post(
        f"/experiments/{experiment}/table", TableWindow, json=query, params={"offset": offset, "limit": limit}
    )
    return found


def whole(client: Client, experiment: str, **query: Any) -> TableWindow:
    """The window when all runs are in the index."""
    wait_until(lambda: window(client, experiment).sync is None, "the index is whole")
    return window(client, experiment, **query)


def change(client: Client, run_ids: list[str], **what: Any) -> Operation:
    done: Operation = client.post("/experiments/runs/bulk", Operation, json=what | {"run_ids": run_ids})
    while done.state == "running":
        time.sleep(0.02)
        done = client.get(f"/operations/{done.id}", Operation)
    return done


def test_the_newest_rows_are_there_at_once_and_the_rest_soon(client: Client, many: str) -> None:
    first = window(client, many, columns=["attributes.name"])
    assert [row.name for row in first.rows] == [f"run-{RUNS - 1 - i}" for i in range(200)]
    if first.sync is not None:
        assert first.sync.total == RUNS
        assert first.sync.done < RUNS
    last = whole(client, many, offset=RUNS - 5, columns=["attributes.name"])
    assert (last.total, last.runs) == (RUNS, RUNS)
    assert [row.cells for row in last.rows] == [[f"run-{4 - i}"] for i in range(5)]
    assert window(client, many, offset=10 * RUNS).rows == []


def test_columns_say_what_they_hold(client: Client, many: str) -> None:
    found = {column.key: column for column in whole(client, many, limit=0).columns}
    assert (found["params.learning_rate"].kind, found["params.optimizer"].kind) == (Kind.number, Kind.text)
    assert found["attributes.start_time"].kind is Kind.time
    assert found["cost.wall_seconds"].kind is Kind.seconds
    assert found["metrics.val_auc"].direction == "up"
    assert found["metrics.val_loss"].direction == "down"
    assert found["params.depth"].filled == RUNS
    assert 0 < found["tags.stage"].filled < RUNS
    assert not [key for key in found if key.startswith(("tags.mlflow", "tags.labwright"))]


def test_rows_are_sorted_by_several_columns_and_ties_are_stable(client: Client, many: str) -> None:
    keys = ["params.depth", "params.optimizer", "metrics.val_auc", "attributes.start_time"]
    sort = [{"key": "params.depth", "descending": True}, {"key": "params.optimizer"}]
    rows = [row.cells for row in whole(client, many, columns=keys, sort=sort, limit=500).rows]
    expected = sorted(rows, key=lambda cells: (-int(str(cells[0])), str(cells[1]), -float(str(cells[3]))))
    assert rows == expected
    assert rows[0][0] == "11"  # a number, not a text: 11 is more than 9
    seen = window(client, many, columns=keys, sort=sort, limit=250).rows
    seen += window(client, many, offset=250, columns=keys, sort=sort, limit=250).rows
    assert [row.cells for row in seen] == rows
    stages = [row.cells[0] for row in window(client, many, columns=["tags.stage"], sort=[{"key": "tags.stage"}]).rows]
    assert stages == ["candidate"] * 200
    last = window(
        client, many, offset=RUNS - 5, columns=["tags.stage"], sort=[{"key": "tags.stage", "descending": True}]
    )
    assert [row.cells for row in last.rows] == [[None]] * 5


def test_groups_have_mean_and_spread(client: Client, many: str) -> None:
    keys = ["metrics.val_auc", "params.depth", "tags.stage", "attributes.user"]
    found = whole(client, many, group_by="params.optimizer", columns=keys)
    assert [group.value for group in found.groups] == ["adam", "lion", "rmsprop", "sgd"]
    assert sum(group.runs for group in found.groups) == RUNS
    adam = found.groups[0]
    values: list[float] = []
    while len(values) < adam.runs:
        part = window(client, many, len(values), 500, columns=keys, within={"params.optimizer": "adam"})
        values += [float(str(row.cells[0])) for row in part.rows]
    auc = adam.cells[0]
    assert isinstance(auc, Spread)
    assert auc.mean == pytest.approx(statistics.fmean(values))
    assert auc.deviation == pytest.approx(statistics.stdev(values))
    assert (auc.low, auc.high, auc.runs) == (min(values), max(values), len(values))
    assert isinstance(adam.cells[1], Spread)
    assert adam.cells[2:] == [None, "someone"]
    by_mean = window(
        client, many, group_by="params.optimizer", columns=keys, sort=[{"key": "metrics.val_auc", "descending": True}]
    )
    means = [cell.mean for group in by_mean.groups if isinstance(cell := group.cells[0], Spread)]
    assert means == sorted(means, key=lambda mean: -(mean or 0))
    staged = window(client, many, group_by="tags.stage")
    assert [group.value for group in staged.groups] == ["candidate", "done", "draft", None]
    rest = window(client, many, within={"tags.stage": None}, limit=1)
    assert rest.total == staged.groups[-1].runs
    filtered = window(client, many, group_by="tags.stage", filter="params.optimizer = 'adam'", words="run-1")
    assert 0 < sum(group.runs for group in filtered.groups) < RUNS / 4


def test_last_best_min_and_max_of_a_metric(client: Client, mlflow: Any, few: str) -> None:
    curves = {
        "val_loss": [0.9, 0.1, 0.5],
        "auc": [0.1, 0.9, 0.5],
        "whatever": [3.0, 1.0, 2.0],
        "all_nan": [math.nan] * 2,
    }
    run = mlflow.create_run(few).info.run_id
    for name, values in curves.items():
        for step, value in enumerate(values):
            mlflow.log_metric(run, name, value, step=step)
    keys = [f"metrics.{name}" for name in curves]

    def cells(aggregate: str) -> list[Any]:
        found = window(client, few, columns=keys, aggregates=dict.fromkeys(curves, aggregate))
        assert found.last_only == []
        return found.rows[0].cells

    assert cells("last") == [0.5, 0.5, 2.0, "nan"]
    assert cells("best") == [0.1, 0.9, 2.0, "nan"]
    assert cells("min") == [0.1, 0.1, 1.0, "nan"]
    assert cells("max") == [0.9, 0.9, 3.0, "nan"]
    mlflow.log_metric(run, "val_loss", 0.05, step=3)
    assert cells("best")[0] == 0.05


def test_changes_show_without_reading_all_again(client: Client, mlflow: Any, many: str) -> None:
    rows = whole(client, many, limit=3).rows
    first, second, third = (row.run_id for row in rows)
    keys = ["attributes.name", "attributes.status", "tags.stage", "tags.mark", "metrics.late", "params.late"]

    def shown(run_id: str) -> list[Any]:
        (row,) = window(client, many, columns=keys, filter=f"run_id = '{run_id}'").rows
        return row.cells

    def soon(run_id: str, place: int, *values: Any) -> None:
        wait_until(lambda: shown(run_id)[place : place + len(values)] == list(values), f"{values} shows")

    made = mlflow.create_run(many, run_name="fresh", tags={"stage": "fresh"}).info.run_id
    assert shown(made) == ["fresh", "RUNNING", "fresh", None, None, None]
    assert window(client, many, limit=1).runs == RUNS + 1
    mlflow.log_metric(made, "late", 1.5)
    mlflow.log_param(made, "late", "p")
    assert shown(made)[4:] == [1.5, "p"]
    mlflow.set_terminated(made, "FAILED")
    mlflow.update_run(made, name="renamed")
    soon(made, 0, "renamed", "FAILED")
    mlflow.set_tag(made, "stage", "again")
    soon(made, 2, "again")
    mlflow.delete_tag(made, "stage")
    soon(made, 2, None)
    before = shown(second), shown(third)
    mlflow.set_tag(first, "mark", "x")
    assert shown(first)[3] == "x"
    mlflow.set_tag(first, "mark", "y")
    soon(first, 3, "y")
    assert (shown(second), shown(third)) == before
    mlflow.delete_run(made)
    wait_until(lambda: window(client, many, limit=1).runs == RUNS, "the run is archived")
    assert window(client, many, lifecycle="archived").rows[0].name == "renamed"
    mlflow.restore_run(made)
    wait_until(lambda: window(client, many, limit=1).runs == RUNS + 1, "the run is back")
    mlflow.delete_run(made)
    mlflow.delete_tag(first, "mark")
    soon(first, 3, None)


def test_runs_removed_for_good_are_forgotten(client: Client, mlflow: Any, few: str, state_folder: Path) -> None:
    kept, gone = (mlflow.create_run(few, run_name=name).info.run_id for name in ("kept", "gone"))
    assert {row.run_id for row in window(client, few).rows} == {kept, gone}
    with sqlite3.connect(state_folder / "mlflow" / "mlflow.db", timeout=20) as db:  # as `mlflow gc` does
        db.execute("DELETE FROM tags WHERE run_uuid = ?", (gone,))
        db.execute("DELETE FROM runs WHERE run_uuid = ?", (gone,))
    wait_until(lambda: [row.run_id for row in window(client, few).rows] == [kept], "the run is gone")
    new = mlflow.create_run(few, run_name="new").info.run_id
    assert {row.run_id for row in window(client, few).rows} == {kept, new}


def test_an_experiment_without_runs_and_none_at_all(client: Client, few: str) -> None:
    found = window(client, few, columns=["metrics.x"], sort=[{"key": "metrics.x"}], words="x", filter="metrics.x > 1")
    assert (found.total, found.runs, found.rows, found.sync) == (0, 0, [], None)
    assert window(client, few, group_by="params.x", columns=["metrics.x"]).groups == []
    for missing in ("99999", "x", "1e3", "٣"):
        with pytest.raises(NotFoundError, match="There is no such experiment"):
            window(client, missing)


def test_any_text_is_only_text(client: Client, mlflow: Any, few: str) -> None:
    name = "a/b c.d-e:f"
    run = mlflow.create_run(few, run_name=MARKUP, tags={"t": "' OR 1=1 --", "long": LONG}).info.run_id
    mlflow.log_param(run, name, MARKUP)
    mlflow.log_metric(run, name, math.inf)
    keys = [f"params.{name}", f"metrics.{name}", "tags.t", "tags.long", "params.' OR 1=1 --", MARKUP, ""]
    found = window(client, few, columns=keys, sort=[{"key": key} for key in keys[:5]], words="<script>")
    assert found.rows[0].name == MARKUP
    assert found.rows[0].cells == [MARKUP, "inf", "' OR 1=1 --", LONG[:1000] + "…", None, None, None]
    assert window(client, few, group_by=f"params.{name}").groups[0].value == MARKUP
    assert window(client, few, within={f"params.{name}": MARKUP, "tags.t": "' OR 1=1 --"}).total == 1
    assert window(client, few, within={f"metrics.{name}": "no number"}).total == 0


def test_a_metric_that_no_run_has_costs_nothing(client: Client, many: str) -> None:
    asked = {f"no such metric {i}": "max" for i in range(400)}
    found = whole(client, many, columns=["metrics.no such metric 1"], aggregates=asked, limit=1)
    assert (found.last_only, found.rows[0].cells) == ([], [None])
    for query in (
        {"aggregates": {str(i): "max" for i in range(501)}}, {"sort": [{"key": "metrics." + "x" * 1000}]},
        {"columns": ["x" * 1000]}, {"group_by": "x" * 1000}, {"within": {"x" * 1000: "1"}},
    ):  # fmt: skip
        with pytest.raises(InvalidError):
            window(client, many, **query)


def test_wrong_questions_are_refused_without_an_echo(client: Client, many: str) -> None:
    for query in (
        {"sort": [{"key": 1}]}, {"lifecycle": "secret-value"}, {"aggregates": {"a": "secret-value"}}, {"secret": 1},
        {"words": "secret-value" * 100}, {"within": {"a": 3}}, "secret-value",
    ):  # fmt: skip
        with pytest.raises(InvalidError) as caught:
            client.get(f"/experiments/{many}/table", TableWindow, params={"q": json.dumps(query)})
        assert "secret-value" not in caught.value.message
    for params in ({"q": "no json"}, {"limit": 501}, {"offset": -1}, {"limit": "x"}):
        with pytest.raises(InvalidError):
            client.get(f"/experiments/{many}/table", TableWindow, params=params)
    whole(client, many)
    found = client.get(f"/experiments/{many}/table", TableWindow, params={"q": '{"words": "run-7 adam"}'})
    assert 0 < found.total < RUNS / 5


def test_many_runs_are_changed_and_again(client: Client, many: str) -> None:
    run_ids = [row.run_id for row in whole(client, many, limit=30).rows]
    tagged = change(client, run_ids, action="tag", key="team", value=MARKUP)
    assert (tagged.state, tagged.progress) == ("succeeded", 1.0)
    assert tagged.result == {"changed": 30, "unchanged": 0}
    assert change(client, run_ids, action="tag", key="team", value=MARKUP).result == {"changed": 0, "unchanged": 30}
    assert window(client, many, within={"tags.team": MARKUP}).total == 30
    assert change(client, run_ids[:10], action="untag", key="team").result["changed"] == 10
    assert window(client, many, within={"tags.team": MARKUP}).total == 20
    assert change(client, run_ids[:5] * 2, action="archive").result == {"changed": 5, "unchanged": 0}
    assert change(client, run_ids[:6], action="archive").result == {"changed": 1, "unchanged": 5}
    assert window(client, many, limit=1).runs == RUNS - 6
    refused = change(client, run_ids[:7], action="tag", key="team", value="x")
    assert refused.error is not None
    assert refused.error.detail.startswith("6 of 7 runs could not be tagged: ")
    assert "it is archived; restore it first" in refused.error.detail
    assert change(client, run_ids[:6], action="restore").result == {"changed": 6, "unchanged": 0}
    assert window(client, many, limit=1).runs == RUNS
    change(client, run_ids, action="untag", key="team")
    assert window(client, many, within={"tags.team": MARKUP}).total == 0


def test_unknown_runs_are_named_and_the_others_are_changed(client: Client, many: str) -> None:
    (known,) = (row.run_id for row in whole(client, many, limit=1).rows)
    unknown = ["0" * 32, "../../etc", "x"]
    done = change(client, [*unknown, known], action="tag", key="half", value="done")
    assert done.state == "failed"
    assert done.error is not None
    assert done.error.detail.startswith(f"3 of 4 runs could not be tagged: {unknown[0]}: there is no such run; ")
    assert done.error.detail.endswith("The other 1 are.")
    assert window(client, many, within={"tags.half": "done"}).total == 1
    change(client, [known], action="untag", key="half")


@pytest.mark.parametrize("key", [None, "", "../x", "a//b", "/a", "semi;colon", "<b>", "mlflow.user", "labwright.cell"])
def test_bad_tag_keys_change_nothing(client: Client, many: str, key: str | None) -> None:
    with pytest.raises(InvalidError, match="key"):
        client.post("/experiments/runs/bulk", Operation, json={"run_ids": ["0" * 32], "action": "tag", "key": key})


def test_a_bulk_change_can_be_stopped_and_says_what_was_done(client: Client, many: str) -> None:
    run_ids = [row.run_id for row in whole(client, many, limit=500).rows]
    body = {"run_ids": run_ids, "action": "tag", "key": "stopped", "value": "1"}
    begun: Operation = client.post("/experiments/runs/bulk", Operation, json=body)
    wait_until(lambda: window(client, many, within={"tags.stopped": "1"}).total > 0, "some are tagged")
    client.post(f"/operations/{begun.id}/cancel", Operation)

    def ended() -> Operation:
        found: Operation = client.get(f"/operations/{begun.id}", Operation)
        return found

    wait_until(lambda: ended().state != "running", "it stops")
    error = ended().error
    assert error is not None
    assert error.code == "stopped"
    count = window(client, many, within={"tags.stopped": "1"}).total
    assert 0 < count < 500
    assert error.detail.startswith(f"Stopped: {count} of 500 runs are tagged.")


def files(client: Client) -> httpx.Client:
    return connection(client.service(), client.folders)


def test_files_hold_the_same_rows(client: Client, mlflow: Any, few: str) -> None:
    import pandas as pd

    texts = ["=1+1", "+1", "-1.5", "@SUM(A1)", 'quo"te, comma', "two\nlines", MARKUP, LONG, "\t=x", "-inf"]
    for i, text in enumerate(texts):
        run = mlflow.create_run(few, run_name=text[:100], tags={"stage": text})
        mlflow.log_param(run.info.run_id, "p", text)
        mlflow.log_metric(run.info.run_id, "m", [1.5, math.nan, math.inf][i % 3])
    with files(client) as http:
        place, query = f"/experiments/{few}/table/export", {"sort": [{"key": "params.p"}]}

        def ask(format: str, **query: Any) -> httpx.Response:
            reply = http.get(place, params={"q": json.dumps({"format": format, "query": query})})
            assert reply.is_success, reply.text
            assert reply.headers["content-disposition"] == f'attachment; filename="runs-{few}.{format}"'
            return reply

        rows = list(csv.DictReader(io.StringIO(ask("csv", **query).text, newline="")))
        frame = pd.read_parquet(io.BytesIO(ask("parquet", **query).content))
        plain = ask("json", **query).json()
        assert [row["run_id"] for row in rows] == list(frame["run_id"]) == plain["run_id"]
        assert sorted(frame["params.p"]) == sorted(texts)
        guarded = {"=1+1": "'=1+1", "@SUM(A1)": "'@SUM(A1)", "\t=x": "'\t=x"}
        assert [row["params.p"] for row in rows] == [guarded.get(text, text) for text in frame["params.p"]]
        assert [row["name"] for row in rows] == [guarded.get(text, text) for text in frame["name"]]
        assert {row["metrics.m"] for row in rows} == {"1.5", "nan", "inf"}
        assert frame["metrics.m"].dtype == "float64"
        assert str(frame["start_time"].dtype).startswith("datetime64[ms, UTC")
        assert pd.to_datetime(rows[0]["start_time"]) == frame["start_time"][0]
        chosen = csv.reader(io.StringIO(ask("csv", columns=["metrics.m"], filter="metrics.m < 2").text, newline=""))
        assert next(chosen) == ["run_id", "metrics.m"]
        assert all(value == "1.5" for _, value in chosen)
        bad = http.get(place, params={"q": json.dumps({"format": "exe"})})
        assert bad.status_code == 422
    assert not list(client.folders.home.glob("export-*"))


def test_python_has_the_table_and_its_changes(client: Client, mlflow: Any, few: str, many: str) -> None:
    import pandas as pd

    import labwright as lw

    name = mlflow.get_experiment(few).name
    assert lw.experiments.search_runs(name).empty
    for i in range(4):
        run = mlflow.create_run(few, run_name=f"r{i}", start_time=1_700_000_000_000 + i).info.run_id
        mlflow.log_metric(run, "auc", [0.5, math.nan, math.inf, 0.7][i])
        mlflow.log_metric(run, "auc", [0.4, math.nan, math.inf, 0.6][i], step=1)
        mlflow.log_param(run, "depth", "007")
    frame = lw.experiments.search_runs(name)
    assert list(frame["name"]) == ["r3", "r2", "r1", "r0"]
    assert frame["metrics.auc"].tolist()[:2] == [0.6, math.inf]
    assert frame["metrics.auc"].isna().tolist() == [False, False, True, False]
    assert set(frame["params.depth"]) == {"007"}
    assert frame["start_time"][3] == pd.Timestamp(1_700_000_000_000, unit="ms", tz="UTC")
    best = lw.experiments.search_runs(
        name, filter="metrics.auc < 1", sort="-metrics.auc", columns=["name", "metrics.auc"],
        aggregates={"auc": "best"}, limit=1,
    )  # fmt: skip
    assert best.to_dict("list") == {"run_id": [frame["run_id"][0]], "name": ["r3"], "metrics.auc": [0.7]}
    assert lw.experiments.tag_runs(frame, "stage", "done") == 4
    assert lw.experiments.tag_runs(list(frame["run_id"]), "stage", "done") == 0
    assert len(lw.experiments.search_runs(name, within={"tags.stage": "done"})) == 4
    assert lw.experiments.untag_runs(frame["run_id"][0], "stage") == 1
    assert list(lw.experiments.search_runs(name, within={"tags.stage": None})["name"]) == ["r3"]
    assert lw.experiments.archive_runs(frame[:2]) == 2
    assert len(lw.experiments.search_runs(name)) == 2
    assert lw.experiments.restore_runs(lw.experiments.search_runs(name, lifecycle="archived")) == 2
    with pytest.raises(ConflictError, match="there is no such run"):
        lw.experiments.tag_runs(["x"], "a", "b")
    with pytest.raises(InvalidError):
        lw.experiments.search_runs(name, filter="nonsense")
    old = lw.experiments.runs(name, limit=3)
    assert list(old.columns) == [
        "run_id",
        "name",
        "status",
        "started",
        "ended",
        "param.depth",
        "metric.auc",
        "tag.stage",
    ]
    assert len(lw.experiments.search_runs("many", columns=["metrics.val_auc"])) == RUNS


def test_a_server_is_synced_by_its_api(client: Client, mlflow: Any, state_folder: Path) -> None:
    """As a remote server is: pages, new runs, ends, edits; equal to what is read from the store."""
    from labwright.experiments.table.rest_index import RestSource
    from labwright.experiments.table.tables import Tables
    from labwright.experiments.table.window import window as of_index

    uri = client.get("/experiments/tracking", Tracking).uri
    http = httpx.Client(base_url=uri, headers={"Authorization": f"Bearer {tracking_token(client.folders)}"}, timeout=60)

    def call(method: str, path: str, *, body: Any = None, params: Any = None) -> dict[str, Any]:
        reply = http.request(method, path, json=body, params=params)
        if reply.status_code == 404:
            raise NotFoundError("no such experiment")
        assert reply.is_success, reply.text
        return reply.json() if reply.content else {}

    few = add_runs(state_folder / "mlflow" / "mlflow.db", "synced", runs=220, metrics=2, params=2)
    runs = [mlflow.create_run(few, run_name=f"r{i}", tags={"stage": "s"}).info.run_id for i in range(8)]
    for i, value in enumerate([0.5, math.nan, math.inf, 0.7]):
        for step in range(3):
            mlflow.log_metric(runs[i], "auc", value - step, step=step)
        mlflow.log_param(runs[i], "depth", str(i))
    synced = Tables(RestSource(call))
    query = TableQuery(
        columns=["attributes.name", "attributes.status", "metrics.auc", "params.depth", "tags.stage", "tags.new"],
        sort=[Sort(key="metrics.auc", descending=True)],
    )

    def same(aggregate: Aggregate = "last") -> bool:
        asked = query.model_copy(update={"aggregates": {"auc": aggregate}})
        table = synced.table(few, whole=True)
        table.source.extremes(table.index, "auc", 1.0)
        theirs = of_index(table.index, asked, 0, 500, None, None)
        mine = window(client, few, limit=500, **asked.model_dump())
        return theirs.rows == mine.rows and theirs.columns == mine.columns and theirs.runs == mine.runs

    assert same()
    assert len(of_index(synced.table(few).index, query, 0, 500, None, None).rows) == 228
    wait_until(lambda: same("max"), "the greatest values are read")
    wait_until(lambda: same("best"), "the best values are read")
    runs.append(mlflow.create_run(few, run_name="new").info.run_id)
    wait_until(same, "a new run shows")
    mlflow.set_terminated(runs[0], "FAILED")
    wait_until(same, "an end shows")
    mlflow.set_tag(runs[5], "new", "x")
    mlflow.delete_tag(runs[6], "stage")
    mlflow.delete_run(runs[7])
    wait_until(same, "edits show when their page's turn comes")
    with pytest.raises(NotFoundError, match="There is no such experiment"):
        synced.table("99999")


def test_a_store_that_was_replaced_is_read_anew(client: Client, mlflow: Any, few: str, state_folder: Path) -> None:
    """As after a backup was put back: the same place, another file."""
    store = state_folder / "mlflow" / "mlflow.db"
    kept = mlflow.create_run(few, run_name="kept").info.run_id
    with closing(sqlite3.connect(store)) as db:
        backup = store.with_name("backup.db")
        with closing(sqlite3.connect(backup)) as copy:
            db.backup(copy)
    gone = mlflow.create_run(few, run_name="gone").info.run_id
    assert {row.run_id for row in window(client, few).rows} == {kept, gone}
    (service,) = (psutil.Process(client.service().pid),)
    for child in service.children():  # MLflow has the old file open
        child.kill()
    for name in ("mlflow.db-wal", "mlflow.db-shm"):
        store.with_name(name).unlink(missing_ok=True)
    os.replace(backup, store)
    assert [row.run_id for row in window(client, few).rows] == [kept]
    new = mlflow.create_run(few, run_name="new").info.run_id
    assert {row.run_id for row in window(client, few).rows} == {kept, new}


def test_a_look_that_fails_halfway_loses_no_change(mlflow: Any, few: str, state_folder: Path, tmp_path: Path) -> None:
    from labwright.experiments.table.watch import Watch

    class Failing(sqlite3.Connection):
        fails = False

        def execute(self, query: str, *rest: Any) -> sqlite3.Cursor:
            if self.fails and "FROM tags WHERE rowid BETWEEN" in query:
                raise sqlite3.OperationalError("database is locked")
            return super().execute(query, *rest)

    edited, logged = (mlflow.create_run(few).info.run_id for _ in range(2))
    store = tmp_path / "copy.db"
    with (
        closing(sqlite3.connect(state_folder / "mlflow" / "mlflow.db")) as db,
        closing(sqlite3.connect(store, isolation_level=None)) as copy,
        closing(sqlite3.connect(store, factory=Failing, isolation_level=None)) as connection,
    ):
        db.backup(copy)
        watch = Watch(connection)
        watch.begin()
        copy.execute("UPDATE runs SET name = 'another' WHERE run_uuid = ?", (edited,))
        copy.execute("INSERT INTO params (run_uuid, key, value) VALUES (?, 'late', '1')", (logged,))
        connection.fails = True
        with pytest.raises(sqlite3.OperationalError):
            watch.changes(now=True)
        connection.fails = False
        assert watch.changes(now=True).run_ids >= {edited, logged}
        assert watch.changes(now=True).run_ids == set()


def test_a_store_that_another_mlflow_keeps_in_another_way_is_asked_by_rest(tmp_path: Path, state_folder: Path) -> None:
    from labwright.experiments.embedded_store import is_readable, reading

    store = state_folder / "mlflow" / "mlflow.db"
    assert is_readable(store)
    assert not is_readable(tmp_path / "none.db")
    for change in (
        "ALTER TABLE latest_metrics RENAME COLUMN is_nan TO nan", "DROP INDEX index_metrics_run_uuid_key_step",
        "DROP TABLE tags",
    ):  # fmt: skip
        other = tmp_path / "other.db"
        with closing(sqlite3.connect(store)) as db, closing(sqlite3.connect(other)) as copy:
            db.backup(copy)
            copy.execute(change)
        assert not is_readable(other), change
        other.unlink()
    other.write_bytes(b"no database" * 100)
    with pytest.raises(UnavailableError, match="cannot be read now"), reading(other) as connection:
        connection.execute("SELECT 1 FROM runs")


def test_the_index_may_be_lost_at_any_time(client: Client, many: str) -> None:
    before = whole(client, many, sort=[{"key": "metrics.val_auc"}], columns=["metrics.val_auc", "tags.stage"])
    client.service()
    psutil.Process(client.service().pid).kill()
    wait_until(lambda: not _alive(client), "the service is gone")
    after = whole(client, many, sort=[{"key": "metrics.val_auc"}], columns=["metrics.val_auc", "tags.stage"])
    assert after.rows == before.rows
    assert after.columns == before.columns


def _alive(client: Client) -> bool:
    from labwright.state import running_service

    return running_service(client.folders) is not None


def test_the_embedded_store_is_read_without_mlflow(client: Client, many: str) -> None:
    client.service()
    psutil.Process(client.service().pid).kill()
    wait_until(lambda: not _alive(client), "the service is gone")
    assert whole(client, many, limit=1).total == RUNS
    assert psutil.Process(client.service().pid).children() == []
