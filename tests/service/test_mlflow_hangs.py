"""MLflow that hangs is replaced, a busy one is not; what meets a dying one is sent again where that is safe."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from labwright.client import Client
from labwright.experiments import mlflow_watch
from labwright.experiments.mlflow_paths import repeatable
from labwright.experiments.mlflow_server import MlflowServer
from labwright.experiments.mlflow_watch import Watch
from labwright.experiments.models import Experiment, Tracking
from labwright.service.events import Events
from labwright.service.tracking_token import tracking_token
from labwright.state import Folders
from tests.state_folder import wait_until


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same watch, with less patience; the service's own process keeps its patience."""
    monkeypatch.setattr(mlflow_watch, "SILENT_SECONDS", 0.5)
    monkeypatch.setattr(mlflow_watch, "PROBE_SECONDS", 2.0)
    monkeypatch.setattr(mlflow_watch, "LOOK_SECONDS", 0.2)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MlflowServer]:
    (tmp_path / "logs").mkdir()
    found = MlflowServer(Folders(tmp_path, tmp_path), Events())
    yield found
    found.close()


def test_one_that_was_stopped_is_replaced(server: MlflowServer) -> None:
    server.ensure()
    assert server._process is not None
    first = psutil.Process(server._process.pid)
    body = {"name": "before"}
    assert server.request("POST", "/api/2.0/mlflow/experiments/create", body=body).is_success
    for child in [*first.children(recursive=True), first]:
        child.suspend()
    with pytest.raises(httpx.TransportError):
        server.request("GET", "/api/2.0/mlflow/experiments/get-by-name", params={"experiment_name": "before"})
    wait_until(lambda: not first.is_running() or first.status() == psutil.STATUS_ZOMBIE, "the hung process is ended")
    server.ensure()
    assert server._process is not None
    assert server._process.pid != first.pid
    found = server.request("GET", "/api/2.0/mlflow/experiments/get-by-name", params={"experiment_name": "before"})
    assert found.is_success


# What listens and never answers: at work, or doing nothing.
MUTE = """
import socket, sys, time
listener = socket.socket(socket.AF_UNIX)
listener.bind(sys.argv[1])
listener.listen(8)
print("listens", flush=True)
while True:
    if sys.argv[2] == "busy":
        sum(range(100_000))
    else:
        time.sleep(1)
"""


@pytest.mark.parametrize("kind", ["busy", "idle"])
def test_only_one_that_does_nothing_is_ended(kind: str, tmp_path: Path) -> None:
    socket = str(tmp_path / "mute.sock")
    process = subprocess.Popen([sys.executable, "-c", MUTE, socket, kind], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"listens\n"
    ended: list[int] = []
    judged = threading.Event()
    with httpx.Client(transport=httpx.HTTPTransport(uds=socket), base_url="http://localhost") as http:
        watch = Watch(http, lambda: process.pid, ended.append)
        judge = watch._hangs

        def hangs(pid: int) -> bool:
            try:
                return judge(pid)
            finally:
                judged.set()

        watch._hangs = hangs  # type: ignore[method-assign]
        with watch.asked():
            assert judged.wait(30)
            time.sleep(0.2)
    process.kill()
    process.wait()
    process.stdout.close()
    assert ended == ([process.pid] if kind == "idle" else [])


def test_one_that_answers_somebody_is_not_ended(server: MlflowServer) -> None:
    """A long answer to one, such as a large upload, is no hanging."""
    server.ensure()
    assert server._process is not None
    pid = server._process.pid
    with server.asked():
        time.sleep(2)
    assert server._process.pid == pid
    assert server.alive


@pytest.fixture(scope="module")
def http(client: Client) -> Iterator[httpx.Client]:
    """Kernels' way to MLflow."""
    client.get("/experiments", list[Experiment])
    uri = client.get("/experiments/tracking", Tracking).uri
    headers = {"Authorization": f"Bearer {tracking_token(client.folders)}"}
    with httpx.Client(base_url=uri, headers=headers, timeout=120) as found:
        yield found


def dying(client: Client, ask: Any) -> httpx.Response:
    """The reply of a question that is under way when MLflow is killed."""
    (mlflow,) = psutil.Process(client.service().pid).children()
    mlflow.suspend()
    replies: list[httpx.Response] = []
    thread = threading.Thread(target=lambda: replies.append(ask()))
    thread.start()
    time.sleep(1.5)  # the question is with MLflow; who does not run cannot say so
    mlflow.kill()
    thread.join(120)
    (reply,) = replies
    return reply


def test_a_batch_that_meets_a_dying_mlflow_arrives_once(client: Client, http: httpx.Client) -> None:
    made = http.post("/api/2.0/mlflow/runs/create", json={"experiment_id": "0", "start_time": 1}).json()["run"]["info"]
    batch = {"run_id": made["run_id"], "metrics": [{"key": "loss", "value": 0.5, "timestamp": 1, "step": 1}]}
    reply = dying(client, lambda: http.post("/api/2.0/mlflow/runs/log-batch", json=batch))
    assert reply.status_code == 200, reply.text
    params = {"run_id": made["run_id"], "metric_key": "loss"}
    history = http.get("/api/2.0/mlflow/metrics/get-history", params=params).json()["metrics"]
    assert [each["value"] for each in history] == [0.5]


def test_what_would_be_done_twice_is_not_sent_again(client: Client, http: httpx.Client) -> None:
    """A new run: MLflow's client gives up at this status, where it would send 503 again."""
    body = {"experiment_id": "0", "run_name": "twice", "start_time": 1}
    reply = dying(client, lambda: http.post("/api/2.0/mlflow/runs/create", json=body))
    assert reply.status_code == 409, reply.text
    assert "look whether it was done" in reply.json()["message"]
    search = {"experiment_ids": ["0"], "filter": "attributes.run_name = 'twice'"}
    assert http.post("/api/2.0/mlflow/runs/search", json=search).json().get("runs", []) == []


def test_what_may_be_sent_twice() -> None:
    api = "/api/2.0/mlflow"
    for method, path in (
        ("GET", "/runs/get"),
        ("POST", "/runs/log-batch"),
        ("POST", "/runs/search"),
        ("POST", "/runs/update"),
    ):
        assert repeatable(method, api + path)
    for method, path in (
        ("POST", "/runs/create"),
        ("POST", "/experiments/create"),
        ("PUT", "/x"),
        ("POST", "/model-versions/create"),
    ):
        assert not repeatable(method, api + path)
