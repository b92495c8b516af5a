"""Clusters by clicks: start, scale, lose, start again, stop; a reload in the middle."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter
from tests.state_folder import StateFolder
from tests.ui.workbench import make_notebook, open_lab, open_sidebar, section


def test_a_cluster_from_start_to_stop(page: Page, lab: Jupyter, other_home: StateFolder, errors: list[str]) -> None:
    make_notebook(lab.root, "%load_ext labwright")
    open_lab(page, lab, "/tree/cells.ipynb")
    open_sidebar(page)
    clusters = section(page, "clusters")
    clusters.get_by_role("button", name="New cluster…").click()

    # What cannot be is said in the dialog: by the browser, and by the service with the values kept.
    dialog = page.get_by_role("dialog")
    name, start = dialog.get_by_label("Name"), dialog.get_by_role("button", name="Start", exact=True)
    name.fill("Not a name")
    expect(start).to_be_disabled()
    name.fill("trees")
    dialog.get_by_label("Workers").fill("64")
    dialog.get_by_label("Threads per worker").fill("64")
    start.click()
    expect(dialog.get_by_role("alert")).to_contain_text("ask for at most")
    expect(name).to_have_value("trees")
    dialog.get_by_label("Workers").fill("1")
    dialog.get_by_label("Threads per worker").fill("1")
    start.click()

    trees = clusters.get_by_role("listitem", name="trees")
    expect(trees).to_contain_text("starting")
    expect(trees).to_contain_text("running", timeout=60_000)
    trees.get_by_role("button", name="One worker more in trees").click()
    expect(trees).to_contain_text("2 workers", timeout=60_000)
    trees.get_by_role("button", name="trees", expanded=False).click()
    expect(trees.get_by_role("table", name="Workers of trees").get_by_role("row")).to_have_count(3)

    trees.get_by_role("button", name="Copy as cell: connect to trees").click()
    expect(page.locator(".jp-Notebook .jp-mod-active")).to_contain_text("%cluster start --workers 2 --name trees")

    page.reload()
    expect(trees).to_contain_text("2 workers", timeout=60_000)
    trees.get_by_role("button", name="One worker less in trees").click()
    expect(trees).to_contain_text("1 worker", timeout=60_000)
    expect(trees.get_by_role("button", name="One worker less in trees")).to_be_disabled()

    # A scheduler that is killed is noticed, said, and started again by one click.
    for process in other_home.processes():
        if "scheduler" in " ".join(process.cmdline()[:6]):
            process.kill()
    expect(trees).to_contain_text("lost", timeout=60_000)
    expect(trees).to_contain_text("Start it again")
    trees.get_by_role("button", name="Start again").click()
    expect(trees).to_contain_text("running", timeout=60_000)

    trees.get_by_role("button", name="Stop trees").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(trees).to_contain_text("running")
    trees.get_by_role("button", name="Stop trees").click()
    page.get_by_role("dialog").get_by_role("button", name="Stop", exact=True).click()
    expect(clusters).to_contain_text("No cluster runs", timeout=60_000)
    assert errors == []
