"""Clusters on this machine: real schedulers and workers."""

from __future__ import annotations

import os
import signal
import ssl
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from labwright.client import Client
from labwright.clusters import api, local
from labwright.clusters.backend import Spec
from labwright.clusters.gpus import gpus_here
from labwright.clusters.models import Cluster, ClusterState, ScaleCluster, StartCluster
from labwright.clusters.processes import MARK
from labwright.errors import ConflictError, InvalidError, NotFoundError, UnavailableError

NAME = "tests"


def ours(home: Path) -> list[psutil.Process]:
    """Living processes of any cluster of this state folder."""
    found = []
    for process in psutil.process_iter():
        try:
            environment = process.environ()
        except (psutil.Error, OSError):
            continue
        if MARK in environment and environment.get("LABWRIGHT_HOME") == str(home):
            found.append(process)
    return found


def eventually(check: Callable[[], Any], seconds: float = 30) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := check()) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert found
    return found


def kill_service(client: Client) -> None:
    state = client.service()
    os.kill(state.pid, signal.SIGKILL)
    eventually(lambda: not psutil.pid_exists(state.pid) or psutil.Process(state.pid).status() == "zombie")


@pytest.fixture(scope="module")
def cluster(client: Client) -> Iterator[Cluster]:
    """One cluster of two workers for the tests that leave it as it was."""
    yield api.start(workers=2, name=NAME)
    api.stop(NAME)


def test_work_runs_on_both_workers(cluster: Cluster) -> None:
    dask = api.client(NAME)
    assert api.client(NAME) is dask

    def slow_pid(_: int) -> int:
        time.sleep(0.1)
        return os.getpid()

    seen = dask.gather(dask.map(slow_pid, range(8), pure=False))
    assert len(set(seen)) == 2
    assert not set(seen) & {os.getpid()}


def test_start_twice_gives_one(cluster: Cluster, client: Client) -> None:
    again = api.start(workers=3, name=NAME)
    assert again.state is ClusterState.running
    assert (again.address, again.wanted, again.revision) == (cluster.address, 2, cluster.revision)
    assert "already" in again.message
    assert "scale" in again.message
    assert [entry.name for entry in api.list()] == [NAME]


def test_the_workers_say_how_they_are(cluster: Cluster) -> None:
    workers = api.get(NAME).workers
    assert len(workers) == 2
    assert all(
        worker.threads == 1 and worker.memory > 1e7 and worker.memory_limit > worker.memory for worker in workers
    )


def test_a_client_without_credentials_is_refused(cluster: Cluster) -> None:
    from distributed import Client as DaskClient
    from distributed.security import Security

    assert cluster.address is not None
    with pytest.raises((OSError, RuntimeError, TypeError, ValueError, ssl.SSLError)):
        DaskClient(cluster.address, timeout=2)
    with pytest.raises((OSError, RuntimeError, ValueError, ssl.SSLError)):
        DaskClient(cluster.address.replace("tls:", "tcp:"), timeout=2)
    with pytest.raises((OSError, RuntimeError, ValueError, ssl.SSLError)):
        DaskClient(cluster.address, security=Security.temporary(), timeout=2)
    assert len(api.get(NAME).workers) == 2


def test_ports_are_on_loopback_and_no_dashboard_answers(cluster: Cluster, state_folder: Path) -> None:
    listening = [
        connection.laddr
        for process in ours(state_folder)
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    ]
    assert len(listening) >= 4
    assert {where.ip for where in listening} == {"127.0.0.1"}
    answered = []
    for where in listening:
        for path in ("", "status", "health", "info/main/workers.html", "metrics", "json/counts.json"):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{where.port}/{path}", timeout=2):
                    answered.append(path)
            except OSError:
                continue  # a TLS port, or 404
    assert answered == []


def test_credentials_are_private(cluster: Cluster, state_folder: Path) -> None:
    folder = Path(cluster.credentials or "")
    assert folder.is_relative_to(state_folder)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for name in ("ca.pem", "cert.pem", "key.pem"):
        assert stat.S_IMODE((folder / name).stat().st_mode) == 0o600
    for process in ours(state_folder):
        assert "PRIVATE KEY" not in " ".join(process.cmdline())


def test_the_environment_of_workers_is_scrubbed(cluster: Cluster, state_folder: Path) -> None:
    for process in ours(state_folder):
        assert not [name for name in process.environ() if "TOKEN" in name or name.startswith(("JUPYTER", "MLFLOW"))]


def test_scale_up_and_down(cluster: Cluster) -> None:
    dask = api.client(NAME)
    kept = dask.scatter(list(range(100)))
    assert len(api.scale(3, NAME).workers) == 3
    down = api.scale(2, NAME)
    assert (len(down.workers), down.wanted) == (2, 2)
    assert dask.gather(kept) == list(range(100))
    again = api.scale(2, NAME)
    assert "already" in again.message
    assert again.revision == down.revision


def test_two_people_at_once(cluster: Cluster, client: Client) -> None:
    stale = ScaleCluster(workers=3, expected_revision=api.get(NAME).revision - 1)
    with pytest.raises(ConflictError):
        client.request("PATCH", f"/clusters/{NAME}", body=stale)
    assert api.get(NAME).wanted == 2


def test_it_survives_the_service(cluster: Cluster, client: Client, state_folder: Path) -> None:
    before = {process.pid for process in ours(state_folder)}
    dask = api.client(NAME)
    kill_service(client)
    assert dask.submit(sum, [1, 2]).result() == 3
    found = api.start(workers=2, name=NAME)
    assert (found.state, found.address, len(found.workers)) == (ClusterState.running, api.get(NAME).address, 2)
    assert {process.pid for process in ours(state_folder)} <= before  # a worker that was retired may still be ending
    assert api.client(NAME) is dask


def test_a_dead_scheduler_is_noticed_and_nothing_is_left(client: Client, state_folder: Path) -> None:
    api.start(workers=1, name="dies")
    [scheduler] = [
        process
        for process in ours(state_folder)
        if "distributed.cli.dask_scheduler" in process.cmdline() and "/dies/" in " ".join(process.cmdline())
    ]
    mark = scheduler.environ()[MARK]
    scheduler.kill()
    lost = eventually(lambda: (found := api.get("dies")).state is ClusterState.lost and found)
    assert "Start it again" in lost.message
    assert not [process for process in ours(state_folder) if process.environ().get(MARK) == mark]
    assert any("dies" in note for note in client.get("/status", dict[str, Any])["notes"])
    assert api.start(workers=1, name="dies").state is ClusterState.running
    api.stop("dies")


def test_scheduler_and_service_dead_together(client: Client, state_folder: Path) -> None:
    api.start(workers=1, name="both")
    mine = [process for process in ours(state_folder) if "/both/" in " ".join(process.cmdline())]
    kill_service(client)
    for process in mine:
        if "distributed.cli.dask_scheduler" in process.cmdline():
            process.kill()
    assert api.get("both").state is ClusterState.lost
    assert not [process for process in mine if process.is_running() and process.status() != "zombie"]
    api.stop("both")


def test_the_service_killed_in_the_middle_of_a_start(client: Client, state_folder: Path) -> None:
    before = {process.pid for process in ours(state_folder)}
    asked = StartCluster(name="midway", workers=1)
    assert client.post("/clusters", Cluster, body=asked).state is ClusterState.starting
    eventually(lambda: {process.pid for process in ours(state_folder)} - before, seconds=10)
    kill_service(client)
    found = api.get("midway")
    assert found.state is ClusterState.failed
    assert "Start it again" in found.message
    assert {process.pid for process in ours(state_folder)} <= before
    api.stop("midway")


def test_stop_leaves_no_process_and_no_key(client: Client, state_folder: Path) -> None:
    before = {process.pid for process in ours(state_folder)}
    folder = Path(api.start(workers=2, name="ends").credentials or "")
    assert {process.pid for process in ours(state_folder)} - before
    assert api.stop("ends").state is ClusterState.stopped
    assert {process.pid for process in ours(state_folder)} <= before
    assert not list(folder.glob("*.pem"))
    assert "already" in api.stop("ends").message
    assert "ends" not in {cluster.name for cluster in api.list()}


def test_a_start_that_fails_says_why_and_leaves_nothing(client: Client, state_folder: Path) -> None:
    before = {process.pid for process in ours(state_folder)}
    folder = state_folder / "clusters" / "broken"
    folder.mkdir(parents=True)
    (folder / "files").write_text("in the way of the workers' folder")
    with pytest.raises(UnavailableError, match=r"The workers ended at once: .*workers\.log"):
        api.start(workers=1, name="broken")
    assert api.get("broken").state is ClusterState.failed
    assert {process.pid for process in ours(state_folder)} <= before
    assert not list(folder.glob("*.pem"))
    (folder / "files").unlink()
    assert api.start(workers=1, name="broken").state is ClusterState.running
    api.stop("broken")


def test_stop_in_the_middle_of_a_start(client: Client, state_folder: Path) -> None:
    before = {process.pid for process in ours(state_folder)}
    client.post("/clusters", Cluster, body=StartCluster(name="midway", workers=1))
    assert api.stop("midway").state is ClusterState.stopped
    time.sleep(2)
    assert {process.pid for process in ours(state_folder)} <= before
    assert api.get("midway").state is ClusterState.stopped


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"workers": 64, "threads": 64}, "cores"),
        ({"memory": "1MB"}, "128MiB"),
        ({"memory": "900TiB"}, "128MiB"),
        ({"memory": "lots"}, "memory_limit"),
        ({"name": "Not A Name"}, "name"),
        ({"workers": 0}, "workers"),
    ],
)
def test_bad_input_is_refused_and_changes_nothing(client: Client, asked: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        api.start(**({"name": "refused"} | asked))
    with pytest.raises(NotFoundError):
        api.get("refused")


def test_unknown_names(client: Client) -> None:
    for verb in (api.get, api.stop, api.client):
        with pytest.raises(NotFoundError, match="no cluster"):
            verb("nobody")
    with pytest.raises(NotFoundError):
        api.scale(2, "nobody")


@pytest.mark.skipif(bool(gpus_here()), reason="this machine has GPUs")
def test_gpus_are_refused_where_there_are_none(client: Client) -> None:
    with pytest.raises(InvalidError, match="no NVIDIA GPU"):
        api.start(gpus=1, name="refused")


def test_each_gpu_gets_a_worker_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # A real nvidia-smi is not at hand everywhere: this one prints what the real one prints for three GPUs.
    listing = tmp_path / "nvidia-smi"
    listing.write_text("#!/bin/sh\nprintf '0\\n1\\n2\\n'\n")
    listing.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    spec = Spec(name="gpu", workers=2, threads=1, memory_limit="1GiB", gpus=1, notebook=None)
    local.LocalBackend().check(spec)
    started = local.groups(spec, 2, [{"pid": 1, "started": 0.0, "gpus": ["1"]}])
    assert started == [(1, ["0"]), (1, ["2"])]
    command = local.worker_command(spec, tmp_path, 1, 1)
    assert command[command.index("--resources") + 1] == "GPU=1"
    assert local.environment("mark", devices=["2"])["CUDA_VISIBLE_DEVICES"] == "2"
    with pytest.raises(InvalidError, match="3 GPUs"):
        local.LocalBackend().check(Spec("gpu", 2, 1, "1GiB", 2, None))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2")
    assert gpus_here() == ["2"]


def test_notebooks_of_one_name_in_two_folders(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/a/01 First Model.ipynb")
    assert api.default_name() == "01-first-model"
    api.start(workers=1)
    assert api.default_name() == "01-first-model"
    monkeypatch.setenv("JPY_SESSION_NAME", "/home/me/b/01 First Model.ipynb")
    other = api.default_name()
    assert other.startswith("01-first-model-")
    assert len(other) <= 40
    monkeypatch.delenv("JPY_SESSION_NAME")
    assert api.default_name() == "notebook"
    api.stop("01-first-model")


def test_workers_import_what_lies_beside_the_notebook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(tmp_path) in local.environment("mark", notebook=str(tmp_path / "a.ipynb"))["PYTHONPATH"]
    monkeypatch.delenv("PYTHONPATH", raising=False)
    assert "PYTHONPATH" not in local.environment("mark", notebook="relative/a.ipynb")


def test_the_package_imports_no_dask() -> None:
    code = "import sys, labwright.clusters.api, labwright.clusters.routes; sys.exit('distributed' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
