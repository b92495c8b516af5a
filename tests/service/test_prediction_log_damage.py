"""Damage in a log stays where it is: other lines and other segments become Parquet. And what is old goes, all of it."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from labwright.serving import prediction_log
from labwright.serving.prediction_log import FeedbackWriter, Writer, parquet, tidying
from labwright.serving.prediction_log.policy import Policy
from labwright.serving.prediction_log.segments import PART, closed, pieces


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An endpoint's log."""
    found = tmp_path / "late" / "log"
    found.mkdir(parents=True)
    return found


def write(folder: Path, rows: list[int], segment_bytes: int = 32 << 20) -> list[str]:
    """A closed segment, or some, with a request of so many rows each; their ids."""
    writer = Writer(folder, segment_bytes=segment_bytes)
    for number, count in enumerate(rows):
        writer.write(f"{number:032x}", datetime.now(UTC), "1", 200, 1.0, count, '["x"]', "[[1]]", f"[{number}]")
    writer.tidy(worth=1)
    writer.close()
    return [f"{number:032x}" for number in range(len(rows))]


@pytest.mark.parametrize("odd", [-1000, -1, 1 << 31, 1 << 40, 10**30])
def test_a_number_of_rows_that_cannot_be_spoils_nothing(folder: Path, odd: int) -> None:
    asked = write(folder, [1, 1, odd, 1])
    before = prediction_log.read(folder)
    assert [item["rows"] for item in before] == [1, 1, 0, 1]
    assert [item["rows"] for item in prediction_log.lines(folder, values=False)] == [1, 1, 0, 1]
    assert prediction_log.count_rows(folder) == 3
    tidying.tidy(folder, Policy(), "late")
    assert closed(pieces(folder)) == []
    assert [item["id"] for item in before] == asked
    assert prediction_log.read(folder) == before
    assert prediction_log.count_rows(folder) == 3


def test_a_segment_that_cannot_be_converted_stops_no_other_and_is_named(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    asked = write(folder, [1] * 5, segment_bytes=1)
    bad = sorted(folder.glob("*.jsonl"))[1]
    bad.write_bytes(bad.read_bytes().replace(b'"latency_ms":1.000', b'"latency_ms":"x"'))
    for tries in (1, 2):
        with pytest.raises(OSError, match="could not be converted"):
            tidying.tidy(folder, Policy(), "late")
        said = [record.getMessage() for record in caplog.records if record.levelname == "WARNING"]
        assert len(said) == tries, "once per try"
        assert said[-1].startswith(f"{bad.name} could not become Parquet and stays: ")
        assert [piece.segment for piece in closed(pieces(folder))] == [bad]
        assert [item["id"] for item in prediction_log.read(folder)] == asked


@pytest.mark.parametrize("what", ["name", "lines"])
def test_a_segment_goes_only_when_its_parquet_file_is_found_and_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    asked = write(folder, [1] * 3)
    if what == "name":
        monkeypatch.setattr(parquet.Line, "answered", property(lambda line: -1))
    else:
        batch = parquet._batch
        monkeypatch.setattr(parquet, "_batch", lambda group, endpoint: batch(group, endpoint).slice(1))
    with pytest.raises(OSError, match="would not be all of it"):
        tidying.tidy(folder, Policy(), "late")
    assert [item["id"] for item in prediction_log.read(folder)] == asked
    assert not [path for path in folder.rglob("*.parquet") if PART.fullmatch(path.name) is None]
    monkeypatch.undo()
    tidying.tidy(folder, Policy(), "late")
    assert closed(pieces(folder)) == []
    assert [item["id"] for item in prediction_log.read(folder)] == asked


def test_a_parquet_file_that_has_not_all_lines_is_made_anew(folder: Path) -> None:
    asked = write(folder, [1] * 3)
    (piece,) = closed(pieces(folder))
    assert piece.segment is not None
    whole = piece.segment.read_bytes()
    tidying.tidy(folder, Policy(), "late")
    piece.segment.write_bytes(whole + whole.replace(b"0" * 31, b"f" * 31))
    tidying.tidy(folder, Policy(), "late")
    assert closed(pieces(folder)) == []
    assert [item["id"] for item in prediction_log.read(folder)] == asked + ["f" * 31 + one[-1] for one in asked]
    (part,) = folder.glob("date=*/*")
    assert PART.fullmatch(part.name)


def aged(path: Path, days: int) -> Path:
    """A segment as if it were so many days old."""
    day = datetime.now(UTC) - timedelta(days=days)
    return path.rename(path.with_name(f"{day:%Y-%m-%d}{path.name[10:]}"))


@pytest.mark.parametrize("days", [1, 5, 7])
def test_feedback_goes_with_its_day_also_when_no_other_comes(folder: Path, days: int) -> None:
    policy = Policy(retention_days=5)
    feedback = FeedbackWriter(folder)
    feedback.write([("0" * 32, "s3cret")], "owner")
    (segment,) = (folder / "feedback").glob("*.jsonl")
    segment = aged(segment, days)
    held = os.open(segment, os.O_RDONLY)  # as the data plane holds it
    old = days > 5
    assert tidying.due(folder, policy) == old
    tidying.tidy(folder, policy, "late")
    assert segment.exists() == (not old)
    assert (os.pread(held, 1000, 0) == b"") == old, "not even under no name"
    os.close(held)
    assert not tidying.due(folder, policy)


def test_the_newest_day_of_a_log_goes_too_when_its_endpoint_was_idle(folder: Path) -> None:
    writer = Writer(folder)
    writer.write("a", datetime.now(UTC), "1", 200, 1.0, 4, '["x"]', "[[1]]", "[1]")
    writer.close()
    aged(next(folder.glob("*.jsonl")), 7)
    policy = Policy(retention_days=5)
    assert not tidying.due(folder, Policy(retention_days=None))
    assert tidying.due(folder, policy)
    tidying.tidy(folder, policy, "late")
    assert pieces(folder) == []
    assert prediction_log.count_rows(folder) == 4, "answered is answered"
    writer.write("b", datetime.now(UTC), "1", 200, 1.0, 1, '["x"]', "[[1]]", "[1]")
    assert [item["id"] for item in prediction_log.read(folder)] == ["b"]
