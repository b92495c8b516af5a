"""Hundreds of malformed requests to one endpoint: each gets a 4xx with a sentence, and nothing dies of it."""

from __future__ import annotations

import gzip
import json
import os
import re
import socket
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import mlflow
import pytest

from tests import models
from tests.planes import Plane, plane

MARK = "s3cr3t-v4lue"  # stands in rejected values, and must not come back
ROW: dict[str, Any] = {"number": 0.5, "count": 3, "word": "a", "yes": True, "at": "2026-01-01T00:00:00"}
COLUMNS = list(ROW)
GOOD = {"dataframe_split": {"columns": COLUMNS, "data": [list(ROW.values())]}}
TEXT = json.dumps(GOOD).encode()
JSON, CSV = "application/json", "text/csv"
INVOKE, INFER = "/invocations", "/v2/models/late/infer"


@dataclass
class Case:
    """A request that cannot be answered; `status` is one that it must have, if it matters which."""

    name: str
    content: bytes
    kind: str | None = JSON
    path: str = INVOKE
    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)
    status: int | None = None


def case(name: str, body: Any, path: str = INVOKE, status: int | None = 422) -> Case:
    return Case(name, json.dumps(body).encode(), path=path, status=status)


def rows(**changed: Any) -> dict[str, Any]:
    return {"dataframe_records": [ROW | changed]}


def not_json() -> Iterator[Case]:
    for cut in range(0, len(TEXT), 9):
        yield Case(f"cut after {cut}", TEXT[:cut], status=400)
    for name, content in {
        "words": b"nope", "two values": TEXT + TEXT, "a comma too many": TEXT[:-1] + b",}", "apostrophes": b"{'a': 1}",
        "a comment": b"/* hello */" + TEXT, "utf-16": TEXT.decode().encode("utf-16"),
        "utf-32": TEXT.decode().encode("utf-32"), "latin-1": '{"é": 1}'.encode("latin-1"),
        "invalid utf-8": TEXT.replace(b'"a"', b'"\xff\xfe"'), "overlong": TEXT.replace(b'"a"', b'"\xc0\xaf"'),
        "half a pair": TEXT.replace(b'"a"', b'"\xed\xa0\x80"'), "a byte order mark": b"\xef\xbb\xbf" + TEXT,
        "a null byte": TEXT.replace(b'"a"', b'"\x00"'), "null bytes": b"\x00" * 1000, "random": os.urandom(2000),
        "NaN": TEXT.replace(b"0.5", b"NaN"), "Infinity": TEXT.replace(b"0.5", b"Infinity"),
        "-Infinity": TEXT.replace(b"0.5", b"-Infinity"), "hexadecimal": TEXT.replace(b"0.5", b"0x10"),
        "a zero before": TEXT.replace(b"0.5", b"007"), "deep lists": b"[" * 500_000, "deep objects": b'{"a":' * 100_000,
        "deep and closed": b"[" * 100_000 + b"]" * 100_000, "gzip without saying so": gzip.compress(TEXT),
        "half an escape": TEXT.replace(b'"a"', b'"\\u12"'), "a control character": TEXT.replace(b'"a"', b'"\n"'),
    }.items():  # fmt: skip
        yield Case(name, content, status=400)
    for name, number in {"1e999": b"1e999", "-1e999": b"-1e999", "400 digits": b"9" * 400}.items():
        yield Case(name, TEXT.replace(b"0.5", number))
        yield Case(f"{name} as a whole number", TEXT.replace(b" 3,", b" " + number + b","))


def wrong_forms() -> Iterator[Case]:
    for value in (None, 5, "text", True, [], [1], {}, {"rows": []}, {"dataframe_split": {}, "instances": []}):
        yield case(f"body {value}", value)
    for value in (None, 5, MARK, [], [1], {}, {"columns": COLUMNS}, {"data": []}, {"columns": 5, "data": 5}):
        yield case(f"split {value}", {"dataframe_split": value})
    for value in (None, 5, MARK, {}, [], [1], [None], [ROW, 5], [[ROW]], [{}]):
        yield case(f"records {value}", {"dataframe_records": value})
        yield case(f"instances {value}", {"instances": value})
    for value in ([[1, 2]], {"number": 1}, {"number": [1], "count": []}, {"number": [[1]]}, MARK, 7):
        yield case(f"inputs {value}", {"inputs": value})
    for value in (5, MARK, [1], {"temperature": 1}, {"top": MARK}):
        yield case(f"params {value}", GOOD | {"params": value})
    yield Case("the same key twice", b'{"dataframe_split": %s, "dataframe_split": 5}' % TEXT[19:-1], status=422)


def wrong_tables() -> Iterator[Case]:
    wrong = {
        "number": (MARK, True, [1.5], {"a": 1}), "count": (MARK, 1.5, None, False, [3], 2**70),
        "word": (5, 1.5, True, [MARK], {MARK: 1}), "yes": (MARK, 1, 0.0, None, [True]), "at": (5, True, MARK, [MARK]),
    }  # fmt: skip
    for name, values in wrong.items():
        for value in values:
            yield case(f"{name} {type(value).__name__}", rows(**{name: value}))
        less = {column: value for column, value in ROW.items() if column != name}
        yield case(f"no {name}", {"dataframe_records": [less]})
        yield case(f"{name} by another case", {"dataframe_records": [less | {name.upper(): ROW[name]}]})
    for extra in ("gate", "", " number", "number\x00", "𝔫umber", "x" * 10_000, "__class__"):
        yield case(f"column {extra[:9]!r} too many", {"dataframe_records": [ROW | {extra: 1}]})
    values = list(ROW.values())
    for columns, data in (
        (COLUMNS, [values[:-1]]), (COLUMNS, [[*values, 1]]), (COLUMNS, [values, values[:1]]), (COLUMNS, [[]]),
        (COLUMNS, [5]), (COLUMNS, [{"number": 1}]), (COLUMNS, values), (COLUMNS, []), ([*COLUMNS[:-1], "number"],
        [values]),
        ([*COLUMNS[:-1], 5], [values]), ([*COLUMNS[:-1], None], [values]), ([], [[]]), ([["number"]], [[1]]),
    ):  # fmt: skip
        yield case(f"split of {columns} and {data}"[:60], {"dataframe_split": {"columns": columns, "data": data}})


def kinds_and_lengths() -> Iterator[Case]:
    for kind in (None, "", "text/plain", "application/xml", "multipart/form-data; boundary=x", "application/jsonx",
    "json",
                 "application/x-www-form-urlencoded", "*/*", "text/csv/json", "application/octet-stream"):  # fmt: skip
        yield Case(f"content type {kind!r}", TEXT, kind, status=415)
    garbage, packed = os.urandom(500), gzip.compress(TEXT)
    for encoding, content in (
        ("gzip", garbage), ("gzip", packed), ("gzip", packed[:20]), ("deflate", zlib.compress(TEXT)), ("br", garbage),
        ("zstd", garbage), ("gzip, gzip", packed), ("nonsense", TEXT),
    ):  # fmt: skip
        for path in (INVOKE, INFER, "/feedback"):
            yield Case(f"{encoding} at {path}", content, path=path, headers={"Content-Encoding": encoding}, status=415)


def wrong_csv() -> Iterator[Case]:
    head, row = ",".join(COLUMNS).encode(), b"0.5,3,a,true,2026-01-01"
    many = b"\n".join([head, *[row] * 12_000])
    for name, content in {
        "nothing": b"", "a header only": head, "JSON": TEXT, "no header": row, "a value too few": head + b"\n1,2",
        "a value too many": head + b"\n" + row + b",9", "an open quote": head + b'\n"0.5' + row[3:],
        "text for a number": head + b"\n" + MARK.encode() + row[3:],
        "a fraction": head + b"\n0.5,1.5,a,true,2026-01-01",
        "no count": head + b"\n0.5,,a,true,2026-01-01", "yes": head + b"\n0.5,3,a,maybe,2026-01-01",
        "infinite": head + b"\ninf" + row[3:], "1e999": head + b"\n1e999" + row[3:],
        "utf-16": many[:500].decode().encode("utf-16"),
        "latin-1": head + "\n0.5,3,é,true,2026-01-01".encode("latin-1"), "null bytes": b"\x00\x01" * 40,
        "a column twice": head.replace(b"count", b"number") + b"\n" + row, "semicolons": head.replace(b",",
        b";") + b"\n0.5",
        "much: a value too few": many + b"\n1,2", "much: text": many.replace(b"\n0.5", b"\n" + MARK.encode(), 1),
        "much: infinite": many.replace(b"\n0.5", b"\ninf", 1), "much: 1e999": many.replace(b"\n0.5", b"\n1e999", 1),
        "much: latin-1": many.replace(b",a,", b",\xe9,", 1), "much: no header": many[len(head) + 1 :],
        "much: an open quote": many.replace(b",a,", b',"a,', 1), "much: null bytes": b"\x00" * 300_000,
        "much: another column": many.replace(b"yes", b"gate", 1), "much: random": os.urandom(300_000),
        "much: no count": many.replace(b",3,", b",,", 1), "much: one line": b"a," * 200_000,
    }.items():  # fmt: skip
        yield Case(f"CSV, {name}", content, CSV)


def tensor(name: str, datatype: str, data: Any, shape: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "datatype": datatype, "shape": [1] if shape is None else shape, "data": data} | more


TENSORS = [
    tensor("number", "FP64", [0.5]), tensor("count", "INT64", [3]), tensor("word", "BYTES", ["a"]),
    tensor("yes", "BOOL", [True]), tensor("at", "BYTES", ["2026-01-01T00:00:00"]),
]  # fmt: skip


def wrong_inference() -> Iterator[Case]:
    for value in (None, 5, [], {}, {"inputs": None}, {"inputs": []}, {"inputs": 5}, {"inputs": {}}, {"inputs": [5]},
                  {"inputs": [{}]}, {"inputs": [[]]}, GOOD):  # fmt: skip
        yield case(f"v2 body {value}"[:50], value, INFER)
    for change in (
        {"name": None}, {"name": 5}, {"name": ""}, {"name": "gate"}, {"name": "number"}, {"datatype": None},
        {"datatype": 5},
        {"datatype": "FP65"}, {"datatype": "BF16"}, {"datatype": "fp64"}, {"datatype": "FP64"}, {"datatype": "BYTES"},
        {"datatype": "UINT64"}, {"datatype": ["INT64"]}, {"datatype": {}}, {"shape": None}, {"shape": 1}, {"shape": []},
        {"shape": ["1"]}, {"shape": [True]}, {"shape": [1.0]}, {"shape": [-1]}, {"shape": [2]}, {"shape": [0]},
        {"shape": [1, 2]}, {"shape": [2**70]}, {"shape": [2**20, 2**20]}, {"shape": [1] * 40}, {"shape": [1, 1, 1]},
        {"data": None}, {"data": 3}, {"data": {}}, {"data": []}, {"data": [3, 4]}, {"data": [[3]]}, {"data": [MARK]},
        {"data": [1.5]}, {"data": [True]}, {"data": [None]}, {"data": [2**63]}, {"data": [[[3], [4]]]},
        {"parameters": 5}, {"parameters": []}, {"parameters": {"binary_data_size": 8}},
        {"parameters": {"binary_data_size": -1}}, {"parameters": {"shared_memory_region": MARK}},
    ):  # fmt: skip
        inputs = [one | change if one["name"] == "count" else one for one in TENSORS]
        yield case(f"v2 {change}"[:50], {"inputs": inputs}, INFER)
    for place, one in enumerate(TENSORS):
        yield case(f"v2 without {one['name']}", {"inputs": TENSORS[:place] + TENSORS[place + 1 :]}, INFER)
        yield case(f"v2 {one['name']} of two rows", {"inputs": [
            other | ({"shape": [2], "data": other["data"] * 2} if other is one else {}) for other in TENSORS]},
            INFER)  # fmt: skip
    for extra in ({"id": 5}, {"parameters": 5}, {"parameters": {"binary_data_output": 1}}, {"outputs": 5},
    {"outputs": [5]},
                  {"outputs": [{}]}, {"outputs": [{"name": "gate"}]}, {"outputs": [{"name": "sum", "parameters": 1}]},
                  {"outputs": [{"name": "sum", "parameters": {"binary_data": 2}}]},
                  {"outputs": [{"name": "sum", "parameters": {"classification": 3}}]}):  # fmt: skip
        yield case(f"v2 {extra}"[:50], {"inputs": TENSORS} | extra, INFER)
    yield case("v2 no such model", {"inputs": TENSORS}, "/v2/models/other/infer", 404)
    yield case("v2 no such version", {"inputs": TENSORS}, "/v2/models/late/versions/9/infer", 404)
    yield case("v2 at /invocations", {"inputs": TENSORS})
    yield case("v2 text for a time", {"inputs": [*TENSORS[:4], tensor("at", "BYTES", [MARK])]}, INFER)


def wrong_binary() -> Iterator[Case]:
    def body(size: Any, content: bytes, datatype: str = "FP64", shape: Any = None, said: Any = None) -> Case:
        one = {"name": "number", "datatype": datatype, "shape": shape or [1], "parameters": {"binary_data_size": size}}
        head = json.dumps({"inputs": [one, *TENSORS[1:]]}).encode()
        length = {"Inference-Header-Content-Length": str(len(head) if said is None else said)}
        return Case(
            f"binary {size!r} {datatype} {shape} {said}",
            head + content,
            "application/octet-stream",
            INFER,
            "POST",
            length,
        )

    for size in (7, 9, 16, 0, -8, 2**63, "8", 8.0, None, True, [8]):
        yield body(size, b"\0" * 8)
    yield body(8, b"\0" * 7)
    yield body(8, b"\0" * 9)
    yield body(8, struct.pack("<d", float("inf")))
    yield body(8, b"\0" * 8, shape=[2])
    yield body(2, b"\0" * 2, "BF16")
    yield body(8, struct.pack("<I", 4) + MARK[:4].encode(), "BYTES")
    for said in (-1, "", "x", 10**9, "1e3", "5" * 5000, 0, 3, "０", "+5"):
        yield body(8, b"\0" * 8, said=said)
    texts = {"two": struct.pack("<I", 0) * 2, "too long": struct.pack("<I", 2**32 - 1) + b"a", "no length": b"ab",
             "not utf-8": struct.pack("<I", 2) + b"\xff\xfe", "none": b""}  # fmt: skip
    for name, content in texts.items():
        one = {"name": "word", "datatype": "BYTES", "shape": [1], "parameters": {"binary_data_size": len(content)}}
        head = json.dumps({"inputs": [*TENSORS[:2], one, *TENSORS[3:]]}).encode()
        length = {"Inference-Header-Content-Length": str(len(head))}
        yield Case(f"binary texts: {name}", head + content, None, INFER, "POST", length)


def paths_and_methods() -> Iterator[Case]:
    for path in ("/", "//invocations", "/invocations/", "/%2e%2e/token",
                 "/invocations%00", "/invocations;x", "/INVOCATIONS", "/v2/", "/v2/models", "/v2/models/",
                 "/v2/models//infer",
                 "/v2/models/late/infer/",
                 "/v2/models/late/versions",
                 "/v2/models/late/versions//infer", "/v2/models/{model}x/infer", "/v2/health", "/v2/repository/index",
                 "/token", "/config.json", "/status", "/stop", "/versions/1/load", "/consumers", "/é",
                 "/\ud83d"):  # fmt: skip
        yield Case(f"path {path!r}", TEXT, path=path.encode("utf-8", "replace").decode(), status=404)
    for method in ("GET", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"):
        yield Case(f"{method}", b"", None, INVOKE, method, status=405)
    yield Case("POST /ping", b"", None, "/ping", status=405)
    yield Case("POST /v2", b"{}", JSON, "/v2", status=405)
    for authorization in (
        "",
        "Bearer",
        "Bearer x",
        "Bearer \xff",
        "Basic",
        "Basic !",
        "Basic Og==",
        "Digest x",
        "x" * 9000,
    ):
        yield Case(f"token {authorization[:12]!r}", TEXT, headers={"Authorization": authorization}, status=401)
    for value in (None, 5, [], {}, {"request_id": 5, "outcome": 1}, {"request_id": "x", "outcome": 1}, {"outcome": 1}):
        yield case(f"feedback {value}", value, "/feedback")
    yield Case("feedback not JSON", b"{", JSON, "/feedback")
    yield Case("feedback NaN", b'{"request_id": "%s", "outcome": NaN}' % (b"a" * 32), JSON, "/feedback")


CASES = [
    *not_json(), *wrong_forms(), *wrong_tables(), *kinds_and_lengths(), *wrong_csv(), *wrong_inference(),
    *wrong_binary(), *paths_and_methods(),
]  # fmt: skip


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    _, keywords = models.mixed()
    with plane(tmp_path_factory.mktemp("mixed"), lambda path: mlflow.pyfunc.save_model(path, **keywords)) as found:
        before = found.pids()
        yield found
        assert found.pids() == before, "a process died of a malformed request"


def still_right(found: Plane, before: set[int]) -> None:
    reply = found.ask(GOOD)
    assert reply.status_code == 200, reply.text
    assert reply.json()["predictions"] == [{"sum": 5.0, "label": "A"}]
    reply = found.ask({"inputs": TENSORS}, path=INFER)
    assert [one["data"] for one in reply.json()["outputs"]] == [[5.0], ["A"]]
    assert found.pids() == before


def test_there_are_more_than_two_hundred() -> None:
    assert len({one.name for one in CASES}) > 300


@pytest.mark.parametrize("first", range(0, len(CASES), 10))
def test_malformed_requests_get_a_sentence(mixed: Plane, first: int) -> None:
    before = mixed.pids()
    for one in CASES[first : first + 10]:
        headers = {**({"Content-Type": one.kind} if one.kind is not None else {}), **one.headers}
        encoded = {name.encode(): value.encode("latin-1", "replace") for name, value in headers.items()}
        url = mixed.http.base_url.copy_with(raw_path=_raw(one.path))
        reply = mixed.http.request(one.method, url, content=one.content, headers=encoded)
        assert 400 <= reply.status_code < 500, (one.name, reply.status_code, reply.text)
        assert one.status in (None, reply.status_code), (one.name, reply.status_code, reply.text)
        check_words(one, reply)
    still_right(mixed, before)


def _raw(path: str) -> bytes:
    return b"".join(bytes([byte]) if byte < 128 else b"%%%02X" % byte for byte in path.encode())


def check_words(one: Case, reply: httpx.Response) -> None:
    problem = reply.json()
    words = problem["error" if one.path.startswith("/v2") else "detail"]
    assert re.match(r"[A-Z/-]|[a-z_]+ (takes|is) ", words), (one.name, words)
    assert words.endswith((".", "!")), (one.name, words)
    assert len(words) < 2000, one.name
    assert re.fullmatch(r"[a-z_]+", problem["code"]), (one.name, problem)
    assert MARK not in reply.text or "gate" in one.name, (one.name, words)
    assert "Traceback" not in reply.text


RAW = {
    "not HTTP": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "a length that is no number": b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: many\r\n\r\n",
    "a length below zero": b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n",
    "a length with 40 digits": b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: " + b"9" * 40 + b"\r\n\r\n",
    "two lengths": b"POST /invocations HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "a chunk without a size": b"POST /invocations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "a space in a header": b"POST /invocations HTTP/1.1\r\nHost : x\r\n\r\n",
    "a null byte in a header": b"POST /invocations HTTP/1.1\r\nHost: x\r\nX-A: \x00\r\n\r\n",
    "no method": b" /invocations HTTP/1.1\r\nHost: x\r\n\r\n",
    "another protocol": b"POST /invocations GOPHER/1.1\r\nHost: x\r\n\r\n",
}


def exchange(found: Plane, content: bytes, *, close: bool = False) -> bytes:
    host, _, port = found.host.partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as connection:
        connection.sendall(content)
        if close:
            return b""
        return connection.recv(65536)


@pytest.mark.parametrize(
    "path", ["/ping/../token", "/../token", "/v2/models/../../token/infer", "/invocations/..", "*"]
)
def test_paths_that_climb_lead_nowhere(mixed: Plane, path: str) -> None:
    reply = exchange(mixed, f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {mixed.token}\r\n\r\n".encode())
    assert reply.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 ")), reply
    assert mixed.token.encode() not in reply


@pytest.mark.parametrize("name", RAW)
def test_what_is_no_http_is_refused(mixed: Plane, name: str) -> None:
    before = mixed.pids()
    reply = exchange(mixed, RAW[name])
    assert reply.startswith(b"HTTP/1.1 400 "), reply
    assert b"Invalid HTTP request received." in reply
    still_right(mixed, before)


def test_callers_that_hang_up_in_the_middle_leave_nothing(mixed: Plane) -> None:
    before = mixed.pids()
    head = f"POST {INVOKE} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {mixed.token}\r\nContent-Type: {JSON}\r\n"
    for body in ("Content-Length: 500\r\n\r\n{", 'Transfer-Encoding: chunked\r\n\r\n5\r\n{"a"', "\r\n", ""):
        for _ in range(5):
            exchange(mixed, (head + body).encode(), close=True)
    still_right(mixed, before)


def memory(found: Plane, name: str = "VmHWM") -> int:
    status = Path(f"/proc/{found.process.pid}/status").read_text()
    return int(status.partition(f"{name}:")[2].split()[0]) << 10


@pytest.mark.parametrize("path", [INVOKE, INFER, "/feedback"])
def test_a_body_of_100_mb_is_refused_without_being_held(mixed: Plane, path: str) -> None:
    before, held = mixed.pids(), memory(mixed)
    said = f"POST {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {mixed.token}\r\nContent-Type: {JSON}\r\n"
    reply = exchange(mixed, f"{said}Content-Length: {100 << 20}\r\n\r\n".encode())
    assert reply.startswith(b"HTTP/1.1 413 "), reply
    assert memory(mixed) - held < 4 << 20

    def stream() -> Iterator[bytes]:
        for _ in range(100):
            yield b"[" * (1 << 20)

    streamed = mixed.http.post(path, content=stream(), headers={"Content-Type": JSON})
    assert streamed.status_code == 413
    assert "at most 64 MB" in streamed.text
    assert memory(mixed) - held < 100 << 20
    still_right(mixed, before)
