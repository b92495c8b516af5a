"""Clients that others wrote: MLflow's own scoring client, Triton's HTTP client, Prometheus' parser."""

from __future__ import annotations

from collections.abc import Iterator

import mlflow
import numpy as np
import pytest
import tritonclient.http as triton
from mlflow.pyfunc.scoring_server.client import ScoringServerClient
from prometheus_client.parser import text_string_to_metric_families
from tritonclient.utils import InferenceServerException

from tests import models
from tests.planes import Plane, plane


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    model, keywords = models.trees()
    with plane(
        tmp_path_factory.mktemp("trees"), lambda path: mlflow.sklearn.save_model(model, path, **keywords)
    ) as found:
        yield found


def test_mlflows_scoring_client(trees: Plane) -> None:
    """It sends no bearer token, but the password that its host is written with."""
    model, _ = models.trees()
    frame = models.flights()[0].head(20)
    host, _, port = trees.host.partition(":")
    client = ScoringServerClient(f"anyone:{trees.token}@{host}", port)
    client.wait_server_ready()
    answer = client.invoke(frame)
    assert np.array(answer.get_predictions()[0]).tobytes() == model.predict(frame).tobytes()
    assert '"version": "1"' in client.get_version()
    with pytest.raises(Exception, match="'gate' is not in the model's signature"):
        client.invoke(frame.assign(gate=1))
    with pytest.raises(Exception, match="error code 401"):
        ScoringServerClient(f"anyone:wrong@{host}", port).invoke(frame)


@pytest.fixture
def client(trees: Plane) -> Iterator[triton.InferenceServerClient]:
    found = triton.InferenceServerClient(trees.host)
    yield found
    found.close()


def test_tritons_client_asks_about_the_model(trees: Plane, client: triton.InferenceServerClient) -> None:
    sent = {"Authorization": f"Bearer {trees.token}"}
    assert client.is_server_live(headers=sent)
    assert client.is_server_ready(headers=sent)
    assert client.is_model_ready("late", headers=sent)
    assert client.is_model_ready("late", "1", headers=sent)
    assert not client.is_model_ready("late", "2", headers=sent)
    assert not client.is_server_live()  # no token
    assert client.get_server_metadata(headers=sent)["extensions"] == ["binary_tensor_data"]
    found = client.get_model_metadata("late", headers=sent)
    assert [one["name"] for one in found["inputs"]] == models.COLUMNS
    with pytest.raises(InferenceServerException, match="The model here is late"):
        client.get_model_metadata("other", headers=sent)


@pytest.mark.parametrize("binary", [True, False])
def test_tritons_client_infers(trees: Plane, client: triton.InferenceServerClient, binary: bool) -> None:
    model, _ = models.trees()
    frame = models.flights()[0].head(50)
    expected = model.predict(frame)
    inputs = []
    for name in frame:
        one = triton.InferInput(name, [50, 1], "FP64")
        one.set_data_from_numpy(frame[[name]].to_numpy(), binary_data=binary)
        inputs.append(one)
    sent = {"Authorization": f"Bearer {trees.token}"}
    wanted = [triton.InferRequestedOutput("prediction", binary_data=binary)]
    for options in ({}, {"outputs": wanted}, {"outputs": wanted, "model_version": "1", "request_id": "mine"}):
        found = client.infer("late", inputs, headers=dict(sent), **options)
        assert found.as_numpy("prediction").tobytes() == expected.tobytes()
        assert found.get_response()["model_version"] == "1"
    assert found.get_response()["id"] == "mine"
    with pytest.raises(InferenceServerException, match="'distance' is missing"):
        client.infer("late", inputs[:3], headers=dict(sent))
    with pytest.raises(InferenceServerException, match="without a Content-Encoding"):
        client.infer("late", inputs, headers=dict(sent), request_compression_algorithm="gzip")


def test_prometheus_parser_reads_the_metrics(trees: Plane) -> None:
    frame = models.flights()[0].head(3)
    for _ in range(7):
        trees.ask({"dataframe_split": {"columns": list(frame), "data": frame.to_numpy().tolist()}})
    for _ in range(2):
        trees.ask(b"{")
    reply = trees.http.get("/metrics")
    assert reply.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    families = {found.name: found for found in text_string_to_metric_families(reply.text)}
    assert all(found.type != "untyped" and found.documentation for found in families.values())

    def value(family: str, suffix: str = "", **labels: str) -> float:
        name = f"{family}{suffix}"
        (found,) = [one.value for one in families[family].samples if one.name == name and one.labels == labels]
        return float(found)

    calls = "labwright_endpoint_requests"
    answered = value(calls, "_total", version="1", role="live", status="2xx")
    refused = value(calls, "_total", version="1", role="live", status="4xx")
    assert (answered >= 7, refused >= 2) == (True, True)
    latency, of = "labwright_endpoint_request_duration_seconds", {"version": "1", "role": "live"}
    assert value(latency, "_count", **of) == answered + refused
    assert 0 < value(latency, "_sum", **of) < 60 * (answered + refused)
    buckets = [
        one for one in families[latency].samples if one.name.endswith("_bucket") and one.labels["version"] == "1"
    ]
    counts = [one.value for one in sorted(buckets, key=lambda one: float(one.labels["le"]))]
    assert counts == sorted(counts)
    assert counts[-1] == answered + refused
    batches = "labwright_endpoint_batch_rows"
    assert value(batches, "_sum", version="1") == value("labwright_endpoint_predictions", "_total", **of)
    assert value("labwright_endpoint_processes_ready", **of) == 1
    assert value("labwright_endpoint_traffic_ratio", **of) == 1
    assert value("labwright_endpoint_unlogged", "_total") == 0
    assert value("process_resident_memory_bytes") > 1 << 20
