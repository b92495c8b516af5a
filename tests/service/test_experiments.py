"""Experiments and MLflow's server, against the real service and the real MLflow."""

from __future__ import annotations

import hashlib
import json
import math
import os
import queue
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest

from labwright.client import Client, connection
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments.differences.models import CurveWindow
from labwright.experiments.direction import Direction, best_index, direction, usual_metric
from labwright.experiments.models import Comparison, Experiment, RunDetail, RunPage, Tracking
from labwright.service.models import Changed, Status
from labwright.service.tracking_token import tracking_token
from labwright.state import running_service
from tests.state_folder import own_state_folder

MARKUP = '<img src=x onerror=alert(1)> 🚲 & "quotes"'


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    """MLflow's own client, pointed at the service as a kernel's is."""
    os.environ["MLFLOW_TRACKING_URI"] = client.get("/experiments/tracking", Tracking).uri
    os.environ["MLFLOW_TRACKING_TOKEN"] = tracking_token(client.folders)
    os.environ["MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"] = "true"
    import mlflow

    yield mlflow
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"):
        del os.environ[name]


@pytest.fixture(scope="module")
def http(client: Client) -> Iterator[httpx.Client]:
    """The loopback address with the token, as MLflow's client uses it."""
    uri = client.get("/experiments/tracking", Tracking).uri
    with httpx.Client(
        base_url=uri, headers={"Authorization": f"Bearer {tracking_token(client.folders)}"}, timeout=120
    ) as found:
        yield found


@pytest.fixture(scope="module")
def experiment(mlflow: Any) -> str:
    """Three runs: two finished ones that differ, a failed one."""
    made: str = mlflow.create_experiment("flights")
    curves = {"first": [0.9, 0.5, 0.4], MARKUP: [0.9, math.nan, 0.2]}
    for name, losses in curves.items():
        with mlflow.start_run(
            experiment_id=made, run_name=name, tags={"stage": MARKUP, "labwright.notebook": "a.ipynb"}
        ):
            mlflow.log_params({"depth": len(name), "seed": 1, MARKUP[-4:-1]: MARKUP})
            for step, loss in enumerate(losses):
                mlflow.log_metric("loss", loss, step=step)
            mlflow.log_metric("auc", 0.7 if name == "first" else 0.8)
            mlflow.log_metric("limit", math.inf)
    with pytest.raises(ZeroDivisionError), mlflow.start_run(experiment_id=made, run_name="broken"):
        raise ZeroDivisionError
    return made


def page(client: Client, experiment: str, **params: Any) -> RunPage:
    found: RunPage = client.get(f"/experiments/{experiment}/runs", RunPage, params=params)
    return found


def test_runs_are_listed_newest_first_and_in_pages(client: Client, experiment: str) -> None:
    names = [run.name for run in page(client, experiment).runs]
    assert names == ["broken", MARKUP, "first"]
    first = page(client, experiment, limit=2)
    assert first.next_page
    rest = page(client, experiment, limit=2, page=first.next_page)
    assert [run.name for run in [*first.runs, *rest.runs]] == names
    assert rest.next_page is None
    flights = next(found for found in client.get("/experiments", list[Experiment]) if found.name == "flights")
    assert flights.experiment_id == experiment


def test_runs_can_be_asked_for_best_first_by_status_and_by_name(client: Client, experiment: str) -> None:
    assert [run.name for run in page(client, experiment, by="auc", status="FINISHED").runs] == [MARKUP, "first"]
    assert [run.name for run in page(client, experiment, by="loss", status="FINISHED").runs] == [MARKUP, "first"]
    assert [run.name for run in page(client, experiment, name="first").runs] == ["first"]
    assert page(client, experiment, name="it's").runs == []
    for wrong in ({"by": "a`b"}, {"name": "'\""}, {"page": "no page"}):
        with pytest.raises(InvalidError):
            page(client, experiment, **wrong)


def test_a_run_says_everything_as_text_and_numbers(client: Client, experiment: str) -> None:
    run = page(client, experiment, name="first").runs[0]
    assert run.status == "FINISHED"
    assert run.params["seed"] == "1"
    assert MARKUP in run.params.values()
    assert run.tags == {"stage": MARKUP}
    assert run.notebook == "a.ipynb"
    assert (run.metrics["limit"].value, run.metrics["limit"].text) == (None, "inf")
    assert run.metrics["loss"].value == 0.4
    assert run.metrics["loss"].step == 2
    assert run.started is not None
    assert run.ended is not None
    assert run.started <= run.ended


def test_a_metric_has_its_curve(client: Client, experiment: str, mlflow: Any) -> None:
    run = page(client, experiment, by="auc").runs[0]
    params = {"run": run.run_id, "metric": "loss"}
    (found,) = client.get("/experiments/differences/curves", CurveWindow, params=params).series
    assert list(zip(found.x, found.y, strict=True)) == [(0, 0.9), (1, None), (2, 0.2)]


def test_long_curves_are_thinned(client: Client, mlflow: Any, experiment: str) -> None:
    from mlflow.entities import Metric

    with mlflow.start_run(experiment_id=experiment, run_name="long") as run:
        for start in range(0, 3000, 1000):
            batch = [Metric("val/loss", 1 / (i + 1), 1_700_000_000_000 + i, i) for i in range(start, start + 1000)]
            mlflow.MlflowClient().log_batch(run.info.run_id, metrics=batch)
    found = client.post("/experiments/compare", Comparison, json={"run_ids": [run.info.run_id]})
    (curve,) = found.curves
    assert 100 <= len(curve.steps) <= 500
    assert curve.steps[0] == 0
    mlflow.delete_run(run.info.run_id)


def test_compare_marks_what_differs_and_what_is_best(client: Client, experiment: str) -> None:
    best, first = page(client, experiment, by="auc", status="FINISHED").runs
    found = client.post("/experiments/compare", Comparison, json={"run_ids": [first.run_id, best.run_id]})
    assert [run.run_id for run in found.runs] == [first.run_id, best.run_id]
    params = {row.name: row for row in found.params}
    assert params["depth"].differs
    assert not params["seed"].differs
    metrics = {row.name: row for row in found.metrics}
    assert metrics["auc"].best == 1
    assert metrics["loss"].best == 1
    assert metrics["limit"].best is None
    assert [value.text for value in metrics["limit"].values] == ["inf", "inf"]
    curves = {curve.run_id: curve for curve in found.curves}
    assert {curve.metric for curve in found.curves} == {"loss"}
    assert curves[best.run_id].values == [0.9, None, 0.2]


def test_what_does_not_exist_is_said(client: Client, experiment: str) -> None:
    for path in (
        "/experiments/runs/" + "0" * 32,
        "/experiments/runs/%2e%2e",
        "/experiments/9999/runs",
        "/experiments/x/runs",
    ):
        with pytest.raises(NotFoundError, match="There is no such"):
            client.get(path, dict)
    with pytest.raises(NotFoundError):
        client.post("/experiments/compare", Comparison, json={"run_ids": ["0" * 32]})
    with pytest.raises(InvalidError):
        client.post("/experiments/compare", Comparison, json={"run_ids": []})


def test_models_say_whether_they_have_a_signature(client: Client, mlflow: Any, experiment: str) -> None:
    import numpy as np
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit([[0.0], [1.0]], [0.0, 1.0])
    with mlflow.start_run(experiment_id=experiment, run_name="models") as run:
        # Requirements are given, because working them out takes seconds.
        mlflow.sklearn.log_model(model, name="bare", pip_requirements=["scikit-learn"])
        mlflow.sklearn.log_model(
            model, name="whole", input_example=np.array([[1.0]]), pip_requirements=["scikit-learn"]
        )
        mlflow.log_text("hello", "reference/sample.parquet")
    older = {"artifact_path": "old", "flavors": {}, "run_id": run.info.run_id, "signature": {"inputs": "[]"}}
    mlflow.MlflowClient().set_tag(run.info.run_id, "mlflow.log-model.history", json.dumps([older]))
    found = client.get(f"/experiments/runs/{run.info.run_id}", RunDetail)
    assert [(model.name, model.has_signature) for model in found.run.models] == [
        ("old", True),
        ("bare", False),
        ("whole", True),
    ]
    assert found.run.models[0].uri == f"runs:/{run.info.run_id}/old"
    assert found.run.models[1].uri == f"models:/{found.run.models[1].model_id}"
    assert found.reference == "reference/sample.parquet"
    assert found.artifacts == ["reference"]
    (listed,) = page(client, experiment, name="models").runs
    assert listed.models == found.run.models


def test_large_artifacts_stream_both_ways(http: httpx.Client, mlflow: Any, experiment: str, client: Client) -> None:
    with mlflow.start_run(experiment_id=experiment, run_name="large") as run:
        pass
    place = f"/api/2.0/mlflow-artifacts/artifacts/{experiment}/{run.info.run_id}/artifacts/large.bin"
    block, count = os.urandom(1 << 20), 300
    service = psutil.Process(client.service().pid)
    before = service.memory_info().rss
    assert http.put(place, content=(block for _ in range(count))).status_code == 200
    digest, size, most = hashlib.sha256(), 0, 0
    with http.stream("GET", place) as reply:
        for chunk in reply.iter_bytes(1 << 20):
            digest.update(chunk)
            size += len(chunk)
            most = max(most, service.memory_info().rss)
    assert size == count << 20
    assert digest.hexdigest() == hashlib.sha256(block * count).hexdigest()
    assert most - before < 100 << 20


def test_mlflow_asks_for_the_token_and_keeps_it_out(http: httpx.Client, client: Client, state_folder: Path) -> None:
    bare = httpx.get(f"{http.base_url}api/2.0/mlflow/experiments/search?max_results=1")
    assert bare.status_code == 401
    wrong = httpx.get(f"{http.base_url}health", headers={"Authorization": "Bearer wrong"})
    assert wrong.status_code == 401
    assert http.get("/health").text == "OK"
    tokens = [client.token.encode(), tracking_token(client.folders).encode()]
    for path in [*(state_folder / "mlflow").rglob("*"), *(state_folder / "logs").glob("*")]:
        content = path.read_bytes() if path.is_file() else b""
        assert not any(token in content for token in tokens), path


def test_mlflow_is_one_light_process(client: Client, http: httpx.Client, state_folder: Path) -> None:
    assert http.get("/health").is_success
    assert client.get("/status", Status).mlflow == "running"
    service = psutil.Process(client.service().pid)
    family = [service, *service.children(recursive=True)]
    assert len(family) == 2, [process.cmdline() for process in family]
    assert sum(process.memory_full_info().pss for process in family) < 500e6
    with sqlite3.connect(state_folder / "mlflow" / "mlflow.db") as database:
        assert database.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_killed_mlflow_comes_back_at_the_next_need(client: Client, http: httpx.Client, experiment: str) -> None:
    def kill() -> int:
        (child,) = psutil.Process(client.service().pid).children()
        child.send_signal(signal.SIGKILL)
        return child.pid

    first = kill()
    assert [run.name for run in page(client, experiment, name="first").runs] == ["first"]
    second = kill()
    assert http.get("/health").text == "OK"
    (child,) = psutil.Process(client.service().pid).children()
    assert child.pid not in (first, second)


START_AND_ASK = """
import sys
from labwright.client import Client, connection
from labwright.experiments.models import Experiment
print([found.name for found in Client().get("/experiments", list[Experiment])])
"""


def test_eight_at_once_start_one_and_end_with_it(tmp_path: Path) -> None:
    """A fresh state folder, eight clients at once: one service, one MLflow, no error; a kill -9 takes MLflow along."""
    env = os.environ | {"LABWRIGHT_HOME": str(tmp_path / "home")}

    def ask(_: int) -> str:
        done = subprocess.run(
            [sys.executable, "-c", START_AND_ASK], env=env, capture_output=True, text=True, check=False
        )
        return done.stdout.strip() or done.stderr

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(8))) == {"['Default']"}
    code = "from labwright.state import *; print(running_service(folders()).pid)"
    pid = int(subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout)
    service = psutil.Process(pid)
    (mlflow,) = service.children()
    service.kill()
    assert psutil.wait_procs([mlflow], timeout=15)[1] == []
    assert ask(0) == "['Default']"
    subprocess.run([sys.executable, "-m", "labwright", "stop", "--all"], env=env, check=True, timeout=60)
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline and any(str(tmp_path) in " ".join(_command(p)) for p in psutil.process_iter()):
        time.sleep(0.2)
    assert not any(str(tmp_path) in " ".join(_command(p)) for p in psutil.process_iter())


def _command(process: psutil.Process) -> list[str]:
    try:
        return [*process.cmdline(), *(f"{k}={v}" for k, v in process.environ().items() if k == "LABWRIGHT_HOME")]
    except psutil.Error:
        return []


def test_the_page_is_told_when_runs_change(client: Client, mlflow: Any, experiment: str) -> None:
    state = client.service()
    heard: queue.Queue[Changed] = queue.Queue()
    listening = threading.Event()

    def listen() -> None:
        with connection(state, client.folders) as http, http.stream("GET", "/events") as reply:
            for line in reply.iter_lines():
                listening.set()
                if line and (event := Changed.model_validate_json(line)).name != "mlflow":
                    heard.put(event)
                    return

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert listening.wait(10)
    time.sleep(0.2)  # the first empty line comes just before the subscription
    run = mlflow.MlflowClient().create_run(experiment)
    assert heard.get(timeout=10) == Changed(capability="experiments", name="runs")
    mlflow.delete_run(run.info.run_id)


def test_a_broken_database_is_said_in_one_sentence(tmp_path: Path) -> None:
    env = os.environ | {"LABWRIGHT_HOME": str(tmp_path / "home")}
    folder = tmp_path / "home" / "mlflow"
    folder.mkdir(parents=True)
    (folder / "mlflow.db").write_bytes(b"this is no database" * 100)
    done = subprocess.run([sys.executable, "-c", START_AND_ASK], env=env, capture_output=True, text=True, check=False)
    assert "UnavailableError: MLflow did not start; its log is" in done.stderr
    assert (folder / "mlflow.db").read_bytes() == b"this is no database" * 100
    (folder / "mlflow.db").unlink()
    done = subprocess.run([sys.executable, "-c", START_AND_ASK], env=env, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "['Default']", done.stderr
    subprocess.run([sys.executable, "-m", "labwright", "stop", "--all"], env=env, check=True, timeout=60)


def test_metrics_know_their_direction() -> None:
    down = [
        "loss", "val_loss", "RMSE", "test/log_loss", "max-error", "time.seconds", "validation_0-mlogloss",
        "train-merror", "valid_0-l2", "l1", "poisson-nloglik", "valLoss", "MSELoss", "wape", "misclassification_rate",
        "aic", "bic", "rank_test_score", "mean_fit_time", "mean_score_time", "tweedie-nloglik@1.5", "error@0.7",
        "val_mean_absolute_error", "binary_crossentropy", "cross_entropy", "nrmse", "negative_log_likelihood",
        "brier_score", "train_loss_step", "false_positive_rate", "wer",
    ]  # fmt: skip
    up = [
        "auc", "neg_log_loss", "accuracy", "r2", "valF1", "validation_0-aucpr", "macro_precision", "mean_test_score",
        "valAccuracy", "explained_variance", "neg_root_mean_squared_error", "recall_at_fpr_1", "ndcg@10", "mAP50",
        "log_likelihood", "tokens_per_second", "mean_reciprocal_rank", "true_negative_rate", "training_roc_auc",
    ]  # fmt: skip
    assert [name for name in down if direction(name) is not Direction.down] == []
    assert [name for name in up if direction(name) is not Direction.up] == []
    for name in ("epoch", "odd", "std_test_score", "learning_rate", "rows", "system/cpu_utilization"):
        assert direction(name) is Direction.none, name
    assert best_index("odd", [1.0, 2.0]) is None
    assert best_index("rmse", [3.0, None, 1.0, math.nan]) == 2
    assert best_index("auc", [0.5, 0.5]) is None
    assert usual_metric(["training_auc", "test_auc", "rows"]) == "test_auc"
    assert usual_metric(["odd", "strange"]) is None


def test_a_hung_mlflow_leaves_the_service_answering(tmp_path: Path) -> None:
    """Forty-five questions wait for a stopped MLflow: /status and /operations answer, and most are told why."""
    with own_state_folder(tmp_path / "home") as home:
        assert home.command("up").returncode == 0
        where = home.folders
        state = running_service(where)
        assert state is not None
        with connection(state, where) as first:
            assert first.get("/experiments").is_success
        (mlflow,) = psutil.Process(state.pid).children()
        mlflow.suspend()
        replies: list[httpx.Response] = []

        def ask() -> None:
            with connection(state, where) as http:
                replies.append(http.get("/experiments"))

        threads = [threading.Thread(target=ask, daemon=True) for _ in range(45)]
        try:
            for thread in threads:
                thread.start()
            time.sleep(1)
            with connection(state, where) as http:
                assert http.get("/status", timeout=3).is_success
                assert http.get("/operations", timeout=15).is_success
            assert {reply.json()["code"] for reply in replies} <= {"mlflow_busy"}
        finally:
            mlflow.resume()
        for thread in threads:
            thread.join(30)
        codes = {reply.json()["code"] if reply.is_error else "ok" for reply in replies}
        assert (len(replies), codes) == (45, {"ok", "mlflow_busy"})


def test_a_proxy_never_sees_what_goes_to_this_machine(client: Client) -> None:
    """A proxy in the environment is for other machines; MLflow's client would send it the token."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:

        def listen() -> None:
            with suppress(OSError):
                while True:
                    connected, _ = proxy.accept()
                    with connected:
                        heard.append(connected.recv(10_000))

        threading.Thread(target=listen, daemon=True).start()
        address = f"http://127.0.0.1:{proxy.getsockname()[1]}"
        env = os.environ | {"HTTP_PROXY": address, "http_proxy": address, "NO_PROXY": "example.org"}
        for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
            env.pop(name, None)
        code = """
import os
import labwright as lw
lw.experiments.use_tracking()
import mlflow
print([found.name for found in mlflow.search_experiments(filter_string="name = 'Default'")], os.environ["NO_PROXY"])
"""
        done = subprocess.run(
            [sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=120, check=False
        )
        proxy.shutdown(socket.SHUT_RDWR)
    assert done.stdout.strip() == "['Default'] example.org,127.0.0.1,localhost", done.stderr
    assert heard == []


def test_a_swept_socket_of_mlflow_is_made_anew(client: Client) -> None:
    client.get("/experiments", list[Experiment])
    client.folders.runtime.joinpath("mlflow.sock").unlink()
    assert client.get("/experiments", list[Experiment]) is not None
