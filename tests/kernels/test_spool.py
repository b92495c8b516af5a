"""What a process logs to Labwright: by the spool, as MLflow would take it, with the real service and MLflow."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.entities import Metric, Param, RunStatus, RunTag
from mlflow.exceptions import MlflowException
from mlflow.store.tracking.rest_store import RestStore
from mlflow.tracking._tracking_service.utils import _get_store

import labwright as lw
from labwright.client import Client
from labwright.errors import InvalidError
from labwright.experiments import spool
from labwright.experiments.spool import writer
from labwright.experiments.spool.batches import batches
from labwright.experiments.spool.newest import POINTS, Newest
from labwright.experiments.spool.records import metric_line, parse
from labwright.experiments.spool.store import SpoolStore
from labwright.experiments.spool.tail import Tail
from tests.state_folder import StateFolder, wait_until


@pytest.fixture(scope="module", autouse=True)
def tracked(client: Client) -> Iterator[None]:
    assert lw.experiments.use_tracking()
    client.get("/experiments")
    mlflow.set_experiment("spool")
    yield
    assert spool.flush(60)


@pytest.fixture
def run() -> Iterator[str]:
    with mlflow.start_run() as found:
        yield found.info.run_id


def api() -> mlflow.MlflowClient:
    return mlflow.MlflowClient()


def direct() -> RestStore:
    """MLflow's own store for the same address."""
    return RestStore(store()._given_credentials)


def store() -> SpoolStore:
    found = _get_store()
    assert isinstance(found, SpoolStore)
    return found


def places(home: Path) -> list[Path]:
    return sorted((home / "spool").glob("[0-9]*"))


def python(code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    """Another process, such as a second kernel, that inherits the environment of this one."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments], env=os.environ | environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip


def line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> str:
    said, _ = process.communicate("\n", timeout=120)
    assert process.returncode == 0, said
    return said


def test_what_was_logged_is_read_back_at_once(run: str) -> None:
    mlflow.log_params({"depth": 3, "name": "a <b>tree</b> 🌳"})
    values = [0.1, -1e300, 5e-324, math.nan, math.inf, -math.inf]
    for step, value in enumerate(values):
        mlflow.log_metric("loss", value, step=step)
    mlflow.log_metrics({"auc": 1, "f/1 é": 0.5}, step=2)
    mlflow.set_tag("note", "first")
    mlflow.set_tags({"note": "x" * 8000, "line": 'a\n"b"\\ '})
    found = api().get_run(run)
    assert found.data.params == {"depth": "3", "name": "a <b>tree</b> 🌳"}
    assert found.data.tags["note"] == "x" * 8000
    assert found.data.tags["line"] == 'a\n"b"\\ '
    assert (found.data.metrics["auc"], found.data.metrics["f/1 é"]) == (1.0, 0.5)
    history = {metric.step: metric.value for metric in api().get_metric_history(run, "loss")}
    assert math.isnan(history.pop(3))
    most = sys.float_info.max  # as MLflow keeps infinity
    assert history == {0: 0.1, 1: -1e300, 2: 5e-324, 4: most, 5: -most}
    api().delete_tag(run, "line")
    assert "line" not in api().get_run(run).data.tags
    assert api().search_runs([found.info.experiment_id], "params.depth = '3'")[0].info.run_id == run


BAD: dict[str, Callable[[Any, str], Any]] = {
    "name": lambda to, run: to.log_metric(run, Metric("a\nb", 1.0, 0, 0)),
    "no name": lambda to, run: to.log_metric(run, Metric(None, 1.0, 0, 0)),
    "long name": lambda to, run: to.log_metric(run, Metric("n" * 251, 1.0, 0, 0)),
    "path": lambda to, run: to.log_metric(run, Metric("../up", 1.0, 0, 0)),
    "text": lambda to, run: to.log_metric(run, Metric("m", "high", 0, 0)),
    "half a step": lambda to, run: to.log_metric(run, Metric("m", 1.0, 0, 0.5)),
    "far step": lambda to, run: to.log_metric(run, Metric("m", 1.0, 0, 2**63)),
    "early": lambda to, run: to.log_metric(run, Metric("m", 1.0, -1, 0)),
    "run": lambda to, run: to.log_metric("0" * 32, Metric("m", 1.0, 0, 0)),
    "batch": lambda to, run: to.log_batch(run, [Metric("m", 1.0, 0, 0), Metric("a\nb", 1.0, 0, 0)], [], []),
    "many": lambda to, run: to.log_batch(run, [Metric("m", 1.0, 0, n) for n in range(1001)], [], []),
    "twice": lambda to, run: to.log_batch(run, [], [Param("p", "1"), Param("p", "2")], []),
    "param": lambda to, run: to.log_param(run, Param("a\nb", "1")),
    "tag": lambda to, run: to.set_tag(run, RunTag("a\nb", "1")),
    "surrogate": lambda to, run: to.set_tag(run, RunTag("t", "\ud800")),
    "changed": lambda to, run: to.log_param(run, Param("depth", "4")),
    "changed in batch": lambda to, run: to.log_batch(run, [], [Param("depth", "4"), Param("new", "1")], []),
}


@pytest.mark.parametrize("case", BAD)
def test_wrong_input_raises_what_mlflow_raises(run: str, case: str) -> None:
    mlflow.log_param("depth", 3)
    mlflow.log_metric("m", 0.5)
    assert spool.flush(30)
    raised = []
    for to in (direct(), store()):
        with pytest.raises(Exception) as error:  # noqa: PT011 # which one is what is compared
            BAD[case](to, run)
        raised.append(error.value)
    theirs, ours = raised
    if isinstance(theirs, MlflowException):
        assert isinstance(ours, MlflowException)
        assert ours.error_code == theirs.error_code
        if case.startswith("changed"):
            assert ours.message in theirs.message
    else:
        assert type(ours) is type(theirs)
    found = api().get_run(run).data
    assert (found.params, found.metrics) == ({"depth": "3"}, {"m": 0.5}), "nothing of it was logged"


def test_a_deleted_run_takes_nothing() -> None:
    with mlflow.start_run() as found:
        pass
    api().delete_run(found.info.run_id)
    with pytest.raises(MlflowException, match="must be in the 'active' state"):
        api().log_metric(found.info.run_id, "m", 1)


WHICH = """
import sys
sys.modules[sys.argv[1]] = None  # whoever imports it fails
import mlflow
from mlflow.tracking._tracking_service.utils import _get_store
print(type(_get_store()).__name__)
"""


def test_mlflows_own_store_for_foreign_addresses_and_where_ours_fails() -> None:
    assert type(_get_store("http://127.0.0.1:9/elsewhere")) is RestStore
    address = os.environ["MLFLOW_TRACKING_URI"]
    asked = [
        python(WHICH, "nothing"),
        python(WHICH, "nothing", MLFLOW_TRACKING_URI=f"{address}/other"),
        python(WHICH, "labwright.experiments.spool.store"),
        python(WHICH, "labwright.experiments.spool.tracking_store", MLFLOW_TRACKING_URI="http://127.0.0.1:9"),
        python(WHICH, "labwright", MLFLOW_TRACKING_URI="http://127.0.0.1:9"),
    ]
    ours, foreign, broken, *others = map(end, asked)
    assert ours == "SpoolStore\n"
    assert foreign == "RestStore\n"
    assert broken.endswith("RestStore\n")
    assert "Labwright's spool is not used" in broken
    assert all(other.endswith("RestStore\n") for other in others)


def test_lw_log_recent_and_state(run: str) -> None:
    for step in range(1000):
        lw.experiments.log({"loss": 1 / (step + 1), "n": step}, step=step)
    lw.experiments.log({"accuracy": 1}, step=7)
    recent = spool.recent(run)
    assert set(recent) == {"loss", "n", "accuracy"}
    assert len(recent["loss"]) <= POINTS
    assert recent["loss"][0] == (0, 1.0)
    assert recent["n"][-1] == (999, 999)
    assert lw.experiments.flush(30)
    assert spool.state(run) == spool.SpoolState(0, None)
    assert len(api().get_metric_history(run, "n")) == 1000
    with pytest.raises(MlflowException):
        lw.experiments.log({"a\nb": 1.0})


def test_lw_log_needs_a_run() -> None:
    with pytest.raises(InvalidError, match="No run is active"):
        lw.experiments.log({"loss": 1.0})


FORKED = """
import multiprocessing, os, signal, sys, time
import labwright as lw
lw.experiments.use_tracking()
import mlflow
def child(run, ready):
    for step in range(500):
        mlflow.MlflowClient().log_metric(run, "child", step / 3, step=step)
    ready.set()
    time.sleep(1000)  # outlives its parent, with whatever it has inherited
if __name__ == "__main__":
    mlflow.set_experiment("spool")
    run = mlflow.start_run().info.run_id
    mlflow.log_metric("parent", 1.0)
    context = multiprocessing.get_context(sys.argv[1])
    ready = context.Event()
    process = context.Process(target=child, args=(run, ready))
    process.start()
    ready.wait()
    for step in range(500):
        mlflow.log_metric("parent", step / 3, step=step)
    print(run, process.pid, flush=True)
    os.kill(process.pid if sys.argv[2] == "child" else os.getpid(), signal.SIGKILL)
    process.join()
    print(mlflow.MlflowClient().get_run(run).info.status, flush=True)
    sys.stdin.readline()
    mlflow.end_run()
"""


def forked(tmp_path: Path, *arguments: str) -> subprocess.Popen[str]:
    path = tmp_path / "forked.py"
    path.write_text(FORKED)
    return python("import runpy, sys; runpy.run_path(sys.argv.pop(1), run_name='__main__')", str(path), *arguments)


@pytest.mark.parametrize("way", ["fork", "spawn"])
def test_children_have_their_own_spools_and_do_not_close_the_run(tmp_path: Path, way: str) -> None:
    if way == "spawn":
        process = subprocess.Popen(
            [sys.executable, write(tmp_path), way, "child"], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
    else:
        process = forked(tmp_path, way, "child")
    run, _ = line(process).split()
    time.sleep(2.5)  # two looks of the service at the dead child
    assert line(process) == "RUNNING"
    assert end(process) == ""
    found = api().get_run(run)
    assert found.info.status == "FINISHED"
    for name in ("child", "parent"):
        assert sorted({metric.step for metric in api().get_metric_history(run, name)}) == list(range(500))


def write(tmp_path: Path) -> str:
    path = tmp_path / "forked.py"
    path.write_text(FORKED)
    return str(path)


def test_a_child_that_lives_on_does_not_keep_its_dead_parents_run_open(tmp_path: Path) -> None:
    process = forked(tmp_path, "fork", "parent")
    run, child = line(process).split()
    try:
        wait_until(lambda: api().get_run(run).info.status == "KILLED", "the run is KILLED", 60)
    finally:
        os.kill(int(child), 9)
        process.communicate()


RESUME = """
import sys
import labwright as lw
lw.experiments.use_tracking()
import mlflow
mlflow.set_experiment("spool")
with mlflow.start_run(run_id=sys.argv[1] or None) as run:
    mlflow.log_metric("loss", 0.5)
    print(run.info.run_id, flush=True)
    sys.stdin.readline()
"""


def test_a_run_that_another_process_took_up_is_its_own() -> None:
    first = python(RESUME, "")
    run = line(first)
    second = python(RESUME, run)
    assert line(second) == run
    first.kill()
    first.communicate()
    time.sleep(3)  # looks of the service at the dead one
    assert api().get_run(run).info.status == "RUNNING"
    end(second)
    assert api().get_run(run).info.status == "FINISHED"


LEFT_OPEN = """
import labwright as lw
lw.experiments.use_tracking()
import mlflow
client = mlflow.MlflowClient()
run = client.create_run(mlflow.get_experiment_by_name("spool").experiment_id).info.run_id
client.log_metric(run, "loss", 0.5)
print(run)
"""


def test_who_leaves_in_good_order_leaves_its_runs_as_they_are(state_folder: Path) -> None:
    process = python(LEFT_OPEN)
    run = end(process).strip()
    wait_until(lambda: not any(place.name.startswith(f"{process.pid}-") for place in places(state_folder)), "drained")
    found = api().get_run(run)
    assert (found.info.status, found.data.metrics) == ("RUNNING", {"loss": 0.5})
    api().set_terminated(run)


CHANGED = """
import sys
import labwright as lw
lw.experiments.use_tracking()
import mlflow
client, run = mlflow.MlflowClient(), sys.argv[1]
for step in range(50):
    client.log_metric(run, "before", step, step=step)
client.log_param(run, "depth", 4)
client.log_param(run, "width", 5)
for step in range(50):
    client.log_metric(run, "after", step, step=step)
assert lw.experiments.flush(60)
"""


def test_what_mlflow_refuses_is_set_aside_and_named_and_holds_nothing_up(run: str, state_folder: Path) -> None:
    mlflow.log_param("depth", 3)
    assert spool.flush(30)
    end(python(CHANGED, run))
    found = api().get_run(run).data
    assert found.params == {"depth": "3", "width": "5"}
    assert (found.metrics["before"], found.metrics["after"]) == (49, 49)
    assert "Changing param values is not allowed" in found.tags["labwright.refused"]
    folder = state_folder / "spool" / "refused"
    wait_until(lambda: folder.exists() and any(folder.iterdir()), "what was refused is kept")
    (kept,) = [json.loads(text) for text in next(folder.iterdir()).read_text().splitlines()]
    assert kept["record"] == ["p", run, {"key": "depth", "value": "4"}]


FULL = """
import resource, sys
import labwright as lw
lw.experiments.use_tracking()
import mlflow
mlflow.set_experiment("spool")
with mlflow.start_run() as run:
    print(run.info.run_id, flush=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (3000, 3000))
    for step in range(60):
        mlflow.log_metric("loss", step / 3, step=step)
"""


def test_a_disk_that_is_full_makes_it_slow_and_loses_nothing() -> None:
    process = python(FULL)
    run = line(process)
    said = end(process)
    assert said.count("Labwright cannot write to its spool") == 1
    assert sorted(metric.step for metric in api().get_metric_history(run, "loss")) == list(range(60))
    assert api().get_run(run).info.status == "FINISHED"


def test_a_spool_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "spool").write_text("a file")
    code = RESUME.replace("import mlflow\n", "import mlflow, os\nos.environ['LABWRIGHT_SPOOL'] = sys.argv[2]\n", 1)
    process = python(code, "", str(tmp_path / "spool"))
    said = line(process)
    assert said.startswith("Labwright cannot write to its spool")
    run = line(process)
    end(process)
    found = api().get_run(run)
    assert (found.info.status, found.data.metrics) == ("FINISHED", {"loss": 0.5})


def test_segments_that_are_done_are_removed(run: str, state_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "SEGMENT_BYTES", 10_000)
    for step in range(1000):
        mlflow.log_metric("loss", step / 3, step=step)
    assert spool.flush(30)
    (mine,) = [place for place in places(state_folder) if place.name.startswith(f"{os.getpid()}-")]
    wait_until(lambda: len(list(mine.glob("*.jsonl"))) == 1, "one segment is left")
    for file in mine.iterdir():
        assert file.stat().st_mode & 0o777 == 0o600
    assert len(api().get_metric_history(run, "loss")) == 1000


def test_a_spool_that_is_deleted_is_noticed_and_written_anew(
    run: str, state_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    mlflow.log_metric("before", 0.5)
    assert spool.flush(30)
    (mine,) = [place for place in places(state_folder) if place.name.startswith(f"{os.getpid()}-")]
    shutil.rmtree(mine)
    for step in range(100):
        mlflow.log_metric("after", step / 3, step=step)
    assert spool.flush(30)
    assert "was deleted while this process logs to it" in capsys.readouterr().out
    assert len(api().get_metric_history(run, "after")) == 100
    assert len(api().get_metric_history(run, "before")) == 1


def test_a_cursor_older_than_what_was_deleted_holds_nothing_up(tmp_path: Path) -> None:
    (tmp_path / "00000003.jsonl").write_bytes(metric_line("r", '"loss"', 0.5, 1, 2))
    window = Tail(tmp_path).read()
    assert window is not None
    assert window.records[0][:2] == ["m", "r"]
    assert window.end[0] == 3


def test_values_of_a_model_are_its_own_too_however_quickly_they_come(run: str) -> None:
    try:
        model = mlflow.set_active_model(name="quick").model_id
        for number in range(30):
            mlflow.log_metric("loss", number / 7)
            lw.experiments.log({"auc": number / 9})
    finally:
        mlflow.clear_active_model()
    found = mlflow.get_logged_model(model).metrics
    for name, last in (("loss", 29 / 7), ("auc", 29 / 9)):
        assert len(api().get_metric_history(run, name)) == 30
        assert last in [metric.value for metric in found if metric.key == name]
    assert "labwright.refused" not in api().get_run(run).data.tags


def test_ends_keep_their_status_and_time(run: str) -> None:
    made = api().create_run(api().get_run(run).info.experiment_id)
    api().set_terminated(made.info.run_id, "FAILED", end_time=1_700_000_000_000)
    info = api().get_run(made.info.run_id).info
    assert (info.status, info.end_time) == ("FAILED", 1_700_000_000_000)
    assert info.status == RunStatus.to_string(RunStatus.FAILED)
    api().update_run(made.info.run_id, name="another name")
    info = api().get_run(made.info.run_id).info
    assert (info.run_name, info.status) == ("another name", "FAILED")


def test_the_service_stays_for_an_open_run_and_goes_after(other_home: StateFolder) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "LABW"))}
    process = subprocess.Popen(
        [sys.executable, "-c", RESUME, ""], env=environment | {"LABWRIGHT_HOME": str(other_home.home)}, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert line(process)
    other_home.kill_service()
    assert other_home.command("up", LABWRIGHT_IDLE_MINUTES="0.02").returncode == 0
    time.sleep(3)
    assert len(other_home.services()) == 1
    end(process)
    wait_until(lambda: other_home.services() == [], "the idle service is gone", 40)
    assert places(other_home.home) == []


def test_batches_keep_mlflows_limits_and_each_runs_order() -> None:
    found = [["m", run, {"key": "k", "value": 1.0, "timestamp": 0, "step": n}] for n in range(1500) for run in "ab"]
    found += [["p", "a", {"key": f"p{n}", "value": "1"}] for n in range(150)]
    found += [["p", "a", {"key": "p0", "value": "2"}], ["t", "a", {"key": "t", "value": "1"}]]
    found += [["t", "a", {"key": "t", "value": "2"}], ["e", "a", {"status": "FINISHED"}], ["x", ""]]
    made = batches(found)
    sent = [record for batch in made for record in batch.records if batch.run_id == "a"]
    assert sent == [record for record in found if record[1] == "a"]
    for batch in made:
        path, body = batch.request()
        assert path.endswith("runs/update" if batch.is_end else "runs/log-batch")
        if not batch.is_end:
            assert len(body["metrics"]) + len(body["params"]) + len(body["tags"]) <= 1000
            assert len(body["params"]) <= 100
            keys = [param["key"] for param in body["params"]]
            assert len(keys) == len(set(keys))


def test_lines_that_are_no_records_are_found() -> None:
    good = metric_line("r", '"loss"', math.nan, 1, 2).strip()
    records, broken = parse([good, b'["m","r"', b"5", b'["m"],["x",""]', good])
    assert len(records) == 2
    assert records[0][2]["value"] == "NaN"
    assert broken == [b'["m","r"', b"5", b'["m"],["x",""]']


def test_the_newest_curves_are_bounded() -> None:
    newest = Newest()
    for number in range(100):
        newest.add(f"run{number}", "loss", number, 1.0)
    assert newest.of("run0") == {}
    for step in range(100_000):
        newest.add("long", "loss", step, float(step))
    points = newest.of("long")["loss"]
    assert 90 <= len(points) <= 200
    assert points[-1] == (99_999, 99_999.0)
    assert points == sorted(points)
