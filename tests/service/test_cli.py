"""The labwright command, run as a user runs it."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import labwright
from tests.state_folder import StateFolder, wait_until


def test_version_and_usage(other_home: StateFolder) -> None:
    assert other_home.command("--version").stdout == f"labwright {labwright.__version__}\n"
    assert other_home.command().returncode == 2
    assert other_home.command("stop", "x", "--all").returncode == 2
    script = Path(sys.executable).parent / "labwright"
    if script.exists():  # there when the package is installed, as make test does
        said = subprocess.run([script, "--version"], capture_output=True, text=True, check=True).stdout
        assert said == f"labwright {labwright.__version__}\n"


def test_looking_and_stopping_make_nothing(other_home: StateFolder) -> None:
    found = other_home.command("status")
    assert (found.returncode, found.stderr) == (3, "")
    assert "does not run" in found.stdout
    assert json.loads(other_home.command("status", "--json").stdout)["running"] is False
    assert other_home.command("stop").returncode == 0
    assert other_home.command("stop", "--all").stdout == "Nothing of Labwright runs here.\n"
    for command in (("stop", "flights"), ("token", "flights"), ("token", "../../token"), ("token", "")):
        found = other_home.command(*command)
        assert (found.returncode, found.stdout) == (1, "")
        assert found.stderr.startswith("labwright: ")
        assert "Traceback" not in found.stderr
    assert not other_home.home.exists()
    assert other_home.processes() == []


def test_up_status_stop(other_home: StateFolder) -> None:
    assert other_home.command("up").returncode == 0
    (service,) = other_home.services()
    assert other_home.command("up").stdout.startswith(f"Labwright's service {labwright.__version__} runs")
    assert other_home.services() == [service], "the second up found the first one's"
    assert "MLflow: not started" in other_home.command("status").stdout
    status = json.loads(other_home.command("status", "--json").stdout)
    assert (status["running"], status["pid"]) == (True, service.pid)
    unknown = other_home.command("stop", "no-such-thing")
    assert (unknown.returncode, unknown.stdout) == (1, "")
    assert other_home.command("stop").stdout.startswith("Labwright's service has ended.")
    assert other_home.processes() == []
    assert other_home.command("stop").returncode == 0


def test_two_at_once_start_one(other_home: StateFolder) -> None:
    starters = [
        subprocess.Popen(
            [sys.executable, "-m", "labwright", "up"],
            env=os.environ | {"LABWRIGHT_HOME": str(other_home.home)}, stdout=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    said = {starter.communicate(timeout=90)[0] for starter in starters}
    assert [starter.returncode for starter in starters] == [0] * 4
    assert len(said) == 1, "all found the same process"
    assert len(other_home.services()) == 1


def test_stop_all_leaves_no_process(other_home: StateFolder) -> None:
    """Also where the service was killed, and where something of its does not end by itself."""
    other_home.command("up")
    other_home.kill_service()
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=1); time.sleep(99)"
    stubborn = subprocess.Popen(
        [sys.executable, "-c", deaf],
        env=os.environ | {"LABWRIGHT_PART_OF": str(other_home.home)}, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert stubborn.stdout is not None
    stubborn.stdout.readline()
    assert other_home.command("status").returncode == 3
    found = other_home.command("stop", "--all")
    assert found.returncode == 0, found.stderr
    assert "No process of Labwright is left." in found.stdout
    assert stubborn.wait(5) == -9
    assert other_home.processes() == []
    assert "Nothing of Labwright ran." in other_home.command("stop", "--all").stdout


def test_token_prints_only_the_token(other_home: StateFolder) -> None:
    folder = other_home.home / "endpoints" / "flights-delay"
    folder.mkdir(parents=True)
    (folder / "token").write_text("the-token\n")
    assert other_home.command("token", "flights-delay").stdout == "the-token\n"


def test_doctor(other_home: StateFolder) -> None:
    found = other_home.command("doctor")
    assert found.returncode == 0, found.stdout
    levels = re.findall(r"^(ok|warn|fail) +([^:]+): (.+)$", found.stdout, re.M)
    assert len(levels) == len(found.stdout.splitlines())
    assert ("ok", "service", "does not run; it starts when it is needed") in levels
    assert not other_home.home.exists()

    other_home.command("up")
    other_home.home.chmod(0o755)
    (other_home.home / "logs" / "service.log").write_text("2026-01-01 00:00:00,000 ERROR labwright: it broke\n")
    found = other_home.command("doctor")
    assert found.returncode == 1
    assert f"chmod 700 '{other_home.home}'" in found.stdout
    assert "it broke" in found.stdout
    pid = json.loads(other_home.command("status", "--json").stdout)["pid"]
    assert f"ok    service: process {pid}" in found.stdout


def test_doctor_names_a_kernel_without_labwright(other_home: StateFolder, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere" / "python"
    elsewhere.parent.mkdir()
    # This very Python without its site-packages is one that has no Labwright.
    elsewhere.write_text(f'#!/bin/sh\nexec {sys.executable} -S -I "$@"\n')
    elsewhere.chmod(elsewhere.stat().st_mode | stat.S_IXUSR)
    spec = tmp_path / "kernels" / "elsewhere"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text(
        json.dumps({"argv": [str(elsewhere), "-m", "x"], "display_name": "x", "language": "python"})
    )
    found = other_home.command("doctor", JUPYTER_PATH=str(tmp_path))
    assert f"kernel elsewhere: has no Labwright; run: {elsewhere} -m pip install labwright" in found.stdout


def test_tour_keeps_what_was_changed(other_home: StateFolder, tmp_path: Path) -> None:
    folder = tmp_path / "work"
    assert other_home.command("tour", str(folder)).returncode == 0
    first = folder / "01_first_model.ipynb"
    first.write_text("mine")
    assert other_home.command("tour", str(folder)).returncode == 0
    assert first.read_text() == "mine"
    assert not other_home.home.exists()


def test_a_stopped_service_is_gone_at_once(other_home: StateFolder) -> None:
    other_home.command("up")
    other_home.command("stop")
    assert other_home.services() == []
    wait_until(lambda: not other_home.folders.service_socket.exists(), "its socket is removed")
