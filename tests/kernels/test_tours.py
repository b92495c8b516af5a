"""The guided tours run under nbval; tests/ui/test_tour_in_page.py runs the first one twice, in the page."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest

from labwright.client import Client
from labwright.errors import InvalidError
from labwright.tour import copy, shipped
from tests.state_folder import own_state_folder

TOURS = shipped()
CELL_SECONDS = 300


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tours, as `labwright tour` makes it."""
    made = tmp_path_factory.mktemp("tours")
    assert [path.name for path in copy(made)] == [tour.name for tour in TOURS]
    return made


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """The client of a state folder that only the tours use."""
    with own_state_folder(tmp_path_factory.mktemp("state") / "home") as state, pytest.MonkeyPatch.context() as patch:
        patch.setenv("LABWRIGHT_HOME", str(state.home))
        found = Client()
        yield found
        found.close()


@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", [tour.name for tour in TOURS])
def test_runs_under_nbval(folder: Path, client: Client, name: str) -> None:
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST_")}
    run = subprocess.run(
        [
            sys.executable, "-m", "pytest", "--nbval-lax", f"--nbval-cell-timeout={CELL_SECONDS}",
            "-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", ".", "-q", "-x", name,
        ],
        cwd=folder, env=environment, capture_output=True, text=True, timeout=850, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stdout[-5000:] + run.stderr[-2000:]
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(folder / name, 4).cells)  # type: ignore[no-untyped-call]
    assert f"{cells} passed" in run.stdout


def test_a_tour_that_was_changed_is_kept_and_said(tmp_path: Path) -> None:
    said: list[str] = []
    first = copy(tmp_path / "new" / "folder", said.append)
    notebook = json.loads(first[0].read_text())
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell["execution_count"] = 1
    first[0].write_text(json.dumps(notebook))
    ran = first[0].read_text()
    assert copy(tmp_path / "new" / "folder", said.append) == first
    assert first[0].read_text() == ran  # run, but not changed: nothing to say
    assert said == []

    notebook["cells"][-1]["source"] = ["mine"]
    first[0].write_text(json.dumps(notebook))
    assert copy(tmp_path / "new" / "folder", said.append) == first
    assert json.loads(first[0].read_text())["cells"][-1]["source"] == ["mine"]
    assert len(said) == 1
    assert str(first[0]) in said[0]


def test_a_folder_that_cannot_be_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InvalidError, match="Name another folder"):
        copy(tmp_path / "file")
