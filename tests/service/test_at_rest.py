"""Nothing starts with Jupyter; and what starts when a panel asks stays small."""

from __future__ import annotations

import time
from pathlib import Path

import psutil

from tests.jupyter import Jupyter, jupyter
from tests.state_folder import StateFolder, wait_until

# The files that a process has mapped tell which compiled parts it has loaded, without asking it.
ML_LIBRARIES = ("numpy", "pandas", "pyarrow", "sklearn", "scipy", "torch", "matplotlib")
MOST_PROCESSES = 4
MOST_MEMORY = 500 * 1024**2


def ml_libraries(pid: int) -> set[str]:
    mapped = {part for line in Path(f"/proc/{pid}/maps").read_text().splitlines() for part in line.split("/")}
    return mapped & set(ML_LIBRARIES)


def pss(process: psutil.Process) -> int:
    return int(process.memory_full_info().pss)


def modules(server: Jupyter) -> set[str]:
    """All modules of the server's process, by a server extension of the test's own that writes them down when asked."""
    assert server.http.get("modules-for-the-test").is_success
    return set((server.root / "modules.txt").read_text().split())


LISTER = """
import sys
from pathlib import Path
from tornado import web
from jupyter_server.base.handlers import APIHandler

def _load_jupyter_server_extension(server):
    class Modules(APIHandler):
        @web.authenticated
        def get(self):
            Path(server.root_dir, "modules.txt").write_text("\\n".join(sys.modules))
            self.finish("{}")
    server.web_app.add_handlers(".*$", [(r"/modules-for-the-test", Modules)])
"""


def test_nothing_starts_with_jupyterlab_and_little_after(tmp_path: Path, other_home: StateFolder) -> None:
    (tmp_path / "module_lister.py").write_text(LISTER)
    with jupyter(tmp_path, other_home.home, lab=True, extensions=("module_lister",), python_path=tmp_path) as server:
        assert server.http.get("lab").is_success
        assert other_home.processes() == []
        assert not other_home.home.exists()
        ml = {*ML_LIBRARIES, "mlflow", "dask", "distributed", "feast", "evidently"}
        loaded = modules(server)
        assert "labwright.door.proxy" in loaded
        assert not loaded & ml
        assert not ml_libraries(server.process.pid)
        assert not loaded & {"labwright.client", "pydantic", "fastapi", "sqlalchemy"}, "not before somebody asks"

        begin = time.monotonic()
        assert server.http.get("labwright/experiments").json() is not None
        print(f"first answer of experiments after {time.monotonic() - begin:.1f} s")
        wait_until(lambda: server.http.get("labwright/status").json()["mlflow"] == "running", "MLflow runs", 60)
        time.sleep(2)
        ours = other_home.processes()
        memory = sum(pss(process) for process in ours)
        print(f"at rest: {len(ours)} processes, {memory / 1024**2:.0f} MB (PSS)")
        assert 2 <= len(ours) <= MOST_PROCESSES, [process.cmdline() for process in ours]
        assert memory <= MOST_MEMORY
        assert not modules(server) & ml
        (service,) = other_home.services()
        assert not ml_libraries(service.pid)


def test_an_idle_service_ends_itself(tmp_path: Path, other_home: StateFolder) -> None:
    """And a page that only polls does not keep the Jupyter server alive (see test_door for last_activity)."""
    assert other_home.command("up", LABWRIGHT_IDLE_MINUTES="0.02").returncode == 0
    assert len(other_home.services()) == 1
    wait_until(lambda: other_home.services() == [], "the idle service is gone", 30)
    assert not other_home.folders.service_state.exists()
    assert other_home.processes() == []
