"""The prediction log by itself: what is written, how it is read, as lines and as Parquet."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import tracemalloc
from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest

from labwright.service.children import run_job
from labwright.serving import prediction_log, recent
from labwright.serving.prediction_log import Writer, tidying
from labwright.serving.prediction_log.chores import keep
from labwright.serving.prediction_log.forms import csv_text
from labwright.serving.prediction_log.parquet import SCHEMA
from labwright.serving.prediction_log.policy import Policy
from labwright.serving.prediction_log.segments import closed, pieces
from labwright.serving.settings_models import LogSettings

OLD = '{"id":"%s","at":"%sT00:00:00+00:00","version":"1","status":%d,"latency_ms":1.5,"rows":3%s}\n'
OLD_VALUES = ',"columns":["x"],"data":[[1],[2],[3]],"predictions":[1,2,3]'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An endpoint's log."""
    found = tmp_path / "late" / "log"
    found.mkdir(parents=True)
    return found


def write(writer: Writer, request_id: str, value: Any = 1.5, at: datetime | None = None, **more: Any) -> None:
    """A request of one row."""
    writer.write(
        request_id, at or datetime.now(UTC), "1", 200, 1.0, 1, '["x"]', json.dumps([[value]]), f"[{value!r}]", **more
    )  # fmt: skip


def ids(folder: Path, **how: Any) -> list[str]:
    """The ids in the log, as they are read."""
    return [item["id"] for item in prediction_log.lines(folder, **how)]


def tidy(folder: Path, **policy: Any) -> None:
    """Do what the helper process does."""
    tidying.tidy(folder, Policy(**policy), "late")


def test_lines_and_parquet_read_alike_with_every_bit(folder: Path) -> None:
    writer = Writer(folder, segment_bytes=20_000)
    numbers = np.random.default_rng(1).normal(size=(300, 2)).tolist()
    for number, row in enumerate(numbers):
        role, status = ["live", "canary", "shadow"][number % 3], 200 if number % 10 else 422
        values = ('["x", "y"]', json.dumps([row]), json.dumps([row[0] / 3])) if status == 200 else ()
        writer.write(
            f"{number:032x}", datetime.now(UTC), "1", status, 0.25, len(values) // 3, *values, role=role,
            consumer='an "odd" one',
        )  # fmt: skip
    before, frame = prediction_log.read(folder), prediction_log.frame(folder)
    counted = prediction_log.count_rows(folder)
    assert [item["id"] for item in before] == [f"{number:032x}" for number in range(300)]
    assert len(closed(pieces(folder))) > 3
    tidy(folder)
    assert closed(pieces(folder)) == []
    assert len(list(folder.glob("*.jsonl"))) == 1, "the open segment stays"
    assert prediction_log.read(folder) == before
    assert prediction_log.read(folder)[-1]["consumer"] == 'an "odd" one'
    assert list(prediction_log.lines(folder, newest_first=True)) == before[::-1]
    heads = list(prediction_log.lines(folder, values=False))
    assert heads == [
        {name: item[name] for name in item if name not in ("columns", "data", "predictions")} for item in before
    ]
    after = prediction_log.frame(folder)
    pd.testing.assert_frame_equal(after, frame, check_exact=True)
    expected = [row for number, row in enumerate(numbers) if number % 10 and number % 3 != 2]
    assert after[["x", "y"]].to_numpy().tolist() == expected
    assert len(prediction_log.frame(folder, role="shadow")) + len(expected) == 270
    assert list(prediction_log.frame(folder, columns=["y"]))[6:-2] == ["y"]
    assert prediction_log.count_rows(folder) == counted == len(expected)


def test_parquet_has_the_one_schema_and_any_tool_reads_it_by_day(folder: Path) -> None:
    writer = Writer(folder, LogSettings(entity_keys=["x", "none"]))
    for day in (3, 2, 1, 0):
        write(writer, f"{day:032x}", at=datetime.now(UTC) - timedelta(days=day))
    writer.write("f" * 32, datetime.now(UTC), None, 503, 7.0, 0)
    tidy(folder)
    files = sorted(folder.glob("date=*/part-*-1.parquet"))
    assert len(files) == 3
    assert all(pq.ParquetFile(path).schema_arrow.equals(SCHEMA) for path in files)
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in files)
    table = pd.read_parquet(files[0]).iloc[0]
    assert (table["request_id"], table["endpoint"], table["role"], table["rows"]) == (f"{3:032x}", "late", "live", 1)
    assert (table["inputs"], table["outputs"]) == ('{"columns":["x"],"data":[[1.5]]}', "[1.5]")
    assert json.loads(table["entity_keys"]) == {"x": [1.5]}
    yesterday = datetime.now(UTC) - timedelta(days=1, minutes=1)
    files[0].write_bytes(b"no Parquet")  # what is too old is not even opened
    assert ids(folder, since=yesterday) == [f"{1:032x}", f"{0:032x}", "f" * 32]
    assert [item["entity_keys"] for item in prediction_log.answered(folder, yesterday)] == [{"x": [1.5]}] * 2


def test_a_log_of_an_earlier_version_reads_and_becomes_parquet(folder: Path) -> None:
    for day in ("2026-01-02", "2026-01-03"):
        text = OLD % (f"a{day}", day, 200, OLD_VALUES) + OLD % (f"b{day}", day, 422, "") + OLD[:30]
        (folder / f"{day}.jsonl").write_text(text)
    before = prediction_log.read(folder)
    assert [item["id"] for item in before] == ["a2026-01-02", "b2026-01-02", "a2026-01-03", "b2026-01-03"]
    assert (before[0]["role"], before[0]["consumer"]) == ("live", "owner")
    assert prediction_log.count_rows(folder) == 6
    writer = Writer(folder)
    write(writer, "new")
    tidy(folder, retention_days=None)
    assert [path.name for path in folder.glob("*.jsonl")] == [f"{datetime.now(UTC):%Y-%m-%d}-000001.jsonl"]
    assert prediction_log.read(folder)[:-1] == before
    assert prediction_log.frame(folder)["prediction"].tolist() == [1, 2, 3, 1, 2, 3, 1.5]
    assert prediction_log.count_rows(folder) == 7


def test_a_csv_and_a_tensor_are_logged_as_they_came_and_read_as_rows(folder: Path) -> None:
    writer = Writer(folder, LogSettings(hashed=["name"]))
    text = 'x,name,on\n1.25,"a ""b"",\n c",true\n,é,\n'
    types = '{"x": "double", "name": "string", "on": "boolean"}'
    writer.write("csv", datetime.now(UTC), "1", 200, 1.0, 2, types, csv_text(text.encode()), "[1, 2]", form="csv")
    array = np.random.default_rng(2).normal(size=(3, 4)).astype(np.float32)
    shape = json.dumps({"dtype": "float32", "shape": [3, 4]})
    writer.write(
        "raw", datetime.now(UTC), "1", 200, 1.0, 3, "", array.tobytes(), array[:, 0].tobytes(), form="raw",
        shape=shape, answer=json.dumps({"dtype": "float32", "shape": [3]}),
    )  # fmt: skip
    plain = Writer(folder)
    plain.write("csv2", datetime.now(UTC), "1", 200, 1.0, 2, types, csv_text(text), "[1, 2]", form="csv")
    for _ in range(2):
        first, second, third = prediction_log.read(folder)
        assert first["columns"] == ["x", "name", "on"]
        assert first["data"][0] == [1.25, first["data"][0][1], True]
        assert len(first["data"][0][1]) == 32
        assert third["data"] == [[1.25, 'a "b",\n c', True], [None, "é", None]]
        assert np.array([row[0] for row in second["data"]], dtype=np.float32).tobytes() == array.tobytes()
        assert second["columns"] == ["input"]
        assert second["predictions"] == array[:, 0].tolist()
        write(writer, "next day", at=datetime.now(UTC) + timedelta(days=1))
        writer.close()
        tidy(folder)
        next(folder.glob("*.jsonl")).unlink()


def test_columns_are_left_out_and_hashed_and_the_key_is_the_endpoints(folder: Path) -> None:
    settings = LogSettings(leave_out=["secret"], hashed=["who"], entity_keys=["who"])
    writer = Writer(folder, settings)
    columns = '["who", "secret", "x"]'
    echo = '[{"who": 7, "secret": "s3cret", "y": 1}]'
    for data in ('[[7, "s3cret", 1]]', '[[7.0, "s3cret", 2]]', '[["7", "s3cret", 3]]', "[[null, null, 4]]"):
        writer.write("a", datetime.now(UTC), "1", 200, 1.0, 1, columns, data, echo)
    csv = "who,secret,x\n7,s3cret,5\n"
    writer.write("a", datetime.now(UTC), "1", 200, 1.0, 1, '["who", "secret", "x"]', csv_text(csv), echo, form="csv")
    assert writer.unlogged == 0
    text = next(folder.glob("*.jsonl")).read_text()
    assert "s3cret" not in text
    found = prediction_log.frame(folder)
    assert "secret" not in found
    hashes = found["who"].tolist()
    assert hashes[0] == hashes[1] == hashes[4] != hashes[2]
    assert hashes[3] is None
    assert len(hashes[0]) == 32
    assert set(found["prediction"][0]) == {"who", "y"}
    assert found["prediction"][0]["who"] == hashes[0]
    writer.tidy(datetime.now(UTC) + timedelta(days=1))
    for _ in range(2):  # as lines, and as Parquet
        line = prediction_log.read(folder)[0]
        assert (line["entity_keys"], line["hashed"]) == ({"who": [hashes[0]]}, ["who"])
        assert prediction_log.plain_inputs(line) == (["x"], [[1]])
        tidy(folder)
    key = folder.parent / "log.key"
    assert key.stat().st_mode & 0o777 == 0o600
    again = Writer(folder, settings)
    again.write("b", datetime.now(UTC), "1", 200, 1.0, 1, columns, '[[7, "", 1]]', "[1]")
    assert prediction_log.frame(folder)["who"].tolist()[-1] == hashes[0], "the same after a restart"
    key.unlink()
    other = Writer(folder, settings)
    other.write("c", datetime.now(UTC), "1", 200, 1.0, 1, columns, '[[7, "", 1]]', "[1]")
    assert prediction_log.frame(folder)["who"].tolist()[-1] != hashes[0], "nothing without the key"


def test_without_a_key_what_would_be_hashed_is_left_out(folder: Path) -> None:
    (folder.parent / "log.key").write_text("spoiled")
    writer = Writer(folder, LogSettings(hashed=["who"]))
    writer.write("a", datetime.now(UTC), "1", 200, 1.0, 1, '["who", "x"]', '[["me", 1]]', "[1]")
    assert prediction_log.read(folder)[0]["columns"] == ["x"]
    assert writer.unlogged == 0


def test_outputs_that_are_columns_by_name_are_kept_from_the_log_too(folder: Path) -> None:
    writer = Writer(folder, LogSettings(leave_out=["name"], hashed=["id"]))
    columns, data, outputs = (
        '["id", "x"]',
        "[[5, 1], [6, 2]]",
        '{"name": ["A", "B"], "id": [5, 6], "score": [0.1, 0.2]}',
    )
    writer.write("0" * 32, datetime.now(UTC), "1", 200, 1.0, 2, columns, data, outputs)
    (item,) = prediction_log.read(folder)
    assert set(item["predictions"]) == {"id", "score"}
    assert item["predictions"]["id"] == [row[0] for row in item["data"]], "the same hashes, so that they join"


def test_a_key_that_is_empty_hashes_nothing(folder: Path) -> None:
    (folder.parent / "log.key").write_text("")
    writer = Writer(folder, LogSettings(hashed=["x"]))
    write(writer, "a", 5)
    (item,) = prediction_log.read(folder)
    assert item["columns"] == []


@pytest.mark.parametrize("text", ["id,x\n1,2\n3\n", "id,x\n1," + "9" * 200_000 + "\n"])
def test_a_large_csv_with_odd_rows_spoils_nothing(folder: Path, text: str) -> None:
    writer = Writer(folder, LogSettings(entity_keys=["x"], leave_out=["other"]))
    writer.write("0" * 32, datetime.now(UTC), "1", 200, 1.0, 2, '["id","x"]', csv_text(text), "[1,2]", form="csv")
    writer.tidy(worth=1)
    write(writer, "1" * 32)
    before = prediction_log.read(folder)
    assert (writer.unlogged, len(before)) == (0, 2), "no column is concerned, so it is logged as it came"
    tidy(folder)
    assert closed(pieces(folder)) == []
    assert ids(folder) == [item["id"] for item in before]
    if len(text) < 200:
        assert prediction_log.read(folder) == before
        assert before[0]["data"] == [[1, 2], [3, None]]
        assert before[0]["entity_keys"] == {"x": [2, None]}


def test_the_newest_requests_are_found_by_what_they_were(folder: Path, tmp_path: Path) -> None:
    writer = Writer(folder)
    for number in range(12):
        at = datetime.now(UTC) - timedelta(days=1 if number < 8 else 0)
        status, role = [200, 422, 503][number % 3], ["live", "shadow"][number % 2]
        writer.write(f"{number}", at, "7", status, 1.0, 1, '["x"]', "[[1]]", "[1]", role=role, consumer="shop")
    tidy(folder)

    def newest(**wanted: Any) -> list[str]:
        asked = asdict(recent.Wanted(**{"limit": 100} | wanted))
        found = run_job(
            "labwright.serving.recent:older", {"folder": str(folder), "wanted": asked}, log=tmp_path / "log"
        )  # fmt: skip
        return [item["id"] for item in found]

    assert newest(limit=5) == ["11", "10", "9", "8", "7"]
    assert newest(status=4, role="shadow") == ["7", "1"]
    assert newest(status=503, limit=1, consumer="shop", version="7") == ["11"]
    assert newest(version="8") == []
    short = prediction_log.lines(folder, newest_first=True, values=False, parquet=False)
    assert [item["id"] for item in short] == ["11", "10", "9", "8"]


def test_settings_hold_from_the_next_line_on(folder: Path) -> None:
    writer = Writer(folder)
    write(writer, "with")
    writer.apply(LogSettings(inputs=False))
    write(writer, "without")
    writer.apply(LogSettings())
    write(writer, "again")
    assert [("data" in item, item["rows"]) for item in prediction_log.read(folder)] == [
        (True, 1),
        (False, 1),
        (True, 1),
    ]
    frame = prediction_log.frame(folder)
    assert frame["prediction"].isna().tolist() == frame["x"].isna().tolist() == [False, True, False]
    assert prediction_log.count_rows(folder) == 3
    assert [each.name for each in fields(Policy)] == list(LogSettings.model_fields)
    assert Policy.of(LogSettings()) == Policy() == Policy.of({}) == Policy.of(LogSettings().model_dump())


def test_a_models_answer_cannot_spoil_or_forge_other_lines(folder: Path) -> None:
    writer = Writer(folder, segment_bytes=1)
    forged = (
        '1,"id":"forged","version":"9"}\n{"id":"forged","at":"2026-01-01T00:00:00+00:00","version":"9","status":200}'
    )
    for answer in (forged, '"}', "[1", '{"lengths":[1,2,3]}', "\ud800"):
        writer.write("good", datetime.now(UTC), "1", 200, 1.0, 1, '["x"]', "[[1]]", answer)
    writer.write("last", datetime.now(UTC), "1", 200, 1.0, 1, '["x"]', "[[1]]", "[2]")
    assert writer.unlogged == 1, "what is no text cannot be written"
    for _ in range(2):
        assert ids(folder) == ["good"] * 4 + ["last"]
        assert {item["version"] for item in prediction_log.lines(folder)} == {"1"}
        assert prediction_log.read(folder)[-1]["predictions"] == [2]
        tidy(folder)


def test_old_days_go_by_age_and_by_size_also_what_is_counted_stays(folder: Path) -> None:
    writer = Writer(folder, segment_bytes=300_000)
    noise = np.random.default_rng(3)
    for day in range(20, -1, -1):
        for number in range(20):
            at = datetime.now(UTC) - timedelta(days=day)
            write(writer, f"{day}-{number}", noise.bytes(10_000).hex(), at=at)
    assert prediction_log.count_rows(folder) == 420
    policy = Policy(retention_days=15, max_mb=None)
    assert tidying.due(folder, policy)
    tidying.tidy(folder, policy, "late")
    assert not tidying.due(folder, policy)
    assert ids(folder)[0] == "15-0"
    assert len(ids(folder)) == 320
    assert len(list(folder.glob("date=*"))) == 16, "a day's folder goes with it"
    tidy(folder, max_mb=2)
    kept = pieces(folder)
    assert 1.5 * (1 << 20) < sum(piece.size for piece in kept) <= 2 << 20
    assert ids(folder)[-1] == "0-19", "the newest stay"
    assert ids(folder) == [f"{day}-{number}" for day in range(15, -1, -1) for number in range(20)][-len(ids(folder)) :]
    tidy(folder, max_mb=1)
    assert prediction_log.count_rows(folder) == 420, "answered is answered"
    tight = Writer(folder, LogSettings(max_mb=1))
    for number in range(60):
        write(tight, f"now-{number}", noise.bytes(10_000).hex())
        if tidying.due(folder, tight.policy):
            tidying.tidy(folder, tight.policy, "late")
        assert sum(piece.size for piece in pieces(folder)) <= (1 << 20) + 40_000, "also while it runs"
    assert ids(folder)[-1] == "now-59"


def test_feedback_is_joined_when_the_log_is_read(folder: Path) -> None:
    writer, feedback = Writer(folder), prediction_log.FeedbackWriter(folder)
    names = [f"{number:032x}" for number in range(4)]
    for name in names[:3]:
        write(writer, name)
    writer.write(names[3], datetime.now(UTC), "1", 200, 1.0, 2, '["x"]', "[[1], [2]]", "[1, 2]")
    feedback.write([(names[0], True), (names[1], {"late": 7}), (names[3], [0, 1]), ("f" * 32, 5)], "owner")
    feedback.write([(names[0], False)], "another")
    writer.tidy(datetime.now(UTC) + timedelta(days=1))
    tidy(folder)
    assert prediction_log.frame(folder)["feedback"].tolist() == [False, {"late": 7}, None, 0, 1]
    yesterday = datetime.now(UTC) - timedelta(days=1)
    assert prediction_log.frame(folder, yesterday)["feedback"].tolist()[0] is False
    (segment,) = (folder / "feedback").glob("*.jsonl")
    with open(segment, "a") as file:
        file.write('{"id":"half')
    prediction_log.FeedbackWriter(folder).write([(names[2], "later")], "owner")
    assert prediction_log.frame(folder)["feedback"].tolist()[2] == "later"
    assert segment.stat().st_mode & 0o777 == 0o600


def test_half_a_line_is_passed_over_whatever_left_it(folder: Path) -> None:
    write(Writer(folder), "first")
    (segment,) = folder.glob("*.jsonl")
    whole = segment.read_bytes()
    segment.write_bytes(whole + whole[: len(whole) // 2])  # killed in the middle
    writer = Writer(folder)
    write(writer, "second")
    write(writer, "third")
    assert ids(folder) == ["first", "second", "third"]
    assert ids(folder, newest_first=True) == ["third", "second", "first"]
    writer.tidy(datetime.now(UTC) + timedelta(days=1))
    tidy(folder)
    assert ids(folder) == ["first", "second", "third"]
    write(writer, "fourth", at=datetime.now(UTC) + timedelta(days=1))
    assert ids(folder)[3:] == ["fourth"]


def test_a_log_that_was_deleted_under_the_writer_begins_anew(folder: Path) -> None:
    writer = Writer(folder)
    write(writer, "gone")
    next(folder.glob("*.jsonl")).unlink()
    writer.tidy()
    write(writer, "there")
    assert ids(folder) == ["there"]


FULL = """
import resource, sys
from datetime import UTC, datetime
from pathlib import Path
from labwright.serving.prediction_log import Writer
import signal
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))
writer = Writer(Path(sys.argv[1]))
logged = []
for number in range(100):
    before = writer.unlogged
    writer.write(f"r{number}", datetime.now(UTC), "1", 200, 1.0, 1, '["x"]', '[["' + "x" * 150 + '"]]', "[1]")
    logged.append(f"r{number}") if writer.unlogged == before else None
print(writer.unlogged, ",".join(logged))
"""


def test_a_full_disk_keeps_predictions_going_and_counts_what_is_not_logged(folder: Path, tmp_path: Path) -> None:
    writer = Writer(Path("/dev/full").parent / "no-such-folder")
    write(writer, "a")
    assert writer.unlogged == 1
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(folder)], capture_output=True, text=True, check=True, timeout=60
    )
    unlogged, logged = done.stdout.split()
    assert 50 < int(unlogged) < 100
    assert int(unlogged) + len(logged.split(",")) == 100
    assert ids(folder) == logged.split(","), "no half line stays in the way"


@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small file system, which takes root")
def test_a_disk_that_is_full_for_a_while(tmp_path: Path) -> None:
    small = tmp_path / "late"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", small], check=False)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a file system")
    try:
        folder = small / "log"
        folder.mkdir()
        writer = Writer(folder)
        for number in range(100):
            write(writer, f"r{number}", os.urandom(2500).hex())
        kept = 100 - writer.unlogged
        assert 10 < kept < 60
        assert len(ids(folder)) == kept
        writer.tidy(datetime.now(UTC) + timedelta(days=1))
        with pytest.raises(OSError, match="No space"):
            tidy(folder)  # Parquet finds no room either: the lines stay
        assert len(ids(folder)) == kept
        (small / "log" / next(iter(sorted(path.name for path in folder.glob("*.jsonl"))))).unlink()
        time.sleep(0.6)
        write(writer, "again", at=datetime.now(UTC) + timedelta(days=1))
        assert ids(folder) == ["again"]
    finally:
        subprocess.run(["umount", "-l", small], check=True)


def test_the_log_is_counted_only_once_and_shadows_are_not(folder: Path) -> None:
    day = folder / "2026-01-02.jsonl"
    answered = OLD % ("a", "2026-01-02", 200, OLD_VALUES)
    shadow = OLD % ("s", "2026-01-02", 200, ',"role":"shadow"' + OLD_VALUES)
    day.write_text(answered * 4 + shadow + OLD % ("r", "2026-01-02", 422, "") + answered[:30])
    assert prediction_log.count_rows(folder) == 12
    content = day.read_text()
    day.write_text(content[: len(answered)].replace("200", "500") + content[len(answered) : -30] + answered * 2)
    assert prediction_log.count_rows(folder) == 18, "only what is new is read"
    (folder / prediction_log.COUNTED).write_text("not JSON")
    assert prediction_log.count_rows(folder) == 15, "the small file is derived"
    day.write_text(answered)
    assert prediction_log.count_rows(folder) == 3
    assert prediction_log.count_rows(folder, {day.name: 5}) == 0
    ends = prediction_log.sizes(folder)
    write(Writer(folder), "new")
    tidy(folder, retention_days=None)
    assert prediction_log.count_rows(folder, ends) == 3, "what became Parquet meanwhile"
    assert prediction_log.count_rows(folder) == 4


def test_the_newest_lines_are_read_backwards_in_blocks(folder: Path) -> None:
    writer = Writer(folder)
    for number in range(3000):
        write(writer, f"r{number}", "é" * (number % 50))
    write(writer, "long", "x" * 300_000)
    assert ids(folder, newest_first=True) == ["long", *(f"r{number}" for number in reversed(range(3000)))]
    big = folder / "2026-01-02.jsonl"
    big.write_bytes(b"x" * 100_000_000 + b"\n" + (OLD % ("last", "2026-01-02", 422, "")).encode())
    for path in folder.glob("*-*-*-*.jsonl"):
        path.unlink()
    tracemalloc.start()
    assert next(prediction_log.lines(folder, newest_first=True))["id"] == "last"
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_the_frame_keeps_order_and_names_and_is_quick(folder: Path) -> None:
    writer = Writer(folder)
    at = datetime.now(UTC)
    for number in range(5000):
        columns, data = ('["temp"]', f"[[{number}]]") if number % 2 else ('["version", "temp"]', f'[["old", {number}]]')
        writer.write(f"r{number}", at, "7", 200, 1.0, 1, columns, data, f"[{number}.5]")
    writer.write("two", at, "7", 200, 1.0, 2, '["temp"]', "[[1], [2]]", '{"whole": 3}')
    logged = prediction_log.frame(folder)
    before = ["request_id", "at", "log_version", "role", "consumer", "latency_ms"]
    assert list(logged) == [*before, "version", "temp", "prediction", "feedback"]
    assert logged["temp"].tolist() == [*range(5000), 1, 2]
    assert logged["prediction"].tolist()[:2] + logged["prediction"].tolist()[-1:] == [0.5, 1.5, {"whole": 3}]
    assert set(logged["log_version"]) == {"7"}
    assert logged["version"].dropna().unique().tolist() == ["old"]
    assert (logged["at"] == pd.Timestamp(at)).all()
    assert logged.index.tolist() == list(range(5002))
    assert list(prediction_log.frame(folder / "none")) == list(prediction_log.COLUMNS)


def test_the_helper_stays_small_however_long_a_segment_is(folder: Path) -> None:
    writer = Writer(folder, segment_bytes=1 << 30)
    value = "x" * 100_000
    for number in range(1500):
        write(writer, f"r{number}", value)
    write(writer, "next", at=datetime.now(UTC) + timedelta(days=1))
    script = "from labwright.serving.prediction_log import tidying; tidying.main(); "
    script += "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')))"
    done = subprocess.run(
        [sys.executable, "-c", script, str(folder), "{}"], capture_output=True, text=True, check=True, timeout=120
    )
    assert len(list(folder.glob("date=*/*.parquet"))) == 1
    assert int(done.stdout.split()[1]) < 250_000, "kB: pyarrow alone is half of that, the segment 150 MB"


@pytest.mark.parametrize("rolled", [False, True])
def test_its_chores_end_when_they_are_told_to_also_in_the_moment_of_an_event(folder: Path, rolled: bool) -> None:
    async def main() -> bool:
        writer = Writer(folder)
        chore = asyncio.create_task(keep(writer))
        await asyncio.sleep(0.1)
        if rolled:
            writer.rolled.set()
        chore.cancel()
        done, _ = await asyncio.wait([chore], timeout=5)
        chore.cancel()
        return chore in done and chore.cancelled()

    assert asyncio.run(main())
