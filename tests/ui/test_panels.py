"""The whole path by clicks, with a reload in the middle; and a server that does not answer for a while."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Page, expect

from labwright.state import running_service
from tests.jupyter import Jupyter
from tests.state_folder import StateFolder
from tests.ui.runs import EXPERIMENT
from tests.ui.workbench import front, make_notebook, open_lab, open_sidebar, section, tab

REPOSITORY = Path(__file__).parents[2]


def log_runs(page: Page, home: Path, out: Path) -> int:
    """Two runs with a model and one without, as another process logs them; gives what the better model answers."""
    environment = os.environ | {"LABWRIGHT_HOME": str(home)}
    process = subprocess.Popen([sys.executable, "-m", "tests.ui.runs", str(out)], cwd=REPOSITORY, env=environment)
    while process.poll() is None:
        page.wait_for_timeout(500)  # the page goes on meanwhile, which it would not if this process slept
    assert process.returncode == 0
    answer: int = json.loads(out.read_text())["example"]
    return answer


def test_from_a_run_to_an_endpoint(
    page: Page, lab: Jupyter, other_home: StateFolder, tmp_path: Path, errors: list[str]
) -> None:
    make_notebook(lab.root, "%load_ext labwright")
    open_lab(page, lab, "/tree/cells.ipynb")
    page.wait_for_timeout(2000)
    assert running_service(other_home.folders) is None, "a page that nobody clicked in started the service"

    open_sidebar(page)
    experiments, endpoints = section(page, "experiments"), section(page, "serving")
    expect(experiments).to_contain_text("No runs yet")
    expect(endpoints).to_contain_text("No endpoints yet")
    expected = log_runs(page, other_home.home, tmp_path / "expected.json")

    # The runs appear by themselves; names are shown as they are.
    experiments.get_by_text(EXPERIMENT, exact=True).click()
    for run in ("small steps", "large steps"):
        front(page).get_by_role("checkbox", name=f"Compare {run}").check()
    expect(front(page).get_by_role("button", name="Promote…: this run has no model")).to_be_disabled()
    front(page).get_by_role("button", name="Compare 2", exact=True).click()

    # Side by side: what differs, what is the same, the curve.
    rows = front(page).get_by_role("row")
    expect(rows.filter(has_text="eta0")).to_contain_text("0.0002")
    expect(rows.filter(has=page.get_by_role("rowheader", name="loss", exact=True))).to_have_count(1)
    expect(front(page).get_by_role("img", name="log_loss: ")).to_be_visible()
    front(page).get_by_label("Hide what is the same in all").check()
    expect(rows.filter(has=page.get_by_role("rowheader", name="loss", exact=True))).to_have_count(0)
    expect(rows.filter(has_text="eta0")).to_have_count(1)

    # The same as a cell, in the notebook that was used last; then it is run.
    front(page).get_by_role("button", name="Copy as cell: compare").click()
    cell = page.locator(".jp-Notebook .jp-mod-active")
    expect(cell).to_contain_text("%compare ")
    page.keyboard.press("Escape")
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    output = page.locator(".jp-Notebook .jp-OutputArea-output")
    expect(output).to_contain_text("small steps", timeout=60_000)
    expect(output).to_contain_text("large steps")

    # Promote; the page is reloaded while it goes on, and finds it again.
    tab(page, "Runs of").click()
    front(page).get_by_role("button", name="Promote… (large steps)").click()
    dialog = page.get_by_role("dialog")
    name = dialog.get_by_label("Endpoint")
    name.fill("Not a name")
    expect(dialog.get_by_role("button", name="Promote", exact=True)).to_be_disabled()
    name.fill("delays")
    dialog.get_by_role("button", name="Promote", exact=True).click()
    expect(front(page).locator("progress")).to_be_visible()
    page.wait_for_timeout(1500)  # JupyterLab writes its layout down at its leisure
    page.reload()
    # The address names the notebook, which may be in front now.
    page.locator('.lm-TabBar-tab[data-id="labwright-endpoint-delays"]').click(timeout=60_000)
    expect(front(page).get_by_role("heading", name="delays", exact=True)).to_be_visible(timeout=60_000)
    expect(endpoints).to_contain_text("ready", timeout=120_000)
    expect(tab(page, "Compare")).to_be_visible()
    expect(tab(page, "Runs of")).to_be_visible()

    # Try it: the form is the signature, filled with the input example.
    form = front(page).get_by_role("region", name="Try it")
    expect(form.get_by_label("temp")).not_to_have_value("")
    form.get_by_role("button", name="Predict", exact=True).click()
    expect(form.locator("output strong")).to_have_text(str(expected))
    requests = front(page).get_by_role("region", name="Recent requests of delays")
    expect(requests.get_by_role("row")).to_have_count(2)
    form.get_by_label("temp").fill("")
    form.get_by_role("button", name="Predict", exact=True).click()
    assert form.get_by_label("temp").evaluate("field => field.validity.valueMissing"), "an empty field was sent"

    # Promoting what is live changes nothing and says so; stop and start keep the address.
    address = front(page).locator("dd code").first.inner_text()
    front(page).get_by_role("button", name="Stop", exact=True).click()
    expect(endpoints).to_contain_text("stopped")
    expect(form.get_by_role("button", name="Predict", exact=True)).to_be_disabled()
    front(page).get_by_role("button", name="Start", exact=True).click()
    expect(endpoints).to_contain_text("ready", timeout=60_000)
    form.get_by_label("temp").fill("20")
    form.get_by_role("button", name="Predict", exact=True).click()
    expect(requests.get_by_role("row")).to_have_count(3)
    assert front(page).locator("dd code").first.inner_text() == address

    front(page).get_by_role("button", name="Delete…").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete", exact=True).click()
    expect(endpoints).to_contain_text("No endpoints yet")
    expect(front(page)).to_contain_text("There is no endpoint of this name")
    assert errors == []


def test_a_dead_server_is_said_and_come_back_from(page: Page, lab: Jupyter) -> None:
    open_lab(page, lab)
    refuse = "**/labwright/experiments*"
    page.route(refuse, lambda route: route.abort())
    open_sidebar(page)
    experiments = section(page, "experiments")
    expect(experiments.get_by_role("alert")).to_contain_text("The Jupyter server does not answer.")
    page.unroute(refuse)
    experiments.get_by_role("button", name="Try again").click()
    expect(experiments).to_contain_text("No runs yet")
