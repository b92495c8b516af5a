"""`%%track` in a real kernel, against the real service and the real MLflow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from labwright.client import Client
from labwright.experiments.models import Experiment, Run, RunDetail, RunPage
from labwright.service.tracking_token import tracking_token
from tests.kernels.real_kernel import Kernel


@pytest.fixture(scope="module")
def kernel(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    found = Kernel(tmp_path_factory.mktemp("kernel"), JPY_SESSION_NAME="work/flights.ipynb", A_SECRET_TOKEN="s3cr3t")
    yield found
    found.close()


def runs(client: Client, experiment: str) -> list[Run]:
    found = {one.name: one.experiment_id for one in client.get("/experiments", list[Experiment])}
    page: RunPage = client.get(f"/experiments/{found[experiment]}/runs", RunPage)
    return page.runs


def test_a_cell_becomes_a_run(kernel: Kernel, client: Client) -> None:
    ran = kernel.run(
        "%%track first --name 'a <b>run</b>' --tag stage=draft --no-autolog\n"
        "import mlflow\n"
        "mlflow.log_param('depth', '<script>x</script>')\n"
        "for step in range(3):\n"
        "    mlflow.log_metric('loss', 1 / (step + 1), step=step)\n"
        "left = 42\n"
        "left"
    )
    assert ran.error == ""
    (run,) = runs(client, "first")
    assert (run.name, run.status, run.tags) == ("a <b>run</b>", "FINISHED", {"stage": "draft"})
    assert run.notebook == "work/flights.ipynb"
    assert run.source is not None
    assert run.source.startswith("flights.ipynb, cell ")
    assert run.metrics["loss"].step == 2
    (result,) = ran.of("execute_result")
    assert result["data"]["text/plain"] == "42"
    assert kernel.run("print(left)").text == "42\n"

    (begun,) = ran.of("display_data")
    (ended,) = ran.of("update_display_data")
    assert begun["transient"]["display_id"] == ended["transient"]["display_id"]
    assert "running" in begun["data"]["text/plain"]
    assert "finished" in ended["data"]["text/plain"]
    html = ended["data"]["text/html"]
    assert "a &lt;b&gt;run&lt;/b&gt;" in html
    assert "&lt;script&gt;" in html
    assert "<script" not in html + begun["data"]["text/html"]
    assert "0.333333" in html
    assert run.run_id in html
    assert ran.text == ""  # no links to a page that asks for a token


def test_a_broken_cell_leaves_a_failed_run_and_its_own_trace(kernel: Kernel, client: Client) -> None:
    ran = kernel.run("%%track second --name broken --no-autolog\ndef inner():\n    return missing\ninner()")
    (run,) = runs(client, "second")
    assert run.status == "FAILED"
    assert "NameError" in ran.error
    assert "----> 3     return missing" in ran.error  # as the notebook numbers it: line 1 is the magic
    assert "labwright" not in ran.error
    assert "interactiveshell" not in ran.error
    assert ran.of("error")[0]["ename"] == "NameError"
    assert "failed" in ran.of("update_display_data")[0]["data"]["text/plain"]
    assert kernel.run("import mlflow; print(mlflow.active_run())").text == "None\n"


def test_a_cell_that_is_not_python_makes_no_run(kernel: Kernel, client: Client) -> None:
    before = len(runs(client, "second"))
    ran = kernel.run("%%track second\nx = = 2")
    assert "invalid syntax" in ran.error
    assert "labwright" not in ran.error
    waits = kernel.run("%%track second\nimport asyncio\nawait asyncio.sleep(0)")
    assert "A cell magic cannot await" in waits.error
    assert "Traceback" not in waits.error
    assert len(runs(client, "second")) == before


def test_an_interrupted_cell_leaves_a_killed_run(kernel: Kernel, client: Client) -> None:
    message_id = kernel.start("%%track third --no-autolog\nimport time\nprint('waiting', flush=True)\ntime.sleep(60)")
    while True:
        message = kernel.client.get_iopub_msg(timeout=60)
        if message["msg_type"] == "stream":
            break
    kernel.manager.interrupt_kernel()
    ran = kernel.finish(message_id)
    assert "KeyboardInterrupt" in ran.error
    assert [run.status for run in runs(client, "third")] == ["KILLED"]


def test_flavours_log_by_themselves_and_stop_after_the_cell(kernel: Kernel, client: Client) -> None:
    ran = kernel.run(
        "%%track fourth --name auto\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "model = LogisticRegression(C=0.5).fit([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])"
    )
    assert ran.error == ""
    (run,) = runs(client, "fourth")
    assert run.params["C"] == "0.5"
    assert "training_accuracy_score" in run.metrics
    assert [model.has_signature for model in run.models] == [True]
    kernel.run("model.fit([[0.0], [1.0]], [0, 1])")
    assert len(runs(client, "fourth")) == 1


def test_nested_runs_and_a_run_that_is_active_already(kernel: Kernel, client: Client) -> None:
    ran = kernel.run(
        "import labwright as lw, mlflow\n"
        "with lw.experiments.track('fifth', name='parent', autolog=False):\n"
        "    with lw.experiments.track('other', name='elsewhere', nested=True, autolog=False):\n"
        "        pass\n"
        "    with mlflow.start_run(run_name='child', nested=True):\n"
        "        pass\n"
        "    get_ipython().run_cell_magic('track', 'fifth --name not-me', 'pass')"
    )
    assert "--nested" in ran.error
    assert "Traceback" not in ran.error
    assert {run.name: run.status for run in runs(client, "fifth")} == {"parent": "FAILED", "child": "FINISHED"}


def test_a_nested_run_that_its_own_code_ends_leaves_the_outer_one_open(kernel: Kernel, client: Client) -> None:
    ran = kernel.run(
        "with lw.experiments.track('nested', name='outer', autolog=False) as outer:\n"
        "    with lw.experiments.track('nested', name='inner', nested=True, autolog=False):\n"
        "        mlflow.end_run()\n"
        "    print(mlflow.active_run().info.run_id == outer.info.run_id)\n"
        "    mlflow.log_metric('after', 1.0)"
    )
    assert (ran.error, ran.text) == ("", "True\n")
    found = {run.name: run for run in runs(client, "nested")}
    assert {run.status for run in found.values()} == {"FINISHED"}
    assert set(found["outer"].metrics) == {"after"}


def test_autologging_is_as_each_block_says_and_as_the_user_set_it(kernel: Kernel) -> None:
    ran = kernel.run(
        "from mlflow.utils.autologging_utils import autologging_is_disabled as off\n"
        "with lw.experiments.track('auto'):\n"
        "    print(off('mlflow'))\n"
        "    with lw.experiments.track('auto', nested=True, autolog=False):\n"
        "        print(off('mlflow'))\n"
        "    print(off('mlflow'))\n"
        "try:\n"
        "    with lw.experiments.track('auto'):\n"
        "        raise KeyError\n"
        "except KeyError:\n"
        "    print(off('mlflow'))\n"
        "with lw.experiments.track('auto'):\n"
        "    mlflow.autolog(silent=True, log_models=False)\n"
        "print(off('mlflow'))\n"
        "mlflow.autolog(disable=True, silent=True)"
    )
    assert ran.error == ""
    assert ran.text.split() == ["False", "True", "False", "True", "False"]


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("%%track\npass", "%%track --help"),
        ("%%track one --tag nothing\npass", "key=value"),
        ("%track one", "%%track"),
        ("%%track one --colour red\npass", "there is no --colour"),
    ],
)
def test_wrong_words_give_one_line(kernel: Kernel, code: str, sentence: str) -> None:
    ran = kernel.run(code)
    assert sentence in ran.error
    assert len(ran.error.splitlines()) == 1


def test_no_secret_reaches_the_run(kernel: Kernel, client: Client, state_folder: Path) -> None:
    tokens = [client.token.encode(), tracking_token(client.folders).encode()]
    for path in (state_folder / "mlflow").rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert not any(token in content for token in tokens), path
        assert b"s3cr3t" not in content, path


def test_log_reference_keeps_a_sample(kernel: Kernel, client: Client) -> None:
    ran = kernel.run(
        "import labwright as lw, mlflow, pandas as pd\n"
        "with lw.experiments.track('sixth', autolog=False) as run:\n"
        "    lw.experiments.log_reference(pd.DataFrame({'x': range(100)}), rows=10)\n"
        "lw.experiments.log_reference(pd.DataFrame({'x': [1]}))"
    )
    assert "No run is active" in ran.error
    (run,) = runs(client, "sixth")
    assert client.get(f"/experiments/runs/{run.run_id}", RunDetail).reference == "reference/sample.parquet"
    read = kernel.run(
        "path = mlflow.artifacts.download_artifacts(run_id=run.info.run_id, artifact_path='reference/sample.parquet')\n"
        "print(len(pd.read_parquet(path)))"
    )
    assert read.text.splitlines()[-1] == "10"


def test_a_service_that_was_killed_comes_back_under_a_run(kernel: Kernel, client: Client) -> None:
    """kill -9 of the service in the middle of a run: the kernel revives it, and the run arrives whole."""
    message_id = kernel.start(
        "%%track seventh --name survivor --no-autolog\n"
        "import mlflow, time\n"
        "mlflow.log_metric('loss', 1.0, step=0)\n"
        "print('go', flush=True)\n"
        "time.sleep(1)\n"
        "for step in range(1, 4):\n"
        "    mlflow.log_metric('loss', 1 / (step + 1), step=step)\n"
    )
    while kernel.client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
        pass
    psutil.Process(client.service().pid).kill()
    ran = kernel.finish(message_id)
    assert ran.error == ""
    (run,) = runs(client, "seventh")
    assert (run.status, run.metrics["loss"].step) == ("FINISHED", 3)


def test_a_foreign_address_is_honoured_and_named(client: Client, tmp_path: Path) -> None:
    """MLFLOW_TRACKING_URI that is set already, with a password in it, stays, and the password is not shown."""
    database = f"sqlite:///{tmp_path / 'other.db'}"
    kernel = Kernel(tmp_path, MLFLOW_TRACKING_URI=database)
    try:
        ran = kernel.run("%%track elsewhere --no-autolog\nimport mlflow\nmlflow.log_metric('auc', 0.5)")
        assert ran.error == ""
        assert "runs go there" in ran.text
        assert "auc" in ran.of("update_display_data")[-1]["data"]["text/html"]
        assert kernel.run("print(mlflow.get_tracking_uri())").text.strip() == database
        again = kernel.run("%%track elsewhere --no-autolog\npass")
        assert "runs go there" not in again.text
        for line in ("%compare --experiment elsewhere", "%promote last --to late --experiment elsewhere"):
            assert "no such experiment" in kernel.run(line).error
        read = kernel.run("%compare --experiment Default")
        assert "runs are read" not in read.text, "said once, by the first that read runs"
    finally:
        kernel.close()
    kernel = Kernel(tmp_path, MLFLOW_TRACKING_URI=database)
    try:
        for line in ("%promote last --to late --experiment Default", "lw.experiments.runs('Default')"):
            ran = kernel.run(f"import labwright as lw\n{line}")
            assert ran.text.count(f"set to {database}: runs are read from Labwright") == line.startswith("%"), line
    finally:
        kernel.close()
    assert "elsewhere" not in [found.name for found in client.get("/experiments", list[Experiment])]


def test_an_address_is_shown_without_its_password() -> None:
    from labwright.experiments.tracking import _public

    assert _public("https://ada:hunter2@host:5000/x") == "https://host:5000/x"
    assert _public("sqlite:////tmp/a.db") == "sqlite:////tmp/a.db"
