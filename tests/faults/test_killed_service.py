"""kill -9 of the service: the next request revives it, whoever asks, and never two of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from labwright.client import Client
from labwright.service.models import Status
from labwright.state import read_service_state
from tests.jupyter import jupyter
from tests.state_folder import StateFolder, wait_until


def test_the_door_revives_it(tmp_path: Path, other_home: StateFolder) -> None:
    with jupyter(tmp_path, other_home.home) as server:
        assert server.http.get("labwright/experiments").is_success
        old = read_service_state(other_home.folders)
        token = other_home.folders.token.read_text()
        dead = other_home.kill_service()
        assert server.http.get("labwright/status").json()["running"] is False
        with ThreadPoolExecutor(8) as pool:
            replies = list(pool.map(lambda _: server.http.get("labwright/operations"), range(16)))
        assert {reply.status_code for reply in replies} == {200}
        assert len(other_home.services()) == 1
        new = read_service_state(other_home.folders)
        assert old is not None
        assert new is not None
        assert new.pid != dead
        assert (new.url, new.socket) == (old.url, old.socket), "kernels keep the address that they have"
        assert other_home.folders.token.read_text() == token
        # MLflow was tied to the dead service: the old one is gone, and there are not two.
        assert server.http.get("labwright/experiments").is_success
        wait_until(lambda: len(mlflow(other_home)) == 1, "one MLflow")


def mlflow(home: StateFolder) -> list[psutil.Process]:
    return [process for process in home.processes() if any("mlflow" in part for part in process.cmdline())]


def test_a_write_is_done_again(tmp_path: Path, other_home: StateFolder) -> None:
    with jupyter(tmp_path, other_home.home) as server:
        server.http.get("labwright/operations")
        for _ in range(3):
            other_home.kill_service()
            reply = server.http.post("labwright/operations/none/cancel", json={})
            assert (reply.status_code, reply.json()["code"]) == (404, "not_found")
        assert len(other_home.services()) == 1


def test_the_client_and_the_door_find_the_same(
    tmp_path: Path, other_home: StateFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABWRIGHT_HOME", str(other_home.home))
    client = Client()
    with jupyter(tmp_path, other_home.home) as server:
        client.get("/status", Status)
        server.http.get("labwright/operations")
        other_home.kill_service()
        with ThreadPoolExecutor(2) as pool:
            by_client = pool.submit(client.get, "/status", Status)
            by_door = pool.submit(server.http.get, "labwright/operations")
            assert by_client.result().owner
            assert by_door.result().is_success
        assert len(other_home.services()) == 1
    client.close()
