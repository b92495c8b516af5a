"""An endpoint under traffic and a cluster, through kill -9 of the Jupyter server and of the service, to the end."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.jupyter import Jupyter, jupyter
from tests.state_folder import StateFolder, own_state_folder, wait_until

REPOSITORY = Path(__file__).parents[2]
# What a notebook does, in a process that is gone when the test begins.
NOTEBOOK = """
import labwright as lw
from labwright.client import Client
from tests.service.served import promote, train
promote(Client(), train("faults"), "flights")
lw.clusters.start(workers=1, name="workers")
"""
ROW = {"dataframe_split": {"columns": ["temp", "wind", "carrier"], "data": [[12.5, 8.0, "UA"]]}}


class Traffic:
    """Requests to the endpoint, one after the other, while something else dies."""

    def __init__(self, url: str, token: str) -> None:
        self.answered, self.failures = 0, list[str]()
        self._url, self._token = url, token
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        with httpx.Client(headers={"Authorization": f"Bearer {self._token}"}, timeout=20) as http:
            while not self._ending.is_set():
                try:
                    reply = http.post(f"{self._url}/invocations", json=ROW)
                except httpx.HTTPError as error:
                    self.failures.append(repr(error))
                    continue
                if reply.is_success:
                    self.answered += 1
                else:
                    self.failures.append(reply.text)
                time.sleep(0.01)

    def __enter__(self) -> Traffic:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ending.set()
        self._thread.join()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    """A state folder with an endpoint, flights, and a cluster, workers."""
    with own_state_folder(tmp_path_factory.mktemp("faults") / "home") as found:
        notebook = subprocess.run(
            [sys.executable, "-c", NOTEBOOK],
            env=os.environ | {"LABWRIGHT_HOME": str(found.home), "PYTHONPATH": str(REPOSITORY)},
            cwd=REPOSITORY, capture_output=True, text=True, check=False, timeout=280,
        )  # fmt: skip
        assert notebook.returncode == 0, notebook.stderr
        yield found


def shown(server: Jupyter) -> tuple[dict[str, Any], dict[str, Any]]:
    """The endpoint and the cluster, as a panel is told."""
    endpoint = server.http.get("labwright/serving/endpoints/flights").json()
    cluster = server.http.get("labwright/clusters/workers").json()
    return endpoint, cluster


def detached(home: StateFolder) -> set[int]:
    """What leads sessions of its own: all processes but the service and its children."""
    service = {os.getsid(process.pid) for process in home.services()}
    return {process.pid for process in home.processes() if os.getsid(process.pid) not in service}


def logged(home: StateFolder) -> int:
    files = (home.home / "endpoints" / "flights" / "log").glob("*.jsonl")
    lines = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    return sum(line["status"] == 200 for line in lines)


def test_kill_9_of_server_and_service(home: StateFolder, tmp_path: Path) -> None:
    with jupyter(tmp_path, home.home) as first:
        endpoint, cluster = shown(first)
        assert (endpoint["state"], cluster["state"]) == ("ready", "running"), (endpoint, cluster)
        before = detached(home)
        token = home.command("token", "flights").stdout.strip()
        already = logged(home)
        with Traffic(endpoint["url"], token) as traffic:
            wait_until(lambda: traffic.answered > 20, "traffic flows")
            first.kill()
            with jupyter(tmp_path, home.home) as second:
                again = shown(second)
                assert again[0]["url"] == endpoint["url"]
                assert [found["state"] for found in again] == ["ready", "running"]
                assert again[1]["address"] == cluster["address"]
                assert len(home.services()) == 1, "adopted, not doubled"
                assert detached(home) == before

                dead = home.kill_service()
                count = traffic.answered
                wait_until(lambda: traffic.answered > count + 20, "the endpoint answers without the service")
                again = shown(second)  # revives it
                (service,) = home.services()
                assert service.pid != dead
                assert [found["state"] for found in again] == ["ready", "running"]
                assert (again[0]["url"], again[1]["address"]) == (endpoint["url"], cluster["address"])
                assert detached(home) == before, "nothing doubled, nothing lost"
        assert traffic.failures == []
        assert logged(home) == already + traffic.answered, "every answered prediction is in the log, once"


def test_shutdown_and_stop(home: StateFolder, tmp_path: Path) -> None:
    with jupyter(tmp_path, home.home) as server:
        endpoint, _cluster = shown(server)
        said = server.stop()
    for name, command in (("flights", "labwright stop flights"), ("workers", "labwright stop workers")):
        assert f"{name} (" in said
        assert f"stop it with: {command}" in said
    assert "labwright stop --all" in said
    # The service's own end leaves both alone.
    before = detached(home)
    said = home.command("stop").stdout
    assert "labwright stop flights" in said
    assert "labwright stop workers" in said
    assert {process.pid for process in home.processes()} == before

    assert home.command("stop", "workers").stdout == "The cluster workers has stopped.\n"
    assert home.command("stop", "workers").stdout == "workers has stopped already.\n"
    going_on = json.loads(home.command("status", "--json").stdout)["going_on"]
    assert [item["name"] for item in going_on] == ["flights"]
    assert home.command("stop", "--all").returncode == 0
    assert home.processes() == []
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{endpoint['url']}/ping")
