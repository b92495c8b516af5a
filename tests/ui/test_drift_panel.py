"""Drift by clicks, on a real endpoint whose traffic wants to be script in Evidently's own page."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter
from tests.ui.payloads import count_hits, hits
from tests.ui.workbench import front, open_lab, open_sidebar, section, tab


def test_from_an_endpoint_to_its_report(page: Page, lab: Jupyter, errors: list[str]) -> None:
    count_hits(page)
    open_lab(page, lab)
    open_sidebar(page)
    drift = section(page, "drift")
    drift.get_by_role("button", name="New report…").click(timeout=60_000)
    expect(page.locator(".Toastify__toast")).to_contain_text("Promote a run first")

    command = [sys.executable, "-m", "tests.ui.traffic", "late-flights"]
    environment = os.environ | {"LABWRIGHT_HOME": str(lab.home)}
    subprocess.run(command, cwd=Path(__file__).parents[2], env=environment, check=True, timeout=240)
    section(page, "serving").get_by_role("button", name="late-flights").click(timeout=60_000)
    front(page).get_by_role("button", name="Drift…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Endpoint")).to_have_value("late-flights")
    dialog.get_by_label("Requests of").select_option("7d")
    dialog.get_by_role("button", name="Make it").click()
    expect(drift.get_by_role("progressbar")).to_be_visible()

    # The tab opens by itself.
    expect(tab(page, "Drift of late-flights")).to_be_visible(timeout=120_000)
    report = front(page)
    expect(report.get_by_role("heading", name="2 of 3 columns drifted")).to_be_visible()
    rows = report.get_by_role("row")
    for column, verdict in (("temp", "drifted"), ("carrier", "drifted"), ("wind", "same")):
        row = rows.filter(has_text=column)
        expect(row).to_contain_text(verdict)
        expect(row.get_by_role("img")).to_be_visible()
    expect(report).to_contain_text("400 rows against 2,000 of the training sample")
    expect(drift.get_by_role("button", name="2 of 3 drifted")).to_be_visible()

    report.get_by_role("button", name="Evidently’s full report").click()
    frame = front(page).locator("iframe")
    expect(frame).to_have_attribute("sandbox", "allow-scripts", timeout=60_000)
    expect(frame.content_frame.get_by_text("Dataset Drift is detected.")).to_be_visible(timeout=60_000)

    # All of it is there after a reload.
    page.reload()
    expect(front(page).locator("iframe")).to_be_visible(timeout=60_000)
    tab(page, "Drift of late-flights").click()
    expect(front(page).get_by_role("heading", name="2 of 3 columns drifted")).to_be_visible()
    assert hits(page) == 0
    assert errors == []
