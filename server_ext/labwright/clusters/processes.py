"""Processes of a cluster, found by a mark in their environment.

Children inherit it, and it is there from a process's first moment: also what was started by a service that was killed
before it could write a PID down is found.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress

import psutil

from labwright.service import children
from labwright.state import is_process

MARK = "LABWRIGHT_CLUSTER"


def marked(mark: str) -> list[psutil.Process]:
    """All living processes of this user with this mark."""
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(MARK) == mark:
                found.append(process)
    return found


def end_marked(mark: str, *stages: Iterable[tuple[int, float]], grace: float) -> None:
    """End all processes with this mark: stage by stage the leaders are asked, and what is left then is killed."""
    deadline = time.monotonic() + grace
    for leaders in stages:
        asked = [(pid, started) for pid, started in leaders if is_process(pid, started)]
        for pid, _ in asked:
            with suppress(OSError):
                os.kill(pid, signal.SIGTERM)
        while any(is_process(*leader) for leader in asked) and time.monotonic() < deadline:
            time.sleep(0.03)
    # A process may start another one between the look and the kill, so look until none is left.
    while alive := marked(mark):
        for process in alive:
            with suppress(psutil.Error):
                process.kill()
        psutil.wait_procs(alive, timeout=2)
    children.reap()
