"""Outputs of Labwright's own kinds in a notebook that nobody trusted: data becomes text, and nothing of it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter
from tests.ui.payloads import PAYLOADS, count_hits, hits
from tests.ui.workbench import open_lab

COMPARISON = "application/vnd.labwright.comparison.v1+json"
DRIFT = "application/vnd.labwright.drift.v1+json"
READINESS = "application/vnd.labwright.readiness.v1+json"
PLAIN = f"<table><tr><td>the plain form</td></tr></table>{PAYLOADS[1]}"


def run(place: int, name: str) -> dict[str, Any]:
    return {
        "run_id": f"{place:032d}", "name": name, "experiment_id": "1", "experiment": name, "status": "FINISHED",
        "started": name, "ended": None, "params": {}, "metrics": {}, "tags": {}, "notebook": name, "source": name,
        "models": [],
    }  # fmt: skip


def comparison() -> dict[str, Any]:
    """A run per payload; payloads are also the names and the values of parameters and metrics."""
    values = [{"text": payload, "value": None} for payload in PAYLOADS]
    rows = [{"name": payload, "differs": True, "values": values, "best": 0} for payload in PAYLOADS]
    runs = [run(place, payload) for place, payload in enumerate(PAYLOADS)]
    curves = [
        {"run_id": one["run_id"], "metric": PAYLOADS[1], "steps": [0, 1, 2], "values": [1.0, None, 0.5]} for one in runs
    ]
    return {"runs": runs, "params": rows, "metrics": rows, "curves": curves}


def report() -> dict[str, Any]:
    """Payloads as columns, categories, methods and notes."""
    shares = [1 / len(PAYLOADS)] * len(PAYLOADS)
    histogram = {"labels": PAYLOADS, "reference": shares, "current": shares[::-1]}
    columns = [
        {
            "name": payload, "kind": "cat", "method": payload, "score": 0.5, "threshold": 0.1, "drifted": True,
            "reference_mean": None, "current_mean": None, "reference_missing": 0.0, "current_missing": 0.9,
            "histogram": histogram, "note": payload,
        }
        for payload in PAYLOADS
    ]  # fmt: skip
    return {
        "id": PAYLOADS[0], "endpoint": PAYLOADS[1], "version": PAYLOADS[2], "created": PAYLOADS[3],
        "window": PAYLOADS[4], "reference_rows": 100, "current_rows": 100, "compared": len(PAYLOADS),
        "drifted": len(PAYLOADS), "share": 1.0, "columns": columns, "notes": PAYLOADS,
        "not_compared": [{"name": payload, "reason": payload} for payload in PAYLOADS],
    }  # fmt: skip


def readiness() -> dict[str, Any]:
    """Payloads as titles, words and figures of checks."""
    checks = [
        {
            "id": payload, "title": payload, "verdict": "warn", "words": payload,
            "figures": [{"name": payload, "value": payload}],
        }
        for payload in PAYLOADS
    ]  # fmt: skip
    card = {
        "operation": PAYLOADS[0], "endpoint": PAYLOADS[1], "model": PAYLOADS[2], "version": PAYLOADS[3],
        "run_id": PAYLOADS[4], "run_name": PAYLOADS[5], "live": PAYLOADS[6], "checks": checks, "verdict": "warn",
        "decided": "go", "reason": PAYLOADS[7], "created": PAYLOADS[8],
    }  # fmt: skip
    return {"card": card, "step": PAYLOADS[9], "progress": 0.5}


MALFORMED: list[tuple[str, Any]] = [
    (COMPARISON, "text"),
    (COMPARISON, {"runs": {"length": 3}, "params": [], "metrics": [], "curves": []}),
    (COMPARISON, comparison() | {"params": [{"name": {"$$typeof": 1}, "differs": True, "values": []}]}),
    (DRIFT, None),
    (DRIFT, report() | {"columns": [{"name": ["<b>"]}]}),
    (READINESS, {"card": readiness()["card"] | {"verdict": PAYLOADS[1]}}),
    (READINESS, {"card": readiness()["card"] | {"checks": [{"title": {"$$typeof": 1}}]}}),
    (DRIFT, report() | {"notes": [{"dangerouslySetInnerHTML": {"__html": PAYLOADS[1]}}]}),
]


def save(path: Path, outputs: list[tuple[str, Any]]) -> None:
    """A notebook with a cell per output, as it comes from somebody else."""
    cells = [
        {
            "cell_type": "code", "id": f"c{place}", "source": "", "metadata": {}, "execution_count": 1,
            "outputs": [{"output_type": "display_data", "metadata": {}, "data": {kind: data, "text/html": PLAIN}}],
        }
        for place, (kind, data) in enumerate(outputs)
    ]  # fmt: skip
    path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))


def test_no_payload_runs(page: Page, lab: Jupyter, errors: list[str]) -> None:
    count_hits(page)
    save(lab.root / "outputs.ipynb", [(COMPARISON, comparison()), (READINESS, readiness()), (DRIFT, report())])
    open_lab(page, lab, "/tree/outputs.ipynb")
    outputs = page.locator(".lw-Output")
    compared, checked, drifted = outputs.first, outputs.nth(1), outputs.last
    expect(compared.get_by_role("table")).to_be_visible(timeout=60_000)
    for payload in PAYLOADS:
        expect(compared.get_by_role("rowheader", name=payload, exact=False).first).to_be_attached()
        expect(compared.get_by_role("columnheader", name=payload, exact=False).first).to_be_attached()
        expect(drifted.get_by_role("cell", name=payload, exact=True).first).to_be_attached()
    assert [text.strip() for text in checked.locator("dt").all_text_contents()] == [text.strip() for text in PAYLOADS]
    assert checked.locator(".lw-Readiness-words").all_text_contents() == PAYLOADS
    expect(compared.get_by_role("img", name=PAYLOADS[1])).to_be_attached()
    expect(drifted.get_by_role("table").get_by_role("img")).to_have_count(len(PAYLOADS))
    assert outputs.locator("script, iframe, video, style, details, img, a[href], [onerror], [onload]").count() == 0
    page.wait_for_timeout(1000)
    assert hits(page) == 0
    assert errors == []


def test_what_is_malformed_falls_back_to_the_plain_form(page: Page, lab: Jupyter) -> None:
    count_hits(page)
    save(lab.root / "outputs.ipynb", MALFORMED)
    open_lab(page, lab, "/tree/outputs.ipynb")
    outputs = page.locator(".lw-Output")
    expect(outputs).to_have_count(len(MALFORMED), timeout=60_000)
    for output in outputs.all():
        expect(output).to_contain_text("cannot be read here")
        expect(output.get_by_role("cell", name="the plain form")).to_be_visible()
    page.wait_for_timeout(1000)
    assert hits(page) == 0
