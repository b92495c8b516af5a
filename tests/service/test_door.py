"""The door: what passes between a page and the service, and what does not."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import websocket

from labwright.client import Client
from labwright.door.follow import SCHEMA_ID
from labwright.door.proxy import PREFIXES, service_path
from labwright.state import read_token, running_service
from tests.jupyter import Jupyter, jupyter
from tests.service.recorder import REST, SEEN
from tests.state_folder import StateFolder, wait_until


def test_looking_starts_nothing(tmp_path: Path, other_home: StateFolder) -> None:
    with jupyter(tmp_path, other_home.home) as server:
        assert server.http.get("labwright/door").json()["running"] is False
        status = server.http.get("labwright/status").json()
        assert (status["running"], status["mlflow"], status["going_on"]) == (False, "not started", [])
        assert not other_home.home.exists()
        assert "labwright" not in server.stop().partition("Shutting down")[2], "nothing goes on, so nothing is said"


def test_a_panel_starts_the_service_once_for_all(tmp_path: Path, other_home: StateFolder) -> None:
    with jupyter(tmp_path, other_home.home) as server:
        address = urlsplit(server.url)
        request = (
            f"GET /labwright/operations?token={server.token} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        )
        sockets = [socket.create_connection((address.hostname, address.port)) for _ in range(8)]
        for each in sockets:
            each.sendall(request.encode())
        for each in sockets:
            assert each.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
            each.close()
        assert len(other_home.services()) == 1
        assert server.http.get("labwright/door").json()["running"] is True
        assert server.http.get("labwright/status").json()["version"]


def test_problems_of_the_service_pass_unchanged(server: Jupyter, client: Client) -> None:
    path = "operations/no-such-operation"
    with httpx.Client(transport=httpx.HTTPTransport(uds=client.service().socket)) as straight:
        wanted = straight.get(f"http://labwright/{path}", headers={"Authorization": f"Bearer {client.token}"})
    found = server.http.get(f"labwright/{path}")
    assert (found.status_code, found.content) == (wanted.status_code, wanted.content) == (404, wanted.content)
    assert found.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "mlflow/api/2.0/mlflow/experiments/search", "shutdown", "events", "", "Status", "nothing", "%6dlflow/x",
        "operations/../shutdown", "operations/%2e%2e/shutdown", "operations%2f..%2fshutdown", "x/..%2Fmlflow/x",
        "operations/%2e%2e%5cshutdown", "operations\\..\\shutdown", "/shutdown", "./shutdown",
    ],
)  # fmt: skip
def test_nothing_else_passes(server: Jupyter, client: Client, path: str) -> None:
    before = client.service()
    address = urlsplit(server.url)
    for method in ("GET", "POST"):
        with socket.create_connection((address.hostname, address.port)) as raw:  # a client would tidy the path
            raw.sendall(
                f"{method} /labwright/{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: token {server.token}\r\n"
                "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".encode()
            )
            assert raw.makefile("rb").readline().startswith(b"HTTP/1.1 404")
    assert running_service(client.folders) == before


def test_no_reply_leads_to_an_address_of_the_service(server: Jupyter, client: Client) -> None:
    for path in ("operations/x/", "experiments/tracking/", "experiments/overview/"):
        found = server.http.get(f"labwright/{path}")
        assert (found.status_code, "location" in found.headers) == (404, False), path


def test_a_base_url_may_look_like_anything() -> None:
    assert service_path("/user/labwright/labwright/status", "/user/labwright/") == "/status"
    assert service_path("/user/a%40b/labwright/serving/endpoints/x%2Fy", "/user/a@b/") == "/serving/endpoints/x%2Fy"
    assert service_path("/labwright/experiments/runs/1/metrics/a%2F..%2Fb", "/") is None


def test_a_write_must_be_json_and_have_the_xsrf_token(server: Jupyter, client: Client) -> None:
    path = "labwright/operations/no-such-operation/cancel"
    assert server.http.post(path, content="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert server.http.post(path, data={"a": "b"}).status_code == 415
    page = server.browser()
    assert page.get("labwright/operations").status_code == 200
    assert page.post(path, json={}).status_code == 403
    assert page.delete("labwright/clusters/no-such-cluster").status_code == 403
    token = {"X-XSRFToken": page.cookies["_xsrf"]}
    assert page.post(path, json={}, headers=token).json()["code"] == "not_found"
    assert page.get("labwright/operations", headers={"Origin": "https://example.org"}).status_code == 404
    page.close()


def test_reading_that_nobody_clicked_is_no_activity(server: Jupyter, client: Client) -> None:
    def last_activity() -> str:
        return str(server.http.get("api/status").json()["last_activity"])

    server.http.get("labwright/operations")
    before = last_activity()
    for path in ("operations", "status", "door", "experiments"):
        assert server.http.get(f"labwright/{path}", headers={"X-Labwright-Background": "1"}).is_success
    assert last_activity() == before
    server.http.get("labwright/operations")
    assert last_activity() > before


def test_changes_reach_the_page_as_jupyter_events(tmp_path: Path, other_home: StateFolder) -> None:
    with jupyter(tmp_path, other_home.home, base_url="/at/some/place/") as server:
        page = websocket.create_connection(
            server.url.replace("http", "ws", 1) + "api/events/subscribe",
            header=[f"Authorization: token {server.token}"],
            timeout=30,
        )
        server.http.get("labwright/operations")
        assert next_change(page) == ("*", "")
        assert server.http.get("labwright/experiments").is_success  # MLflow starts, and says so
        assert next_change(page) == ("experiments", "mlflow")
        # The service dies: nobody starts it from here, and when it lives again everything may have changed.
        other_home.kill_service()
        time.sleep(3)
        assert other_home.services() == []
        assert server.http.get("labwright/operations").is_success
        while (change := next_change(page)) != ("*", ""):
            assert change[0] == "experiments"
        page.close()


def next_change(page: websocket.WebSocket) -> tuple[str, str]:
    while True:
        event = json.loads(page.recv())
        if event["schema_id"] == SCHEMA_ID:
            return event["capability"], event["name"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_a_clean_shutdown_says_what_goes_on(tmp_path: Path, other_home: StateFolder, how: signal.Signals) -> None:
    with jupyter(tmp_path, other_home.home) as server:
        server.http.get("labwright/operations")
        said = server.stop(how)
    assert said.count("Labwright goes on without this Jupyter server") == 1
    assert "stop it with: labwright stop" in said
    assert len(other_home.services()) == 1


@pytest.fixture
def recorder(other_home: StateFolder) -> Iterator[Path]:
    """The recording peer, in the service's place."""
    other_home.home.mkdir(parents=True)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.service.recorder"],
        env=os.environ | {"LABWRIGHT_HOME": str(other_home.home)}, cwd=Path(__file__).parents[2],
    )  # fmt: skip
    wait_until(lambda: running_service(other_home.folders) is not None, "the recorder listens")
    yield other_home.home / SEEN
    process.kill()
    process.wait()


def test_what_is_sent_on(tmp_path: Path, other_home: StateFolder, recorder: Path) -> None:
    def seen(path: str) -> list[dict[str, Any]]:
        return [line for line in map(json.loads, recorder.read_text().splitlines()) if f" {path}" in line["first"]]

    with jupyter(tmp_path, other_home.home) as server:
        page = server.browser()
        xsrf = page.cookies["_xsrf"]
        reply = page.post(
            f"labwright/serving/endpoints/a%2Fb/predict?x=1&token=secret&_xsrf={xsrf}&no_track_activity=1&y=%26",
            json={"a": 1},
            headers={"X-XSRFToken": xsrf, "If-Match": "7", "X-Forwarded-For": "10.0.0.1"},
        )
        assert reply.json() == {}
        assert "set-cookie" not in reply.headers
        (sent,) = seen("/serving")
        assert sent["first"] == "POST /serving/endpoints/a%2Fb/predict?x=1&y=%26 HTTP/1.1"
        assert sent["body"] == '{"a":1}'
        assert sent["headers"]["authorization"] == f"Bearer {read_token(other_home.folders)}"
        assert sent["headers"]["if-match"] == "7"
        assert not {"cookie", "x-xsrftoken", "x-forwarded-for", "origin", "referer"} & set(sent["headers"])
        assert xsrf not in json.dumps(sent)
        server.http.get("labwright/clusters")
        assert server.token not in recorder.read_text(), "Jupyter's token stays in the Jupyter server"

        # A reply comes as it is written …
        with server.http.stream("GET", "labwright/operations") as stream:
            parts = stream.iter_raw()
            assert next(parts) == b"[1, "
            (other_home.home / REST).touch()  # the rest is only written now
            assert b"".join(parts) == b"2]"
        # … half a reply is not taken for a whole one …
        with pytest.raises(httpx.RemoteProtocolError):
            server.http.get("labwright/drift/reports")
        # … and where the service dies each time, the request is sent twice and the answer is a problem.
        reply = server.http.post("labwright/features", json={})
        assert (reply.status_code, reply.json()["code"]) == (503, "unavailable")
        assert reply.headers["retry-after"] == "1"
        assert len(seen("/features")) == 2
        page.close()


def test_the_prefixes_are_those_of_the_service() -> None:
    from labwright.service.schema import schema

    served = {path.split("/")[1] for path in schema()["paths"]}
    assert served - set(PREFIXES) == {"mlflow", "shutdown", "events"} & served
    assert set(PREFIXES) <= served


def test_a_page_that_only_looks_does_not_undo_a_stop(tmp_path: Path, other_home: StateFolder) -> None:
    with jupyter(tmp_path, other_home.home) as server:
        assert server.http.get("labwright/clusters").is_success
        found = other_home.command("stop", "--all")
        assert found.returncode == 0, found.stderr
        for path in ("clusters", "features", "operations"):
            reply = server.http.get(f"labwright/{path}", headers={"X-Labwright-Background": "1"})
            assert (reply.status_code, reply.json()["code"]) == (503, "stopped")
        assert other_home.processes() == []
        assert server.http.get("labwright/clusters").is_success, "a click starts it again"
        other_home.kill_service()
        reply = server.http.get("labwright/clusters", headers={"X-Labwright-Background": "1"})
        assert reply.is_success, "one that died is revived by whoever looks"
