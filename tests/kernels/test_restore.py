"""`%restore`, `lw.experiments.restore` and its route: the recorded cells as a notebook, over no other file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from labwright.client import Client
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments.capture.models import ExecutedCell, Recorded, Restore, Restored
from labwright.experiments.capture.restore import restore
from labwright.experiments.models import Experiment, Run, RunPage
from tests.kernels.real_kernel import Kernel

RUN = "0123456789abcdef" * 2
CELLS = [
    ExecutedCell(order=1, execution_count=1, source="x = 20", started=datetime.now(UTC), ok=True),
    ExecutedCell(order=2, execution_count=2, source="1 / 0", started=datetime.now(UTC), ok=False),
    ExecutedCell(order=3, execution_count=4, source="y = x + 22\nprint(y)", started=datetime.now(UTC), ok=True),
]


def found(notebook: str | None, cells: list[ExecutedCell] = CELLS, lock: str = "numpy==2.0\n") -> Recorded:
    return Recorded(run_id=RUN, run="a `run` <b>", experiment="e", notebook=notebook, cells=cells, lock=lock)


@pytest.fixture(scope="module")
def kernel(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    folder = tmp_path_factory.mktemp("work")
    notebook = {"cells": [], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}
    (folder / "flights.ipynb").write_text(json.dumps(notebook))
    made = Kernel(folder, JPY_SESSION_NAME=str(folder / "flights.ipynb"))
    assert made.run("value = 20").error == ""
    assert made.run("%%track kept --no-autolog --name first\nimport mlflow\nmlflow.log_metric('m', value)").error == ""
    assert made.run("%%track kept --no-autolog --no-code --name bare\nimport mlflow").error == ""
    yield made
    made.close()


@pytest.fixture(scope="module")
def folder(kernel: Kernel) -> Path:
    return Path(kernel.run("import os; print(os.getcwd())").text.strip())


@pytest.fixture(scope="module")
def runs(client: Client, kernel: Kernel) -> dict[str, Run]:
    (one,) = [one for one in client.get("/experiments", list[Experiment]) if one.name == "kept"]
    page: RunPage = client.get(f"/experiments/{one.experiment_id}/runs", RunPage)
    return {run.name: run for run in page.runs}


def test_the_magic_writes_a_notebook_that_runs(
    kernel: Kernel, folder: Path, runs: dict[str, Run], client: Client
) -> None:
    ran = kernel.run("%restore first")
    assert ran.error == ""
    name = f"flights-restored-{runs['first'].run_id[:8]}"
    assert f"{name}.ipynb has the 3 cells of run 'first', beside flights.ipynb" in ran.text
    assert "mlflow==" in (folder / f"{name}-requirements.txt").read_text()
    notebook = nbformat.read(folder / f"{name}.ipynb", 4)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    assert notebook.cells[0].cell_type == "markdown"
    assert runs["first"].run_id in notebook.cells[0].source
    assert f"{name}-requirements.txt" in notebook.cells[0].source
    assert [cell.source for cell in notebook.cells[1:]][1] == "value = 20"
    before = sorted(path.name for path in folder.iterdir())
    assert kernel.run("%restore first").text == ran.text
    assert sorted(path.name for path in folder.iterdir()) == before

    NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(folder)}}
    ).execute()
    (one,) = [one for one in client.get("/experiments", list[Experiment]) if one.name == "kept"]
    page: RunPage = client.get(f"/experiments/{one.experiment_id}/runs", RunPage, params={"name": "first"})
    assert [run.metrics["m"].value for run in page.runs] == [20.0, 20.0]


def test_bad_words_give_one_line(kernel: Kernel, runs: dict[str, Run]) -> None:
    for line, words in (
        ("%restore nobody", "no run of that name"),
        ("%restore bare", "recorded no cells"),
        ("%restore", "--help"),
        ("%restore first second", "--help"),
        (f"%restore {'0' * 32}", "There is no such run"),
    ):
        ran = kernel.run(line)
        assert words in ran.error, line
        assert len(ran.error.splitlines()) == 1, ran.error


def test_the_route_stays_below_the_root_that_the_page_names(
    client: Client, folder: Path, runs: dict[str, Run], tmp_path: Path
) -> None:
    path = f"/experiments/runs/{runs['first'].run_id}/restore"
    beside: Restored = client.post(path, Restored, body=Restore(root=str(folder.parent)))
    assert Path(beside.path).parent == folder
    assert beside.relative == f"{folder.name}/{Path(beside.path).name}"
    elsewhere: Restored = client.post(path, Restored, body=Restore(root=str(tmp_path)))
    assert Path(elsewhere.path).parent == tmp_path
    assert "not one to write to" in elsewhere.message
    with pytest.raises(InvalidError, match="whole path"):
        client.post(path, Restored, body=Restore(root="relative"))
    with pytest.raises(NotFoundError, match="recorded no cells"):
        client.post(f"/experiments/runs/{runs['bare'].run_id}/restore", Restored, body=Restore())


def test_nothing_is_overwritten_not_even_by_many_at_once(tmp_path: Path) -> None:
    taken = tmp_path / f"n-restored-{RUN[:8]}.ipynb"
    taken.write_text("mine")
    (tmp_path / f"n-restored-{RUN[:8]}-2.ipynb").symlink_to(tmp_path / "elsewhere.ipynb")
    many = [found(str(tmp_path / "n.ipynb"), lock=f"numpy==2.{number}\n") for number in range(12)]
    with ThreadPoolExecutor(12) as pool:
        made = list(pool.map(lambda one: restore(one, [tmp_path], tmp_path), many))
    assert taken.read_text() == "mine"
    assert not (tmp_path / "elsewhere.ipynb").exists()
    assert len({one.path for one in made}) == 12
    for one, asked in zip(made, many, strict=True):
        assert one.lock is not None
        assert Path(one.lock).read_text() == asked.lock
        nbformat.validate(nbformat.read(one.path, 4))  # type: ignore[no-untyped-call]
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".part")]


@pytest.mark.parametrize(
    "notebook",
    ["/etc/x.ipynb", "../../x.ipynb", "gone/x.ipynb", "link/x.ipynb", "a\0b.ipynb", "x" * 5000, "", None, "~/x.ipynb"],
)
def test_a_path_leads_nowhere_but_into_the_root(tmp_path: Path, notebook: str | None) -> None:
    root = tmp_path / "root"
    root.mkdir()
    (root / "link").symlink_to(tmp_path)
    made = restore(found(notebook), [root], root)
    assert Path(made.path).parent == root
    assert {path.parent for path in tmp_path.rglob("*.ipynb")} == {root}


def test_names_are_made_harmless(tmp_path: Path) -> None:
    made = restore(found(str(tmp_path / '.-$(x)"\n<b>.ipynb')), [tmp_path], tmp_path)
    assert Path(made.path).name == f"(x)___b-restored-{RUN[:8]}.ipynb"
    head = json.loads(Path(made.path).read_text())["cells"][0]["source"]
    assert "`a 'run' <b>`" in head


def test_cells_that_failed_do_not_end_running_all(tmp_path: Path) -> None:
    made = restore(found(None), [tmp_path], tmp_path)
    notebook = nbformat.read(made.path, 4)  # type: ignore[no-untyped-call]
    NotebookClient(notebook, timeout=60, kernel_name="python3").execute()
    assert notebook.cells[-1].outputs[0].text == "42\n"
    with pytest.raises(InvalidError, match="recorded no cells"):
        restore(found(None, cells=[]), [tmp_path], tmp_path)
