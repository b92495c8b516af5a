"""Promotion and endpoints, through the real service, MLflow and data planes."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import numpy as np
import psutil
import pytest

import labwright as lw
from labwright.client import Client
from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError, UnavailableError
from labwright.experiments.models import Tracking
from labwright.service.models import Operation, OperationState, Status
from labwright.serving import prediction_log
from labwright.serving.folder import EndpointFolder, ProcessCard
from labwright.serving.models import (
    Endpoint,
    Example,
    LoggedPrediction,
    Predict,
    Prediction,
    Promote,
    Promotion,
    RegisteredModel,
)
from labwright.serving.plane import isolation
from labwright.state import running_service
from tests import models
from tests.state_folder import wait_until

NAME = "flights-delay"


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    """MLflow's own client, pointed at the service as a kernel's is."""
    os.environ["MLFLOW_TRACKING_URI"] = client.get("/experiments/tracking", Tracking).uri
    os.environ["MLFLOW_TRACKING_TOKEN"] = client.token
    import mlflow

    mlflow.set_experiment("serving")
    yield mlflow
    for name in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN"):
        del os.environ[name]


@pytest.fixture(scope="module")
def runs(mlflow: Any) -> dict[str, str]:
    """A run for each kind of model, and one without."""
    found = {}
    for name, (model, keywords) in {"trees": models.trees(), "classifier": models.classifier()}.items():
        with mlflow.start_run(run_name=name) as run:
            mlflow.sklearn.log_model(model, name="model", **keywords)
        found[name] = run.info.run_id
    with mlflow.start_run(run_name="broken") as run:
        mlflow.pyfunc.log_model(name="model", python_model=models.Broken(), pip_requirements=models.PYFUNC)
    found["broken"] = run.info.run_id
    with mlflow.start_run(run_name="none") as run:
        mlflow.log_metric("auc", 0.5)
    found["none"] = run.info.run_id
    return found


def promote(client: Client, name: str = NAME, **body: Any) -> Operation:
    operation: Operation = client.post(f"/serving/endpoints/{name}/promotions", Operation, Promote(**body))
    return finish(client, operation)


def finish(client: Client, operation: Operation) -> Operation:
    deadline = time.monotonic() + 120
    while operation.state is OperationState.running:
        assert time.monotonic() < deadline, operation
        time.sleep(0.1)
        operation = client.get(f"/operations/{operation.id}", Operation)
    return operation


@pytest.fixture(scope="module")
def live(client: Client, runs: dict[str, str]) -> Endpoint:
    """An endpoint that serves the trees."""
    operation = promote(client, run_id=runs["trees"])
    assert operation.state is OperationState.succeeded, operation.error
    assert operation.result["changed"] is True
    return get(client)


def get(client: Client, name: str = NAME) -> Endpoint:
    found: Endpoint = client.get(f"/serving/endpoints/{name}", Endpoint)
    return found


def card(client: Client, name: str = NAME) -> ProcessCard:
    found = EndpointFolder(client.folders.home / "endpoints" / name).process()
    assert found is not None
    return found


def test_a_run_becomes_an_endpoint(client: Client, live: Endpoint, runs: dict[str, str], mlflow: Any) -> None:
    assert (live.state, live.message) == ("ready", "")
    assert live.live is not None
    assert (live.live.model, live.live.run_id, live.live.run_name) == (NAME, runs["trees"], "trees")
    assert live.signature is not None
    assert [column.name for column in live.signature.inputs] == models.COLUMNS
    assert live.input_example is not None
    assert list(live.input_example) == models.COLUMNS
    assert live.isolation == isolation.describe(live.settings).words
    version = mlflow.MlflowClient().get_model_version_by_alias(NAME, "champion")
    assert (version.version, version.run_id) == (live.live.version, runs["trees"])
    assert mlflow.MlflowClient().get_registered_model(NAME).tags == {"labwright.endpoint": NAME}
    assert [item.name for item in client.get("/status", Status).going_on if item.capability == "serving"] == [NAME]


def test_the_answer_is_the_models_own_and_is_logged(client: Client, live: Endpoint) -> None:
    model, _ = models.trees()
    frame = models.flights()[0].head(20)
    expected = model.predict(frame)
    answer = lw.serving.predict(NAME, frame.assign(label=1))
    assert answer.dtype == expected.dtype
    assert answer.tobytes() == expected.tobytes()
    before = get(client).predictions
    body = Predict(columns=models.COLUMNS, data=frame.to_numpy().tolist())
    through: Prediction = client.post(f"/serving/endpoints/{NAME}/predict", Prediction, body)
    assert np.array(through.predictions).tobytes() == expected.tobytes()
    assert get(client).predictions == before + 20
    newest: LoggedPrediction = client.get(f"/serving/endpoints/{NAME}/log", list[LoggedPrediction])[0]
    assert (newest.request_id, newest.rows, newest.status) == (through.request_id, 20, 200)
    logged = lw.serving.log(NAME, since="1d")
    assert logged.tail(20)["prediction"].tolist() == expected.tolist()
    with pytest.raises(InvalidError, match="'distance' is missing"):
        lw.serving.predict(NAME, frame.drop(columns="distance"))
    with pytest.raises(InvalidError, match="30m, 12h"):
        lw.serving.log(NAME, since="yesterday")


def test_code_to_call_it_holds_no_token(client: Client, live: Endpoint) -> None:
    example: Example = client.get(f"/serving/endpoints/{NAME}/example", Example)
    token = EndpointFolder(client.folders.home / "endpoints" / NAME).secret("token")
    for text in (example.curl, example.python, example.magic, lw.serving.curl(NAME, models.flights()[0].head(1))):
        assert token not in text
        assert NAME in text
    assert example.curl.startswith(f"labwright token {NAME} --header | curl ")


def test_promoting_what_is_live_changes_nothing_and_says_so(
    client: Client, live: Endpoint, runs: dict[str, str]
) -> None:
    process, before = card(client), get(client)
    assert before.live is not None
    for body in ({"run_id": runs["trees"]}, {"version": before.live.version}):
        operation = promote(client, **body)
        assert (operation.state, operation.result["changed"]) == (OperationState.succeeded, False)
        assert "live already" in operation.log[-1]
    assert get(client).revision == before.revision
    assert card(client) == process


def test_a_run_is_registered_without_an_endpoint_and_promoted_later(
    client: Client, live: Endpoint, runs: dict[str, str], mlflow: Any
) -> None:
    assert live.live is not None
    registry = mlflow.MlflowClient()
    first = lw.serving.register(runs["classifier"], "late candidates")
    assert (first.name, first.version, first.run_name, first.changed) == ("late candidates", "1", "classifier", True)
    with ThreadPoolExecutor() as threads:  # the same at once by several: one version
        again = list(threads.map(lambda _: lw.serving.register(runs["classifier"], "late candidates"), range(4)))
    assert {(one.version, one.changed) for one in again} == {("1", False)}
    assert "nothing was changed" in again[0].message
    (version,) = registry.search_model_versions("name='late candidates'")
    assert version.run_id == runs["classifier"]
    assert lw.serving.register(runs["trees"], "late candidates").version == "2"
    assert lw.serving.register(runs["trees"], NAME).changed is False, "it is what the endpoint serves"

    with ThreadPoolExecutor() as threads:
        made = list(threads.map(lambda _: lw.serving.register(runs["classifier"], "candidates"), range(4)))
    assert sorted(one.changed for one in made) == [False, False, False, True]
    listed = {one.name: one for one in client.get("/serving/models", list[RegisteredModel])}
    assert (listed["late candidates"].version, listed["late candidates"].endpoint) == ("2", False)
    assert (listed["candidates"].version, listed["candidates"].endpoint) == ("1", True)
    assert [item.name for item in client.get("/serving/endpoints", list[Endpoint])] == [NAME]

    operation = promote(client, "candidates", version="1")
    assert operation.state is OperationState.succeeded, operation.error
    assert get(client, "candidates").state == "ready"
    lw.serving.delete("candidates")


def test_what_cannot_be_registered_says_why_and_changes_nothing(
    client: Client, runs: dict[str, str], mlflow: Any
) -> None:
    before = client.get("/serving/models", list[RegisteredModel])
    cases: list[tuple[str, str, type[LabwrightError], str]] = [
        (runs["none"], "none", InvalidError, "no_model"),
        ("0" * 32, "none", NotFoundError, "not_found"),
        (runs["trees"], "a'b", InvalidError, "name"),
        (runs["trees"], " ", InvalidError, "name"),
    ]
    for run, name, kind, code in cases:
        with pytest.raises(kind) as caught:
            lw.serving.register(run, name)
        assert (caught.value.code, "\n" in caught.value.message) == (code, False)
    assert client.get("/serving/models", list[RegisteredModel]) == before


def test_bad_promotions_say_what_to_do_and_change_nothing(
    client: Client, live: Endpoint, runs: dict[str, str], mlflow: Any
) -> None:
    before, versions = get(client), len(mlflow.MlflowClient().search_model_versions(f"name='{NAME}'"))
    mlflow.MlflowClient().create_registered_model("somebody-elses")
    cases: list[tuple[str, dict[str, Any], type[LabwrightError], str]] = [
        (NAME, {"run_id": runs["none"]}, InvalidError, "no_model"),
        (NAME, {"run_id": "0" * 32}, NotFoundError, "not_found"),
        (NAME, {"version": "999"}, NotFoundError, "not_found"),
        (NAME, {}, InvalidError, "invalid"),
        (NAME, {"run_id": runs["classifier"], "expected_revision": before.revision + 5}, ConflictError, "changed"),
        (NAME, {"run_id": runs["classifier"], "model": "nosuch"}, InvalidError, "no_model"),
        ("somebody-elses", {"run_id": runs["trees"]}, ConflictError, "name_taken"),
        ("Not-A-Name", {"run_id": runs["trees"]}, InvalidError, "name"),
        ("new", {"version": "1"}, NotFoundError, "no_version"),
    ]
    for name, body, kind, code in cases:
        with pytest.raises(kind) as caught:
            promote(client, name, **body)
        assert (caught.value.code, "\n" in caught.value.message) == (code, False)
    after = get(client)
    assert (after.live, after.revision) == (before.live, before.revision)
    assert len(mlflow.MlflowClient().search_model_versions(f"name='{NAME}'")) == versions
    assert [item.name for item in client.get("/serving/endpoints", list[Endpoint])] == [NAME]


def test_a_model_that_does_not_load_is_taken_back_whole(
    client: Client, live: Endpoint, runs: dict[str, str], mlflow: Any
) -> None:
    before, process = get(client), card(client)
    for name in (NAME, "fresh"):
        operation = promote(client, name, run_id=runs["broken"])
        assert operation.state is OperationState.failed
        assert operation.error is not None
        assert "weights are missing" in operation.error.detail
        assert "example" not in operation.error.code
    after = get(client)
    assert (after.live, after.state, card(client)) == (before.live, "ready", process)
    assert [line.run_id for line in mlflow.MlflowClient().search_model_versions(f"name='{NAME}'")] == [runs["trees"]]
    assert mlflow.MlflowClient().search_registered_models("name='fresh'") == []
    with pytest.raises(NotFoundError):
        get(client, "fresh")
    assert not (client.folders.home / "endpoints" / "fresh").exists()
    assert len(psutil.Process(process.pid).children()) == 1


def test_a_swap_loses_no_request_and_two_at_once_are_one(client: Client, live: Endpoint, runs: dict[str, str]) -> None:
    frame = models.flights()[0].head(1)
    body = Promote(run_id=runs["classifier"], reason="it gives classes, and nobody calls it yet")

    def try_it(_number: int) -> Operation | LabwrightError:
        try:
            found: Operation = Client().post(f"/serving/endpoints/{NAME}/promotions", Operation, body)
            return found
        except LabwrightError as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        results = list(threads.map(try_it, range(2)))
    (operation,) = [result for result in results if isinstance(result, Operation)]
    (refused,) = [result for result in results if isinstance(result, LabwrightError)]
    assert refused.code == "promotion_running"
    token = EndpointFolder(client.folders.home / "endpoints" / NAME).secret("token")
    content = {"dataframe_split": {"columns": models.COLUMNS, "data": frame.to_numpy().tolist()}}
    codes = []
    with httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=30) as http:
        while client.get(f"/operations/{operation.id}", Operation).state is OperationState.running:
            codes.append(http.post(f"{live.url}/invocations", json=content).status_code)
        codes.append(http.post(f"{live.url}/invocations", json=content).status_code)
    assert len(codes) > 20
    assert set(codes) == {200}
    after = get(client)
    assert after.live is not None
    assert after.live.run_id == runs["classifier"]
    assert after.url == live.url
    newest, first = client.get(f"/serving/endpoints/{NAME}/promotions", list[Promotion])
    assert (newest.version.version, newest.previous) == (after.live.version, first.version.version)
    back = promote(client, version=first.version.version, reason="back to numbers")
    assert back.state is OperationState.succeeded, back.error
    wait_until(lambda: len(psutil.Process(card(client).pid).children()) == 1, "the old version is unloaded")


def test_a_cancelled_promotion_changes_nothing(client: Client, live: Endpoint, runs: dict[str, str]) -> None:
    before, process = get(client), psutil.Process(card(client).pid)
    (serving,) = process.children()
    for name in (NAME, "cancelled"):
        body = Promote(run_id=runs["broken"])
        operation: Operation = client.post(f"/serving/endpoints/{name}/promotions", Operation, body)
        if name == NAME:
            wait_until(lambda: len(process.children()) == 2, "a process for the new version is started ahead")
        client.post(f"/operations/{operation.id}/cancel", Operation)
        assert finish(client, operation).state is OperationState.cancelled
    assert process.children() == [serving]
    wait_until(
        lambda: [item.name for item in client.get("/serving/endpoints", list[Endpoint])] == [NAME], "nothing is left"
    )
    assert get(client).revision == before.revision


def test_kill_9_of_the_service_and_of_the_data_plane(client: Client, live: Endpoint) -> None:
    frame = models.flights()[0].head(2)
    expected = lw.serving.predict(NAME, frame).tolist()
    process, before = card(client), get(client)
    state = running_service(client.folders)
    assert state is not None
    psutil.Process(state.pid).kill()
    wait_until(lambda: running_service(client.folders) is None, "the service is gone")
    assert lw.serving.predict(NAME, frame).tolist() == expected, "the endpoint needs no service"
    assert running_service(client.folders) is None
    assert (get(client).state, get(client).live, card(client)) == ("ready", before.live, process), "adopted as it is"
    logged = len(prediction_log.read(client.folders.home / "endpoints" / NAME / "log"))
    psutil.Process(process.pid).kill()
    assert lw.serving.predict(NAME, frame).tolist() == expected, "found dead, started again, waited for"
    after = card(client)
    assert (after.pid != process.pid, after.port) == (True, process.port)
    assert len(prediction_log.read(client.folders.home / "endpoints" / NAME / "log")) > logged


def test_the_watch_starts_a_dead_endpoint_that_nobody_asks(client: Client, live: Endpoint) -> None:
    get(client)
    dead = card(client)
    psutil.Process(dead.pid).kill()
    folder = EndpointFolder(client.folders.home / "endpoints" / NAME)
    wait_until(lambda: (found := folder.process()) is not None and found.pid != dead.pid, "it is started again")


def test_whoever_has_the_port_of_a_dead_endpoint_gets_neither_token_nor_rows(client: Client, live: Endpoint) -> None:
    get(client)
    process = card(client)
    token = EndpointFolder(client.folders.home / "endpoints" / NAME).secret("token")
    asked = Predict(columns=["secret"], data=[[1]])
    heard: list[bytes] = []

    def listen(stranger: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = stranger.accept()
                with caller:
                    caller.settimeout(1)
                    heard.append(caller.recv(1 << 16))

    with socket.socket() as stranger:
        stranger.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        psutil.Process(process.pid).kill()
        wait_until(lambda: bound(stranger, process.port), "the port is free")
        stranger.listen()
        threading.Thread(target=listen, args=[stranger], daemon=True).start()
        for _ in range(2):
            with pytest.raises(UnavailableError, match="taken by another process"):
                client.post(f"/serving/endpoints/{NAME}/predict", Prediction, asked)
        with pytest.raises(UnavailableError, match="taken by another process"):
            lw.serving.predict(NAME, models.flights()[0].head(1))
        stranger.shutdown(socket.SHUT_RDWR)
    assert not any(token.encode() in said or b"secret" in said for said in heard)
    wait_until(lambda: get(client).state == "ready", "it has its port again", 30)


def bound(stranger: socket.socket, port: int) -> bool:
    with suppress(OSError):
        stranger.bind(("127.0.0.1", port))
        return True
    return False


def test_stop_leaves_no_process_and_start_comes_back_to_its_port(client: Client, live: Endpoint) -> None:
    process = card(client)
    family = [psutil.Process(process.pid), *psutil.Process(process.pid).children(recursive=True)]
    stopped = lw.serving.stop(NAME)
    assert stopped.state == "stopped"
    assert not [one for one in family if one.is_running() and one.status() != psutil.STATUS_ZOMBIE]
    assert lw.serving.stop(NAME).revision == stopped.revision, "again changes nothing"
    with pytest.raises(InvalidError, match="is stopped"):
        lw.serving.predict(NAME, models.flights()[0].head(1))
    with pytest.raises(ConflictError, match="is stopped"):
        client.post(f"/serving/endpoints/{NAME}/predict", Prediction, Predict(columns=["a"], data=[[1]]))
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", process.port))
        taken.listen()
        with pytest.raises(ConflictError, match="is taken by another process") as caught:
            lw.serving.start(NAME)
        assert caught.value.code == "port_taken"
        assert "is taken" in get(client).message
    started = lw.serving.start(NAME)
    assert (started.state, started.message, started.url) == ("ready", "", live.url)


def test_names_of_nothing_are_not_found(client: Client) -> None:
    for call in (lw.serving.endpoint, lw.serving.stop, lw.serving.start, lw.serving.log):
        with pytest.raises(NotFoundError, match="no endpoint named"):
            call("nosuch")
    with pytest.raises(NotFoundError):
        lw.serving.predict("../../etc", [{"x": 1}])


def test_delete_removes_all_of_it_and_keeps_the_versions(client: Client, live: Endpoint, mlflow: Any) -> None:
    process = card(client)
    lw.serving.delete(NAME)
    assert not psutil.pid_exists(process.pid)
    assert not (client.folders.home / "endpoints" / NAME).exists()
    assert len(lw.serving.endpoints()) == 0
    assert mlflow.MlflowClient().search_model_versions(f"name='{NAME}'")
