"""MLflow's scoring protocol of a data plane, its answers and its refusals."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import pandas as pd
import pytest

from labwright.serving import prediction_log, values
from tests import models
from tests.planes import Plane, plane


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    model, keywords = models.trees()
    with plane(
        tmp_path_factory.mktemp("trees"), lambda path: mlflow.sklearn.save_model(model, path, **keywords)
    ) as found:
        yield found


@pytest.fixture(scope="module")
def naughty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    with plane(
        tmp_path_factory.mktemp("naughty"),
        lambda path: mlflow.pyfunc.save_model(path, **models.naughty()),
        deadline_seconds=3,
    ) as found:
        yield found


def split(frame: pd.DataFrame) -> dict[str, Any]:
    return values.request(frame)[0]


def test_every_form_of_the_protocol_gives_the_models_own_bits(trees: Plane) -> None:
    model, _ = models.trees()
    frame = models.flights()[0].head(32)
    expected = model.predict(frame)
    bodies = [
        split(frame),
        {"dataframe_records": frame.to_dict("records")},
        {"instances": frame.to_dict("records")},
        {"inputs": frame.to_dict("list")},
    ]
    for body in bodies:
        reply = trees.ask(body)
        assert reply.status_code == 200, reply.text
        assert reply.headers["x-labwright-version"] == "1"
        assert len(reply.headers["x-request-id"]) == 32
        answer = values.rebuild(reply.json()["predictions"], reply.headers["x-labwright-result"])
        assert answer.dtype == expected.dtype
        assert answer.tobytes() == expected.tobytes()
    csv = trees.ask(frame.to_csv(index=False).encode(), "text/csv")
    assert np.array(csv.json()["predictions"]).tobytes() == expected.tobytes()


def test_columns_may_come_in_another_order_and_values_may_be_missing(trees: Plane) -> None:
    model, _ = models.trees()
    frame = models.flights()[0].head(5)
    frame.loc[2, "temp"] = np.nan
    answer = trees.ask(split(frame[frame.columns[::-1]])).json()["predictions"]
    assert np.array(answer).tobytes() == model.predict(frame).tobytes()


def test_a_model_of_plain_arrays_takes_arrays_and_frames(tmp_path: Path) -> None:
    model, keywords = models.on_arrays()
    frame = models.flights()[0].head(8)
    expected = model.predict(frame.to_numpy())
    items = [[row] for row in frame.to_numpy().tolist()]
    with plane(tmp_path, lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as found:
        bodies = [
            values.request(frame.to_numpy())[0],
            values.request(frame)[0],
            {"dataframe_records": frame.to_dict("records")},
            {"dataframe_split": {"columns": ["input"], "data": items}},  # as a form with one field sends it
        ]
        for body in bodies:
            reply = found.ask(body)
            assert reply.status_code == 200, reply.text
            answer = values.rebuild(reply.json()["predictions"], reply.headers["x-labwright-result"])
            assert answer.tobytes() == expected.tobytes()
        csv = found.ask(frame.to_csv(index=False).encode(), "text/csv")
        assert np.array(csv.json()["predictions"]).tobytes() == expected.tobytes()
        for body in (split(frame[["temp", "wind"]]), {"inputs": [[1.0]]}, {"inputs": [["far"] * 4]}):
            reply = found.ask(body)
            assert (reply.status_code, "do not fit the model" in reply.json()["detail"]) == (422, True), reply.text
        assert found.ask(split(frame.head(0))).json()["detail"] == "The request has no rows."


ROW = [1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"dataframe_split": {"columns": models.COLUMNS[:3], "data": [ROW[:3]]}}, 422, "'distance' is missing"),
        ({"dataframe_split": {"columns": [*models.COLUMNS, "gate"], "data": [[*ROW, 5]]}}, 422, "'gate' is not in"),
        ({"dataframe_split": {"columns": models.COLUMNS, "data": [[*ROW[:3], "far"]]}}, 422, "'distance' takes double"),
        ({"dataframe_split": {"columns": models.COLUMNS, "data": [[*ROW[:3], [4]]]}}, 422, "'distance' takes double"),
        ({"dataframe_split": {"columns": models.COLUMNS, "data": [ROW[:3]]}}, 422, "Row 1 is not a list of 4 values"),
        ({"dataframe_split": {"columns": models.COLUMNS, "data": []}}, 422, "no rows"),
        ({"dataframe_split": {"columns": ["temp"] * 4, "data": [ROW]}}, 422, "each of them once"),
        ({"dataframe_split": 5}, 422, "dataframe_split takes"),
        ({"dataframe_records": [5]}, 422, "Records are"),
        ({"inputs": {"temp": [1], "wind": []}}, 422, "same length"),
        ({"inputs": [[1, 2]]}, 422, "named columns: a DataFrame"),
        ({"dataframe_split": {"columns": [], "data": [[], []]}}, 422, "are missing"),
        ({}, 422, "exactly one of"),
        ({"instances": [], "inputs": []}, 422, "exactly one of"),
        ({"instances": [{"temp": 1}], "params": {"a": 1}}, 422, "params"),
        ([], 422, "exactly one of"),
        (b"", 400, "not JSON"),
        (b"\xff\xfe\x00", 400, "not JSON"),
        (b"[" * 200_000, 400, "not JSON"),
        (b'{"dataframe_split": {"columns": ["temp"], "data": [[NaN]]}}', 400, "send null"),
    ],
)
def test_a_bad_body_is_refused_in_a_sentence(trees: Plane, body: Any, status: int, words: str) -> None:
    process = trees.model_process().pid
    reply = trees.ask(body)
    assert (reply.status_code, words in reply.json()["detail"]) == (status, True), reply.text
    assert "far" not in reply.text, "a rejected value is not repeated"
    assert trees.model_process().pid == process


def test_other_kinds_of_bodies_are_refused(trees: Plane) -> None:
    assert trees.ask(b"temp", "text/plain").status_code == 415
    assert "Row 1" in trees.ask(b"temp,wind\n1", "text/csv").json()["detail"]
    assert "not CSV" in trees.ask(b"\xff\xff", "text/csv").json()["detail"]
    reply = trees.http.post("/invocations", content=iter([b" " * (1 << 20)] * 70))
    assert reply.status_code == 413


def test_nothing_answers_without_the_token(trees: Plane) -> None:
    token = trees.folder.secret("token")
    with httpx.Client(base_url=trees.http.base_url) as http:
        for path in ["/invocations", "/ping", "/health", "/version", "/", "/docs", "/versions/1/load", "/status"]:
            for method in ("GET", "POST", "OPTIONS", "HEAD"):
                assert http.request(method, path).status_code == 401, path
                wrong = {"Authorization": "Bearer wrong"}
                assert http.request(method, path, headers=wrong).status_code == 401, path
                assert http.request(method, path, headers={"Cookie": f"token={token}"}).status_code == 401, path
    assert trees.http.get("/version").json() == {"endpoint": "late", "version": "1"}
    assert trees.http.get("/nowhere").status_code == 404
    assert trees.http.get("/invocations").status_code == 405


def test_what_was_answered_is_in_the_log_before_the_reply(trees: Plane) -> None:
    frame = models.flights()[0].head(3)
    reply = trees.ask(split(frame))
    line = prediction_log.read(trees.folder.log)[-1]
    assert line["id"] == reply.headers["x-request-id"]
    assert (line["version"], line["status"], line["rows"], line["columns"]) == ("1", 200, 3, models.COLUMNS)
    assert line["data"] == frame.to_numpy().tolist()
    assert line["predictions"] == reply.json()["predictions"]
    bad = trees.ask({})
    line = prediction_log.read(trees.folder.log)[-1]
    assert (line["id"], line["status"], "data" in line) == (bad.headers["x-request-id"], 422, False)
    (day,) = trees.folder.log.glob("*.jsonl")
    assert day.stat().st_mode & 0o777 == 0o600
    logged = prediction_log.frame(trees.folder.log).tail(3)
    assert logged[models.COLUMNS].to_numpy().tolist() == frame.to_numpy().tolist()
    assert logged["prediction"].tolist() == reply.json()["predictions"]


def test_a_series_keeps_its_name_and_a_models_error_stays_its_own(naughty: Plane) -> None:
    reply = naughty.ask({"instances": [{"x": 1.25, "todo": "work"}]})
    answer = values.rebuild(reply.json()["predictions"], reply.headers["x-labwright-result"])
    assert (answer.name, answer.tolist()) == ("twice", [2.5])
    process = naughty.model_process().pid
    with ThreadPoolExecutor(8) as threads:
        todo = ["work", "fail"] * 8
        replies = list(
            threads.map(lambda words: naughty.ask({"instances": [{"x": 2, "todo": words}]}).status_code, todo)
        )
    assert replies == [200, 500] * 8
    assert naughty.model_process().pid == process


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (pd.DataFrame({"x": [1.0, np.inf]}), "in column 'x' there is an infinite number"),
        (np.array([[-np.inf]]), "an infinite number"),
        (pd.DataFrame([[1, 2]], columns=["x", "x"]), "two columns are named 'x'"),
        (pd.DataFrame({b"x": [1]}), "is of type bytes"),
    ],
)
def test_what_json_cannot_carry_is_refused_in_a_line(data: Any, words: str) -> None:
    with pytest.raises(values.Unsendable, match=words) as caught:
        values.request(data)
    assert "\n" not in str(caught.value)
    with pytest.raises(values.Unsendable, match=r"infinite|two columns|type bytes"):
        values.jsonable(data)


def test_a_frame_of_predictions_keeps_numbers_as_names() -> None:
    frame = pd.DataFrame({0: [0.1, np.nan], 1: [1, 2]})
    sent = values.jsonable(frame)
    pd.testing.assert_frame_equal(values.rebuild(json.loads(sent["predictions"]), sent["result"]), frame)


def test_an_infinite_number_is_refused_both_ways(trees: Plane, naughty: Plane) -> None:
    body = b'{"dataframe_split": {"columns": ["dep_delay", "temp", "wind", "distance"], "data": [[1, 2, 3, 1e999]]}}'
    assert "infinite or too large" in trees.ask(body).json()["detail"]
    assert "infinite" in trees.ask(b"dep_delay,temp,wind,distance\n1,2,3,inf\n", "text/csv").json()["detail"]
    reply = naughty.ask({"instances": [{"x": 1.7e308, "todo": "work"}]})
    assert (reply.status_code, reply.json()["code"]) == (500, "unsendable")
    assert "infinite" in reply.json()["detail"]


def test_null_is_nan_again_where_it_was() -> None:
    for found in ([0.5, math.nan], {"a": [math.nan]}, [[math.nan, 1.0]], np.array([np.nan, 0.1])):
        sent = values.jsonable(found)
        again = values.rebuild(json.loads(sent["predictions"]), sent["result"])
        assert repr(again) == repr(found)
    nothing = values.jsonable(["a", None])
    assert values.rebuild(json.loads(nothing["predictions"]), nothing["result"]) == ["a", None]
    with pytest.raises(values.Unsendable, match="both NaN and None"):
        values.jsonable([math.nan, None])


@pytest.fixture(scope="module")
def scaled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    with plane(
        tmp_path_factory.mktemp("scaled"), lambda path: mlflow.pyfunc.save_model(path, **models.scaled())
    ) as found:
        yield found


def test_inputs_may_be_named_tensors_and_predict_may_take_parameters(scaled: Plane) -> None:
    images, weights = [[[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]], [10, 100]
    expected = np.array([10.0 * 10, 100.0 * 26])
    for body in (
        {"inputs": {"image": images, "weight": weights}},
        {"instances": [{"image": images[0], "weight": 10}, {"image": images[1], "weight": 100}]},
    ):
        reply = scaled.ask(body)
        assert reply.status_code == 200, reply.text
        assert reply.json()["predictions"] == expected.tolist()
        reply = scaled.ask(body | {"params": {"scale": 0.5}})
        assert reply.json()["predictions"] == (expected * 0.5).tolist()
    line = prediction_log.read(scaled.folder.log)[-1]
    assert (line["columns"], line["data"][1]) == (["image", "weight"], [images[1], 100])


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"inputs": {"image": [[[1, 2], [3, 4]]]}}, "'weight' is missing"),
        ({"inputs": {"image": [[[1, 2], [3, 4]]], "weight": [1], "more": [1]}}, "'more' is not in"),
        ({"inputs": {"image": [[[1, 2], [3]]], "weight": [1]}}, "do not fit the model"),
        ({"inputs": {"image": [[1, 2]], "weight": [1]}}, "do not fit the model"),
        ({"inputs": {"image": [], "weight": []}}, "no rows"),
        ({"inputs": {"image": [[[1, 2], [3, 4]]], "weight": [1]}, "params": {"size": 1}}, "no parameter 'size'"),
        ({"inputs": {"image": [[[1, 2], [3, 4]]], "weight": [1]}, "params": {"scale": "big"}}, "'scale' takes double"),
        ({"inputs": {"image": [[[1, 2], [3, 4]]], "weight": [1]}, "params": [1]}, "params takes an object"),
    ],
)
def test_a_bad_named_tensor_or_parameter_is_refused(scaled: Plane, body: Any, words: str) -> None:
    reply = scaled.ask(body)
    assert (reply.status_code, words in reply.json()["detail"]) == (422, True), reply.text


def test_a_model_that_takes_no_gaps_says_where_one_was_and_checks_are_no_calls(tmp_path: Path) -> None:
    model, keywords = models.linear()
    with plane(tmp_path, lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as found:
        gap = {"dataframe_split": {"columns": models.COLUMNS, "data": [ROW, [*ROW[:3], None]]}}
        reply = found.ask(gap)
        assert (reply.status_code, reply.json()["code"]) == (500, "model_failed")
        assert "Column 'distance' has no value in row 2" in reply.json()["detail"]
        before = found.order("figures")["batch_rows"]
        asked = {"kind": "frame", "columns": models.COLUMNS, "data": [ROW] * 40}
        assert len(found.order("versions/1/score", asked)["predictions"]) == 40
        assert max(rows or 0 for rows in found.order("figures")["batch_rows"]) == max(rows or 0 for rows in before) == 2
