"""The MIME bundle of a drift report: small, whole in its verdicts, and only text where text comes from data."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from labwright.drift.models import ColumnDrift, DriftReport, Histogram, NotCompared
from labwright.drift.output import MAX_JSON, MIME, as_html, as_json, as_text, bundle

HOSTILE = "</td><script>alert(1)</script><img src=x onerror=alert(2)>\"'&"


def report(columns: int, drifted: int, *, name: str = "column {}", skipped: int = 0) -> DriftReport:
    return DriftReport(
        id="0" * 32, endpoint="flights", version="3", created=datetime(2013, 12, 31, 23, 59, tzinfo=UTC), window="7d",
        reference_rows=5000, current_rows=10_000, compared=columns, drifted=drifted, share=drifted / columns,
        columns=[
            ColumnDrift(
                name=name.format(number), kind="num", method="Wasserstein distance (normed)", score=1 / (number + 1),
                threshold=0.1, drifted=number < drifted, reference_mean=1.5, current_mean=2.5,
                histogram=Histogram(
                    labels=[f"{name.format(bin)} to {bin}" for bin in range(12)], reference=[0.0833] * 12,
                    current=[0.5, 0.5, *[0.0] * 10],
                ),
            )
            for number in range(columns)
        ],
        not_compared=[NotCompared(name=f"when {number}", reason="Dates.") for number in range(skipped)],
    )  # fmt: skip


class Tags(HTMLParser):
    """Every element and attribute of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}


def test_a_small_report_is_whole() -> None:
    whole = report(14, 6)
    assert DriftReport.model_validate(as_json(whole)) == whole


@pytest.mark.parametrize(("columns", "drifted"), [(80, 3), (80, 80), (500, 4), (2000, 90), (5000, 5000)])
def test_a_large_report_fits_and_says_what_it_left_out(columns: int, drifted: int) -> None:
    whole = report(columns, drifted, skipped=500 if columns > 1000 else 0)
    found = as_json(whole)
    assert len(json.dumps(found)) <= MAX_JSON
    small = DriftReport.model_validate(found)
    assert (small.compared, small.drifted) == (columns, drifted)
    assert [column.drifted for column in small.columns].count(True) == min(
        drifted, len(small.columns) if drifted == columns else drifted
    )
    left_out = columns - len(small.columns)
    assert (left_out > 0) == (columns > 80)
    if left_out:
        assert any(note.startswith(f"{left_out:,} columns that") for note in small.notes)
    assert whole.columns[0].histogram is not None  # the report itself is untouched


def test_long_names_of_any_script_cannot_break_the_limit() -> None:
    whole = report(300, 300, name="列" * 5000 + "{}")
    found = as_json(whole)
    assert len(json.dumps(found)) <= MAX_JSON
    assert found["columns"]


def test_a_thousand_columns_make_a_page_that_can_be_read() -> None:
    page = as_html(report(1000, 100))
    assert len(page) < 250_000
    assert "940 more columns, 40 of which drifted, are in .to_frame() and in the Drift panel." in page


def test_data_is_text_and_nothing_else() -> None:
    page = as_html(report(3, 2, name=HOSTILE + "{}", skipped=1))
    found = Tags(page)
    assert found.tags == {"div", "b", "table", "tr", "td", "span"}
    assert found.attributes == {"style", "title"}
    assert HOSTILE not in page
    assert HOSTILE[:39] in as_text(report(3, 2, name=HOSTILE + "{}"))  # a terminal runs nothing


def test_a_drawing_shows_both_sides_and_holds_no_text() -> None:
    pictures = re.findall(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)", as_html(report(3, 2, name=HOSTILE + "{}")))
    assert len(pictures) == 3
    for picture in pictures:
        root = ElementTree.fromstring(base64.b64decode(picture))
        heights = [float(bar.get("height", "0")) for bar in root]
        assert len(heights) == 12 * 2 + 1
        assert heights[1] == pytest.approx(34)  # the tallest: current, first bin
        assert "".join(root.itertext()) == ""


def test_the_text_is_for_a_terminal() -> None:
    lines = as_text(report(2, 1)).splitlines()
    assert lines[0] == "1 of 2 columns drifted"
    assert lines[1] == (
        "flights, version 3, last 7d: 10,000 rows against 5,000 of the training sample, 2013-12-31 23:59 UTC"
    )
    assert lines[3].split("  ")[0] == "column 0"
    assert "██" in lines[3]


def test_the_bundle_has_all_three() -> None:
    assert set(bundle(report(2, 1))) == {MIME, "text/html", "text/plain"}
