"""The whole path by clicks: workers, runs, comparison, promotion, predictions, drift. The page is reloaded on the way.

The only code that is not clicked together is what makes the runs and the traffic.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from labwright.state import running_service
from tests.jupyter import Jupyter
from tests.state_folder import StateFolder
from tests.ui.payloads import count_hits, hits
from tests.ui.runs import EXPERIMENT
from tests.ui.workbench import front, make_notebook, open_lab, open_sidebar, section, tab

REPOSITORY = Path(__file__).parents[2]
ENDPOINT = "delays-b-amp-b"  # what the page makes of the experiment's name

pytestmark = pytest.mark.timeout(600)


def in_another_process(page: Page, home: Path, module: str, argument: str) -> None:
    """Run a script of the tests while the page goes on."""
    environment = os.environ | {"LABWRIGHT_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-m", module, argument], cwd=REPOSITORY, env=environment)
    while process.poll() is None:
        page.wait_for_timeout(300)  # the page goes on meanwhile, which it would not if this process slept
    assert process.returncode == 0


def notice(page: Page, words: str) -> Locator:
    return page.locator(".Toastify__toast").filter(has_text=words)


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def details(page: Page, run: str) -> Locator:
    """Open the details of a run in the table in front."""
    front(page).get_by_role("grid").get_by_text(run, exact=True).click()
    shown = front(page).get_by_role("complementary")
    expect(shown.get_by_role("heading", name=run, exact=True)).to_be_visible()
    return shown


def reload(page: Page, lab: Jupyter, tab_id: str) -> None:
    """Reload once JupyterLab, which does so at its leisure, has written down that this tab is open."""
    while tab_id not in lab.http.get("lab/api/workspaces").text:
        page.wait_for_timeout(200)
    page.reload()


def button(place: Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def test_the_whole_path(page: Page, lab: Jupyter, other_home: StateFolder, tmp_path: Path, errors: list[str]) -> None:
    count_hits(page)
    make_notebook(lab.root, "%load_ext labwright")
    open_lab(page, lab, "/tree/cells.ipynb")
    assert running_service(other_home.folders) is None
    open_sidebar(page)
    for capability, words in (("experiments", "No runs yet"), ("serving", "No endpoints yet"), ("drift", "No report")):
        expect(section(page, capability)).to_contain_text(words, timeout=60_000)

    start_a_cluster(page)
    in_another_process(page, other_home.home, "tests.ui.runs", str(tmp_path / "expected.json"))
    compare_two_runs(page)
    register_a_run(page)
    promote_and_reload(page, lab)
    lose_and_find_the_cluster(page, other_home)
    ask_the_endpoint(page, json.loads((tmp_path / "expected.json").read_text())["example"])
    look_for_drift(page, lab)
    stop_and_start_the_endpoint(page)
    stop_everything(page)
    a_dead_server_is_said_and_come_back_from(page)
    assert hits(page) == 0
    assert errors == []


def start_a_cluster(page: Page) -> None:
    clusters = section(page, "clusters")
    button(clusters, "New cluster…").click()
    name, start = dialog(page).get_by_label("Name"), button(dialog(page), "Start")
    expect(name).to_have_value("cells")  # the notebook's

    # What cannot be is said at its field by the page, and by the service in the dialog; what was typed stays.
    name.fill("Not a name")
    expect(dialog(page)).to_contain_text("Small letters, digits and hyphens")
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(start).to_be_disabled()
    name.fill("trees")
    dialog(page).get_by_label("Workers").fill("65")
    expect(dialog(page).locator(".lw-Form-error")).to_contain_text("64")
    dialog(page).get_by_label("Workers").fill("64")
    dialog(page).get_by_label("Threads per worker").fill("64")
    start.click()
    expect(dialog(page).get_by_role("alert")).to_contain_text("ask for at most")
    expect(name).to_have_value("trees")
    dialog(page).get_by_label("Workers").fill("1")
    dialog(page).get_by_label("Threads per worker").fill("1")
    start.click()

    # The notebook is connected by a cell that the notice hands out.
    notice(page, "The workers of trees start").get_by_role("button", name="Connect this notebook").click()
    cells = page.locator(".jp-Notebook .jp-CodeCell")
    expect(cells).to_have_count(2)
    expect(cells.last).to_contain_text("%cluster start --workers 1 --name trees")
    trees = clusters.get_by_role("listitem", name="trees")
    expect(trees).to_contain_text("running", timeout=60_000)
    expect(page.locator(".jp-NotebookPanel-toolbar .lw-ClusterButton jp-button")).to_have_text("1 worker")
    button(trees, "One worker more in trees").click()
    expect(trees).to_contain_text("2 workers", timeout=60_000)
    trees.get_by_role("button", name="trees", expanded=False).click()
    expect(trees.get_by_role("table", name="Workers of trees").get_by_role("row")).to_have_count(3)


def compare_two_runs(page: Page) -> None:
    """The runs appeared by themselves; names are shown as they are."""
    section(page, "experiments").get_by_text(EXPERIMENT, exact=True).click()
    for run in ("small steps", "large steps"):
        front(page).get_by_role("checkbox", name=f"Tick {run}", exact=True).click()
    expect(button(details(page, "no model"), "Promote…: this run has no model")).to_be_disabled()
    button(front(page), "Compare 2").click()

    # Side by side: what differs, what is the same, the curve.
    rows = front(page).get_by_role("row")
    expect(rows.filter(has_text="eta0")).to_contain_text("0.0002")
    loss = rows.filter(has=page.get_by_role("rowheader", name="loss", exact=True))
    same = front(page).get_by_label("Hide what is the same in all")
    same.check()
    expect(loss).to_have_count(0)
    same.uncheck()
    expect(loss).to_have_count(1)
    expect(front(page).get_by_role("img", name="log_loss: ")).to_be_visible()

    # The same as a cell, in the notebook that was used last; then all its cells run.
    button(front(page), "Copy as cell: compare").click()
    expect(page.locator(".jp-Notebook .jp-mod-active")).to_contain_text("%compare ")
    page.keyboard.press("Escape")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    output = page.locator(".jp-Notebook .jp-CodeCell").last.locator(".jp-OutputArea-output")
    expect(output).to_contain_text("small steps", timeout=60_000)
    expect(output).to_contain_text("large steps")


def register_a_run(page: Page) -> None:
    tab(page, "Runs of").click()
    run = details(page, "small steps")
    button(run, "Register… (small steps)").click()
    name = dialog(page).get_by_label("Registered model")
    expect(name).to_have_value(ENDPOINT)
    name.fill("no 'quotes'")
    expect(button(dialog(page), "Register")).to_be_disabled()
    name.fill("late flights")
    button(dialog(page), "Register").click()
    expect(notice(page, "small steps is version 1 of late flights.")).to_be_visible()
    button(run, "Register… (small steps)").click()
    name.fill("late flights")
    expect(dialog(page)).to_contain_text("its newest version is 1")
    button(dialog(page), "Register").click()
    expect(notice(page, "version 1 of late flights already; nothing was changed.")).to_be_visible()


def promote_and_reload(page: Page, lab: Jupyter) -> None:
    """The page is reloaded while the promotion goes on, and finds all of it again."""
    button(details(page, "large steps"), "Promote… (large steps)").click()
    name = dialog(page).get_by_label("Endpoint")
    expect(name).to_have_value(ENDPOINT)
    name.fill("Not a name")
    expect(button(dialog(page), "Promote")).to_be_disabled()
    name.fill("late-flights")
    button(dialog(page), "Promote").click()
    expect(front(page).locator("progress")).to_be_visible()
    reload(page, lab, "labwright-endpoint-late-flights")
    # The address names the notebook, which may be in front now.
    page.locator('.lm-TabBar-tab[data-id="labwright-endpoint-late-flights"]').click(timeout=60_000)
    expect(front(page).get_by_role("heading", name="late-flights", exact=True)).to_be_visible(timeout=60_000)
    expect(section(page, "clusters").get_by_role("listitem", name="trees")).to_contain_text("2 workers")
    expect(tab(page, "Compare")).to_be_visible()
    expect(tab(page, "Runs of")).to_be_visible()


def lose_and_find_the_cluster(page: Page, home: StateFolder) -> None:
    """A scheduler that is killed is noticed, said, and started again by one click. The promotion goes on meanwhile."""
    trees = section(page, "clusters").get_by_role("listitem", name="trees")
    for process in home.processes():
        if "scheduler" in " ".join(process.cmdline()[:6]):
            process.kill()
    expect(trees).to_contain_text("lost", timeout=60_000)
    expect(trees).to_contain_text("Start it again")
    button(trees, "Start again").click()
    expect(trees).to_contain_text("running", timeout=60_000)
    expect(section(page, "serving")).to_contain_text("ready", timeout=120_000)


def ask_the_endpoint(page: Page, expected: int) -> None:
    """The form is the signature, filled with the input example."""
    form = front(page).get_by_role("region", name="Try it")
    answer = form.locator("output")
    expect(form.get_by_label("temp")).not_to_have_value("")
    button(form, "Predict").click()
    expect(answer).to_contain_text(f"late: {expected}")
    expect(answer).not_to_contain_text("for the values before")
    requests = front(page).get_by_role("region", name="Recent requests of late-flights")
    expect(requests.get_by_role("row")).to_have_count(2)
    form.get_by_label("temp").fill("")
    expect(answer).to_contain_text("for the values before")
    button(form, "Predict").click()
    assert form.get_by_label("temp").evaluate("field => field.validity.valueMissing"), "an empty field was sent"
    form.get_by_label("temp").fill("20")
    button(form, "Predict").click()
    expect(requests.get_by_role("row")).to_have_count(3)
    expect(form.get_by_label("temp")).to_have_value("20")


def look_for_drift(page: Page, lab: Jupyter) -> None:
    """Two rows are too few, which is said and can be put away; then the traffic wants to be script in the report."""
    drift = section(page, "drift")

    def ask() -> None:
        button(front(page), "Drift…").click()
        expect(dialog(page).get_by_label("Endpoint")).to_have_value("late-flights")
        dialog(page).get_by_label("Requests of").select_option("7d")
        button(dialog(page), "Make it").click()
        expect(drift.get_by_role("progressbar")).to_be_visible()

    ask()
    card = drift.get_by_role("alert")
    expect(card).to_contain_text("has 2 rows, and a drift report takes at least 30", timeout=60_000)
    button(card, "Put away").click()
    expect(drift).to_contain_text("No report yet")
    in_another_process(page, lab.home, "tests.ui.traffic", "late-flights")

    ask()
    expect(tab(page, "Drift of late-flights")).to_be_visible(timeout=120_000)  # it opens by itself
    report = front(page)
    expect(report.get_by_role("heading", name="2 of 3 columns drifted")).to_be_visible()
    for column, verdict in (("temp", "drifted"), ("carrier", "drifted"), ("wind", "same")):
        row = report.get_by_role("row").filter(has_text=column)
        expect(row).to_contain_text(verdict)
        expect(row.get_by_role("img")).to_be_visible()
    expect(report).to_contain_text("402 rows against 2,000 of the training sample")
    expect(drift.get_by_role("button", name="2 of 3 drifted")).to_be_visible()
    button(report, "Evidently’s full report").click()
    frame = front(page).locator("iframe")
    expect(frame).to_have_attribute("sandbox", "allow-scripts", timeout=60_000)
    expect(frame.content_frame.get_by_text("Dataset Drift is detected.")).to_be_visible(timeout=60_000)
    assert hits(page) == 0

    # All of it is there after a reload.
    reload(page, lab, "labwright-drift-page")
    expect(frame).to_be_visible(timeout=60_000)
    tab(page, "Drift of late-flights").click()
    expect(report.get_by_role("heading", name="2 of 3 columns drifted")).to_be_visible()


def stop_and_start_the_endpoint(page: Page) -> None:
    """Stopping asks, and says what becomes of callers; the address stays."""
    tab(page, "late-flights").filter(has_not_text="Drift").filter(has_not_text="Evidently").click()
    endpoints = section(page, "serving")
    form = front(page).get_by_role("region", name="Try it")
    address = front(page).locator("dd code").first
    before = address.inner_text()
    button(front(page), "Stop…").click()
    expect(dialog(page)).to_contain_text("Its callers get no connection")
    button(dialog(page), "Cancel").click()
    expect(endpoints).to_contain_text("ready")
    button(front(page), "Stop…").click()
    button(dialog(page), "Stop").click()
    expect(endpoints).to_contain_text("stopped")
    expect(button(form, "Predict")).to_be_disabled()
    button(front(page), "Start").click()
    expect(endpoints).to_contain_text("ready", timeout=60_000)
    button(form, "Predict").click()
    expect(form.locator("output")).to_contain_text("late: ")
    assert address.inner_text() == before


def stop_everything(page: Page) -> None:
    button(front(page), "Delete…").click()
    button(dialog(page), "Delete").click()
    expect(section(page, "serving")).to_contain_text("No endpoints yet")
    expect(front(page)).to_contain_text("There is no endpoint of this name")
    # Its reports stay; a new one is not offered.
    drift = section(page, "drift")
    expect(drift.get_by_role("listitem", name="late-flights")).to_contain_text("deleted")
    expect(drift.get_by_role("button", name="2 of 3 drifted")).to_be_visible()
    expect(button(drift, "New report on late-flights")).to_have_count(0)
    clusters = section(page, "clusters")
    trees = clusters.get_by_role("listitem", name="trees")
    button(trees, "One worker less in trees").click()
    expect(trees).to_contain_text("1 worker", timeout=60_000)
    expect(button(trees, "One worker less in trees")).to_be_disabled()
    button(trees, "Stop trees").click()
    button(dialog(page), "Cancel").click()
    expect(trees).to_contain_text("running")
    button(trees, "Stop trees").click()
    button(dialog(page), "Stop").click()
    expect(clusters).to_contain_text("No cluster runs", timeout=60_000)


def a_dead_server_is_said_and_come_back_from(page: Page) -> None:
    refuse = re.compile("/labwright/experiments")
    page.route(refuse, lambda route: route.abort())
    experiments = section(page, "experiments")
    page.get_by_role("button", name="Look for new runs").click()
    expect(experiments.get_by_role("alert")).to_contain_text("The Jupyter server does not answer.")
    page.unroute(refuse)
    button(experiments, "Try again").click()
    expect(experiments).to_contain_text(EXPERIMENT)
