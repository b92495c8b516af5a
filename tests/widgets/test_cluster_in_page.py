"""The live cluster in JupyterLab, in a real browser: seen, scaled and stopped by hand."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import nbformat
import pytest
from playwright.sync_api import Page, expect, sync_playwright

from labwright.clusters import api
from labwright.clusters.models import ClusterState
from labwright.errors import NotFoundError
from tests.jupyter import Jupyter, jupyter
from tests.ui.browser import CHROMIUM, FLAGS
from tests.ui.notebook import use_theme

NAME = "by-hand"
SHOTS = os.environ.get("LABWRIGHT_TEST_SHOTS")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory, state_folder: Path) -> Iterator[Jupyter]:
    with jupyter(tmp_path_factory.mktemp("lab"), state_folder, lab=True) as found:
        cells = [
            nbformat.v4.new_code_cell("%load_ext labwright"),
            nbformat.v4.new_code_cell(f"%cluster start --workers 1 --name {NAME}"),
            nbformat.v4.new_code_cell("client.submit(sum, [20, 22]).result()"),
        ]
        kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)", "language": "python"}
        notebook = nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})
        nbformat.write(notebook, found.root / "by_hand.ipynb")
        yield found
    with suppress(NotFoundError):
        api.stop(NAME)


@pytest.fixture
def tab(lab: Jupyter) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.set_default_timeout(60_000)
        page.goto(f"{lab.url}lab/tree/by_hand.ipynb?token={lab.token}")
        yield page
        browser.close()


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


def test_seen_scaled_and_stopped(tab: Page) -> None:
    page = tab
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    widget = page.get_by_role("region", name=f"Cluster {NAME}")
    widget.wait_for()
    expect(page.locator(".jp-OutputArea-output", has_text="42")).to_be_visible(timeout=60_000)
    expect(widget.get_by_role("status")).to_have_text("running, 1 worker")
    expect(widget.get_by_role("meter")).to_have_count(1)
    shot(page, "cluster-light")

    widget.get_by_role("button", name="One worker more").click()
    expect(widget.get_by_role("status")).to_have_text("running, 2 workers", timeout=60_000)
    expect(widget.get_by_role("meter")).to_have_count(2)
    assert len(api.get(NAME).workers) == 2
    widget.get_by_role("button", name="One worker fewer").click()
    expect(widget.get_by_role("status")).to_have_text("running, 1 worker", timeout=60_000)
    expect(widget.get_by_role("button", name="One worker fewer")).to_be_disabled()

    api.scale(2, NAME)  # elsewhere: the widget sees it by itself
    expect(widget.get_by_role("status")).to_have_text("running, 2 workers", timeout=60_000)

    widget.get_by_role("button", name="Stop").focus()
    page.keyboard.press("Enter")
    keep = widget.get_by_role("button", name="Keep it")
    expect(keep).to_be_focused()
    shot(page, "cluster-asks")
    page.keyboard.press("Enter")
    expect(keep).to_be_hidden()
    assert api.get(NAME).state is ClusterState.running
    widget.get_by_role("button", name="Stop").click()
    widget.get_by_role("button", name="Stop it and lose its results").click()
    expect(widget.get_by_role("status")).to_have_text("stopped", timeout=60_000)
    assert api.get(NAME).state is ClusterState.stopped
    expect(widget.get_by_role("button")).to_have_count(0)


def test_what_stays_when_the_kernel_is_gone(lab: Jupyter, tab: Page) -> None:
    """The widget has no model then, and Jupyter says so in its place; the line below reads all the same."""
    page = tab
    page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.get_by_role("region", name=f"Cluster {NAME}").wait_for()
    line = page.get_by_text(f"Cluster {NAME} when this cell ran: running, 1 worker")
    expect(line).to_be_visible()
    expect(page.locator(".jp-OutputArea-output", has_text="42")).to_be_visible(timeout=60_000)
    shot(page, "cluster-line-light")
    page.keyboard.press("Control+S")
    expect(page.get_by_role("tab", name="by_hand.ipynb")).not_to_have_class(re.compile("jp-mod-dirty"))
    for kernel in httpx.get(f"{lab.url}api/sessions", params={"token": lab.token}).json():
        httpx.delete(f"{lab.url}api/sessions/{kernel['id']}", params={"token": lab.token}).raise_for_status()
    page.reload()
    expect(page.get_by_text("model not found")).to_be_visible()
    expect(line).to_be_visible()
    shot(page, "cluster-gone-light")
    use_theme(page, "JupyterLab Dark")
    expect(page.locator("#jupyterlab-splash")).to_have_count(0)
    shot(page, "cluster-gone-dark")
