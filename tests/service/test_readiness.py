"""The readiness card, made of real models in the processes that would serve them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import cloudpickle  # type: ignore[import-untyped] # it has no types
import mlflow.pyfunc
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import labwright as lw
from labwright.client import Client
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments.models import RunDetail
from labwright.service.models import Operation, OperationState
from labwright.serving.models import Endpoint, Promote
from labwright.serving.prediction_log import FeedbackWriter, Writer
from labwright.serving.readiness.bootstrap import _tails, compare
from labwright.serving.readiness.checks.example_scored import example_scored
from labwright.serving.readiness.checks.metrics import _asker
from labwright.serving.readiness.checks.schema import schema
from labwright.serving.readiness.evaluation import rows_with_feedback
from labwright.serving.readiness.models import Check, ReadinessCard, Verdict
from labwright.serving.settings_models import EndpointSettings, LogSettings
from tests import models

NAME = "ready-delay"


def log(
    name: str, model: Any, frame: pd.DataFrame, *, evaluated: bool = True, reference: bool = False, **keywords: Any
) -> str:  # fmt: skip
    """A run with this model and, if wanted, rows to judge it by and its training sample."""
    given = {
        "signature": mlflow.models.infer_signature(frame, model.predict(frame)),
        "input_example": frame.head(3),
        "pip_requirements": [f"scikit-learn=={metadata.version('scikit-learn')}"],  # to infer them takes seconds
    } | keywords
    rows, late = models.flights(1200)
    with lw.experiments.track("readiness", name=name, autolog=False) as run:
        mlflow.sklearn.log_model(model, name="model", **given)
        if evaluated:
            lw.experiments.log_evaluation(rows.assign(late=late).tail(800), target="late")
        if reference:
            lw.experiments.log_reference(frame)
    found: str = run.info.run_id
    return found


@pytest.fixture(scope="module")
def live(client: Client) -> Iterator[str]:
    """An endpoint with a middling model that somebody called; gives the promotion's operation."""
    frame, late = models.flights()
    lw.experiments.use_tracking()
    middling = LogisticRegression().fit(frame.assign(dep_delay=0), late)
    operation = finish(client, begin(client, run_id=log("middling", middling, frame)))
    assert operation.state is OperationState.succeeded, operation.error
    for _ in range(3):
        lw.serving.predict(NAME, frame.head(40))
    yield operation.id
    lw.serving.delete(NAME)


def begin(client: Client, **body: Any) -> Operation:
    found: Operation = client.post(f"/serving/endpoints/{NAME}/promotions", Operation, Promote(**body))
    return found


def finish(client: Client, operation: Operation, seen: Callable[[], None] = lambda: None) -> Operation:
    deadline = time.monotonic() + 120
    while operation.state is OperationState.running:
        assert time.monotonic() < deadline, operation
        time.sleep(0.05)
        seen()
        operation = client.get(f"/operations/{operation.id}", Operation)
    return operation


def card(client: Client, operation: str) -> ReadinessCard:
    found: ReadinessCard = client.get(f"/serving/promotions/{operation}/readiness", ReadinessCard)
    return found


def checked(client: Client, run_id: str) -> dict[str, Check]:
    """The checks of a candidate that is checked only, by their ids."""
    operation = finish(client, begin(client, run_id=run_id, check_only=True))
    assert operation.state is OperationState.succeeded, operation.error
    assert operation.result["changed"] is False
    found = card(client, operation.id)
    assert found.verdict == operation.result["verdict"] != "waiting"
    return {check.id: check for check in found.checks}


def version(client: Client) -> str | None:
    endpoint: Endpoint = client.get(f"/serving/endpoints/{NAME}", Endpoint)
    return endpoint.live.version if endpoint.live else None


def figures(check: Check) -> dict[str, str]:
    return {figure.name: figure.value for figure in check.figures}


def test_a_first_promotion_is_checked_without_a_job(client: Client, live: str) -> None:
    found = card(client, live)
    checks = {check.id: check for check in found.checks}
    assert list(checks) == ["signature", "example_scored", "latency", "environment", "files", "isolation"]
    assert {check.verdict for name, check in checks.items() if name != "isolation"} == {Verdict.passed}
    assert (found.endpoint, found.version, found.live, found.decided) == (NAME, "1", None, "go")
    frame, late = models.flights()
    answers = LogisticRegression().fit(frame.assign(dep_delay=0), late).predict(frame.head(3))
    assert list(figures(checks["example_scored"]).values()) == [str(answer) for answer in answers]
    assert figures(checks["signature"]) == {"inputs": "4", "outputs": "1", "rows of the example": "3"}
    assert checks["latency"].details["median_ms"] > 0
    assert "scikit-learn" not in figures(checks["environment"]), "what is installed fits"
    assert checks["files"].details["pickles"] == []
    assert figures(checks["files"])["formats"] == "skops"
    assert figures(checks["isolation"])["network"] in ("closed", "allowed")


def test_a_better_model_is_told_from_the_live_one_with_an_interval(client: Client, live: str) -> None:
    frame, late = models.flights()
    model = LogisticRegression().fit(frame, late)
    run_id = log("better", model, frame + 3, reference=True, serialization_format="cloudpickle")
    detail: RunDetail = client.get(f"/experiments/runs/{run_id}", RunDetail)
    assert detail.evaluation == "evaluation/sample.parquet"
    operation = begin(client, run_id=run_id, check_only=True)
    seen: list[ReadinessCard] = []

    def look() -> None:
        try:
            seen.append(card(client, operation.id))
        except NotFoundError:
            assert not seen, "once there, a card stays"

    finish(client, operation, look)
    first = seen[0]
    assert first.verdict is Verdict.waiting
    assert {check.verdict for check in first.checks} & {Verdict.waiting}
    checks = {check.id: check for check in card(client, operation.id).checks}
    metrics = checks["metrics"]
    assert metrics.verdict is Verdict.passed
    assert "Better on the same 800 rows: accuracy" in metrics.words
    assert figures(metrics)["rows"] == "800 of its run's evaluation sample"
    (accuracy,) = metrics.details["metrics"]
    rows, all_truth = models.flights(1200)
    rows, truth = rows.tail(800), all_truth.tail(800).to_numpy()
    ours = LogisticRegression().fit(frame, late).predict(rows)
    theirs = LogisticRegression().fit(frame.assign(dep_delay=0), late).predict(rows)
    assert accuracy["candidate"] == pytest.approx((ours == truth).mean())
    assert accuracy["live"] == pytest.approx((theirs == truth).mean())
    assert 0 < accuracy["low"] < accuracy["difference"] < accuracy["high"]
    assert checks["schema"].verdict is Verdict.passed
    assert "live_median_ms" in checks["latency"].details
    assert figures(checks["files"])["formats"] == "pickle"
    assert "pickle" in checks["files"].words
    drift = checks["drift"]
    assert drift.verdict is Verdict.warned, "its training sample was moved"
    assert set(drift.details["drifted"]) == set(models.COLUMNS)
    assert drift.details["rows"] == 120
    assert version(client) == "1"


def test_a_worse_model_is_stopped_and_a_reason_is_recorded(client: Client, live: str) -> None:
    frame, late = models.flights()
    run_id = log("worse", LogisticRegression().fit(frame, 1 - late), frame)
    operation = finish(client, begin(client, run_id=run_id))
    assert operation.state is OperationState.failed
    assert operation.error is not None
    assert operation.error.code == "not_ready"
    assert "Worse on the same 800 rows" in operation.error.detail
    assert version(client) == "1"
    found = card(client, operation.id)
    assert (found.verdict, found.decided) == (Verdict.failed, "stop")


def test_a_model_that_fails_its_example_goes_live_with_a_reason(client: Client) -> None:
    lw.experiments.use_tracking()
    broken = models.times(2, "fails on 7") | {"input_example": pd.DataFrame({"x": [7.0]})}
    with lw.experiments.track("readiness", name="odd example", autolog=False) as run:
        mlflow.pyfunc.log_model(name="model", pip_requirements=["mlflow"], **broken)
    with pytest.raises(InvalidError, match="fails on its own input example"):
        lw.serving.promote(run, to="reasoned")
    promoted: Any = lw.serving.promote(run, to="reasoned", reason="nobody sends a 7")
    assert promoted.state == "ready"
    assert lw.serving.predict("reasoned", pd.DataFrame({"x": [1.5]})).tolist() == [3.0]
    assert lw.serving.history("reasoned")[0].reason == "nobody sends a 7"
    lw.serving.delete("reasoned")


class Blank(mlflow.pyfunc.PythonModel):  # type: ignore[misc, name-defined] # MLflow's class has no types
    """Answers its second row with NaN."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        return np.where(np.arange(len(model_input)) == 1, np.nan, 0.5)


def test_an_example_without_good_answers_fails(client: Client, live: str) -> None:
    cloudpickle.register_pickle_by_value(__import__(__name__, fromlist=["Blank"]))
    frame, _ = models.flights()
    with lw.experiments.track("readiness", name="blank", autolog=False) as run:
        mlflow.pyfunc.log_model(
            name="model", python_model=Blank(), input_example=frame.head(3), pip_requirements=["pandas"],
            signature=mlflow.models.infer_signature(frame, np.array([0.5])),
        )  # fmt: skip
        lw.experiments.log_evaluation(frame.assign(late=1.5), target="late")
    checks = checked(client, run.info.run_id)
    assert checks["example_scored"].verdict is Verdict.failed
    assert "1 of 3 answers to its own input example are no number (NaN)" in checks["example_scored"].words
    assert "metrics" not in checks, "who answers nothing is not measured"
    assert "latency" not in checks


@pytest.mark.parametrize(
    ("answers", "verdict", "words"),
    [
        ([1, 0], "fail", "2 answers for 3 rows"),
        (0.5, "fail", "one answer for 3 rows"),
        ([None, None, None], "fail", "All answers to its own input example are empty"),
        ([{"late": 0.5}, {"late": None}, {"late": 1.0}], "fail", "1 of 3 answers"),
        ([[0.1, 0.9], [0.5, None], [0.2, 0.8]], "fail", "1 of 3 answers"),
        (["yes", None, "no"], "pass", "answers its input example"),
    ],
)
def test_what_answers_are_good(answers: Any, verdict: str, words: str) -> None:
    example = {"kind": "frame", "columns": ["x"], "data": [[1], [2], [3]]}
    subject: Any = SimpleNamespace(
        card={"example": example, "signature": None}, version=SimpleNamespace(version="1"),
        score=lambda _version, _rows: {"predictions": answers},
    )  # fmt: skip
    found = example_scored(subject, lambda: None)
    assert found.verdict == verdict
    assert words in found.words


@pytest.mark.parametrize(
    ("before", "after", "verdict", "words"),
    [
        ("x:double", "x:double y:double?", "pass", "input 'y' is new and optional"),
        ("x:long", "x:double", "pass", "takes double where it took long"),
        ("x:double", "x:long", "fail", "takes long where it took double"),
        ("x:string", "x:double", "fail", "takes double where it took string"),
        ("x:double?", "x:double", "fail", "'x' must be sent now"),
        ("x:double y:double?", "x:double", "pass", "which nobody sends, is gone"),
        ("x:double sent:double?", "x:double", "fail", "input 'sent' is gone"),
        ("x:double unkept:double?", "x:double", "warn", "the log does not keep who sends it"),
        ("x:double>long", "x:double>double", "warn", "is double and was long"),
        ("x:double>long", "x:double>string", "fail", "is string and was long"),
        ("x:double", "", "warn", "this one has none"),
        ("", "x:double", "pass", "nothing to compare with"),
    ],
)
def test_what_a_schema_means_for_callers(
    before: str, after: str, verdict: str, words: str, tmp_path: Path
) -> None:  # fmt: skip
    subject: Any = SimpleNamespace(
        card={"signature": signature(after)}, live_card={"signature": signature(before)},
        live=SimpleNamespace(version="1"), folder=SimpleNamespace(log=tmp_path / "log"),
        settings=EndpointSettings(log=LogSettings(leave_out=["unkept"])),
        context=SimpleNamespace(folders=SimpleNamespace(logs=tmp_path)),
    )  # fmt: skip
    (tmp_path / "log").mkdir()
    if "sent" in before or "unkept" in before:
        writer = Writer(tmp_path / "log")
        writer.write("0" * 32, datetime.now(UTC), "1", 200, 1.0, 1, '["x", "sent"]', "[[1, 2]]", "[1]")
        writer.close()
    found = schema(subject, lambda: None)
    assert found.verdict == verdict
    assert words in found.words


def signature(text: str) -> dict[str, Any] | None:
    """From "name:type name:type?>type": inputs, the optional ones with ?, and the output."""
    if not text:
        return None
    inputs, _, output = text.partition(">")
    columns = [column.partition(":") for column in inputs.split()]
    return {
        "inputs": [{"name": n, "type": kind.rstrip("?"), "required": not kind.endswith("?")} for n, _, kind in columns],
        "outputs": [{"name": "prediction", "type": output or "double", "required": True}],
    }


def test_another_schema_breaks_callers(client: Client, live: str) -> None:
    frame, late = models.flights()
    other = frame.rename(columns={"wind": "gust"})
    checks = checked(client, log("other", LogisticRegression().fit(other, late), other))
    assert checks["schema"].verdict is Verdict.failed
    assert "input 'wind' is gone, input 'gust' is new and must be sent" in checks["schema"].words
    assert checks["metrics"].verdict is Verdict.warned, "the rows lack what the other one takes"


def test_what_is_missing_is_a_warning_with_the_way_on(client: Client, live: str) -> None:
    frame, late = models.flights()
    run_id = log(
        "bare", LogisticRegression().fit(frame, late), frame, evaluated=False, input_example=None,
        pip_requirements=["labwright-has-no-such-package==3", "pandas<1"],
    )  # fmt: skip
    checks = checked(client, run_id)
    assert checks["signature"].verdict is Verdict.warned
    assert "input_example=" in checks["signature"].words
    assert checks["metrics"].verdict is Verdict.warned
    assert "lw.experiments.log_evaluation(frame, target=" in checks["metrics"].words
    assert checks["environment"].verdict is Verdict.warned
    assert "labwright-has-no-such-package" in checks["environment"].words
    assert figures(checks["environment"])["pandas"].startswith("<1, here ")
    assert "example_scored" not in checks
    assert "lw.experiments.log_reference(frame)" in checks["drift"].words


def test_features_of_the_training_join_are_looked_for_online(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from feast import Entity, FeatureView, FileSource, ValueType

    monkeypatch.chdir(tmp_path)
    now = pd.Timestamp.now("UTC").floor("s")
    at = pd.date_range(now - pd.Timedelta(hours=6), periods=5, freq="h")
    place = Entity(name="place", join_keys=["place"], value_type=ValueType.STRING)
    views = []
    for name in ("rain", "sun"):
        pd.DataFrame({"place": "A", "at": at, name: [0.0, 1.0, 2.0, 3.0, 4.0]}).to_parquet(f"{name}.parquet")
        source = FileSource(path=f"{name}.parquet", timestamp_field="at")
        views.append(FeatureView(name=name, entities=[place], ttl=timedelta(hours=8), source=source))
    lw.features.apply([place, *views])
    lw.features.store().materialize_incremental(now.to_pydatetime(), feature_views=["rain"])
    labels = pd.DataFrame({"place": "A", "when": at + pd.Timedelta(minutes=5)})
    frame = lw.features.join(labels, ["rain", "sun"], timestamp="when")[["rain", "sun"]]
    run_id = log("joined", LogisticRegression().fit(frame, [0, 1, 0, 1, 1]), frame, evaluated=False)
    found: Any = lw.serving.promote(run_id, to="joined", check_only=True)
    check = next(check for check in found.checks if check.id == "features")
    assert check.verdict is Verdict.warned
    assert "Feature view sun was never materialized" in check.words
    assert figures(check)["rain"].startswith("1 feature, online until ")
    assert figures(check)["sun"] == "1 feature, empty"
    assert "joined" not in [endpoint.name for endpoint in lw.serving.endpoints()]


def test_rows_are_also_had_from_the_endpoints_log_with_feedback(client: Client, live: str, tmp_path: Path) -> None:
    folder, out = client.folders.home / "endpoints" / NAME / "log", tmp_path / "rows.json"
    assert rows_with_feedback(str(folder), str(out)) is False
    logged = lw.serving.log(NAME)
    first, second = logged["request_id"].unique()[:2]
    frame, late = models.flights()
    lw.serving.feedback(NAME, first, late.head(40).tolist())
    lw.serving.feedback(NAME, second, 1)
    assert rows_with_feedback(str(folder), str(out)) is True
    found = json.loads(out.read_text())
    assert found["columns"] == models.COLUMNS
    assert found["data"] == 2 * frame.head(40).to_numpy().tolist()
    assert found["truth"] == 40 * [1] + late.head(40).tolist(), "the newest first, one outcome for all rows of a call"


def test_rows_of_the_log_are_what_was_sent_and_no_hashes(tmp_path: Path) -> None:
    folder, out = tmp_path / "late" / "log", tmp_path / "rows.json"
    folder.mkdir(parents=True)
    writer, told = Writer(folder, LogSettings(hashed=["who"])), FeedbackWriter(folder)
    for number, (columns, data) in enumerate(
        [('["x", "who"]', "[[1, 7]]"), ('["x", "n"]', "[[2, 3]]"), ('["input"]', "[[[0.5, 1.5]]]")]
    ):
        writer.write(f"{number:032x}", datetime.now(UTC), "1", 200, 1.0, 1, columns, data, "[1]")
        told.write([(f"{number:032x}", number)], "owner")
    assert rows_with_feedback(str(folder), str(out)) is True
    found = json.loads(out.read_text())
    rows = [dict(zip(found["columns"], row, strict=True)) for row in found["data"]]
    assert "who" not in found["columns"], "a hash is nothing to predict from"
    assert [row["x"] for row in rows] == [None, 2, 1]
    assert isinstance(rows[1]["n"], int), "a whole number stays one beside rows that lack it"
    for kind, logged, item in [("[-1, 2]", [0.5, 1.5], [0.5, 1.5]), ("[-1]", 0.5, 0.5)]:
        made = {"tensor": True, "signature": {"inputs": [{"name": "input", "type": f"tensor of float64 {kind}"}]}}
        asked = _asker(made, {"columns": ["input"]}, candidate=True)([[logged]])
        assert asked == {"kind": "tensor", "columns": [], "data": [item]}, "a row of a tensor's log is one item"


def test_few_rows_give_a_wider_interval() -> None:
    from scipy.stats import norm, t

    for rows in (10, 30, 1000):
        low, high = _tails(rows)
        assert low == pytest.approx(norm.cdf(-t.ppf(0.975, rows - 1) * np.sqrt(rows / (rows - 1))), rel=0.02)
        assert low + high == pytest.approx(1)
    assert _tails(10)[0] < _tails(1000)[0] < 0.025


def test_metrics_of_regressions_probabilities_and_ties() -> None:
    random = np.random.default_rng(3)
    truth = random.normal(size=400)
    near, far = truth + random.normal(scale=0.1, size=400), truth + random.normal(scale=0.5, size=400)
    mae, rmse = compare(truth.tolist(), near.tolist(), far.tolist())["metrics"]
    assert (mae["name"], rmse["name"]) == ("MAE", "RMSE")
    assert mae["candidate"] == pytest.approx(np.abs(near - truth).mean())
    assert rmse["live"] == pytest.approx(np.sqrt(((far - truth) ** 2).mean()))
    assert mae["low"] < mae["difference"] < mae["high"] < 0
    (same, _) = compare(truth.tolist(), near.tolist(), near.tolist())["metrics"]
    assert (same["low"], same["difference"], same["high"]) == (0, 0, 0)

    from sklearn.metrics import log_loss, roc_auc_score

    labels = random.integers(0, 2, 300)
    good = np.round(np.clip(labels * 0.4 + random.uniform(0, 0.6, 300), 0.01, 0.99), 2)  # with ties
    weak = random.uniform(0.01, 0.99, 300)
    found = compare(labels.tolist(), good.tolist(), [[1 - share, share] for share in weak])["metrics"]
    by_name = {one["name"]: one for one in found}
    assert list(by_name) == ["accuracy", "log loss", "AUC"]
    assert by_name["AUC"]["candidate"] == pytest.approx(roc_auc_score(labels, good))
    assert by_name["log loss"]["live"] == pytest.approx(log_loss(labels, weak))
    assert compare(["a", "b"] * 9, ["a", "b"] * 9, ["b", "b"] * 9)["metrics"][0]["difference"] == 0.5
    assert "problem" in compare([0.5, 1.5] * 9, ["a", "b"] * 9, ["a", "b"] * 9)
