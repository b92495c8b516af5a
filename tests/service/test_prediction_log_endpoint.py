"""The prediction log of a running data plane: feedback, settings, bulk, a full disk, Parquet while it serves."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import mlflow
import numpy as np
import pytest

from labwright.serving import prediction_log, values
from labwright.serving.settings_models import EndpointSettings, LogSettings
from tests import models
from tests.planes import Plane, plane
from tests.state_folder import wait_until

ROWS = models.flights()[0]
BODY = values.request(ROWS.head(2))[0]


@pytest.fixture(scope="module")
def late(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """A data plane with a small model."""
    model, keywords = models.trees()
    with plane(tmp_path_factory.mktemp("late"), lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as it:
        yield it


@pytest.fixture
def defaults(late: Plane) -> Iterator[None]:
    """Whatever a test sets is as before after it."""
    yield
    obey(late)


def obey(late: Plane, **settings: Any) -> None:
    """Other settings of the log, as the service sets them."""
    whole = EndpointSettings(log=LogSettings(**settings)).model_dump(mode="json")
    late.folder.write_config(replace(late.folder.config(), settings=whole))
    assert late.order("settings", {})["set"]


def last(late: Plane) -> dict[str, Any]:
    """The newest line."""
    return next(prediction_log.lines(late.folder.log, newest_first=True))


def test_feedback_is_taken_and_joined(late: Plane) -> None:
    asked = [late.ask(BODY).headers["x-request-id"] for _ in range(3)]
    assert late.ask({"request_id": asked[0], "outcome": [True, False]}, path="/feedback").json() == {"accepted": 1}
    many = [{"request_id": asked[1], "outcome": None}, {"request_id": asked[1], "outcome": "late"}]
    reply = late.ask(many, path="/feedback")
    assert (reply.status_code, reply.json()) == (202, {"accepted": 2})
    frame = prediction_log.frame(late.folder.log).set_index("request_id")
    assert frame.loc[asked[0], "feedback"].tolist() == [True, False]
    assert frame.loc[asked[1], "feedback"].tolist() == ["late", "late"]
    assert frame.loc[asked[2], "feedback"].isna().all()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 400, "not JSON"),
        (b"[" * 100_000, 400, "not JSON"),
        (b'{"request_id": "%s", "outcome": NaN}' % (b"a" * 32), 400, "NaN is not JSON"),
        (b"\xff\xfe", 400, "not JSON"),
        ({}, 422, "Feedback is"),
        ([], 422, "no feedback in the list"),
        ("text", 422, "Feedback is"),
        ({"request_id": "../../etc/passwd", "outcome": 1}, 422, "32 digits"),
        ({"request_id": "A" * 32, "outcome": 1}, 422, "32 digits"),
        ({"request_id": "a" * 32}, 422, "Feedback is"),
        ({"request_id": "a" * 32, "outcome": 1, "more": 2}, 422, "Feedback is"),
        ([{"request_id": "a" * 32, "outcome": 1}, {"request_id": 5, "outcome": 1}], 422, "Item 2: "),
        ({"request_id": "a" * 32, "outcome": "x" * 70_000}, 422, "at most 64 KB"),
        ([{"request_id": "a" * 32, "outcome": 1}] * 10_001, 422, "At most 10,000"),
    ],
)
def test_malformed_feedback_is_refused_whole(late: Plane, body: Any, status: int, words: str) -> None:
    before = prediction_log.sizes(late.folder.log / "feedback")
    reply = late.ask(body, path="/feedback")
    assert reply.status_code == status
    assert words in reply.json()["detail"]
    assert prediction_log.sizes(late.folder.log / "feedback") == before


def test_feedback_takes_a_token(late: Plane) -> None:
    body = {"request_id": "a" * 32, "outcome": 1}
    assert httpx.post(f"http://{late.host}/feedback", json=body).status_code == 401
    assert late.http.get("/feedback").status_code == 405


def test_settings_hold_for_the_next_request(late: Plane, defaults: None) -> None:
    obey(late, hashed=["temp"], leave_out=["wind"], entity_keys=["distance"])
    assert late.ask(BODY).status_code == 200
    line = last(late)
    assert line["columns"] == ["dep_delay", "temp", "distance"]
    assert [len(row[1]) for row in line["data"]] == [32, 32]
    assert line["entity_keys"] == {"distance": ROWS["distance"].head(2).tolist()}
    obey(late, inputs=False)
    assert late.ask(BODY).status_code == 200
    assert (last(late)["rows"], "data" in last(late)) == (2, False)
    obey(late)
    assert late.ask(BODY).status_code == 200
    assert last(late)["columns"] == models.COLUMNS


def test_a_csv_is_logged_with_every_bit(late: Plane) -> None:
    rows = ROWS.head(300)
    reply = late.ask(rows.to_csv(index=False).encode(), "text/csv")
    assert reply.status_code == 200
    line = last(late)
    assert (line["id"], line["rows"], line["columns"]) == (reply.headers["x-request-id"], 300, models.COLUMNS)
    assert np.array(line["data"]).tobytes() == rows.to_numpy().tobytes()
    assert line["predictions"] == reply.json()["predictions"]


def test_a_large_csv_is_logged_without_what_is_left_out(late: Plane, defaults: None) -> None:
    obey(late, hashed=["temp"], leave_out=["wind"])
    rows = ROWS.sample(20_000, replace=True, random_state=1)
    reply = late.ask(rows.to_csv(index=False).encode(), "text/csv")
    line = last(late)
    assert (line["id"], line["rows"], line["hashed"]) == (reply.headers["x-request-id"], 20_000, ["temp"])
    assert line["columns"] == ["dep_delay", "temp", "distance"]
    assert [row[0] for row in line["data"]] == rows["dep_delay"].tolist()
    assert {len(row[1]) for row in line["data"]} == {32}
    assert len({row[1] for row in line["data"]}) == rows["temp"].nunique()


def test_with_fsync_many_are_answered_and_all_are_there(late: Plane, defaults: None) -> None:
    obey(late, fsync=True)
    with ThreadPoolExecutor(16) as threads:
        replies = list(threads.map(lambda _: late.ask(BODY), range(100)))
    assert {reply.status_code for reply in replies} == {200}
    logged = {line["id"] for line in prediction_log.lines(late.folder.log, values=False)}
    assert {reply.headers["x-request-id"] for reply in replies} <= logged


def test_a_full_disk_stops_no_prediction_and_is_counted(late: Plane) -> None:
    """A limit on the size of files is as a full disk to the one process that has it."""
    late.ask(BODY)
    before = late.order("status")["unlogged"]
    (segment,) = list(late.folder.log.glob("*.jsonl"))
    late.ask({"request_id": "a" * 32, "outcome": 1}, path="/feedback")
    limit = segment.stat().st_size + 2000
    free = resource.prlimit(late.process.pid, resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    replies = [late.ask(BODY) for _ in range(20)]
    assert {reply.status_code for reply in replies} == {200}
    unlogged = late.order("status")["unlogged"] - before
    assert 5 < unlogged < 20
    assert late.order("figures")["unlogged"] == before + unlogged
    resource.prlimit(late.process.pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
    reply = late.ask({"request_id": "b" * 32, "outcome": 1}, path="/feedback")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
    assert "could not be written down" in reply.json()["detail"]
    resource.prlimit(late.process.pid, resource.RLIMIT_FSIZE, free)
    replies.append(late.ask(BODY))
    found = [line["id"] for line in prediction_log.lines(late.folder.log, values=False)]
    asked = [reply.headers["x-request-id"] for reply in replies]
    assert len(set(asked) & set(found)) == 21 - unlogged
    assert asked[-1] == found[-1], "it goes on when there is room"


def test_the_log_becomes_parquet_while_it_serves(late: Plane, defaults: None) -> None:
    obey(late, max_mb=4)  # segments of a megabyte
    body = values.request(ROWS)[0]
    first = set(late.folder.log.glob("*.jsonl"))
    asked: list[str] = []
    while set(late.folder.log.glob("*.jsonl")) == first:
        asked.append(late.ask(body).headers["x-request-id"])
    wait_until(lambda: bool(list(late.folder.log.glob("date=*/part-*.parquet"))), "a segment became Parquet", 60)
    asked.append(late.ask(BODY).headers["x-request-id"])
    found = [line["id"] for line in prediction_log.lines(late.folder.log)]
    assert found[-len(asked) :] == asked
    assert len(found) == len(set(found))
    assert late.order("status")["predictions"] >= prediction_log.count_rows(late.folder.log)


def test_the_data_plane_never_has_pyarrow(late: Plane) -> None:
    with open(f"/proc/{late.process.pid}/maps") as maps:
        mapped = maps.read()
    assert not [name for name in ("pyarrow", "numpy", "pandas") if name in mapped]
