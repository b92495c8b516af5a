"""What a run made in a real kernel has recorded, read back from the store; and what is left out, with its reason."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from labwright.client import Client
from labwright.experiments.capture import names
from labwright.experiments.capture.cost import Cost
from labwright.experiments.capture.fit import LIMIT
from labwright.experiments.capture.lineage import leading_cells
from labwright.experiments.capture.masking import Masker
from labwright.experiments.capture.models import ExecutedCell, RunContext
from labwright.experiments.capture.notebook import notebook_copy
from labwright.experiments.capture.summary import LIMIT as OUTPUT_LIMIT
from labwright.experiments.capture.summary import MIME, bundle
from labwright.experiments.models import Experiment, RunPage
from tests.kernels.real_kernel import LOAD, Kernel, Ran
from tests.state_folder import wait_until

NOTEBOOK = {
    "cells": [
        {"cell_type": "code", "id": "one", "metadata": {}, "execution_count": 1, "source": ["a = 1\n", "a"],
         "outputs": [{"output_type": "stream", "name": "stdout", "text": "an-output"}]},
    ],
    "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "nbformat": 4, "nbformat_minor": 5,
}  # fmt: skip


def git(folder: Path, *words: str) -> str:
    command = ["git", "-C", str(folder), "-c", "user.name=a", "-c", "user.email=a@b.c", *words]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("work")
    (found / "flights.ipynb").write_text(json.dumps(NOTEBOOK))
    (found / "lib.py").write_text("x = 1\n")
    git(found, "init", "-b", "trunk")
    git(found, "add", ".")
    git(found, "commit", "-m", "first")
    (found / "lib.py").write_text("x = 2\n")
    (found / "new.py").write_text("untracked = True\n")
    return found


@pytest.fixture(scope="module")
def kernel(client: Client, folder: Path) -> Iterator[Kernel]:
    """A kernel whose first two cells ran before Labwright was loaded."""
    found = Kernel(
        folder, "first = 1\n%colors NoColor", JPY_SESSION_NAME=str(folder / "flights.ipynb"),
        LABWRIGHT_PRICE_PER_CPU_HOUR="3600", LABWRIGHT_PRICE_CURRENCY="EUR",
    )  # fmt: skip
    found.run("1 / 0")
    assert found.run(LOAD, "load-id").error == ""
    yield found
    found.close()


class Recorded:
    """A run with its tags and its recorded files, from MLflow."""

    def __init__(self, client: Client, state: Path, name: str, experiment: str = "captured") -> None:
        wait_until(lambda: not any((state / "outbox").glob("*")), "all is sent", 60)
        (one,) = [one for one in client.get("/experiments", list[Experiment]) if one.name == experiment]
        page: RunPage = client.get(f"/experiments/{one.experiment_id}/runs", RunPage, params={"name": name})
        (self.run,) = page.runs
        self.folder = state / f"mlflow/artifacts/{one.experiment_id}/{self.run.run_id}/artifacts"
        reply = client.request("GET", "/mlflow/api/2.0/mlflow/runs/get", kind=dict, params={"run_id": self.run.run_id})
        self.tags = {tag["key"]: tag["value"] for tag in reply["run"]["data"]["tags"]}
        self.inputs = reply["run"].get("inputs", {}).get("dataset_inputs", [])

    def text(self, path: str) -> str:
        return (self.folder / path).read_text()

    @property
    def files(self) -> set[str]:
        return {path.relative_to(self.folder).as_posix() for path in self.folder.glob("labwright/*")}

    @property
    def context(self) -> RunContext:
        return RunContext.model_validate_json(self.text(names.CONTEXT_FILE))

    @property
    def cells(self) -> list[ExecutedCell]:
        return [ExecutedCell.model_validate(one) for one in json.loads(self.text(names.CELLS_FILE))]


@pytest.fixture(scope="module")
def ran(kernel: Kernel) -> Ran:
    found = kernel.run(
        "%%track captured --no-autolog --name whole\n"
        "import mlflow, numpy\n"
        "mlflow.log_input(mlflow.data.from_numpy(numpy.arange(12.0).reshape(4, 3), name='grid'))\n"
        "sum(i * i for i in range(1_000_000))\n"
        "for step in range(1000): mlflow.log_metric('val_loss', abs(step - 700), step=step)\n"
        "print('kept')",
        "cell-id-7",
    )
    assert found.error == ""
    return found


@pytest.fixture(scope="module")
def whole(ran: Ran, client: Client, state_folder: Path) -> Recorded:
    return Recorded(client, state_folder, "whole")


def test_the_run_knows_its_notebook_and_its_cell(whole: Recorded, folder: Path) -> None:
    assert whole.tags[names.NOTEBOOK] == str(folder / "flights.ipynb")
    assert whole.tags[names.CELL] == "4"
    assert whole.tags[names.CELL_ID] == "cell-id-7"
    assert whole.run.source == "flights.ipynb, cell 4"
    copy = nbformat.reads(whole.text(names.NOTEBOOK_FILE), 4)  # type: ignore[no-untyped-call]
    nbformat.validate(copy)
    assert copy.cells[0].source == "a = 1\na"
    assert "an-output" not in whole.text(names.NOTEBOOK_FILE)


def test_cells_are_those_since_the_kernels_start_in_order(whole: Recorded) -> None:
    cells = whole.cells
    assert [cell.order for cell in cells] == [1, 2, 3, 4]
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4]
    assert [cell.source.split("\n")[0] for cell in cells] == [
        "first = 1", "1 / 0", "%load_ext labwright", "%%track captured --no-autolog --name whole",
    ]  # fmt: skip
    assert [cell.ok for cell in cells] == [None, None, True, True]
    assert cells[0].started is None
    assert cells[3].cell_id == "cell-id-7"
    assert cells[3].seconds is not None
    assert cells[3].seconds > 0


def test_git_environment_and_data(whole: Recorded, folder: Path) -> None:
    context = whole.context
    assert context.left_out == []
    assert context.git is not None
    assert (context.git.commit, context.git.branch) == (git(folder, "rev-parse", "HEAD"), "trunk")
    assert (whole.tags[names.COMMIT], whole.tags[names.BRANCH]) == (context.git.commit, "trunk")
    assert context.git.changed_files == 1
    diff = whole.text(names.DIFF_FILE)
    assert "-x = 1\n+x = 2" in diff
    assert "untracked" not in diff
    copy = folder.parent / "again"
    git(folder, "clone", "-q", str(folder), str(copy))
    subprocess.run(["git", "-C", copy, "apply", "-"], input=diff, text=True, check=True)
    assert (copy / "lib.py").read_text() == "x = 2\n"
    (data,) = context.data
    assert (data.name, data.rows, data.columns) == ("grid", 4, 3)
    assert data.digest == whole.inputs[0]["dataset"]["digest"]


def test_the_lock_installs(whole: Recorded, tmp_path: Path) -> None:
    """Here all of it is installed already, so that pip finds nothing to do and needs no index."""
    lock = whole.folder / names.LOCK_FILE
    command = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-index", "--report", "-", "-q"]
    said = subprocess.run([*command, "-r", str(lock)], capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stderr
    assert json.loads(said.stdout)["install"] == []
    assert f"mlflow=={__import__('mlflow').__version__}" in lock.read_text().splitlines()
    assert whole.context.packages == sum(not line.startswith("#") for line in lock.read_text().splitlines())


def test_cost_is_measured_and_priced(whole: Recorded) -> None:
    wall, cpu, money = (float(whole.tags[name]) for name in (names.WALL_SECONDS, names.CPU_SECONDS, names.MONEY))
    assert 0 < cpu < wall + 60
    assert money == pytest.approx(cpu, rel=0.02)
    assert float(whole.tags[names.PEAK_MEMORY_MB]) > 50
    assert names.GPU_SECONDS not in whole.tags
    assert whole.context.price is not None
    assert whole.context.price.currency == "EUR"
    assert Cost(3600, 10, 1, gpu_seconds=1800).money(2, 4, threads=1, gpus=1) == pytest.approx(2 + 20 / 3600 + 2 + 4)
    assert Cost(3600, 10, 1).money(0, 0) is None


def test_the_output_is_one_and_says_what_became_of_it(ran: Ran) -> None:
    (begun,) = ran.of("display_data")
    updates = ran.of("update_display_data")
    assert {one["transient"]["display_id"] for one in [begun, *updates]} == {begun["transient"]["display_id"]}
    assert ran.text == "kept\n"
    assert begun["data"][MIME]["status"] == "RUNNING"
    end = updates[-1]["data"]
    assert end[MIME]["status"] == "FINISHED"
    (metric,) = end[MIME]["metrics"]
    assert (metric["last"], metric["best"], metric["best_step"]) == ("299", "0", 700), "the best is never thinned away"
    assert "EUR" in end["text/html"]
    assert "val_loss 299 (best 0)" in end["text/plain"]
    assert len(json.dumps(end)) <= OUTPUT_LIMIT


def test_parts_are_switched_off(kernel: Kernel, client: Client, state_folder: Path) -> None:
    assert kernel.run("%%track captured --no-autolog --no-code --name bare\nimport mlflow").error == ""
    bare = Recorded(client, state_folder, "bare")
    assert bare.files == {names.LOCK_FILE, names.CONTEXT_FILE}
    assert [line.partition(":")[0] for line in bare.context.left_out] == ["notebook", "cells", "diff"]
    kernel.run("import os\nos.environ |= {'LABWRIGHT_CAPTURE_ENVIRONMENT': '0', 'LABWRIGHT_CAPTURE_COST': 'off'}")
    assert kernel.run("%%track captured --no-autolog --name some\nimport mlflow").error == ""
    some = Recorded(client, state_folder, "some")
    assert names.LOCK_FILE not in some.files
    assert names.CELLS_FILE in some.files
    assert names.WALL_SECONDS not in some.tags
    kernel.run("os.environ['LABWRIGHT_CAPTURE'] = 'no'")
    assert kernel.run("%%track captured --no-autolog --name nothing\nimport mlflow").error == ""
    assert Recorded(client, state_folder, "nothing").files == set()
    kernel.run("for name in [*os.environ]:\n    if name.startswith('LABWRIGHT_CAPTURE'): del os.environ[name]")


@pytest.mark.parametrize(
    ("change", "part", "reason"),
    [
        ("pathlib.Path('flights.ipynb').write_text('{')", "notebook", "no JSON"),
        ("pathlib.Path('flights.ipynb').rename('other.ipynb')", "notebook", "not there"),
        ("os.environ['PATH'] = '/nowhere'", "git", "not installed"),
    ],
)
def test_what_cannot_be_recorded_is_left_out_with_its_reason(
    kernel: Kernel, client: Client, state_folder: Path, folder: Path, change: str, part: str, reason: str
) -> None:
    name = f"without {part} {len(reason)}"
    before = (folder / "flights.ipynb").read_text()
    kernel.run(f"import os, pathlib\npath = os.environ['PATH']\n{change}")
    try:
        assert kernel.run(f"%%track captured --no-autolog --name '{name}'\nimport mlflow").error == ""
        found = Recorded(client, state_folder, name)
        assert any(line.startswith(f"{part}: ") and reason in line for line in found.context.left_out)
        assert names.CELLS_FILE in found.files
    finally:
        kernel.run("os.environ['PATH'] = path")
        (folder / "other.ipynb").unlink(missing_ok=True)
        (folder / "flights.ipynb").write_text(before)


def test_a_cleared_output_comes_back_at_the_end(kernel: Kernel) -> None:
    ran = kernel.run(
        "%%track captured --no-autolog --name cleared\nfrom IPython.display import clear_output\nclear_output()"
    )
    kinds = [message["msg_type"] for message in ran.messages if message["msg_type"] != "execute_input"]
    assert kinds.index("clear_output") < len(kinds) - 1 - kinds[::-1].index("display_data")
    assert ran.of("display_data")[-1]["data"][MIME]["status"] == "FINISHED"


def test_a_script_leaves_a_run_too(client: Client, state_folder: Path, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(
        "import labwright as lw, mlflow\n"
        "with lw.experiments.track('captured', name='script', autolog=False):\n    mlflow.log_metric('m', 1)\n"
    )
    subprocess.run([sys.executable, "train.py"], cwd=tmp_path, check=True, env=os.environ | {"MLFLOW_TRACKING_URI": ""})
    script = Recorded(client, state_folder, "script")
    assert script.files == {names.LOCK_FILE, names.CONTEXT_FILE}
    left = dict(line.split(": ", 1) for line in script.context.left_out)
    assert set(left) == {"notebook", "cells", "diff", "git"}
    assert "no git repository" in left["git"]


def test_large_notebooks_are_cut_and_stay_whole_json() -> None:
    cell: dict[str, Any] = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    many = [cell | {"id": f"c{place}", "source": f"x = '{'é' * 400}'  # {place}"} for place in range(5000)]
    raw, was_cut = notebook_copy(NOTEBOOK | {"cells": many}, Masker())
    assert was_cut
    assert LIMIT * 0.9 < len(raw) <= LIMIT
    nbformat.validate(nbformat.reads(raw.decode(), 4))  # type: ignore[no-untyped-call]
    one, was_cut = notebook_copy(NOTEBOOK | {"cells": [cell | {"id": "a", "source": "y" * 3_000_000}]}, Masker())
    assert was_cut
    assert len(one) <= LIMIT
    assert "cut here" in json.loads(one)["cells"][0]["source"]


def test_an_output_stays_small_whatever_it_shows(whole: Recorded) -> None:
    from labwright.experiments.capture.models import OutputFact, OutputMetric, RunOutput

    text = '<b>😀"\\' * 3000
    facts = [OutputFact(name=text, text=text)] * 50
    metrics = [OutputMetric(name=text, last=text, best="1", steps=list(range(200)), values=[0.1] * 200)] * 300
    started = whole.run.started
    assert started is not None
    shown = RunOutput(
        run_id="0" * 32, name=text, experiment=text, experiment_id="1", status="FINISHED", started=started, seconds=1,
        source=text, metrics=metrics, params=facts, models=facts, cost=facts, recorded=facts, left_out=[text] * 50,
        trouble=text,
    )  # fmt: skip
    found = bundle(shown)
    assert len(json.dumps(found)) <= OUTPUT_LIMIT
    assert "<b>😀" not in found["text/html"]
    assert "&lt;b&gt;" in found["text/html"]


def test_lineage_follows_names_through_cells() -> None:
    sources = [
        "import pandas as pd\nraw = pd.DataFrame()",
        "other = pd.DataFrame()",
        "get_ipython().run_line_magic('features', 'join raw --views rain -o train')",
        "train['late'] = train.delay > 15",
        "unused = other.sum()",
        "def fit(rate):\n    return model(train, rate)",
        "fit(0.1)",
    ]
    cells = [ExecutedCell(order=i + 1, execution_count=i + 1, source=source) for i, source in enumerate(sources)]
    assert leading_cells(cells) == {0, 2, 3, 5, 6}
