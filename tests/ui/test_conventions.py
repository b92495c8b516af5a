"""What JupyterLab's users look for: the command palette, the Running panel, the notebook's toolbar."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from labwright.state import running_service
from tests.jupyter import Jupyter
from tests.state_folder import StateFolder
from tests.ui.workbench import front, make_notebook, open_lab, section, tab

REPOSITORY = Path(__file__).parents[2]


def command(page: Page, label: str) -> None:
    """Choose one of Labwright's commands in the palette."""
    page.keyboard.press("ControlOrMeta+Shift+KeyC")
    palette = page.locator(".lm-CommandPalette")
    palette.locator("input").fill(label)
    found = palette.locator(".lm-CommandPalette-item").filter(has_text=label)
    expect(found).to_have_count(1)
    expect(found.locator(".lm-CommandPalette-itemIcon svg")).to_be_attached()
    expect(found.locator(".lm-CommandPalette-itemCaption")).not_to_be_empty()
    found.click()


def running_panel(page: Page) -> Locator:
    """Click on JupyterLab's Running panel, which must not be in front yet; gives our section."""
    page.get_by_role("tab", name="Running Terminals and Kernels").click()
    return page.get_by_role("region", name="Clusters and Endpoints")


def items(running: Locator) -> Locator:
    return running.locator(".jp-RunningSessions-item")


def stop(item: Locator) -> None:
    """Stop what an item of the Running panel stands for; its button comes with the pointer."""
    item.hover()
    item.get_by_title("Stop").click()
    item.page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()


def serve(home: Path, endpoint: str) -> None:
    """An experiment and an endpoint, as another process makes them."""
    arguments = [sys.executable, "-m", "tests.ui.traffic", endpoint]
    subprocess.run(arguments, cwd=REPOSITORY, env=os.environ | {"LABWRIGHT_HOME": str(home)}, check=True, timeout=240)


@pytest.fixture
def toasts(page: Page) -> Locator:
    return page.locator(".Toastify__toast")


def test_palette_and_running_panel(
    page: Page, lab: Jupyter, other_home: StateFolder, errors: list[str], toasts: Locator
) -> None:
    open_lab(page, lab)
    expect(toasts).to_have_count(0)

    # Looking at what runs starts nothing, and comes back empty.
    with page.expect_response("**/labwright/door*"):
        running = running_panel(page)
    expect(running).to_be_visible()
    expect(items(running)).to_have_count(0)
    assert running_service(other_home.folders) is None

    # With nothing there yet, each command says what to do.
    for label, words in (
        ("Open an Endpoint…", "No endpoint yet. Promote a run first"),
        ("Open the Runs of an Experiment…", "No runs yet. Track a cell first"),
        ("Drift Report…", "No endpoint yet, so nothing to watch"),
    ):
        command(page, label)
        expect(toasts.filter(has_text=words)).to_be_visible(timeout=60_000)

    # What comes to run shows by itself while the panel is on the screen; its name opens it.
    serve(lab.home, "late-flights")
    expect(items(running)).to_have_text("late-flights", timeout=60_000)
    items(running).get_by_text("late-flights").click()
    expect(front(page).get_by_role("heading", name="late-flights", exact=True)).to_be_visible()
    tab(page, "late-flights").get_by_title("Close late-flights").click()
    expect(tab(page, "late-flights")).to_have_count(0)

    # There is one of each: the commands open it.
    command(page, "Open an Endpoint…")
    expect(tab(page, "late-flights")).to_be_visible()
    command(page, "Open the Runs of an Experiment…")
    expect(tab(page, "Runs of drift")).to_be_visible()

    # Stopped from the panel, it leaves the panel; the tab knows.
    stop(items(running))
    expect(items(running)).to_have_count(0, timeout=60_000)
    tab(page, "late-flights").click()
    expect(front(page).get_by_role("button", name="Start", exact=True)).to_be_visible()

    command(page, "Open Labwright")
    expect(section(page, "serving")).to_contain_text("stopped")
    assert errors == []


def test_a_notebook_has_its_cluster_in_its_toolbar(
    page: Page, lab: Jupyter, other_home: StateFolder, errors: list[str]
) -> None:
    make_notebook(lab.root, "1 + 1")
    asked: list[str] = []
    page.on(
        "request",
        lambda one: asked.append(one.url) if "/labwright/" in one.url and "/lab/extensions/" not in one.url else None,
    )
    open_lab(page, lab, "/tree/cells.ipynb")
    button = page.locator(".jp-NotebookPanel-toolbar .lw-ClusterButton jp-button")
    expect(button).to_have_text("Cluster")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)
    assert asked == []

    # The dialog begins with the notebook's name.
    button.click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Name")).to_have_value("cells", timeout=60_000)
    expect(button).to_have_text("No cluster")
    dialog.get_by_label("Workers").fill("1")
    dialog.get_by_role("button", name="Start", exact=True).click()
    expect(button).to_have_text("1 worker", timeout=60_000)

    # Now it leads to the cluster.
    button.click()
    cells = section(page, "clusters").get_by_role("listitem", name="cells")
    expect(cells).to_be_visible()
    cells.get_by_role("button", name="One worker more in cells").click()
    expect(button).to_have_text("2 workers", timeout=60_000)

    # In the Running panel too, which leads there as well.
    running = running_panel(page)
    expect(items(running)).to_contain_text("cells")
    items(running).get_by_text("cells").click()
    expect(cells).to_be_visible()
    running_panel(page)
    page.get_by_role("button", name="Stop All").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop All").click()
    expect(items(running)).to_have_count(0, timeout=60_000)
    expect(button).to_have_text("No cluster", timeout=60_000)
    assert errors == []
