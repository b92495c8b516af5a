"""A loop that logs, while the kernel, MLflow, its database or the service dies or hangs: none lost, none doubled.

Each fault has two rounds here; `make soak` runs the file 20 times with longer faults.
"""

from __future__ import annotations

import mmap
import os
import random
import signal
import sqlite3
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil
import pytest

from tests.state_folder import StateFolder, own_state_folder, wait_until

SOAK = bool(os.environ.get("LABWRIGHT_ROUNDS"))
ROUNDS = range(1 if SOAK else 2)
POINTS = 10_000
HANG = 60 if SOAK else 6
LOOP = """
import ctypes, mmap, struct, sys, time
import labwright as lw
lw.experiments.use_tracking()
import mlflow
file = open(sys.argv[1], "r+b")
progress = mmap.mmap(file.fileno(), 8)
points, hold = int(sys.argv[2]), float(sys.argv[3])
mlflow.set_experiment("faults")
run = mlflow.start_run()
client = mlflow.MlflowClient()
beside = client.create_run(run.info.experiment_id).info.run_id
done = client.create_run(run.info.experiment_id).info.run_id
client.set_terminated(done)
print(run.info.run_id, beside, done, flush=True)
if hold:
    ctypes.PyDLL(None).usleep(int(hold * 1e6))  # a call that does not let go of the interpreter
for step in range(points):
    mlflow.log_metric("loss", step / 7, step=step)
    progress[:8] = struct.pack("q", step + 1)
    if step % 5 == 0:
        time.sleep(0.001)
mlflow.log_param("depth", 3)
client.set_terminated(beside)
mlflow.end_run()
print("ended", flush=True)
"""


class Loop:
    """A process that logs, as a kernel does; `acknowledged` is how many calls came back."""

    def __init__(self, home: StateFolder, folder: Path, points: int = POINTS, hold: float = 0) -> None:
        self._home = home
        path = folder / f"progress-{time.monotonic_ns()}"
        path.write_bytes(bytes(8))
        with open(path, "r+b") as file:
            self._progress = mmap.mmap(file.fileno(), 8)
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("MLFLOW_", "LABW"))}
        self.process = subprocess.Popen(
            [sys.executable, "-c", LOOP, str(path), str(points), str(hold)],
            env=environment | {"LABWRIGHT_HOME": str(home.home)}, stdout=subprocess.PIPE, text=True, cwd=folder,
        )  # fmt: skip
        assert self.process.stdout is not None
        self.run, self.beside, self.done = self.process.stdout.readline().split()

    @property
    def acknowledged(self) -> int:
        count: int = struct.unpack("q", self._progress[:8])[0]
        return count

    def reach(self, count: int) -> None:
        wait_until(lambda: self.acknowledged >= count or self.process.poll() is not None, f"{count} points", 60)
        assert self.process.poll() is None, "the loop is over before its fault"

    def end(self) -> str:
        said, _ = self.process.communicate(timeout=90)
        assert self.process.returncode == 0
        assert said.endswith("ended\n")
        return said

    def status(self, run: str) -> str:
        (found,) = self._ask("select status from runs where run_uuid = ?", run)
        return str(found[0])

    def stored(self) -> list[tuple[int, float]]:
        return self._ask("select step, value from metrics where run_uuid = ? and key = 'loss' order by step", self.run)

    def is_stored(self, status: str) -> bool:
        return {self.status(run) for run in (self.run, self.beside)} == {status}

    def check(self, count: int, extra: int = 0) -> None:
        """All that was acknowledged is there, once; of what was not, at most `extra`."""
        found = self.stored()
        assert count <= len(found) <= count + extra
        assert found == [(step, step / 7) for step in range(len(found))]
        assert self.status(self.done) == "FINISHED"

    def _ask(self, query: str, run: str) -> list[tuple[int, float]]:
        path = self._home.home / "mlflow" / "mlflow.db"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=60) as database:
            return database.execute(query, (run,)).fetchall()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    with own_state_folder(tmp_path_factory.mktemp("metrics") / "home") as found:
        yield found


def mlflow(home: StateFolder) -> psutil.Process:
    """MLflow's process of now."""
    while True:
        found = [process for process in home.processes() if any("mlflow_process" in part for part in process.cmdline())]
        if found:
            return found[-1]
        time.sleep(0.02)


def ends(loop: Loop, seconds: float = 90) -> None:
    wait_until(lambda: loop.is_stored("FINISHED"), "both runs are FINISHED", seconds)
    loop.check(POINTS)


@pytest.mark.parametrize("_", ROUNDS)
def test_the_kernel_is_killed(home: StateFolder, tmp_path: Path, _: int) -> None:
    loop = Loop(home, tmp_path, points=10 * POINTS)
    loop.reach(POINTS + random.randrange(500))
    loop.process.kill()
    loop.process.wait()
    wait_until(lambda: loop.is_stored("KILLED"), "its open runs are KILLED", 60)
    loop.check(loop.acknowledged, extra=1)
    wait_until(lambda: list((home.home / "spool").glob("[0-9]*")) == [], "its spool is gone")


def test_the_kernel_and_the_service_are_killed(home: StateFolder, tmp_path: Path) -> None:
    loop = Loop(home, tmp_path, points=10 * POINTS)
    loop.reach(POINTS + random.randrange(500))
    home.kill_service()
    loop.process.kill()
    loop.process.wait()
    assert home.command("up").returncode == 0
    wait_until(lambda: loop.is_stored("KILLED"), "its open runs are KILLED", 60)
    loop.check(loop.acknowledged, extra=1)


@pytest.mark.parametrize("_", ROUNDS)
def test_mlflow_is_killed(home: StateFolder, tmp_path: Path, _: int) -> None:
    loop = Loop(home, tmp_path)
    for share in (0.2, 0.6):
        loop.reach(int(POINTS * share) + random.randrange(500))
        mlflow(home).kill()
    loop.end()
    ends(loop)


def test_the_service_is_killed(home: StateFolder, tmp_path: Path) -> None:
    loop = Loop(home, tmp_path)
    loop.reach(POINTS // 2 + random.randrange(500))
    home.kill_service()
    loop.end()
    ends(loop)


@pytest.mark.parametrize("_", ROUNDS)
def test_mlflow_answers_with_errors(home: StateFolder, tmp_path: Path, _: int) -> None:
    """One of its tables is away for a while, then its database is locked: MLflow answers with 500 and the like."""
    loop = Loop(home, tmp_path)
    loop.reach(POINTS // 4 + random.randrange(500))
    with table_away(home, "metrics"):
        loop.reach(POINTS // 2)  # the training goes on
        time.sleep(HANG)
    with locked(home):
        time.sleep(HANG)
    loop.end()
    ends(loop)


@contextmanager
def table_away(home: StateFolder, table: str) -> Iterator[None]:
    """MLflow's database without one of its tables: each write to it is an error of MLflow's."""
    database = sqlite3.connect(home.home / "mlflow" / "mlflow.db", timeout=60)
    database.execute("PRAGMA legacy_alter_table=ON")
    database.execute(f"ALTER TABLE {table} RENAME TO away")
    database.commit()
    try:
        yield
    finally:
        database.execute(f"ALTER TABLE away RENAME TO {table}")
        database.commit()
        database.close()


@pytest.mark.skipif(not SOAK, reason="it takes half a minute to be sure of it")
def test_a_value_with_which_mlflow_fails_holds_up_the_others_for_a_moment(home: StateFolder, tmp_path: Path) -> None:
    loop = Loop(home, tmp_path)
    with sqlite3.connect(home.home / "mlflow" / "mlflow.db", timeout=60) as database:
        database.execute(
            f"CREATE TRIGGER poison BEFORE INSERT ON metrics WHEN NEW.step = 7000 AND NEW.run_uuid = '{loop.run}'"
            " BEGIN SELECT RAISE(ABORT, 'not this one'); END"
        )
    loop.end()
    wait_until(lambda: loop.is_stored("FINISHED"), "both runs are FINISHED", 120)
    assert [step for step, _ in loop.stored()] == [step for step in range(POINTS) if step != 7000]
    wait_until(lambda: list((home.home / "spool").rglob("*.jsonl")) != [], "the value is set aside")
    with sqlite3.connect(home.home / "mlflow" / "mlflow.db", timeout=60) as database:
        database.execute("DROP TRIGGER poison")


@contextmanager
def locked(home: StateFolder) -> Iterator[None]:
    """MLflow's database, held by another writer."""
    database = sqlite3.connect(home.home / "mlflow" / "mlflow.db", timeout=60, isolation_level=None)
    database.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


@pytest.mark.parametrize("_", ROUNDS)
def test_mlflow_hangs(home: StateFolder, tmp_path: Path, _: int) -> None:
    loop = Loop(home, tmp_path)
    loop.reach(POINTS // 4 + random.randrange(500))
    hung = mlflow(home)
    hung.send_signal(signal.SIGSTOP)
    said = loop.end()  # the training goes on, and its end does not wait for ever
    assert "arrive by themselves" in said
    time.sleep(HANG)
    with suppress(psutil.NoSuchProcess):  # who hangs for long is ended by the service
        hung.send_signal(signal.SIGCONT)
    ends(loop)


def test_a_kernel_that_holds_the_interpreter_or_is_stopped_is_alive(home: StateFolder, tmp_path: Path) -> None:
    loop = Loop(home, tmp_path, hold=90 if SOAK else 6)
    for _second in range(90 if SOAK else 5):
        time.sleep(1)
        assert loop.is_stored("RUNNING")
    loop.reach(POINTS // 2)
    loop.process.send_signal(signal.SIGSTOP)
    time.sleep(HANG / 2)
    assert loop.is_stored("RUNNING")
    loop.process.send_signal(signal.SIGCONT)
    loop.end()
    ends(loop)
