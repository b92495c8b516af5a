"""Drift computed on frames, with the real Evidently."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from labwright.drift.compute import compare
from labwright.drift.frames import MAX_ROWS
from labwright.drift.models import ColumnDrift, DriftReport
from labwright.errors import InvalidError

HOSTILE = "</script><script>top.document.title='x'</script>"


def frame(rows: int, seed: int, **columns: Any) -> pd.DataFrame:
    random = np.random.default_rng(seed)
    made = {"still": random.normal(0, 1, rows), "carrier": random.choice(["AA", "UA", "DL"], rows)}
    return pd.DataFrame(made | columns)


def named(report: DriftReport, name: str) -> ColumnDrift:
    return next(column for column in report.columns if column.name == name)


def reasons(report: DriftReport) -> dict[str, str]:
    return {column.name: column.reason for column in report.not_compared}


@pytest.mark.parametrize("rows", [200, 2000])  # Evidently takes p-values for small references, distances for large
def test_what_moved_is_found_and_what_stayed_is_not(rows: int) -> None:
    random = np.random.default_rng(0)
    before = frame(rows, 1, temp=random.normal(20, 5, rows), rain=random.random(rows) < 0.1)
    now = frame(rows, 2, temp=random.normal(2, 5, rows), rain=random.random(rows) < 0.6)
    report, page = compare(before, now, endpoint="flights", version="3")
    assert [column.name for column in report.columns if column.drifted] in (["temp", "rain"], ["rain", "temp"])
    assert (report.drifted, report.share, report.endpoint, report.version) == (2, 0.5, "flights", "3")
    temp = named(report, "temp")
    assert temp.reference_mean == pytest.approx(before.temp.mean())
    assert temp.current_mean == pytest.approx(now.temp.mean())
    assert ("p_value" in temp.method) == (rows == 200)
    assert temp.score is not None
    assert (temp.score < temp.threshold) == (rows == 200)
    assert named(report, "rain").kind == "cat"
    assert "temp" in page
    assert "Wasserstein" in page or rows == 200


def test_histograms_share_their_bins_and_count_every_row() -> None:
    random = np.random.default_rng(0)
    before = frame(500, 1, dep=random.normal(0, 1, 500), count=random.poisson(40, 500), far=random.normal(0, 1, 500))
    now = frame(400, 2, dep=random.normal(1, 2, 400), count=random.poisson(30, 400), far=random.normal(0, 1, 400))
    now.loc[0, "far"] = 1e300
    before["airport"] = [f"A{number % 40}" for number in range(500)]
    now["airport"] = [f"A{number % 30}" for number in range(400)]
    report, _ = compare(before, now)
    for column in report.columns:
        assert column.histogram is not None
        labels = column.histogram.labels
        assert 2 < len(labels) <= 13
        assert len(labels) == len(set(labels)) == len(column.histogram.reference) == len(column.histogram.current)
        assert sum(column.histogram.reference) == pytest.approx(1, abs=0.01)
        assert sum(column.histogram.current) == pytest.approx(1, abs=0.01)
    far = named(report, "far").histogram
    assert far is not None
    assert max(far.current) < 0.6  # the far value did not press the others together
    airport = named(report, "airport").histogram
    assert airport is not None
    assert airport.labels[-1] == "all others"
    assert len(airport.labels) == 13


def test_json_inputs_are_read_as_the_training_sample_has_them() -> None:
    random = np.random.default_rng(0)
    before = pd.DataFrame(
        {
            "code": pd.Categorical(random.integers(0, 3, 300)),
            "late": random.random(300) < 0.5,
            "hour": pd.array(random.integers(0, 24, 300), dtype="Int64"),
        }
    )
    now = pd.DataFrame(
        {
            "code": random.integers(0, 3, 300).astype(float),
            "late": pd.Series(list(random.random(300) < 0.5), dtype=object),
            "hour": [str(hour) for hour in random.integers(0, 24, 300)],
        }
    )
    now.loc[:50, "hour"] = None
    report, _ = compare(before, now)
    assert {column.name: column.kind for column in report.columns} == {"code": "cat", "late": "cat", "hour": "num"}
    assert report.drifted == 0
    assert named(report, "hour").current_missing == pytest.approx(51 / 300, abs=1e-3)


def test_what_cannot_be_compared_is_named_with_its_reason() -> None:
    rows = 100
    before = frame(
        rows, 1, label=np.ones(rows), empty=np.full(rows, np.nan), gone=np.arange(rows, dtype=float),
        when=pd.date_range("2013-01-01", periods=rows), words=np.arange(rows, dtype=float), few=np.arange(rows) * 1.0,
    )  # fmt: skip
    now = frame(
        rows, 2, extra=np.ones(rows), empty=np.ones(rows), gone=[None] * rows, when=["2013-07-01"] * rows,
        words=["x"] * rows, few=[1.0] * 5 + [np.nan] * (rows - 5),
    )  # fmt: skip
    report, _ = compare(before, now)
    assert {column.name for column in report.columns} == {"still", "carrier"}
    assert reasons(report) == {
        "label": "The current data does not have it.",
        "extra": "The training sample does not have it.",
        "empty": "The training sample has no value in it.",
        "gone": "The current data has no value in it.",
        "when": "Dates and times are not compared.",
        "words": "The current data has no number in it.",
        "few": "The current data has 5 values in it; 30 are needed.",
    }


def test_constant_infinite_and_odd_columns_get_a_verdict() -> None:
    rows = 1500
    odd = {
        "same": np.full(rows, 7.0),
        "word": ["x"] * rows,
        "infinite": np.where(np.arange(rows) % 100 == 0, np.inf, np.arange(rows) % 50),
        "mixed": [None if number % 3 == 0 else ("x" if number % 2 else 3) for number in range(rows)],
        "": np.arange(rows) % 50,
        "__proto__": np.arange(rows) % 50,
        "a" * 3000: np.arange(rows) % 50,
        "a" * 2999: np.arange(rows) % 50,
    }
    report, _ = compare(frame(rows, 1, **odd), frame(rows, 2, **odd))
    assert {column.name for column in report.columns} == {"still", "carrier", *odd}
    assert report.drifted == 0
    assert not report.not_compared


def test_numbers_that_are_no_names_and_names_twice() -> None:
    before, now = (frame(100, seed).set_axis([1, 1], axis=1) for seed in (1, 2))
    report, _ = compare(before, now)
    assert [column.name for column in report.columns] == ["1"]


def test_rare_categories_are_one_and_make_no_drift_of_their_own() -> None:
    random = np.random.default_rng(0)
    before = frame(3000, 1, tail=[f"N{number}" for number in random.integers(0, 4000, 3000)])
    now = frame(9000, 2, tail=[f"N{number}" for number in random.integers(0, 4000, 9000)])
    report, _ = compare(before, now)
    tail = named(report, "tail")
    assert "rare categories" in tail.note
    assert not tail.drifted


def test_large_data_is_sampled_and_said_so_and_is_the_same_again() -> None:
    before, now = frame(1000, 1), frame(MAX_ROWS + 10_000, 2)
    first, _ = compare(before, now)
    again, _ = compare(before, now)
    assert first.current_rows == MAX_ROWS + 10_000
    assert first.notes == ["50,000 rows of the current data were compared, drawn at random from 60,000."]
    assert [column.score for column in first.columns] == [column.score for column in again.columns]


@pytest.mark.parametrize(("before", "now", "words"), [(29, 100, "has 29 rows"), (100, 1, "has 1 row, ")])
def test_too_few_rows_is_one_clear_sentence(before: int, now: int, words: str) -> None:
    with pytest.raises(InvalidError, match="takes at least 30 on each side") as raised:
        compare(frame(before, 1), frame(now, 2))
    assert words in raised.value.message
    assert raised.value.code == "too_few_rows"


def test_nothing_in_common_is_said() -> None:
    with pytest.raises(InvalidError, match="no column that can be compared"):
        compare(frame(100, 1), frame(100, 2).add_suffix("_other"))


def test_names_and_categories_cannot_leave_the_data_of_evidently_s_page() -> None:
    rows = 200
    before = frame(rows, 1, **{HOSTILE: np.arange(rows) * 1.0, "who": ["a", f"<!--{HOSTILE}"] * (rows // 2)})
    report, page = compare(before, before)
    assert {HOSTILE, "who"} <= {column.name for column in report.columns}
    _, clean = compare(frame(rows, 1), frame(rows, 1))
    assert page.count("<script") == clean.count("<script")
    assert page.count("</script") == clean.count("</script")
    assert "script\\u203atop.document" in page
