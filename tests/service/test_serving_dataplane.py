"""The data plane by itself, without a service: its protocol, its bad days, what it hides."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import mlflow
import numpy as np
import pandas as pd
import psutil
import pytest

from labwright.serving import prediction_log, values
from labwright.serving.fetch import fetch
from labwright.serving.folder import Config, EndpointFolder
from labwright.state import lock_file
from tests import models
from tests.state_folder import wait_until


@dataclass
class Plane:
    """A running data plane."""

    folder: EndpointFolder
    process: subprocess.Popen[bytes]
    http: httpx.Client

    def ask(self, body: Any, kind: str = "application/json") -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post("/invocations", content=content, headers={"Content-Type": kind})

    def model_process(self) -> psutil.Process:
        (found,) = psutil.Process(self.process.pid).children()
        return found

    def wait_ready(self) -> None:
        wait_until(lambda: self.http.get("/ping").status_code == 200, "the model is loaded", 60)


@contextmanager
def plane(path: Path, save: Callable[[str], None], *, deadline: float = 30.0) -> Iterator[Plane]:
    """Save a model, fetch it as a promotion does, serve it."""
    folder = EndpointFolder(path / "endpoints" / "late")
    folder.make()
    save(str(path / "saved"))
    card = fetch(str(path / "saved"), str(folder.version("1")), {})
    runtime = Path(os.environ["LABWRIGHT_HOME"]).parent / f"rt{len(str(path)) % 100}"
    runtime.mkdir(exist_ok=True, mode=0o700)
    folder.write_config(Config("late", "1", card["digest"], None, str(runtime), deadline))
    with run(folder) as found:
        yield found


@contextmanager
def run(folder: EndpointFolder) -> Iterator[Plane]:
    """Serve what a folder says."""
    env = os.environ | {"SECRET_TOKEN": "s3cret"}
    process = subprocess.Popen([sys.executable, "-m", "labwright.serving.plane", str(folder.path)], env=env)
    try:
        wait_until(lambda: folder.process() is not None, "the data plane listens")
        card = folder.process()
        assert card is not None
        headers = {"Authorization": f"Bearer {folder.secret('token')}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{card.port}", headers=headers, timeout=60) as http:
            found = Plane(folder, process, http)
            found.wait_ready()
            yield found
    finally:
        process.terminate()
        process.wait(20)


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
        deadline=3,
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


def test_requests_that_wait_are_run_together_and_each_gets_its_own(trees: Plane) -> None:
    model, _ = models.trees()
    frame = models.flights()[0].head(200)
    expected = model.predict(frame)
    with ThreadPoolExecutor(16) as threads:
        replies = list(threads.map(lambda place: trees.ask(split(frame.iloc[[place]])), range(200)))
    assert [reply.json()["predictions"][0] for reply in replies] == expected.tolist()


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


def test_a_process_started_ahead_is_used_once_and_leaves_nothing(trees: Plane) -> None:
    card = trees.folder.process()
    assert card is not None
    (serving,) = psutil.Process(trees.process.pid).children()
    admin = {"Authorization": f"Bearer {trees.folder.secret('admin')}"}
    fixed = {"digest": trees.folder.card("1")["digest"]}
    shutil.copytree(trees.folder.version("1"), trees.folder.version("2"))
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=card.admin), base_url="http://admin", headers=admin, timeout=60
    ) as http:
        for _ in range(2):
            assert http.post("/prepare").json() == {"prepared": True}
        (ahead,) = set(psutil.Process(trees.process.pid).children()) - {serving}
        assert http.post("/versions/2/load", json=fixed).json()["ready"]
        assert http.get("/status").json()["versions"]["2"]["pids"] == [ahead.pid]
        http.post("/forget")
        assert ahead.is_running(), "it serves, so it is no longer ahead"
        http.post("/versions/2/unload")
        http.post("/prepare")
        http.post("/forget")
    assert psutil.Process(trees.process.pid).children() == [serving]
    assert len(list(trees.folder.work.iterdir())) == 1


def test_the_admin_socket_is_the_users_and_takes_its_own_token(trees: Plane) -> None:
    card = trees.folder.process()
    assert card is not None
    assert os.stat(card.admin).st_mode & 0o777 == 0o600
    with httpx.Client(transport=httpx.HTTPTransport(uds=card.admin), base_url="http://admin") as http:
        for path in ("/status", "/stop", "/nowhere", "/versions/1/unload"):
            for headers in ({}, {"Authorization": f"Bearer {trees.folder.secret('token')}"}):
                assert http.get(path, headers=headers).status_code == 401
                assert http.post(path, headers=headers).status_code == 401
        admin = {"Authorization": f"Bearer {trees.folder.secret('admin')}"}
        assert http.get("/status", headers=admin).json()["live"] == "1"


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


def test_no_secret_is_in_environment_arguments_or_descriptors(naughty: Plane) -> None:
    process = naughty.model_process()
    secrets = [naughty.folder.secret("token"), naughty.folder.secret("admin"), "s3cret"]
    for seen in (str(process.environ()), str(process.cmdline())):
        assert not [secret for secret in secrets if secret in seen]
    assert "LABWRIGHT_HOME" not in process.environ()
    looked = naughty.ask({"instances": [{"x": 1, "todo": "look"}]}).json()["predictions"][0]
    assert not [secret for secret in secrets if secret in looked]
    assert str(naughty.folder.work) in looked
    assert os.stat(process.cwd()).st_mode & 0o777 == 0o700
    assert str(naughty.process.args).count("s3cret") == 0
    open_files = {os.readlink(f"/proc/{process.pid}/fd/{name}") for name in os.listdir(f"/proc/{process.pid}/fd")}
    assert not [path for path in open_files if path.endswith((".jsonl", ".lock", "token"))]


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


@pytest.mark.parametrize("todo", ["die", "hang"])
def test_a_model_that_dies_or_hangs_gives_503_and_comes_back(naughty: Plane, todo: str) -> None:
    reply = naughty.ask({"instances": [{"x": 1, "todo": todo}]})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "1")
    assert naughty.ask({"instances": [{"x": 1, "todo": "work"}]}).status_code == 503
    naughty.wait_ready()
    assert naughty.ask({"instances": [{"x": 1, "todo": "work"}]}).json()["predictions"] == [2.0]


def test_kill_9_of_the_model_process_and_of_the_data_plane(tmp_path: Path) -> None:
    model, keywords = models.classifier()
    row = split(models.flights()[0].head(1))
    with plane(tmp_path, lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as found:
        first = found.model_process()
        first.kill()
        assert found.ask(row).status_code == 503
        found.wait_ready()
        answered = found.ask(row).headers["x-request-id"]
        second = found.model_process()
        found.process.kill()
        wait_until(lambda: gone(second), "the model process went with its data plane", 10)
        # Its connections close, and the model process ends, a moment before its lock is let go.
        wait_until(lambda: found.folder.process() is None, "the killed data plane counts as gone", 10)
        folder = found.folder
    with run(folder) as again:
        assert answered in {line["id"] for line in prediction_log.read(folder.log)}
        assert again.ask(row).status_code == 200
        assert len(list(folder.work.iterdir())) == 1, "what the dead one left behind was removed"
        process = again.model_process()
    wait_until(lambda: gone(process), "a stop leaves nothing", 10)
    assert list(folder.work.iterdir()) == []


def test_changed_files_are_not_loaded(tmp_path: Path) -> None:
    model, keywords = models.classifier()
    row = split(models.flights()[0].head(1))
    with plane(tmp_path, lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as found:
        (found.folder.version("1") / "model" / "extra.py").write_text("import os")
        found.model_process().kill()
        wait_until(lambda: "digest differs" in found.ask(row).text, "it says why")
        assert psutil.Process(found.process.pid).children() == []


def gone(process: psutil.Process) -> bool:
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


def test_two_data_planes_of_one_endpoint_are_one(trees: Plane) -> None:
    second = subprocess.run(
        [sys.executable, "-m", "labwright.serving.plane", str(trees.folder.path)], timeout=30, check=False
    )
    assert second.returncode == 0
    card = trees.folder.process()
    assert card is not None
    assert card.pid == trees.process.pid


def test_two_at_once_are_one_also_when_the_runtime_folder_was_swept(trees: Plane) -> None:
    card = trees.folder.process()
    assert card is not None
    shutil.rmtree(trees.folder.config().runtime)
    test_two_data_planes_of_one_endpoint_are_one(trees)
    wait_until(Path(card.admin).exists, "the socket is made anew")
    headers = {"Authorization": f"Bearer {trees.folder.secret('admin')}"}
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=card.admin), base_url="http://admin", headers=headers
    ) as http:  # fmt: skip
        assert http.get("/status").json()["live"] == "1"
    assert os.stat(card.admin).st_mode & 0o777 == 0o600


def test_who_only_looks_at_the_lock_keeps_no_endpoint_from_starting(tmp_path: Path) -> None:
    model, keywords = models.linear()
    with plane(tmp_path, lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as found:
        folder = found.folder
    with lock_file(folder.lock) as handle:
        fcntl.flock(handle, fcntl.LOCK_SH)
        # The lock lives on with the descriptor that the child has.
        prober = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1)"], pass_fds=[handle])
    with run(folder):
        pass
    prober.wait(10)


def test_a_long_log_keeps_no_endpoint_from_listening(tmp_path: Path) -> None:
    model, keywords = models.linear()
    with plane(tmp_path, lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as found:
        folder = found.folder
        found.ask(split(models.flights()[0].head(2)))
    pipe = folder.log / "2020-01-01.jsonl"
    os.mkfifo(pipe)  # a log whose reading never comes to an end
    (folder.log / prediction_log.COUNTED).write_text(json.dumps({pipe.name: [5, 1]}))  # longer before: counted anew
    process = subprocess.Popen([sys.executable, "-m", "labwright.serving.plane", str(folder.path)])
    try:
        wait_until(lambda: folder.process() is not None, "it listens", 10)
    finally:
        process.terminate()
        process.wait(20)
    pipe.unlink()


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


def test_the_data_plane_imports_no_ml_library() -> None:
    heavy = "{'numpy', 'pandas', 'mlflow', 'pydantic'}"
    code = f"import sys, labwright.serving.plane; print(sorted(set(sys.modules) & {heavy}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
