"""The processes of a data plane: killed, hung, replaced, hidden from each other."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import mlflow
import pandas as pd
import psutil
import pytest

from labwright.serving import prediction_log, values
from labwright.state import lock_file
from tests import models
from tests.planes import Plane, plane, run
from tests.state_folder import wait_until


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


def test_the_data_plane_imports_no_ml_library() -> None:
    heavy = "{'numpy', 'pandas', 'mlflow', 'pydantic'}"
    code = f"import sys, labwright.serving.plane; print(sorted(set(sys.modules) & {heavy}))"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_with_two_processes_a_kill_fails_no_request(naughty: Plane) -> None:
    scale(naughty, 2)
    with ThreadPoolExecutor(8) as threads:
        for number in range(2):
            body = {"instances": [{"x": 1, "todo": "wait"}]}
            asked = [threads.submit(naughty.ask, body) for _ in range(8)]
            time.sleep(0.1)  # both work, so that the killed one has requests in hand
            psutil.Process(naughty.order("status")["versions"]["1"]["pids"][number]).kill()
            assert [one.result().status_code for one in asked] == [200] * 8
            wait_until(lambda: ready(naughty) == 2, "the killed one is started again", 60)


def test_what_kills_twice_is_not_tried_again_and_takes_no_neighbour_with_it(naughty: Plane) -> None:
    scale(naughty, 3)
    before = psutil.Process(naughty.process.pid).children()
    with ThreadPoolExecutor(6) as threads:
        busy = [threads.submit(naughty.ask, {"instances": [{"x": 1, "todo": "wait"}]}) for _ in range(3)]
        time.sleep(0.1)  # all three work, so that what follows is one batch
        todo = ["work", "die", "work"]
        asked = [threads.submit(naughty.ask, {"instances": [{"x": 1, "todo": words}]}) for words in todo]
        replies = [one.result() for one in asked]
        assert [one.result().status_code for one in busy] == [200] * 3
    assert [reply.status_code for reply in replies] == [200, 500, 200]
    assert replies[1].json()["code"] == "model_died"
    assert sum(not gone(process) for process in before) == 1, "two died, the third did not"


def test_processes_and_batching_change_without_a_failed_request(naughty: Plane) -> None:
    scale(naughty, 1)
    stop = threading.Event()

    def ask() -> list[int]:
        codes = []
        while not stop.is_set():
            codes.append(naughty.ask({"instances": [{"x": 1, "todo": "work"}]}).status_code)
        return codes

    with ThreadPoolExecutor(4) as threads:
        asking = [threads.submit(ask) for _ in range(4)]
        for count, batching in ((2, "adaptive"), (1, "off"), (2, "off"), (1, "adaptive")):
            naughty.set(batching=batching)
            scale(naughty, count)
        stop.set()
        codes = [code for one in asking for code in one.result()]
    assert set(codes) == {200}
    wait_until(lambda: len(psutil.Process(naughty.process.pid).children()) == 1, "the others are gone", 20)


def scale(found: Plane, count: int) -> None:
    found.set(replicas=count)
    wait_until(lambda: ready(found) == count, "as many as were asked for", 60)


def ready(found: Plane) -> int:
    return int(found.order("status")["versions"]["1"]["processes"])
