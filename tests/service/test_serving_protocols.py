"""What an endpoint speaks besides MLflow's protocol: Open Inference, OpenAPI, metrics; and to whom."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import jsonschema
import mlflow
import numpy as np
import pytest

from labwright.serving import prediction_log
from labwright.serving.plane import docs_page, figures
from labwright.serving.plane.consumers import Consumers
from labwright.serving.plane.inference_v2.datatypes import FIXED
from labwright.serving.plane.openapi import document
from labwright.serving.traffic_models import Figures
from labwright.state import write_private
from tests import models
from tests.planes import Plane, plane

INFER = "/v2/models/late/infer"


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    _, keywords = models.mixed()
    with plane(tmp_path_factory.mktemp("mixed"), lambda path: mlflow.pyfunc.save_model(path, **keywords)) as found:
        yield found


@pytest.fixture(scope="module")
def arrays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    model, keywords = models.on_arrays()
    with plane(
        tmp_path_factory.mktemp("arrays"), lambda path: mlflow.sklearn.save_model(model, path, **keywords)
    ) as found:
        yield found


def tensor(name: str, datatype: str, data: list[Any], shape: list[int] | None = None) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": shape or [len(data)], "data": data}


INPUTS = [
    tensor("number", "FP64", [0.1, None]), tensor("count", "INT64", [1, -7], [2, 1]), tensor("yes", "BOOL", [True,
    False]),
    tensor("word", "BYTES", ["été", ""]), tensor("at", "BYTES", ["2026-01-01T00:00:00", None]),
]  # fmt: skip


def test_server_and_model_say_what_they_are(mixed: Plane) -> None:
    assert mixed.http.get("/v2").json()["extensions"] == ["binary_tensor_data"]
    assert mixed.http.get("/v2/health/live").json() == {"live": True}
    assert mixed.http.get("/v2/health/ready").json() == {"ready": True}
    for path in ("/v2/models/late", "/v2/models/late/versions/1"):
        found = mixed.http.get(path).json()
        assert (found["name"], found["versions"]) == ("late", ["1"])
        assert found["inputs"] == [
            {"name": "number", "datatype": "FP64", "shape": [-1]},
            {"name": "count", "datatype": "INT64", "shape": [-1]},
            {"name": "word", "datatype": "BYTES", "shape": [-1]},
            {"name": "yes", "datatype": "BOOL", "shape": [-1]},
            {"name": "at", "datatype": "BYTES", "shape": [-1]},
        ]
        assert [one["name"] for one in found["outputs"]] == ["sum", "label"]
        assert mixed.http.get(f"{path}/ready").json() == {"name": "late", "ready": True}
    for path in ("/v2/models/other", "/v2/models/other/ready", "/v2/models/late/versions/2/ready"):
        reply = mixed.http.get(path)
        assert (reply.status_code, set(reply.json())) == (404, {"error", "code"})


def test_columns_of_every_type_come_as_inputs(mixed: Plane) -> None:
    for path in (INFER, "/v2/models/late/versions/1/infer"):
        reply = mixed.ask({"id": "mine", "inputs": INPUTS, "parameters": {"content_type": "pd"}}, path=path)
        assert reply.status_code == 200, reply.text
        assert reply.headers["x-labwright-version"] == "1"
        assert reply.json() == {
            "model_name": "late", "model_version": "1", "id": "mine",
            "outputs": [
                {"name": "sum", "datatype": "FP64", "shape": [2], "data": [0.1 * 2 + 1 + 1, None]},
                {"name": "label", "datatype": "BYTES", "shape": [2], "data": ["ÉTÉ", ""]},
            ],
        }  # fmt: skip
    same = mixed.ask({"dataframe_records": [{one["name"]: one["data"][0] for one in INPUTS}]}).json()["predictions"]
    assert same == [{"sum": 2.2, "label": "ÉTÉ"}]
    one = mixed.ask({"inputs": INPUTS, "outputs": [{"name": "label"}]}, path=INFER).json()
    assert [found["name"] for found in one["outputs"]] == ["label"]
    logged = prediction_log.frame(mixed.folder.log)
    ours = logged[logged.request_id == reply.headers["x-request-id"]]
    assert list(ours.word) == ["été", ""]
    assert list(ours.role.unique()) == ["live"]


def test_numbers_that_lose_nothing_may_be_of_another_datatype(mixed: Plane) -> None:
    for datatype, good in {
        "FP32": True, "FP16": True, "INT8": True, "UINT32": True, "INT64": True, "UINT64": True, "BOOL": False,
        "BYTES": False,
    }.items():  # fmt: skip
        value: Any = {"BOOL": True, "BYTES": "1"}.get(datatype, 1)
        reply = mixed.ask({"inputs": [tensor("number", datatype, [value, value]), *INPUTS[1:]]}, path=INFER)
        assert (reply.status_code == 200) == good, (datatype, reply.text)
        if not good:
            assert reply.json() == {"error": f"Input 'number' takes FP64, not {datatype}.", "code": "datatype"}
    too_long = mixed.ask({"inputs": [tensor("number", "INT64", [2**53 + 1, 0]), *INPUTS[1:]]}, path=INFER)
    assert "does not hold a whole number of this size" in too_long.json()["error"]


def binary(
    inputs: list[tuple[str, str, list[int], bytes]], rest: list[Any], **more: Any
) -> tuple[bytes, dict[str, str]]:
    tensors = [
        {"name": name, "datatype": datatype, "shape": shape, "parameters": {"binary_data_size": len(content)}}
        for name, datatype, shape, content in inputs
    ]
    head = json.dumps({"inputs": [*tensors, *rest], **more}).encode()
    return head + b"".join(content for *_, content in inputs), {"Inference-Header-Content-Length": str(len(head))}


def outputs(reply: httpx.Response) -> dict[str, Any]:
    """Outputs by name; binary ones as bytes."""
    assert reply.status_code == 200, reply.text
    length = int(reply.headers.get("inference-header-content-length", len(reply.content)))
    found, rest = json.loads(reply.content[:length]), reply.content[length:]
    values = {}
    for one in found["outputs"]:
        size = one.get("parameters", {}).get("binary_data_size")
        values[one["name"]] = one["data"] if size is None else rest[:size]
        rest = rest if size is None else rest[size:]
    assert rest == b""
    return values


def test_binary_and_json_may_be_mixed(mixed: Plane) -> None:
    texts = b"".join(struct.pack("<I", len(text)) + text for text in ("été".encode(), b""))
    parts = [("number", "FP64", [2], struct.pack("<2d", 0.1, float("nan"))), ("word", "BYTES", [2, 1], texts),
             ("yes", "BOOL", [2], b"\x01\x00")]  # fmt: skip
    for wanted, sums in (
        ({"parameters": {"binary_data_output": True}}, struct.pack("<2d", 2.2, float("nan"))),
        ({"outputs": [{"name": "sum"}, {"name": "label", "parameters": {"binary_data": True}}]}, [2.2, None]),
    ):
        body, headers = binary(parts, [INPUTS[1], INPUTS[4]], **wanted)
        found = outputs(mixed.http.post(INFER, content=body, headers=headers))
        assert found == {"sum": sums, "label": struct.pack("<I", 5) + "ÉTÉ".encode() + struct.pack("<I", 0)}


def test_many_binary_columns_are_a_frame(mixed: Plane) -> None:
    count = 20_000
    random = np.random.default_rng(3)
    number, whole = random.normal(size=count), random.integers(-9, 9, count)
    word = struct.pack("<I", 1) + b"a"
    at = struct.pack("<I", 10) + b"2026-01-01"
    body, headers = binary(
        [("number", "FP64", [count], number.tobytes()), ("count", "INT64", [count, 1], whole.tobytes()),
         ("yes", "BOOL", [count], b"\x01" * count), ("word", "BYTES", [count], word * count),
         ("at", "BYTES", [count], at * count)], [], parameters={"binary_data_output": True},
    )  # fmt: skip
    found = outputs(mixed.http.post(INFER, content=body, headers=headers))
    assert found["sum"] == (number * 2 + whole + 1).tobytes()


@pytest.mark.parametrize("as_json", [True, False])
def test_one_tensor_keeps_its_bits_both_ways(arrays: Plane, as_json: bool) -> None:
    model, _ = models.on_arrays()
    values = models.flights()[0].to_numpy()[:300]
    expected = model.predict(values)
    for name in ("input", "anything"):
        if as_json:
            for data in (values.tolist(), values.ravel().tolist()):
                reply = arrays.ask({"inputs": [tensor(name, "FP64", data, [300, 4])]}, path=INFER)
                assert np.array(outputs(reply)["prediction"]).tobytes() == expected.tobytes()
        else:
            body, headers = binary(
                [(name, "FP64", [300, 4], values.tobytes())], [], parameters={"binary_data_output": True}
            )
            found = outputs(arrays.http.post(INFER, content=body, headers=headers))
            assert found["prediction"] == expected.tobytes()
    small = values.astype(np.float32)
    body, headers = binary([("input", "FP32", [300, 4], small.tobytes())], [])
    found = outputs(arrays.http.post(INFER, content=body, headers=headers))
    assert found["prediction"] == model.predict(small.astype(np.float64)).tolist()
    wrong = arrays.ask({"inputs": [tensor("input", "FP64", [1.0] * 6, [2, 3])]}, path=INFER)
    assert wrong.json() == {
        "error": "Input 'input' takes the shape [-1, 4] (-1: any length), not [2, 3].", "code": "shape",
    }  # fmt: skip
    two = arrays.ask({"inputs": [tensor("a", "FP64", [1.0] * 4, [1, 4]), tensor("b", "FP64", [1.0])]}, path=INFER)
    assert (two.status_code, two.json()["code"]) == (422, "unknown_input")


def test_every_fixed_datatype_is_numpys() -> None:
    for datatype, (dtype, code, size) in FIXED.items():
        assert (np.dtype(dtype).itemsize, struct.calcsize(f"<{code}")) == (size, size), datatype
        values = np.array([0, 1], dtype=dtype)
        assert list(struct.unpack(f"<2{code}", values.tobytes())) == values.tolist()


@pytest.mark.parametrize("which", ["mixed", "arrays"])
def test_openapi_tells_the_truth(which: str, request: pytest.FixtureRequest) -> None:
    found: Plane = request.getfixturevalue(which)
    described = found.http.get("/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    for schema in described["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)
    root = {"components": described["components"]}
    asked = 0
    for path in ("/invocations", INFER):
        verb = described["paths"][path]["post"]
        content = verb["requestBody"]["content"]["application/json"]
        gives = verb["responses"]["200"]["content"]["application/json"]["schema"]
        for example in content["examples"].values():
            jsonschema.Draft202012Validator(root | content["schema"]).validate(example["value"])
            reply = found.ask(example["value"], path=path)
            assert reply.status_code == 200, reply.text
            jsonschema.Draft202012Validator(root | gives).validate(reply.json())
            asked += 1
    assert asked == (3 if which == "mixed" else 2)
    bad = {"dataframe_records": [{"number": "far"}]} if which == "mixed" else {"inputs": [[1.0]]}
    content = described["paths"]["/invocations"]["post"]["requestBody"]["content"]["application/json"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(root | content["schema"]).validate(bad)
    problem = found.ask(bad)
    jsonschema.Draft202012Validator(root | {"$ref": "#/components/schemas/Problem"}).validate(problem.json())
    for path, verbs in described["paths"].items():
        if "get" in verbs:
            assert found.http.get(path).status_code == 200, path


def test_the_page_needs_nothing_and_runs_nothing(mixed: Plane) -> None:
    reply = mixed.http.get("/docs")
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in reply.headers["content-security-policy"]
    assert "<script" not in reply.text
    assert "src=" not in reply.text
    assert "://" not in reply.text.replace(f"http://{mixed.host}", "")
    assert "<code>number</code>" in reply.text
    hostile = "<img src=x onerror=alert(1)>"
    column = {"name": hostile, "type": hostile, "required": True}
    card = {"signature": {"inputs": [column], "outputs": [column]},
            "example": {"kind": "frame", "columns": [hostile], "data": [[hostile]]}}  # fmt: skip
    assert "<img" not in docs_page.page(document("late", hostile, card, f"http://{hostile}"))


def test_figures_add_up(arrays: Plane) -> None:
    for _ in range(20):
        arrays.ask({"inputs": [[1.0] * 4]})
    arrays.ask(b"{")
    found = Figures.model_validate(arrays.order("figures"))
    assert len(found.requests) == 60
    assert all(len(getattr(found, name)) == 60 for name in ("errors", "refused", "p50_ms", "p95_ms", "p99_ms"))
    assert sum(found.requests) > 0
    assert sum(found.refused) > 0
    assert sum(found.errors) == 0
    assert found.unlogged == 0
    p50, p99 = (max(value for value in values if value) for values in (found.p50_ms, found.p99_ms))
    assert 0 < p50 <= p99
    assert found.requests[0] == 0
    assert found.p50_ms[0] is None


def test_percentiles_are_near_the_exact_ones() -> None:
    counted = figures.Figures()
    values = np.random.default_rng(1).lognormal(2, 1, 5000)
    for value in values:
        counted.record("1", "live", 200, float(value), 1)
    counted.record("1", "shadow", 500, 1e9, 1)  # a copy is not counted
    counted.record("2", "canary", 503, 1.0, 0)
    found = counted.over("1", 60)
    assert (found.calls, found.errors) == (5000, 0)
    for share, given in ((50, found.p50_ms), (95, found.p95_ms), (99, found.p99_ms)):
        assert given == pytest.approx(np.percentile(values, share), rel=0.15)
    assert counted.over("2", 60).errors == 1
    assert counted.over(None, 60).calls == 5001
    assert counted.over("3", 60).p50_ms is None


def ask_as(found: Plane, token: str, **headers: str) -> int:
    with httpx.Client(base_url=found.http.base_url) as http:
        return http.get("/version", headers={"Authorization": f"Bearer {token}", **headers}).status_code


def test_consumers_come_and_go_with_their_file(arrays: Plane) -> None:
    file = arrays.folder.path / "consumers.json"

    def write(*tokens: str) -> None:
        known = [{"name": token, "sha256": hashlib.sha256(token.encode()).hexdigest()} for token in tokens]
        write_private(file, json.dumps({"consumers": known}))

    assert ask_as(arrays, "ann") == 401
    write("ann", "bob")
    assert arrays.order("consumers", {}) == {"consumers": 2}
    assert (ask_as(arrays, "ann"), ask_as(arrays, "bob"), ask_as(arrays, "eve")) == (200, 200, 401)
    with httpx.Client(base_url=arrays.http.base_url, headers={"Authorization": "Bearer ann"}) as http:
        request_id = http.post("/invocations", json={"inputs": [[1.0] * 4]}).headers["x-request-id"]
    logged = prediction_log.frame(arrays.folder.log)
    assert list(logged[logged.request_id == request_id].consumer) == ["ann"]
    assert 'consumer_requests_total{consumer="ann",status="2xx"} 1' in arrays.http.get("/metrics").text
    write("bob")
    arrays.order("consumers", {})
    assert (ask_as(arrays, "ann"), ask_as(arrays, "bob")) == (401, 200)
    file.write_text("{")
    arrays.order("consumers", {})
    assert (ask_as(arrays, "bob"), ask_as(arrays, arrays.token)) == (401, 200)


def test_a_revoked_token_ends_even_when_nobody_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "consumers.json"
    known = {"name": "ann", "sha256": hashlib.sha256(b"ann").hexdigest()}
    file.write_text(json.dumps({"consumers": [known]}))
    consumers = Consumers("mine", tmp_path)
    assert consumers.of("Bearer ann") == "ann"
    file.write_text(json.dumps({"consumers": [known | {"name": "owner"}]}))  # no one else is the owner
    clock = consumers._next
    monkeypatch.setattr("labwright.serving.plane.consumers.time.monotonic", lambda: clock + 0.001)
    assert consumers.of("Bearer ann") is None
    assert consumers.of("Bearer mine") == "owner"


def test_a_password_is_a_token_but_not_from_a_browser(arrays: Plane) -> None:
    basic = f"Basic {base64.b64encode(f'anyone:{arrays.token}'.encode()).decode()}"
    with httpx.Client(base_url=arrays.http.base_url) as http:
        assert http.get("/version", headers={"Authorization": basic}).status_code == 200
        for header in (
            {"Origin": "http://evil.example"},
            {"Sec-Fetch-Site": "none"},
            {"Cookie": f"token={arrays.token}"},
        ):
            sent = {"Authorization": basic, **header} if "Cookie" not in header else header
            reply = http.get("/version", headers=sent)
            assert (reply.status_code, reply.headers["www-authenticate"]) == (401, "Bearer")
