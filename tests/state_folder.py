"""A state folder of a test's own, for what stops, kills or counts services."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

from labwright.state import Folders, folders, processes, running_service


@dataclass(frozen=True)
class StateFolder:
    """Its processes are known by their mark, as `labwright stop --all` knows them."""

    home: Path
    folders: Folders

    def processes(self) -> list[psutil.Process]:
        """All that is part of it, zombies not counted."""
        return [process for process in processes(self.folders) if process.status() != psutil.STATUS_ZOMBIE]

    def services(self) -> list[psutil.Process]:
        """The processes of the service itself: one, or none."""
        return [process for process in self.processes() if "labwright.service" in process.cmdline()]

    def kill_service(self) -> int:
        """Kill -9; gives the PID that it had."""
        state = running_service(self.folders)
        assert state is not None
        process = psutil.Process(state.pid)
        process.kill()
        wait_until(lambda: running_service(self.folders) is None, "the service is gone")
        return state.pid

    def command(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run `labwright ARGUMENTS` as a user does."""
        return subprocess.run(
            [sys.executable, "-m", "labwright", *arguments],
            env=os.environ | {"LABWRIGHT_HOME": str(self.home)} | environment,
            capture_output=True, text=True, timeout=180, check=False,
        )  # fmt: skip


@contextmanager
def own_state_folder(home: Path) -> Iterator[StateFolder]:
    """A state folder at `home` (not made yet); everything of ours in it is stopped after."""
    before = os.environ["LABWRIGHT_HOME"]
    os.environ["LABWRIGHT_HOME"] = str(home)
    found = StateFolder(home, folders(make=False))
    os.environ["LABWRIGHT_HOME"] = before
    try:
        yield found
    finally:
        found.command("stop", "--all")
        for process in found.processes():
            process.kill()
        shutil.rmtree(found.folders.runtime, ignore_errors=True)


def wait_until(done: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait, and fail with words."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.05)
