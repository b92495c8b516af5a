"""The state folder: private, found again, never confused."""

from __future__ import annotations

import dataclasses
import os
import shutil
import stat
import subprocess
import sys
import time
from pathlib import Path

import pytest

from labwright.client import Client
from labwright.service.models import Shutdown, Status
from labwright.state import Folders, folders, is_locked, is_process, process_started, running_service, write_private
from tests.state_folder import StateFolder


def test_folders_and_secrets_are_private(client: Client) -> None:
    state = client.service()
    where = client.folders
    assert stat.S_IMODE(where.runtime.stat().st_mode) == 0o700
    assert stat.S_IMODE(where.home.stat().st_mode) == 0o700
    for path in (where.token, where.service_state, Path(state.socket)):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert client.token not in where.service_state.read_text()


def test_socket_path_is_short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    monkeypatch.setenv("LABWRIGHT_HOME", str(deep))
    monkeypatch.delenv("XDG_RUNTIME_DIR", raising=False)
    where = folders()
    assert len(str(where.service_socket).encode()) <= 107
    where.runtime.rmdir()


def test_a_service_is_known_by_lock_host_boot_and_process(client: Client) -> None:
    from labwright.state import write_service_state

    state = client.service()
    where = client.folders
    assert running_service(where) == state
    assert is_locked(where.service_lock)
    try:
        for change in ({"boot_id": "another"}, {"host": "another"}, {"pid": os.getpid()}, {"started": 1.0}):
            write_service_state(where, dataclasses.replace(state, **change))
            assert running_service(where) is None, change
    finally:
        write_service_state(where, state)
    assert running_service(where) == state


def test_a_reused_pid_is_another_process() -> None:
    started = process_started(os.getpid())
    assert started is not None
    assert is_process(os.getpid(), started)
    assert not is_process(os.getpid(), started - 10)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    began = process_started(ended.pid)
    ended.wait()
    assert not is_process(ended.pid, began)


def test_write_private_keeps_the_first_when_it_must_be_new(tmp_path: Path) -> None:
    path = tmp_path / "token"
    write_private(path, "first", only_if_new=True)
    write_private(path, "second", only_if_new=True)
    assert path.read_text() == "first"
    write_private(path, "third")
    assert path.read_text() == "third"
    assert [item.name for item in tmp_path.iterdir()] == ["token"]


def test_somebody_elses_runtime_folder_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from labwright.errors import UnavailableError

    monkeypatch.setenv("LABWRIGHT_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    where: Folders = folders()
    where.runtime.rmdir()
    (tmp_path / "elsewhere").mkdir()
    where.runtime.symlink_to(tmp_path / "elsewhere")
    try:
        with pytest.raises(UnavailableError, match="XDG_RUNTIME_DIR"):
            folders()
    finally:
        where.runtime.unlink()


def test_callers_with_other_runtime_folders_find_the_same_service(client: Client, tmp_path: Path) -> None:
    state = client.service()
    code = "from labwright.client import Client; print(Client().service().pid)"
    for runtime in (str(tmp_path), ""):
        environment = os.environ | {"XDG_RUNTIME_DIR": runtime}
        found = subprocess.run(
            [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
        )
        assert int(found.stdout) == state.pid


def test_swept_files_are_made_anew_and_nothing_is_doubled(client: Client) -> None:
    state = client.service()
    client.close()
    shutil.rmtree(Path(state.socket).parent)
    client.folders.service_state.unlink()
    found = Client().service()
    assert found == state
    assert stat.S_IMODE(Path(found.socket).stat().st_mode) == 0o600


def test_a_broken_port_file_is_no_obstacle(other_home: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABWRIGHT_HOME", str(other_home.home))
    client = Client()
    url = client.service().url
    client.post("/shutdown", body=Shutdown())
    where = client.folders
    deadline = time.monotonic() + 20
    while is_locked(where.service_lock) and time.monotonic() < deadline:
        time.sleep(0.05)
    (where.home / "port").write_text("")
    assert client.service().url != url


def test_the_owner_is_who_made_the_state_folder(other_home: StateFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABWRIGHT_HOME", str(other_home.home))
    client = Client()
    owner = client.get("/status", Status).owner
    other_home.kill_service()
    monkeypatch.setenv("JUPYTERHUB_USER", "somebody")
    monkeypatch.setenv("LOGNAME", "somebody")
    assert client.get("/status", Status).owner == owner


def test_the_start_of_a_process_does_not_follow_the_clock() -> None:
    started = process_started(os.getpid())
    assert started is not None
    with open("/proc/uptime") as file:
        assert 0 < started <= float(file.read().split()[0])
