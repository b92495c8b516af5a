"""Environments that are made for models: a small model on another version of a package than the notebook has."""

from __future__ import annotations

import importlib.metadata
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow.pyfunc
import pandas as pd
import psutil
import pytest

import labwright as lw
from labwright.client import Client
from labwright.errors import InvalidError
from labwright.service.models import Operation, OperationState
from labwright.serving.environments import recipe, uv
from tests import models
from tests.service.promotions import begin, endpoint, finish, folder, log_linear, mlflow_of, processes, reach, succeed
from tests.state_folder import wait_until

NAME = "rebuilt"
# Not what the notebook has, so that an answer tells which environment gave it.
OTHER = "1.16.0"


class Tells(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # MLflow's class has no types
    """Answers with the version of `six` that it runs on."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        import six

        return [str(six.__version__)] * len(model_input)


@pytest.fixture(scope="module")
def mlflow_client(client: Client) -> Iterator[Any]:
    import cloudpickle

    cloudpickle.register_pickle_by_value(sys.modules[__name__])
    with mlflow_of(client, "environments") as found:
        yield found


def log_telling(mlflow: Any, name: str, *more: str) -> str:
    needed = [f"{package}=={importlib.metadata.version(package)}" for package in ("mlflow-skinny", "pandas", "numpy")]
    frame = models.flights()[0].head(2)
    with mlflow.start_run(run_name=name) as run:
        mlflow.pyfunc.log_model(
            name="model", python_model=Tells(), pip_requirements=[*needed, "cloudpickle", *more],
            signature=mlflow.models.infer_signature(frame, ["1", "2"]),
        )  # fmt: skip
    return str(run.info.run_id)


def environments(client: Client) -> list[Path]:
    there = client.folders.home / "environments"
    return [path for path in there.iterdir() if (path / "made.json").exists()] if there.exists() else []


def test_requirements_that_could_run_code_here_are_refused(tmp_path: Path) -> None:
    (tmp_path / "python_env.yaml").write_text("python: 3.12.4\n")
    for line in ("git+https://example.org/x.git", "x @ file:///tmp/x.whl", "--index-url https://example.org", "./x"):
        (tmp_path / "requirements.txt").write_text(f"mlflow==3.17.2\n{line}\n")
        with pytest.raises(InvalidError) as caught:
            recipe.read(tmp_path)
        assert caught.value.code == "requirement"
    (tmp_path / "requirements.txt").write_text("numpy==2.1\n# a note\nmlflow==3.17.2\n")
    found = recipe.read(tmp_path)
    assert (found.requirements, found.python) == (("mlflow==3.17.2", "numpy==2.1"), "3.12")
    (tmp_path / "requirements.txt").write_text("mlflow==3.17.2\nnumpy==2.1\n")
    assert recipe.read(tmp_path).key == found.key
    (tmp_path / "python_env.yaml").write_text("python: 3.8.1\n")
    with pytest.raises(InvalidError, match=r"logged with Python 3\.8"):
        recipe.read(tmp_path)


def test_a_model_runs_in_its_own_environment(client: Client, mlflow_client: Any, tmp_path: Path) -> None:
    _can_install(tmp_path)
    first = log_telling(mlflow_client, "first", f"six=={OTHER}")
    again = log_telling(mlflow_client, "again", f"six=={OTHER}")
    succeed(client, begin(client, NAME, run_id=log_linear(mlflow_client, "of the notebook")))
    assert lw.serving.configure(NAME, environment="rebuilt").environment == "rebuilt"

    cancelled = begin(client, NAME, run_id=first, reason="other answers")
    reach(client, cancelled, "Building the environment")
    client.post(f"/operations/{cancelled.id}/cancel", Operation)
    assert finish(client, cancelled).state is OperationState.cancelled
    wait_until(lambda: not _uv_runs(), "uv is ended")
    assert environments(client) == []
    assert not list((client.folders.home / "environments").glob(".*")), "nothing is left of it"

    operation = succeed(client, begin(client, NAME, run_id=first, reason="other answers"))
    assert any(line.startswith("Building the environment") for line in operation.log)
    (made,) = environments(client)
    assert lw.serving.predict(NAME, models.flights()[0].head(2)) == [OTHER, OTHER]
    (process,) = processes(client, NAME)
    assert process.cmdline()[0] == str(made / "bin" / "python")
    version = succeed(client, begin(client, NAME, run_id=again)).result["version"]
    assert environments(client) == [made], "the same requirements, the same environment"
    assert folder(client, NAME).card(version)["environment"]["python"] == str(made / "bin" / "python")

    back = lw.serving.rollback(NAME)
    assert back.live is not None
    assert lw.serving.predict(NAME, models.flights()[0].head(1)) == [OTHER]
    broken = finish(client, begin(client, NAME, run_id=log_telling(mlflow_client, "broken", "six==0.0.0.1")))
    assert broken.error is not None
    assert (broken.error.code, "six" in broken.error.detail) == ("environment_failed", True)
    assert endpoint(client, NAME).live == back.live
    lw.serving.delete(NAME)
    assert environments(client) == [], "it went with the last version that needed it"


def _uv_runs() -> bool:
    return any(process.info["name"] == "uv" for process in psutil.process_iter(["name"]))


def _can_install(tmp_path: Path) -> None:
    """Skips where there is no uv, or no index to be had."""
    try:
        program = uv.find()
    except Exception:
        pytest.skip("uv is not installed")
    command = [program, "pip", "install", "--no-config", "--dry-run", "--target", str(tmp_path / "none")]
    command += ["--only-binary", ":all:", "--index-strategy", "unsafe-best-match"]
    tried = subprocess.run(
        [*command, f"six=={OTHER}"], env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)} | uv.environment(),
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    if tried.returncode:
        pytest.skip(f"no index of packages to be had: {tried.stderr.strip().splitlines()[-1][:200]}")
