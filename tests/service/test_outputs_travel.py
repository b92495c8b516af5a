"""Outputs through nbconvert with sanitizing on: what a reader of the exported page sees."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any

import nbformat
from nbconvert import HTMLExporter

from labwright.drift.models import ColumnDrift, DriftReport, Histogram
from labwright.drift.output import bundle
from labwright.experiments.models import ComparedValue, Comparison, ComparisonRow, Curve, Metric, Run
from labwright.experiments.render import comparison_bundle
from labwright.serving.readiness.models import Check, Figure, ReadinessCard, Verdict
from labwright.serving.readiness.output import MIME as READINESS
from labwright.serving.readiness.output import bundle as readiness_bundle

HOSTILE = "<script>alert(1)</script>"


def exported(data: dict[str, Any]) -> str:
    """The output's part of the exported page."""
    output = nbformat.v4.new_output("display_data", data=data)  # type: ignore[no-untyped-call]
    cell = nbformat.v4.new_code_cell("%show", outputs=[output])  # type: ignore[no-untyped-call]
    notebook = nbformat.v4.new_notebook(cells=[cell])  # type: ignore[no-untyped-call]
    exporter = HTMLExporter(sanitize_html=True)  # type: ignore[no-untyped-call]
    page, _ = exporter.from_notebook_node(notebook)
    _, found, rest = page.partition('data-mime-type="text/html"')
    assert found, "the page shows another form of the output"
    return str(rest.partition("</body>")[0])


def seen(part: str) -> str:
    """The words of a page."""
    return unescape(re.sub(r"<[^>]*>", " ", part))


def drift() -> DriftReport:
    histogram = Histogram(labels=["below 0", "0 to 10", "10 and more"], reference=[0, 0.2, 0.8], current=[0.9, 0.1, 0])
    columns = [
        ColumnDrift(
            name=name, kind="num", method="Wasserstein distance (normed)", score=2.516, threshold=0.1, drifted=drifted,
            reference_mean=18.25, current_mean=-1.75, histogram=histogram,
        )
        for name, drifted in (("temp", True), (HOSTILE, False))
    ]  # fmt: skip
    return DriftReport(
        id="1", endpoint="flights-delay", version="3", created=datetime(2013, 12, 31, tzinfo=UTC), window="7d",
        reference_rows=5000, current_rows=12_345, compared=2, drifted=1, share=0.5, columns=columns,
    )  # fmt: skip


def comparison() -> Comparison:
    runs = [
        Run(
            run_id=f"{number:032x}", name=name, experiment_id="1", experiment="flights", status="FINISHED",
            started=None, ended=None, params={}, metrics={"auc": Metric(value=auc, text=str(auc), step=0)}, tags={},
            notebook=None, source=None, models=[],
        )
        for number, (name, auc) in enumerate((("boosting", 0.8127), (HOSTILE, 0.7431)))
    ]  # fmt: skip
    values = [ComparedValue(text=str(value), value=value) for value in (0.8127, 0.7431)]
    auc = ComparisonRow(name="auc", differs=True, best=0, values=values)
    curves = [
        Curve(run_id=run.run_id, metric="loss", steps=[1, 2, 3], values=[0.8, 0.2 * number, 0.1])
        for number, run in enumerate(runs, start=1)
    ]
    return Comparison(runs=runs, params=[], metrics=[auc], curves=curves)


def test_a_drift_report_keeps_its_table_its_numbers_and_its_shapes() -> None:
    part = exported(bundle(drift()))
    words = seen(part)
    assert part.count("<tr>") == 3
    for text in (
        "1 of 2 columns drifted",
        "temp",
        "drifted",
        "2.52",
        "0.1",
        "18.2",
        "-1.75",
        "12,345",
        "flights-delay",
    ):
        assert text in words
    assert words.count("·▂█\xa0→\xa0█▁·") == 2  # the distributions, where pictures are taken away
    assert "base64" not in part  # no picture's code is left for the reader
    assert set(re.findall(r"&lt;(/?\w+)", part)) == {"tbody", "/tbody", "script", "/script"}
    assert "<script>alert" not in part


def test_a_comparison_keeps_its_numbers() -> None:
    part = exported(comparison_bundle(comparison()))
    words = seen(part)
    for text in ("boosting", "auc", "0.8127", "0.7431"):
        assert text in words
    assert "loss: boosting █▂▁ 0.1" in words  # the curve, where pictures are taken away
    assert "base64" not in part
    assert set(re.findall(r"&lt;(/?\w+)", part)) == {"tbody", "/tbody", "script", "/script"}
    assert "<script>alert" not in part


def readiness() -> ReadinessCard:
    checks = [
        Check(
            id="metrics", title="Metrics", verdict=verdict, words=f"Worse on the same rows {HOSTILE}",
            figures=[Figure(name=f"accuracy {HOSTILE}", value="0.7431")] * 40, details={HOSTILE: HOSTILE},
        )
        for verdict in Verdict
    ]  # fmt: skip
    return ReadinessCard(
        operation="1", endpoint="flights-delay", model="flights-delay", version="3", run_id=None, run_name=HOSTILE,
        live="2", checks=checks, verdict=Verdict.failed, decided="go", reason=HOSTILE,
        created=datetime(2013, 12, 31, tzinfo=UTC),
    )  # fmt: skip


def test_a_readiness_card_keeps_its_verdicts_and_its_figures() -> None:
    bundle = readiness_bundle(readiness(), step=HOSTILE, progress=0.5)
    part = exported(bundle)
    words = seen(part)
    assert part.count("<tr>") == len(Verdict)
    for text in ("not ready", "pass", "warn", "fail", "0.7431", HOSTILE):
        assert text in words
    assert "<script" not in part
    assert "<script" not in bundle["text/html"]
    assert len(json.dumps(bundle[READINESS])) < 50_000
    assert HOSTILE not in str([check["details"] for check in bundle[READINESS]["card"]["checks"]])
