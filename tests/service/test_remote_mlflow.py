"""Labwright with a remote tracking server: a real `mlflow server` on PostgreSQL, with its basic-auth app."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from jupyter_client.manager import KernelManager

from labwright import settings_file
from labwright.client import connection
from labwright.errors import InvalidError
from labwright.settings_file import Chosen, remember, tracking_of
from labwright.state import Folders, ServiceState, running_service
from tests.postgresql import PostgreSQL, postgresql
from tests.remote_mlflow import USER, RemoteMlflow, remote_mlflow
from tests.state_folder import StateFolder, own_state_folder, wait_until

WRONG = "not-the-password-of-anybody"
SEARCH, BY_NAME = (f"/api/2.0/mlflow/experiments/{each}" for each in ("search", "get-by-name"))


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    with postgresql() as found:
        yield found


@pytest.fixture(scope="module")
def remote(database: PostgreSQL, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RemoteMlflow]:
    with remote_mlflow(tmp_path_factory.mktemp("mlflow"), database) as found:
        yield found


@pytest.fixture(scope="module")
def home(remote: RemoteMlflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    """A state folder whose runs the remote server keeps, chosen by the command, and its service."""
    with own_state_folder(tmp_path_factory.mktemp("state") / "home") as found:
        said = tracking(found, "set", remote.url + "/", "--user", USER, given=remote.password)
        assert said.returncode == 0, said.stderr
        assert "MLflow 3." in said.stdout
        assert found.command("up").returncode == 0
        yield found


def tracking(home: StateFolder, *arguments: str, given: str = "", **environment: str) -> Any:
    """`labwright tracking …`, with the password on standard input."""
    return subprocess.run(
        [sys.executable, "-m", "labwright", "tracking", *arguments],
        env=os.environ | {"LABWRIGHT_HOME": str(home.home)} | environment, input=given + "\n",
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


def state_of(home: StateFolder) -> ServiceState:
    state = running_service(home.folders)
    assert state is not None
    return state


@contextmanager
def service(home: StateFolder) -> Iterator[httpx.Client]:
    with connection(state_of(home), home.folders) as http:
        yield http


class Kernel:
    """A kernel with a state folder, as Jupyter starts it."""

    def __init__(self, home: StateFolder, folder: Path, **environment: str) -> None:
        env = os.environ | {"LABWRIGHT_HOME": str(home.home), "JPY_SESSION_NAME": "flights.ipynb"} | environment
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env=env)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(60)

    def run(self, code: str) -> str:
        """What a cell prints, or its trace."""
        said: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            if message["msg_type"] == "stream":
                said.append(content["text"])
            elif message["msg_type"] == "error":
                said.append("\n".join(content["traceback"]))

        self.client.execute_interactive(code, timeout=120, output_hook=hear, allow_stdin=False)
        return "".join(said)

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


@pytest.fixture(scope="module")
def kernel(home: StateFolder, remote: RemoteMlflow, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    found = Kernel(home, tmp_path_factory.mktemp("kernel"))
    assert "Error" not in found.run("%load_ext labwright\n%colors NoColor\nimport labwright as lw")
    yield found
    found.close()


TRACK = """%%track remote --name by-magic --no-autolog
import mlflow
mlflow.log_param('depth', 3)
for step in range(5):
    mlflow.log_metric('loss', 1 / (step + 1), step=step)
mlflow.log_text('hello', 'note.txt')
"""
IN_PYTHON = """
with lw.experiments.track('remote', name='by-python', autolog=False):
    mlflow.log_param('depth', 4)
    mlflow.log_metric('loss', 0.1, step=0)
print(mlflow.get_tracking_uri())
"""


def test_runs_of_a_kernel_arrive_there(kernel: Kernel, home: StateFolder, remote: RemoteMlflow, tmp_path: Path) -> None:
    assert "Traceback" not in (said := kernel.run(TRACK)), said
    said = kernel.run(IN_PYTHON)
    assert "127.0.0.1" in said, said
    with remote.http as straight:
        found = straight.get("/api/2.0/mlflow/experiments/get-by-name", params={"experiment_name": "remote"}).json()
        experiment = found["experiment"]["experiment_id"]
        body = {"experiment_ids": [experiment]}
        runs = straight.post("/api/2.0/mlflow/runs/search", json=body).json()["runs"]
        names = {run["info"]["run_name"]: run for run in runs}
        assert set(names) == {"by-magic", "by-python"}
        run = names["by-magic"]
        tags = {tag["key"]: tag["value"] for tag in run["data"]["tags"]}
        assert tags["mlflow.user"] == USER
        place = f"{run['info']['artifact_uri'].removeprefix('mlflow-artifacts:/')}/note.txt"
        assert straight.get(f"/api/2.0/mlflow-artifacts/artifacts/{place}").text == "hello"
        assert remote.password not in json.dumps(runs)
    with service(home) as http:
        assert "remote" in [each["name"] for each in http.get("/experiments").json()]
        listed = http.get(f"/experiments/{experiment}/runs", params={"by": "loss"}).json()["runs"]
        assert [each["name"] for each in listed] == ["by-python", "by-magic"]
        ids = [each["run_id"] for each in listed]
        compared = http.post("/experiments/compare", json={"run_ids": ids}).json()
        assert [row["differs"] for row in compared["params"]] == [True]
        assert http.get("/experiments/tracking").json()["remote"] == remote.url
        status = http.get("/status").json()
    assert (status["mlflow"], status["tracking"]) == ("running", remote.url)


def test_table_and_comparison_ask_by_rest(kernel: Kernel, home: StateFolder, remote: RemoteMlflow) -> None:
    with remote.http as straight, service(home) as http:
        (experiment,) = [each["experiment_id"] for each in http.get("/experiments").json() if each["name"] == "remote"]
        body = {"experiment_ids": [experiment], "filter": "run_name LIKE 'by-%'", "order_by": ["start_time ASC"]}
        runs = straight.post("/api/2.0/mlflow/runs/search", json=body).json()["runs"]
        first, second = (run["info"]["run_id"] for run in runs)
        place = runs[0]["info"]["artifact_uri"].removeprefix("mlflow-artifacts:/")
        put = f"/api/2.0/mlflow-artifacts/artifacts/{place}"
        for name, content in (("tables/scores.csv", b"a,b\n1,2\n"), ("plot.svg", b"<svg/>")):
            straight.put(f"{put}/{name}", content=content).raise_for_status()

        def ask(what: str, **params: Any) -> httpx.Response:
            return http.get(f"/experiments/differences/{what}", params=params)

        for axis in ("step", "wall", "relative"):
            found = ask("curves", run=[first, second, "0" * 32], metric="loss", axis=axis).raise_for_status().json()
            assert [(each["run_id"], each["count"]) for each in found["series"]] == [(first, 5), (second, 1)]
        assert found["series"][0]["y"] == [1, 1 / 2, 1 / 3, 1 / 4, 1 / 5]
        files = ask("files", run=[first, second]).json()["files"]
        assert {each["name"]: each["paths"] for each in files} == {
            "plot.svg": {first: "plot.svg"}, "tables/scores.csv": {first: "tables/scores.csv"},
        }  # fmt: skip
        assert ask("table", run=first, path="tables/scores.csv").json()["rows"] == [["1", "2"]]
        file = ask("file", run=first, path="plot.svg")
        assert (file.content, file.headers["content-type"]) == (b"<svg/>", "image/svg+xml")
        assert ask("file", run=first, path="no.svg").status_code == 404
        assert ask("file", run=first, path="../plot.svg").status_code == 422
        parts = ask("parts", base=first, other=second).json()["parts"]
        assert [part["part"] for part in parts] == ["cells", "environment", "data", "changes"]
        assert parts[0]["blocks"]

        def table(**query: Any) -> Any:
            return http.post(f"/experiments/{experiment}/table", json=query).raise_for_status().json()

        wait_until(lambda: table()["sync"] is None, "the index is whole")
        asked = {"columns": ["attributes.name", "metrics.loss"], "filter": "params.depth = '3'"}
        assert [row["cells"] for row in table(**asked)["rows"]] == [["by-magic", 0.2]]
        asked["aggregates"] = {"loss": "max"}
        wait_until(lambda: table(**asked)["last_only"] == [], "the histories are read")
        assert [row["cells"] for row in table(**asked)["rows"]] == [["by-magic", 1.0]]
        body = {"run_ids": [first], "action": "tag", "key": "stage", "value": "done"}
        begun = http.post("/experiments/runs/bulk", json=body).json()["id"]
        wait_until(lambda: http.get(f"/operations/{begun}").json()["state"] == "succeeded", "it is tagged")
        assert [row["run_id"] for row in table(filter="tags.stage = 'done'")["rows"]] == [first]


def test_no_mlflow_of_our_own_is_started(kernel: Kernel, home: StateFolder) -> None:
    assert psutil.Process(state_of(home).pid).children() == []
    assert not (home.home / "mlflow").exists()


def test_the_password_is_nowhere_but_in_its_file(kernel: Kernel, home: StateFolder, remote: RemoteMlflow) -> None:
    file = home.home / "settings.json"
    assert file.stat().st_mode & 0o777 == 0o600
    assert remote.password in file.read_text()
    shown = tracking(home, "show").stdout + home.command("status").stdout + home.command("doctor").stdout
    assert remote.url in shown
    assert remote.password not in shown
    secret = remote.password.encode()
    for path in home.home.rglob("*"):
        if path.is_file() and path != file:
            assert secret not in path.read_bytes(), path
    for process in [*home.processes(), psutil.Process(kernel.manager.provisioner.pid)]:
        assert remote.password not in json.dumps([process.cmdline(), process.environ()])
    assert "True" in kernel.run(f"import os; print({remote.password!r} not in str(dict(os.environ)))")


SAME = """
import labwright as lw
print(lw.experiments.use_tracking())
import mlflow
print(mlflow.get_tracking_uri(), mlflow.get_experiment_by_name("Default") is not None)
"""


def test_a_kernel_that_names_the_same_server_is_ours(home: StateFolder, remote: RemoteMlflow) -> None:
    """With a user and a password of its own, which Labwright's address is not shown."""
    variables = {"MLFLOW_TRACKING_USERNAME": USER, "MLFLOW_TRACKING_PASSWORD": WRONG}
    said = run(home, SAME, MLFLOW_TRACKING_URI=remote.url, **variables).stdout
    assert f"Runs go to {remote.url}, through Labwright.\nTrue\nhttp://127.0.0.1:" in said
    assert said.strip().endswith("/mlflow True")


def test_who_may_not_is_told_in_a_line(home: StateFolder, remote: RemoteMlflow, tmp_path: Path) -> None:
    """A user who may read only: a run is refused in the kernel, a promotion in the service; what is there is shown."""
    with own_state_folder(tmp_path / "home") as other:
        said = tracking(other, "set", remote.url, "--user", "reader", given=remote.add_user("reader"))
        assert said.returncode == 0, said.stderr
        code = """
import labwright as lw
from labwright.errors import LabwrightError
print(len(lw.experiments.experiments()) > 0)
try:
    with lw.experiments.track("Default", name="no"):
        print("inside")
except LabwrightError as error:
    print("refused:", error)
"""
        said = run(other, code)
        assert said.stdout.splitlines()[0] == "True", said.stderr
        refused = said.stdout.splitlines()[-1]
        assert refused.startswith("refused: "), said.stdout + said.stderr
        assert f"The tracking server {remote.url} does not permit you this." in refused
        with service(other) as http:
            ids = {each["name"]: each["experiment_id"] for each in http.get("/experiments").json()}
            (found, *_) = http.get(f"/experiments/{ids['remote']}/runs").json()["runs"]
            body = {"run_id": found["run_id"]}
            reply = http.post("/mlflow/api/2.0/mlflow/runs/delete", json=body)
            assert (reply.status_code, reply.json()["code"]) == (403, "permission_denied")


def run(home: StateFolder, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Python program of the user."""
    env = os.environ | {"LABWRIGHT_HOME": str(home.home)} | environment
    return subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, timeout=280)


ASK = """
import labwright as lw
from labwright.errors import LabwrightError
try:
    print(len(lw.experiments.experiments()))
except LabwrightError as error:
    print(error.code, error)
"""


BY_MLFLOW = """
import labwright as lw
lw.experiments.use_tracking()
import mlflow
try:
    mlflow.search_experiments()
except mlflow.MlflowException as error:
    print(error)
"""


def test_a_wrong_password_and_a_wrong_address_are_told_in_a_line(remote: RemoteMlflow, tmp_path: Path) -> None:
    with own_state_folder(tmp_path / "home") as other:
        said = tracking(other, "set", remote.url, "--user", USER, given=WRONG)
        assert (said.returncode, said.stdout) == (1, "")
        assert "does not take the user and password" in said.stderr
        assert tracking(other, "show").stdout == "Labwright's own MLflow keeps the runs.\n", (
            "a server that does not take us is not chosen"
        )
        variables = {"LABWRIGHT_TRACKING_USERNAME": USER, "LABWRIGHT_TRACKING_PASSWORD": WRONG}
        said = run(other, ASK, LABWRIGHT_TRACKING_URI=remote.url, **variables)
        assert said.stdout.startswith("tracking_credentials The tracking server"), said.stderr
        kernel = run(other, BY_MLFLOW)
        assert "TRACKING_CREDENTIALS: The tracking server" in kernel.stdout, kernel.stderr
        assert WRONG not in said.stdout + said.stderr + kernel.stdout + kernel.stderr
        other.command("stop")
        with socket.socket() as nobody:
            nobody.bind(("127.0.0.1", 0))
            address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
            said = run(other, ASK, LABWRIGHT_TRACKING_URI=address)
            assert said.stdout.startswith(f"mlflow_unavailable The tracking server {address} cannot be reached")


class Other(BaseHTTPRequestHandler):
    """Servers that are not what we need, by their first path part."""

    heard: list[tuple[str, str | None]] = []  # noqa: RUF012
    target = ""

    def do_GET(self) -> None:
        self.heard.append((self.path, self.headers.get("Authorization")))
        kind = self.path.split("/")[1]
        if kind == "elsewhere":
            self.send_response(302)
            self.send_header("Location", self.target)
        else:
            self.send_response(500 if kind == "broken" else 200)
        self.end_headers()
        if kind != "elsewhere":
            self.wfile.write({"old": b"1.30.0", "web": b"<html>a page</html>"}.get(kind, b""))

    def log_message(self, *_: object) -> None:
        pass


def test_what_is_no_mlflow_of_today_is_told(tmp_path: Path) -> None:
    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Other) for _ in range(2)]
    for each in servers:
        threading.Thread(target=each.serve_forever, daemon=True).start()
    first, second = (f"http://127.0.0.1:{each.server_port}" for each in servers)
    Other.target = f"{second}/stolen"
    with own_state_folder(tmp_path / "home") as other:
        words = {
            "old": "has MLflow 1.30.0; Labwright needs 3.0 or newer there",
            "web": "is not MLflow's",
            "broken": "answers with an error (500)",
            "elsewhere": "sends us to another address, which is not followed",
        }
        for kind, wanted in words.items():
            said = tracking(other, "set", f"{first}/{kind}", "--user", "me", given="s3cret")
            assert said.returncode == 1
            assert wanted in said.stderr
            assert "s3cret" not in said.stderr
    assert not [path for path, _ in Other.heard if "stolen" in path], "no redirect was followed"
    for each in servers:
        each.shutdown()
        each.server_close()


def test_a_server_that_is_away_comes_back(kernel: Kernel, home: StateFolder, remote: RemoteMlflow) -> None:
    remote.stop()
    with service(home) as http:
        reply = http.get("/experiments")
        assert (reply.status_code, reply.json()["code"]) == (503, "mlflow_unavailable")
        assert "cannot be reached" in reply.json()["detail"]
        wait_until(lambda: http.get("/status").json()["mlflow"] == "failed", "the status says so")
        remote.start()
        wait_until(lambda: http.get("/experiments").is_success, "it answers again")
    said = kernel.run("with lw.experiments.track('remote', name='later', autolog=False): mlflow.log_metric('loss', 1)")
    assert "Traceback" not in said
    with service(home) as http:
        assert http.get("/status").json()["mlflow"] == "running"


FLIP = """
import os, subprocess, sys
import labwright as lw, mlflow
with lw.experiments.track("here", name="begun here", autolog=False) as run:
    mlflow.log_metric("before", 1)
    assert lw.experiments.flush()
    command = [sys.executable, "-m", "labwright", "tracking", "set", sys.argv[1], "--user", sys.argv[2]]
    print(subprocess.run(command, stdin=sys.stdin, stdout=subprocess.PIPE, text=True, check=True).stdout)
    mlflow.log_metric("after", 2)
with lw.experiments.track("there", name="begun there", autolog=False):
    mlflow.log_metric("there", 3)
assert lw.experiments.flush()
print("ended", run.info.run_id)
"""


def test_what_waits_for_one_server_is_not_sent_to_another(remote: RemoteMlflow, tmp_path: Path) -> None:
    with own_state_folder(tmp_path / "home") as other:
        env = os.environ | {"LABWRIGHT_HOME": str(other.home)}
        said = subprocess.run(
            [sys.executable, "-c", FLIP, remote.url, USER], env=env, input=remote.password + "\n",
            capture_output=True, text=True, timeout=280, check=False,
        )  # fmt: skip
        assert "waits on disk; it arrives when that is chosen again" in said.stdout, said.stdout + said.stderr
        assert said.returncode == 0, said.stderr
        run_id = said.stdout.split()[-1]
        with remote.http as straight:
            names = [each["name"] for each in straight.get(f"{SEARCH}?max_results=100").json()["experiments"]]
            assert "there" in names
            assert "here" not in names
            body = {
                "experiment_ids": [
                    straight.get(BY_NAME, params={"experiment_name": "there"}).json()["experiment"]["experiment_id"]
                ]
            }
            (run,) = straight.post("/api/2.0/mlflow/runs/search", json=body).json()["runs"]
            assert [metric["key"] for metric in run["data"]["metrics"]] == ["there"]
            assert (run["info"]["status"], run["info"]["run_name"]) == ("FINISHED", "begun there")
        assert not list((remote.folder / "artifacts").rglob(run_id)), "nor its files"
        assert tracking(other, "unset").returncode == 0
        assert other.command("up").returncode == 0
        with service(other) as http:

            def back() -> dict[str, Any]:
                found: dict[str, Any] = http.get(f"/experiments/runs/{run_id}").json()["run"]
                return found

            wait_until(lambda: back()["status"] == "FINISHED", "the end arrives")
            assert {name: each["value"] for name, each in back()["metrics"].items()}.items() >= {
                ("before", 1),
                ("after", 2),
            }


PROMOTE = """
import labwright as lw, mlflow, pandas as pd
from sklearn.linear_model import LinearRegression
frame = pd.DataFrame({"x": [0.0, 1.0, 2.0]})
with lw.experiments.track("remote", name="model", autolog=False) as run:
    model = LinearRegression().fit(frame, [0.0, 1.0, 2.0])
    mlflow.sklearn.log_model(model, name="model", input_example=frame, pip_requirements=["scikit-learn"])
endpoint = lw.serving.promote(run.info.run_id, to="remote-model")
print(lw.serving.predict("remote-model", pd.DataFrame({"x": [3.0]})))
"""


def test_a_run_is_promoted_from_there(home: StateFolder, remote: RemoteMlflow) -> None:
    said = run(home, PROMOTE)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "3.0" in said.stdout or "[3." in said.stdout
    with remote.http as straight:
        found = straight.get("/api/2.0/mlflow/registered-models/get", params={"name": "remote-model"}).json()
        assert found["registered_model"]["aliases"] == [{"alias": "champion", "version": "1"}]
    for process in home.processes():
        assert remote.password not in json.dumps([process.cmdline(), process.environ()])
    assert home.command("stop", "remote-model").returncode == 0


# What counts, and that it does not change with who starts the service.


@pytest.fixture
def where(tmp_path: Path) -> Folders:
    return Folders(tmp_path, tmp_path)


def test_what_counts_stays(where: Folders) -> None:
    theirs = {"MLFLOW_TRACKING_URI": "https://ada:p%40ss@one.example/base/"}
    found = remember(where, theirs).tracking
    assert found is not None
    assert (found.uri, found.username, found.password) == ("https://one.example/base", "ada", "p@ss")
    assert "p@ss" not in repr(found)
    assert remember(where, {}).tracking == found, "a starter without the variable means the same"
    assert remember(where, {"MLFLOW_TRACKING_URI": "https://two.example"}).tracking == found
    named = {"LABWRIGHT_TRACKING_URI": "https://two.example", "LABWRIGHT_TRACKING_TOKEN": "t0ken"}
    second = remember(where, named | theirs).tracking
    assert second is not None
    assert (second.uri, second.token) == ("https://two.example", "t0ken")
    kept = remember(where, {"LABWRIGHT_TRACKING_URI": "https://two.example"}).tracking
    assert kept == second, "a credential that is not named again is kept"
    moved = remember(where, {"LABWRIGHT_TRACKING_URI": "https://three.example"}).tracking
    assert moved is not None
    assert moved.token == "", "and never goes to another server"


def test_what_does_not_count(where: Folders) -> None:
    (where.home / "port").write_text("4321")
    (where.home / "tracking-token").write_text("ours")
    for uri, token in (
        ("http://127.0.0.1:4321/mlflow", ""),
        ("http://localhost:9999/mlflow", "ours"),
        ("http://127.0.0.1:9999/mlflow", "of another state folder"),
        ("http://[", ""),
        ("sqlite:///x.db", ""),
        ("databricks", ""),
        ("file:///x", ""),
        ("", ""),
    ):
        environment = {"MLFLOW_TRACKING_URI": uri, "MLFLOW_TRACKING_TOKEN": token}
        assert remember(where, environment) == Chosen(), uri
    (where.home / "mlflow").mkdir()
    (where.home / "mlflow" / "mlflow.db").touch()
    assert remember(where, {"MLFLOW_TRACKING_URI": "https://one.example"}) == Chosen(), "runs that are there stay"
    assert remember(where, {"LABWRIGHT_TRACKING_URI": "https://one.example"}).tracking is not None


@pytest.mark.parametrize(
    "uri", ["", "ftp://x", "https://", "x", "https://x/?a=b", "https://x:port", "http://[", "https://x#y"]
)
def test_what_is_no_address(uri: str) -> None:
    with pytest.raises(InvalidError) as error:
        tracking_of(uri, source="")
    assert len(uri) < 9 or uri not in error.value.message


def test_a_broken_file_is_said(where: Folders) -> None:
    for text in ("{", "[]", '{"tracking": {"odd": 1}}'):
        settings_file.path_of(where).write_text(text)
        with pytest.raises(InvalidError, match="cannot be read"):
            settings_file.read(where)
