"""Labwright and its peers as servers of one model: MLflow's, and LitServe and BentoML in an environment made here."""

from __future__ import annotations

import contextlib
import importlib.metadata
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import platformdirs
import psutil

from tests import planes

HERE = Path(__file__).parent
LOCKED = ("scikit-learn", "numpy", "pandas", "cloudpickle")


@dataclass
class Server:
    """A server that answers. `body` makes a request of a row's dataframe_split."""

    port: int
    path: str
    headers: dict[str, str]
    pid: int
    body: Callable[[str], str] = lambda text: text

    def post(self, content: bytes, kind: str, path: str | None = None, **headers: str) -> bytes:
        """One request, its answer. Errors: RuntimeError when it is none."""
        whole = self.headers | {"content-type": kind} | headers
        url = f"http://127.0.0.1:{self.port}{path or self.path}"
        reply = httpx.post(url, content=content, headers=whole, timeout=120)
        if reply.status_code != 200:
            raise RuntimeError(f"{self.path}: {reply.status_code} {reply.text[:300]}")
        return reply.content

    def memory(self) -> float:
        """The PSS of its processes, in MB."""
        root = psutil.Process(self.pid)
        return float(sum(each.memory_full_info().pss for each in [root, *root.children(recursive=True)])) / 2**20


@contextmanager
def labwright(folder: Path, model: Path) -> Iterator[Server]:
    """An endpoint's data plane with the prediction log on."""
    folder.mkdir()

    def save(path: str) -> None:
        shutil.copytree(model, path)

    with planes.plane(folder, save) as found:
        headers = {"authorization": f"Bearer {found.token}", "content-type": "application/json"}
        yield Server(int(found.host.rpartition(":")[2]), "/invocations", headers, found.process.pid)


@contextmanager
def mlflow(model: Path) -> Iterator[Server]:
    """`mlflow models serve` with one worker, in this environment."""
    port = _free()
    command = [sys.executable, "-m", "mlflow", "models", "serve", "-m", str(model), "-p", str(port), "-h", "127.0.0.1"]
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    with _started([*command, "--env-manager", "local", "--workers", "1"], port, {"PATH": path}) as pid:
        yield Server(port, "/invocations", {"content-type": "application/json"}, pid)


@contextmanager
def litserve(model: Path) -> Iterator[Server]:
    """LitServe with one worker and one API server."""
    port = _free()
    with _started([str(_python()), str(HERE / "serving_litserve.py"), str(model), str(port)], port, {}) as pid:
        yield Server(port, "/predict", {"content-type": "application/json"}, pid)


@contextmanager
def bentoml(model: Path) -> Iterator[Server]:
    """BentoML with one worker."""
    port, python = _free(), _python()
    env = {"BENCH_MODEL": str(model), "BENTOML_DO_NOT_TRACK": "True", "BENTOML_HOME": str(_cache() / "bentoml")}
    command = [str(python), "-m", "bentoml", "serve", "serving_bentoml:Late", "--port", str(port), "--host"]
    with _started([*command, "127.0.0.1", "--working-dir", str(HERE)], port, env) as pid:
        yield Server(port, "/predict", {"content-type": "application/json"}, pid, _rows)


def _rows(text: str) -> str:
    return json.dumps({"rows": json.loads(text)["dataframe_split"]["data"]})


def _cache() -> Path:
    return Path(platformdirs.user_cache_dir("labwright")) / "bench"


def _python() -> Path:
    """The Python of the peers' environment, made at the first use. Errors: CalledProcessError."""
    folder = _cache() / "peers"
    python = folder / "bin" / "python"
    if not (folder / "whole").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True, capture_output=True)
        same = [f"{name}=={importlib.metadata.version(name)}" for name in LOCKED]
        command = [str(python), "-m", "pip", "install", "-q", "litserve>=0.2", "bentoml>=1.4", *same]
        subprocess.run(command, check=True, capture_output=True)
        (folder / "whole").touch()
    return python


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def _started(command: list[str], port: int, env: dict[str, str]) -> Iterator[int]:
    """A server as a process group of its own, from when it takes connections and its model is loaded."""
    process: subprocess.Popen[Any] = subprocess.Popen(
        command, env=os.environ | env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        deadline = time.monotonic() + 120
        while not _answers(port):
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{' '.join(command[:5])} … does not start")
            time.sleep(0.02)
        yield process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _answers(port: int) -> bool:
    for path in ("/ping", "/health", "/readyz"):
        with contextlib.suppress(httpx.HTTPError):
            if httpx.get(f"http://127.0.0.1:{port}{path}", timeout=5).status_code == 200:
                return True
    return False
