"""The runs table answers MLflow's search language itself: what it finds is what MLflow finds, in the same order."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from labwright.client import Client
from labwright.errors import InvalidError
from labwright.experiments.models import Tracking
from labwright.experiments.table.filters import parse
from labwright.experiments.table.models import TableWindow
from labwright.service.tracking_token import tracking_token

MARKUP = "<img src=x onerror=alert(1)> 🚲"
VALUES = (0.1, 0.25, math.nan, math.inf, -math.inf, -3.0, 0.0, 1e-12, 1e300)
TEXTS = (
    "adam", "Adam", "ADAM", "sgd", "", "100%", "100_", "a_b", "axb", "Ünïcode", "ünïcode", "two\nlines", MARKUP,
    "it's", 'say "hi"', "0.1", "0.10", "NULL", "%", "x" * 3000, "back\\slash", "semi; colon", "-- no comment",
)  # fmt: skip


@pytest.fixture(scope="module")
def http(client: Client) -> Iterator[httpx.Client]:
    uri = client.get("/experiments/tracking", Tracking).uri
    headers = {"Authorization": f"Bearer {tracking_token(client.folders)}"}
    with httpx.Client(base_url=uri, headers=headers, timeout=120) as found:
        yield found


def post(http: httpx.Client, path: str, body: dict[str, Any]) -> Any:
    reply = http.post(f"/api/2.0/mlflow/{path}", json=body)
    assert reply.is_success, reply.text
    return reply.json()


@pytest.fixture(scope="module")
def experiment(http: httpx.Client) -> str:
    """Runs with all sorts of values; some keys only here and there."""
    made: str = post(http, "experiments/create", {"name": "search"})["experiment_id"]
    for i, text in enumerate(TEXTS):
        start = 1_700_000_000_000 + (i // 2) * 1000  # two begin at a time
        body = {"experiment_id": made, "start_time": start, "run_name": f"run {text[:40] or i}", "user_id": "someone"}
        run = post(http, "runs/create", body)["run"]["info"]["run_id"]
        value = VALUES[i % len(VALUES)]
        metrics = [{"key": "loss", "value": value}, {"key": "val/loss", "value": i / 7}] if i % 5 else []
        batch = {
            "run_id": run,
            "metrics": [m | {"value": _json(m["value"]), "timestamp": start, "step": 0} for m in metrics],
            "params": [{"key": "optimizer", "value": text}] + [{"key": "a.b-c d", "value": str(i)}] * (i % 3 == 0),
            "tags": [{"key": "stage", "value": text}] * (i % 2)
            + [{"key": "note to self", "value": "yes"}] * (i % 4 == 0),
        }
        post(http, "runs/log-batch", batch)
        if i % 3:
            status = ("FINISHED", "FAILED", "KILLED")[i % 3]
            post(http, "runs/update", {"run_id": run, "status": status, "end_time": start + 500 * i})
        if i in (4, 11):
            post(http, "runs/delete", {"run_id": run})
    return made


def _json(value: float) -> Any:
    return value if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")


def of_mlflow(http: httpx.Client, experiment: str, text: str, order: list[str], view: str) -> list[str]:
    body = {"experiment_ids": [experiment], "filter": text, "order_by": order, "run_view_type": view}
    return [run["info"]["run_id"] for run in post(http, "runs/search", body | {"max_results": 1000}).get("runs", [])]


def ours(client: Client, experiment: str, **query: Any) -> TableWindow:
    found: TableWindow = client.post(f"/experiments/{experiment}/table", TableWindow, json=query)
    return found


ANSWERED = [
    "",
    "metrics.loss > 0.1",
    "metrics.loss>=0.1",
    "metric.loss < 0.25",
    "metrics.loss <= -3",
    "metrics.loss = 0",
    "metrics.loss != 0",
    "metrics.loss > 1e299",
    "metrics.loss > -1E400",
    "metrics.loss != 1e300 AND metrics.loss < 1",
    "metrics.`val/loss` > 1.5",
    'metrics."val/loss" > 1.5',
    "metrics.nothing > 0",
    "metrics.nothing != 0",
    "params.optimizer = 'adam'",
    'params.optimizer = "adam"',
    "param.optimizer != 'adam'",
    "parameters.optimizer LIKE 'a%'",
    "params.optimizer like '%a_'",
    "params.optimizer LIKE 'a_b'",
    "params.optimizer LIKE '100%'",
    "params.optimizer LIKE '%'",
    "params.optimizer LIKE ''",
    "params.optimizer = ''",
    "params.optimizer LIKE '%o%n%s%'",
    "params.optimizer LIKE '%xx%xx%'",
    "params.optimizer LIKE '_'",
    "params.optimizer ILIKE 'ADAM'",
    "params.optimizer LIKE 'two%lines'",
    'params.optimizer = "it\'s"',
    "params.optimizer = 'say \"hi\"'",
    "params.optimizer = 'semi; colon'",
    "params.optimizer = '-- no comment'",
    "params.optimizer = 'NULL'",
    "params.optimizer = '0.1'",
    f"params.optimizer LIKE '%{MARKUP}%'",
    "params.`a.b-c d` = '3'",
    "params.`a.b-c d` IS NULL",
    "params.`a.b-c d` is not null",
    "params.nothing IS NULL",
    "params.nothing IS NOT NULL",
    "params.nothing != 'x'",
    "tags.stage = 'adam'",
    "tag.stage != 'Adam'",
    "tags.stage IS NULL AND params.optimizer != 'x'",
    "tags.`note to self` = 'yes'",
    "tags.`mlflow.runName` LIKE 'run a%'",
    "tags.mlflow.runName LIKE 'run A%'",
    "attributes.status = 'RUNNING'",
    "status = 'FINISHED'",
    "status != 'FINISHED'",
    "attribute.status LIKE 'F%'",
    "attr.run_name = 'run adam'",
    "run_name LIKE 'run _d%'",
    "run.run_name ILIKE 'RUN A%'",
    "attributes.user_id = 'someone'",
    "user_id != 'someone'",
    "attributes.start_time > 1700000003000",
    "start_time <= 1700000003000",
    "created = 1700000003000",
    "end_time > 1700000003000",
    "attributes.end_time != 1700000003000",
    "metrics.loss > -5 and params.optimizer LIKE '%a%' AND status = 'FAILED'",
    "  metrics.loss > 0\n AND\tparams.optimizer != 'sgd'  ",
    "params.optimizer='adam'AND status='RUNNING'",
]
PASSED_ON = [
    "datasets.name = 'x'",
    "params.optimizer ilike '%ÜNÏ%'",
    "params.optimizer ilike '%ünï%'",
    "attributes.artifact_uri LIKE '%1%'",
    "params.optimizer = 'it''s'",
    "params.optimizer = 'back\\slash'",
    "attributes.`run name` = 'run adam'",
    "metrics.loss > 0 metrics.loss < 2",
]
WRONG = [
    "metrics.loss > 'a'",
    "params.optimizer = adam",
    "params.optimizer > 'a'",
    "nonsense",
    "metrics.loss",
    "metrics.loss >",
    "metrics.loss > 1 OR metrics.loss < 0",
    "(metrics.loss > 1)",
    "attributes.nothing = 'x'",
    "colours.red = 'x'",
    "metrics.loss IS NULL",
    "status IN ('FINISHED')",
    "params.optimizer = 'open",
    "metrics.val/loss > 1",
    "metrics.loss > 1; DROP TABLE runs",
    "metrics.loss > 1 UNION SELECT * FROM runs",
    "params.optimizer = '" + "x" * 4000,
]


@pytest.mark.parametrize("text", ANSWERED)
def test_the_index_finds_what_mlflow_finds(client: Client, http: httpx.Client, experiment: str, text: str) -> None:
    assert parse(text) is not None
    for lifecycle, view in (("active", "ACTIVE_ONLY"), ("all", "ALL")):
        found = ours(client, experiment, filter=text, lifecycle=lifecycle)
        assert not found.slower
        assert [row.run_id for row in found.rows] == of_mlflow(http, experiment, text, [], view), lifecycle
        assert found.total == len(found.rows)


def test_lists_of_ids_are_answered(client: Client, http: httpx.Client, experiment: str) -> None:
    ids = of_mlflow(http, experiment, "", [], "ACTIVE_ONLY")
    for text in (
        f"attributes.run_id IN ('{ids[0]}', \"{ids[3]}\")",
        f"run_id in ('{ids[1]}')",
        f"attributes.run_id NOT IN ('{ids[0]}','{ids[1]}') AND metrics.loss > 0",
        f"run_id = '{ids[2]}'",
        f"run_id LIKE '{ids[2][:4]}%'",
    ):
        found = ours(client, experiment, filter=text)
        assert not found.slower
        assert [row.run_id for row in found.rows] == of_mlflow(http, experiment, text, [], "ACTIVE_ONLY"), text


@pytest.mark.parametrize("text", PASSED_ON)
def test_what_only_mlflow_knows_is_passed_on_and_marked(
    client: Client, http: httpx.Client, experiment: str, text: str
) -> None:
    found = ours(client, experiment, filter=text)
    assert found.slower
    assert [row.run_id for row in found.rows] == of_mlflow(http, experiment, text, [], "ACTIVE_ONLY")


@pytest.mark.parametrize("text", WRONG)
def test_a_wrong_filter_says_what_is_wrong(client: Client, experiment: str, text: str) -> None:
    with pytest.raises(InvalidError) as caught:
        ours(client, experiment, filter=text)
    assert "\n" not in caught.value.message
    assert len(caught.value.message) < 400
    assert ours(client, experiment).total > 10


@pytest.mark.parametrize(
    ("key", "theirs"),
    [
        ("metrics.loss", "metrics.loss"),
        ("metrics.val/loss", "metrics.`val/loss`"),
        ("attributes.start_time", "attributes.start_time"),
        ("attributes.end_time", "attributes.end_time"),
    ],
)
def test_the_order_is_mlflows(client: Client, http: httpx.Client, experiment: str, key: str, theirs: str) -> None:
    for descending in (False, True):
        found = ours(client, experiment, sort=[{"key": key, "descending": descending}])
        expected = of_mlflow(http, experiment, "", [f"{theirs} {'DESC' if descending else 'ASC'}"], "ACTIVE_ONLY")
        assert [row.run_id for row in found.rows] == expected, descending


def test_values_arrive_as_they_were_logged(client: Client, experiment: str) -> None:
    found = ours(client, experiment, columns=["params.optimizer", "metrics.loss"], lifecycle="all")
    assert {row.cells[0] for row in found.rows} == {text if len(text) < 1000 else text[:1000] + "…" for text in TEXTS}
    assert {"nan", "inf", "-inf", -3.0, 1e300} <= {row.cells[1] for row in found.rows}
    assert [row.name for row in found.rows if MARKUP in row.name]


def test_words_stand_anywhere_in_any_case(client: Client, experiment: str) -> None:
    def names(words: str) -> set[str]:
        return {row.name for row in ours(client, experiment, words=words).rows}

    assert {"run adam", "run Adam", "run ADAM"} == names("ADAM")
    assert names("adam FINISHED") < names("adam") or not names("adam FINISHED")
    assert names("ünï") == {"run Ünïcode", "run ünïcode"}
    assert names("-run") == set()
    assert names("adam -killed") == names("adam") - names("killed")
    assert names("onerror=alert(1)") == {f"run {MARKUP}"[:44]}
    assert names("nothing-has-this") == set()
    assert names("   ") == {row.name for row in ours(client, experiment, filter="  ").rows}
