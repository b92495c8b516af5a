"""Child processes of the service, of three kinds.

- A *tied* child (MLflow's server, a worker for one job) ends with the service: it holds the read end of a pipe whose
  write end only the service has, and `labwright.lifeline` ends it when the pipe closes, whatever killed the service.
- A *detached* process (a scheduler, an endpoint) leads a session of its own and outlives the service; its PID and start
  time are kept, so that it is found again and never confused with another.
- A *job* is a tied child that calls one function with JSON in and JSON out, for work that needs an ML library: the
  library's memory is given back when the job ends.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from labwright.errors import LabwrightError, UnavailableError, from_problem
from labwright.state import MARK, is_process, process_started

# What a child needs of the environment to run at all; tokens and cloud keys are not among it.
KEPT_ENVIRONMENT = (
    "PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR", "LD_LIBRARY_PATH", "VIRTUAL_ENV",
    "CONDA_PREFIX", "SSL_CERT_FILE", "OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES",
    "CUDA_DEVICE_ORDER", "MLFLOW_DEFAULT_PREDICTION_DEVICE",  # without the last torch takes the GPU, if there is one
    "XDG_RUNTIME_DIR", "LABWRIGHT_HOME", MARK,
)  # fmt: skip


def environment(**extra: str) -> dict[str, str]:
    """A scrubbed environment, with what is named in `extra`."""
    kept = {name: os.environ[name] for name in KEPT_ENVIRONMENT if name in os.environ}
    return kept | extra


def start_tied(
    arguments: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path | None = None
) -> subprocess.Popen[bytes]:
    """Start `python -m labwright.lifeline ARGUMENTS` with a pipe on its standard input; its end ends the child."""
    with open(log, "ab") as output:
        return subprocess.Popen(
            [sys.executable, "-m", "labwright.lifeline", *arguments],
            stdin=subprocess.PIPE, stdout=output, stderr=output, env=dict(env), cwd=cwd,
        )  # fmt: skip


def start_detached(
    arguments: Sequence[str], *, log: Path, env: Mapping[str, str], cwd: Path | None = None
) -> tuple[int, float]:
    """Start a process that outlives us; gives its PID and its start time."""
    with open(log, "ab") as output:
        process = subprocess.Popen(
            list(arguments), stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=dict(env), cwd=cwd,
            start_new_session=True,
        )  # fmt: skip
    _detached.append(process)
    started = process_started(process.pid)
    return process.pid, started if started is not None else time.time()


_detached: list[subprocess.Popen[bytes]] = []


def reap() -> None:
    """Collect detached processes that ended while we are their parent, so that none stays a zombie."""
    _detached[:] = [process for process in _detached if process.poll() is None]


def end_process(pid: int | None, started: float | None, *, grace: float = 5.0) -> None:
    """End a process that we know by PID and start time, with its descendants: politely, then for sure."""
    if pid is None or not is_process(pid, started):
        reap()
        return
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        family = [*process.children(recursive=True), process]
        process.send_signal(signal.SIGTERM)
        _, alive = psutil.wait_procs(family, timeout=grace, callback=None)
        for member in alive:
            with suppress(psutil.Error):
                member.kill()
        psutil.wait_procs(alive, timeout=grace)
    reap()


def run_job(
    function: str,
    arguments: Mapping[str, Any],
    *,
    log: Path,
    check: Callable[[], None] | None = None,
    timeout: float = 600,
    env: Mapping[str, str] | None = None,
) -> Any:
    """Call `package.module:function` with keyword arguments in a process of its own, and give what it returns.

    Arguments and result are JSON. `env` is what it needs of the environment beyond what every child has. `check` is
    called now and then and may raise (a cancel); the process is then ended.
    Errors: the LabwrightError that the function raised; UnavailableError when the process died or took too long.
    """
    process = start_job(function, arguments, log=log, env=env)
    assert process.stdout is not None
    deadline = time.monotonic() + timeout
    os.set_blocking(process.stdout.fileno(), False)
    output = b""
    try:
        while process.poll() is None:
            output += process.stdout.read() or b""
            if check is not None:
                check()
            if time.monotonic() > deadline:
                raise UnavailableError(f"This took more than {timeout:.0f} s and was ended.", code="timeout")
            time.sleep(0.02)
        output += process.stdout.read() or b""
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
        if process.stdin is not None:
            process.stdin.close()
    try:
        reply = json.loads(output)
    except ValueError:
        raise UnavailableError(
            "A worker process of Labwright died; `labwright doctor` names its log.", code="job_died"
        ) from None
    if "error" in reply:
        raise from_problem(reply["error"]["status"], reply["error"]["code"], reply["error"]["detail"])
    return reply["result"]


def start_job(
    function: str, arguments: Mapping[str, Any], *, log: Path, env: Mapping[str, str] | None = None
) -> subprocess.Popen[bytes]:
    """Start a job's process and hand it its arguments on standard input, which then stays open as its lifeline."""
    with open(log, "ab") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "labwright.service.job", function],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors,
            env=environment(DO_NOT_TRACK="true", MLFLOW_DISABLE_TELEMETRY="true", **(env or {})),
        )  # fmt: skip
    assert process.stdin is not None
    try:
        process.stdin.write(json.dumps(arguments).encode() + b"\n")
        process.stdin.flush()
    except BrokenPipeError:
        raise LabwrightError("A worker process could not start; `labwright doctor` names its log.") from None
    return process
