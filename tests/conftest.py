"""What all tests share: a state folder of the test run's own, and a service in it that ends with the run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before anything of Labwright is imported: no test may touch the state of the person who runs it.
_home = Path(tempfile.mkdtemp(prefix="lw-test-"))
os.environ["LABWRIGHT_HOME"] = str(_home / "home")
for name in [name for name in os.environ if name.startswith(("MLFLOW_", "JUPYTERHUB_", "JPY_"))]:
    del os.environ[name]
# Magics and cells call the `labwright` command of this environment.
os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def pytest_configure() -> None:
    """Tests call MLflow as a kernel does."""
    from labwright.experiments.request_headers import import_lazily

    import_lazily()


@pytest.fixture(scope="session", autouse=True)
def state_folder() -> Iterator[Path]:
    """The state folder of this run; at the end everything of ours in it is stopped."""
    from labwright.state import folders

    runtime = folders(make=False).runtime
    yield Path(os.environ["LABWRIGHT_HOME"])
    subprocess.run([sys.executable, "-m", "labwright", "stop", "--all"], timeout=120, check=False)
    shutil.rmtree(_home, ignore_errors=True)
    shutil.rmtree(runtime, ignore_errors=True)


@pytest.fixture(scope="session")
def client(state_folder: Path):  # type: ignore[no-untyped-def] # imported late, see above
    """The client of the shared service, which it starts."""
    from labwright.client import Client

    found = Client()
    yield found
    found.close()


@pytest.fixture(scope="session")
def server(state_folder: Path, tmp_path_factory: pytest.TempPathFactory):  # type: ignore[no-untyped-def]
    """A Jupyter server with the door, over the same state folder as `client`."""
    from tests.jupyter import jupyter

    with jupyter(tmp_path_factory.mktemp("jupyter"), state_folder) as found:
        yield found


@pytest.fixture
def other_home(tmp_path: Path):  # type: ignore[no-untyped-def]
    """A state folder of the test's own (not made yet); everything of ours in it is stopped after."""
    from tests.state_folder import own_state_folder

    with own_state_folder(tmp_path / "home") as found:
        yield found
