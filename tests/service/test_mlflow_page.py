"""MLflow's own page through the door: for who is logged in, from this site, and what is logged runs nowhere."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from urllib.parse import urlsplit

import httpx
import pytest

from labwright.client import Client
from labwright.experiments.models import Tracking
from labwright.service.tracking_token import tracking_token
from labwright.state import running_service
from tests.jupyter import Jupyter

BASE = "labwright/mlflow/"
API = f"{BASE}ajax-api/2.0/mlflow/"
EVIL = b"<script>document.title = 'it ran'</script>"
SAME: dict[str, str] = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}


@pytest.fixture(scope="module")
def logged_in(server: Jupyter) -> Iterator[httpx.Client]:
    """Logged in as a browser is: a cookie, and no XSRF token."""
    with closing(server.browser()) as found:
        yield found


@pytest.fixture(scope="module")
def run(client: Client) -> dict[str, str]:
    """A run with a page among its artifacts."""
    uri = client.get("/experiments/tracking", Tracking).uri
    headers = {"Authorization": f"Bearer {tracking_token(client.folders)}"}
    with httpx.Client(base_url=uri, headers=headers, timeout=120) as http:
        body = {"experiment_id": "0", "run_name": "seen in the page", "start_time": int(time.time() * 1000)}
        info = http.post("/api/2.0/mlflow/runs/create", json=body).raise_for_status().json()["run"]["info"]
        place = info["artifact_uri"].removeprefix("mlflow-artifacts:/")
        for name in ("page.html", "code.js"):
            http.put(f"/api/2.0/mlflow-artifacts/artifacts/{place}/{name}", content=EVIL).raise_for_status()
    return {"id": info["run_id"], "place": place}


def search(http: httpx.Client, **headers: str) -> httpx.Response:
    return http.post(f"{API}runs/search", json={"experiment_ids": ["0"]}, headers=headers)


def test_the_page_and_its_questions_pass(logged_in: httpx.Client, run: dict[str, str]) -> None:
    assert logged_in.get("labwright/mlflow").headers["location"].endswith("/labwright/mlflow/")
    shown = logged_in.get(BASE)
    assert shown.status_code == 200
    assert "static-files/static/js/main" in shown.text
    policy = shown.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "unsafe-eval" not in policy
    assert "x-frame-options" not in shown.headers
    script = shown.text.split('src="')[1].split('"')[0]
    assert logged_in.get(f"{BASE}{script}", headers=SAME | {"Sec-Fetch-Dest": "script"}).status_code == 200
    found = search(logged_in, **SAME).json()["runs"]
    assert "seen in the page" in [each["info"]["run_name"] for each in found]
    graphql = {"query": 'query { test(inputString: "x") { output } }'}
    assert logged_in.post(f"{BASE}graphql", json=graphql, headers=SAME).status_code == 200
    server_info = logged_in.get(f"{BASE}ajax-api/3.0/mlflow/server-info", headers=SAME)
    assert server_info.status_code == 200
    assert "sandbox" in server_info.headers["content-security-policy"]


def test_what_was_logged_does_not_run(logged_in: httpx.Client, run: dict[str, str]) -> None:
    where = {"run_uuid": run["id"], "path": "page.html"}
    for path, params in (
        (f"{BASE}get-artifact", where),
        (f"{BASE}ajax-api/2.0/mlflow-artifacts/artifacts/{run['place']}/page.html", {}),
    ):
        found = logged_in.get(
            path, params=params, headers={"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
        )
        assert (found.status_code, found.content) == (200, EVIL)
        assert found.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert found.headers["x-content-type-options"] == "nosniff"
    for destination in ("script", "worker", "serviceworker", "style"):
        headers = SAME | {"Sec-Fetch-Dest": destination}
        refused = logged_in.get(f"{BASE}get-artifact", params=where | {"path": "code.js"}, headers=headers)
        assert refused.status_code == 403, destination


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "cors"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Referer": "https://elsewhere.example/page"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "SAME"},
        {"Sec-Fetch-Site": "cross-site", "Authorization": "Basic c29tZTpib2R5"},  # of a proxy, by the browser itself
        {},
    ],
)
def test_a_write_of_another_site_is_refused(
    logged_in: httpx.Client, server: Jupyter, run: dict[str, str], headers: dict[str, str]
) -> None:
    headers = {name: server.url.rstrip("/") if value == "SAME" else value for name, value in headers.items()}
    body = {"run_id": run["id"], "key": "planted", "value": "yes"}
    reply = logged_in.post(f"{API}runs/set-tag", json=body, headers=headers)
    assert reply.status_code in {403, 404}, reply.text
    token = {"X-XSRFToken": logged_in.cookies["_xsrf"]}
    assert logged_in.post(f"{API}runs/set-tag", json=body, headers=headers | token).status_code in {403, 404}
    found = logged_in.get(f"{API}runs/get", params={"run_id": run["id"]}, headers=SAME).json()
    assert "planted" not in [tag["key"] for tag in found["run"]["data"].get("tags", [])]


@pytest.mark.parametrize("which", ["Origin", "Referer"])
def test_a_browser_without_fetch_metadata_is_known_by_its_origin(
    logged_in: httpx.Client, server: Jupyter, run: dict[str, str], which: str
) -> None:
    body = {"run_id": run["id"], "key": which, "value": "yes"}
    assert logged_in.post(f"{API}runs/set-tag", json=body, headers={which: server.url.rstrip("/")}).status_code == 200


def test_a_form_of_another_site_is_refused(logged_in: httpx.Client, run: dict[str, str]) -> None:
    assert logged_in.post(f"{API}runs/set-tag", data={"run_id": run["id"]}, headers=SAME).status_code == 415
    body = json.dumps({"run_id": run["id"]})
    plain = SAME | {"Content-Type": "text/plain"}
    assert logged_in.post(f"{API}runs/delete", content=body, headers=plain).status_code == 415


@pytest.mark.parametrize(
    "path",
    [
        "api/2.0/mlflow/runs/search", "gateway/x/mlflow/invocations", "ajax-api/2.0/mlflow/gateway-proxy",
        "ajax-api/3.0/mlflow/gateway/secrets/list", "ajax-api/2.0/mlflow/webhooks", "ajax-api/2.0/mlflow/users/create",
        "ajax-api/3.0/mlflow/assistant/chat", "ajax-api/2.0/mlflow/experiments/permissions/create", "signup",
        "ajax-api/2.0/mlflow/runs/create-promptlab-run", "ajax-api/2.0/mlflow/upload-artifact", "v1/traces",
        "ajax-api/3.0/jobs", "ajax-api/3.0/mlflow/ui-telemetry", "ajax-api/2.0/mlflow/runs/../users/create", "metrics",
        "static-files/../api/2.0/mlflow/users/get", "static-files/..%2f..%2fapi", "static-files/%2e%2e/x", "x",
        "ajax-api/2.0/mlflow/runs/..%5cusers", "http://127.0.0.1/x", "ajax-api/2.0/mlflow-artifacts/artifacts/%2e%2e/x",
    ],
)  # fmt: skip
def test_nothing_else_passes(server: Jupyter, path: str) -> None:
    address = urlsplit(server.url)
    for method in ("GET", "POST"):
        with socket.create_connection((address.hostname, address.port)) as raw:  # a client would tidy the path
            raw.sendall(
                f"{method} /{BASE}{path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: token {server.token}\r\n"
                "Content-Type: application/json\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}".encode()
            )
            assert raw.makefile("rb").readline().startswith(b"HTTP/1.1 404"), (method, path)


def test_files_are_only_read(logged_in: httpx.Client, run: dict[str, str]) -> None:
    place = f"{BASE}ajax-api/2.0/mlflow-artifacts/artifacts/{run['place']}/page.html"
    for method in ("PUT", "DELETE", "POST", "PATCH"):
        assert logged_in.request(method, place, json={}, headers=SAME).status_code == 404


def test_who_is_not_logged_in_sees_nothing(server: Jupyter, run: dict[str, str]) -> None:
    with server.client() as stranger:
        for path in ("", "static-files/x", "get-artifact", "ajax-api/2.0/mlflow/runs/get", "graphql", "x"):
            for method in ("GET", "POST", "PUT", "DELETE"):
                reply = stranger.request(method, f"{BASE}{path}", json={}, headers=SAME)
                assert reply.status_code == 403, (method, path)
                assert run["id"] not in reply.text


def test_no_credential_reaches_the_browser(logged_in: httpx.Client, client: Client, run: dict[str, str]) -> None:
    secrets = [client.token, tracking_token(client.folders)]
    for reply in (logged_in.get(BASE), search(logged_in, **SAME), logged_in.get(f"{BASE}version", headers=SAME)):
        assert reply.status_code == 200
        assert not [secret for secret in secrets if secret in reply.text + str(reply.headers)]
        assert not {"set-cookie", "www-authenticate", "access-control-allow-origin"} & set(reply.headers)


def test_no_path_of_a_kernel_leaves_mlflows(client: Client) -> None:
    headers = {"Authorization": f"Bearer {tracking_token(client.folders)}"}
    with httpx.Client(base_url=client.service().url, headers=headers) as http:
        for path in ("/mlflow/%2e%2e/status", "/mlflow/x/%2e%2e/%2E%2e/y", "/mlflow/x%5c..%5c..%5cy", "/mlflow/%2e"):
            reply = http.get(path)
            assert (reply.status_code, reply.json()["detail"]) == (404, "MLflow has no such address."), path


def test_a_page_that_only_looks_is_no_activity(logged_in: httpx.Client, server: Jupyter, run: dict[str, str]) -> None:
    def last_activity() -> str:
        return str(server.http.get("api/status?no_track_activity=1").json()["last_activity"])

    logged_in.get(BASE, headers={"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"})
    before = last_activity()
    search(logged_in, **SAME)
    logged_in.get(f"{API}runs/get", params={"run_id": run["id"]}, headers=SAME)
    logged_in.get(f"{API}metrics/get-history", params={"run_id": run["id"], "metric_key": "x"}, headers=SAME)
    assert last_activity() == before
    body = {"run_id": run["id"], "key": "touched", "value": "yes"}
    assert logged_in.post(f"{API}runs/set-tag", json=body, headers=SAME).is_success
    assert last_activity() > before


def test_a_page_that_only_looks_does_not_undo_a_stop(server: Jupyter, client: Client, run: dict[str, str]) -> None:
    with closing(server.browser()) as logged_in:
        client.request("POST", "/shutdown", json={"everything": False})
        client.close()
        deadline = time.monotonic() + 20
        while running_service(client.folders) is not None and time.monotonic() < deadline:
            time.sleep(0.05)
        reply = search(logged_in, **SAME)
        assert (reply.status_code, reply.json()["code"]) == (503, "stopped")
        assert logged_in.get(BASE, headers={"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Site": "none"}).is_success
        assert search(logged_in, **SAME).is_success
