"""kill -9 of the Jupyter server: what it started goes on, and the next one adopts it."""

from __future__ import annotations

from pathlib import Path

from tests.jupyter import jupyter
from tests.state_folder import StateFolder, wait_until


def test_the_next_jupyter_server_adopts_the_service(tmp_path: Path, other_home: StateFolder) -> None:
    with jupyter(tmp_path, other_home.home) as first:
        assert first.http.get("labwright/experiments").is_success
        wait_until(lambda: first.http.get("labwright/status").json()["mlflow"] == "running", "MLflow runs", 60)
        before = {process.pid for process in other_home.processes()}
        first.kill()
    assert {process.pid for process in other_home.processes()} == before
    with jupyter(tmp_path, other_home.home) as second:
        assert second.http.get("labwright/door").json()["running"] is True
        assert second.http.get("labwright/experiments").is_success
        assert {process.pid for process in other_home.processes()} == before, "adopted, not doubled"
