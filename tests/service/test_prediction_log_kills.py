"""Kill -9 of whoever writes the prediction log or tidies it: no acknowledged line is missing, none is there twice."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labwright.serving import prediction_log
from labwright.serving.prediction_log import Writer, tidying
from labwright.serving.prediction_log.policy import Policy
from labwright.serving.prediction_log.segments import pieces
from tests.state_folder import wait_until

# The helper process, killed just before its n-th step that changes something on the disk.
DIES = """
import os, signal, sys
from pathlib import Path
from labwright.serving.prediction_log import parquet, tidying
left = int(sys.argv.pop())

def dying(does):
    def step(*args, **keywords):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return does(*args, **keywords)
    return step

for name in ("rename", "unlink", "fsync", "fchmod", "mkdir", "rmdir", "replace"):
    setattr(os, name, dying(getattr(os, name)))
parquet.pq.ParquetWriter.write_batch = dying(parquet.pq.ParquetWriter.write_batch)
tidying.main()
"""

# What a data plane does with its log, a line as often as it can; it says which are acknowledged.
WRITES = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
from labwright.serving.prediction_log import Writer
from labwright.serving.prediction_log.chores import keep

async def main():
    writer = Writer(Path(sys.argv[1]), segment_bytes=100_000)
    chore = asyncio.create_task(keep(writer))
    number = 0
    while True:
        request_id = f"{sys.argv[2]}-{number}"
        writer.write(request_id, datetime.now(UTC), "1", 200, 1.0, 1, '["x"]', '[["' + "x" * 200 + '"]]', "[1]")
        os.write(1, f"{request_id}\\n".encode())
        number += 1
        if number % 20 == 0:
            await asyncio.sleep(0.005)

asyncio.run(main())
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An endpoint's log."""
    found = tmp_path / "late" / "log"
    found.mkdir(parents=True)
    return found


def ids(folder: Path) -> list[str]:
    """The ids as they are read."""
    return [item["id"] for item in prediction_log.lines(folder)]


def parts(folder: Path) -> set[Path]:
    """What became Parquet."""
    return set(folder.glob("date=*/*.parquet"))


def test_the_helper_dies_before_each_of_its_steps(folder: Path, tmp_path: Path) -> None:
    writer = Writer(folder)
    expected = [f"r{number}" for number in range(12)]
    for request_id in expected:  # a closed segment, and the open one
        at = datetime.now(UTC) - timedelta(days=10 - int(request_id[1:]) // 6)
        writer.write(request_id, at, "1", 200, 1.0, 1, '["x"]', "[[1]]", "[1]")
    for step in range(1, 50):
        copy = tmp_path / str(step) / "log"
        shutil.copytree(folder, copy)
        done = subprocess.run([sys.executable, "-c", DIES, str(copy), "{}", str(step)], check=False, timeout=60)
        assert ids(copy) == expected, f"died before step {step}"
        assert prediction_log.count_rows(copy) == 12
        tidying.tidy(copy, Policy(), "late")
        assert ids(copy) == expected
        assert prediction_log.count_rows(copy) == 12
        assert [(piece.segment is None, piece.part is None) for piece in pieces(copy)] == [(True, False), (False, True)]
        assert not list(copy.rglob(".*.tmp")), "what the dead one left is gone"
        if done.returncode == 0:
            break
        assert done.returncode == -9
    assert step > 6


def test_the_data_plane_dies_while_it_writes_and_its_helper_works(folder: Path, tmp_path: Path) -> None:
    acknowledged: list[str] = []
    for life in range(4):
        heard = tmp_path / f"acknowledged-{life}"
        with open(heard, "wb") as out:
            process = subprocess.Popen([sys.executable, "-c", WRITES, str(folder), str(life)], stdout=out)
        before = parts(folder)
        wait_until(lambda: bool(parts(folder) - before), "its helper makes Parquet", 30)  # noqa: B023 # called at once
        time.sleep(random.uniform(0, 0.3))  # any moment will do
        _check_while_it_runs(folder)
        process.kill()
        process.wait()
        acknowledged += heard.read_text().split("\n")[:-1]
        found = Counter(ids(folder))
        assert not set(acknowledged) - set(found), "nothing is missing"
        assert max(found.values()) == 1, "nothing is there twice"
        # What was written and not yet acknowledged may be there: at most one line a life.
        assert len(found) - len(acknowledged) <= life + 1
    assert prediction_log.count_rows(folder) == len(ids(folder))


def _check_while_it_runs(folder: Path) -> None:
    """A reader sees each line once, also while segments become Parquet."""
    for _ in range(3):
        found = ids(folder)
        assert len(found) == len(set(found))
        by_life = [[int(one.split("-")[1]) for one in found if one.startswith(f"{life}-")] for life in range(4)]
        assert all(numbers == list(range(len(numbers))) for numbers in by_life), "in order, without a gap"


def test_a_helper_ends_with_its_data_plane(folder: Path) -> None:
    writer = Writer(folder, segment_bytes=1000)
    for number in range(100):
        writer.write(f"r{number}", datetime.now(UTC), "1", 200, 1.0, 1, '["x"]', "[[1]]", "[1]")
    read, write = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "labwright.lifeline", "labwright.serving.prediction_log.tidying", str(folder), "{}"],
        stdin=read,
    )
    os.close(read)
    os.close(write)
    wait_until(lambda: process.poll() is not None, "it is gone", 20)
    assert ids(folder) == [f"r{number}" for number in range(100)]
