"""Promotion in the page: the readiness card as it fills, the decision, a reload in the middle, the way out."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from labwright.client import Client
from labwright.serving.models import Endpoint, Promotion
from tests.jupyter import Jupyter
from tests.state_folder import StateFolder
from tests.ui.promotable import EXPERIMENT
from tests.ui.workbench import front, make_notebook, open_lab, open_sidebar, section

REPOSITORY = Path(__file__).parents[2]
NAME = "late-flights"

pytestmark = pytest.mark.timeout(600)


def test_from_a_run_to_an_endpoint(
    page: Page, lab: Jupyter, other_home: StateFolder, errors: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LABWRIGHT_HOME", str(other_home.home))
    log_runs(page, other_home)
    make_notebook(lab.root, "%load_ext labwright")
    open_lab(page, lab, "/tree/cells.ipynb")
    expect(page.locator(".jp-Notebook .jp-CodeCell")).to_be_visible(timeout=180_000)
    open_sidebar(page)
    section(page, "experiments").get_by_text(EXPERIMENT, exact=True).click()
    client = Client()

    when_all_passes_it_goes_on_by_itself(page)
    a_warning_waits_for_a_decision_and_is_found_after_a_reload(page, lab, client)
    a_failure_takes_a_reason(page, client)
    a_promotion_is_stopped(page, client)
    the_dialog_hands_out_the_cell(page)
    client.close()
    assert errors == []


def log_runs(page: Page, home: StateFolder) -> None:
    environment = os.environ | {"LABWRIGHT_HOME": str(home.home)}
    process = subprocess.Popen([sys.executable, "-m", "tests.ui.promotable"], cwd=REPOSITORY, env=environment)
    while process.poll() is None:
        page.wait_for_timeout(300)
    assert process.returncode == 0


def button(place: Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def promote(page: Page, run: str, fill: Callable[[Locator], None] = lambda dialog: None) -> Locator:
    """Click a run's promotion together; gives the part of the endpoint's tab that shows how it goes on."""
    page.locator("#jp-main-dock-panel").get_by_role("tab", name=f"Runs of {EXPERIMENT}").click()
    front(page).get_by_role("grid").get_by_text(run, exact=True).click()
    button(front(page).get_by_role("complementary"), f"Promote… ({run})").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Endpoint")).to_have_value(NAME)
    fill(dialog)
    button(dialog, "Promote").click()
    return front(page).get_by_role("region", name="Promotion", exact=True)


def endpoint(client: Client) -> Endpoint:
    found: Endpoint = client.get(f"/serving/endpoints/{NAME}", Endpoint)
    return found


def live(page: Page, version: str) -> None:
    expect(front(page).locator(".lw-Endpoint-note")).to_contain_text(f"version {version} from", timeout=180_000)


def when_all_passes_it_goes_on_by_itself(page: Page) -> None:
    """One click; the card on which it went live stays in the history."""
    shown = promote(page, "in order")
    expect(shown.get_by_role("list", name="Steps").get_by_role("listitem").first).to_be_visible()
    live(page, "1")
    expect(shown).to_have_count(0)
    expect(front(page).get_by_role("region", name="Try it")).to_be_visible()
    button(front(page).get_by_role("region", name=f"Promotions of {NAME}"), "Figures").click()
    card = page.get_by_role("dialog")
    expect(card.get_by_role("list", name="Checks")).to_contain_text("answers its input example")
    button(card, "Close").click()


def a_warning_waits_for_a_decision_and_is_found_after_a_reload(page: Page, lab: Jupyter, client: Client) -> None:
    """There are no rows on which the two could be compared."""
    shown = promote(page, "in order too")
    expect(shown.get_by_role("status").filter(has_text="go on, or stop?")).to_be_visible(timeout=180_000)
    first = shown.get_by_role("list", name="Checks").get_by_role("listitem").first
    expect(first).to_contain_text("Not compared with version 1")
    title = first.locator(".lw-Readiness-title").inner_text()
    expect(shown.get_by_role("status").filter(has_text="go on, or stop?")).to_contain_text(title)
    while f"labwright-endpoint-{NAME}" not in lab.http.get("lab/api/workspaces").text:
        page.wait_for_timeout(200)
    page.reload()
    page.locator(f'.lm-TabBar-tab[data-id="labwright-endpoint-{NAME}"]').click(timeout=180_000)
    expect(shown.get_by_role("status").filter(has_text="go on, or stop?")).to_be_visible(timeout=180_000)
    assert endpoint(client).live is not None
    live(page, "1")
    button(shown, "Go on").focus()
    page.keyboard.press("Enter")
    live(page, "2")


def a_failure_takes_a_reason(page: Page, client: Client) -> None:
    shown = promote(page, "other columns")
    expect(shown.get_by_role("list", name="Checks")).to_contain_text("input 'wind' is gone", timeout=180_000)
    expect(shown.get_by_role("list", name="Checks").get_by_role("listitem").first).to_contain_text("fail")
    go = button(shown, "Go on")
    expect(shown.get_by_label("Reason to go on")).to_have_accessible_description(re.compile("At least 3 letters"))
    expect(go).to_be_disabled()
    reason = shown.get_by_label("Reason to go on")
    reason.fill("no")
    expect(go).to_be_disabled()
    reason.fill("the callers send <b>gust</b> from today on")
    go.click()
    live(page, "3")
    newest = client.get(f"/serving/endpoints/{NAME}/promotions", list[Promotion])[0]
    assert newest.reason == "the callers send <b>gust</b> from today on"
    history = front(page).get_by_role("region", name=f"Promotions of {NAME}")
    expect(history.get_by_role("row").nth(1)).to_contain_text("<b>gust</b>")


def a_promotion_is_stopped(page: Page, client: Client) -> None:
    def as_a_canary(dialog: Locator) -> None:
        dialog.locator("summary").filter(has_text="How it takes over from version 3").click()
        dialog.get_by_role("radio", name=re.compile("As a canary")).check()
        dialog.get_by_label("First share in percent").fill("5")

    shown = promote(page, "in order", as_a_canary)
    expect(shown.get_by_role("status").filter(has_text="Nothing has changed yet")).to_be_visible(timeout=180_000)
    button(shown, "Stop").click()
    expect(shown).to_have_count(0, timeout=180_000)
    expect(front(page)).to_contain_text("Cancelled; nothing was changed.")
    live(page, "3")
    assert endpoint(client).operation is not None


def the_dialog_hands_out_the_cell(page: Page) -> None:
    page.locator("#jp-main-dock-panel").get_by_role("tab", name=f"Runs of {EXPERIMENT}").click()
    front(page).get_by_role("grid").get_by_text("in order", exact=True).click()
    button(front(page).get_by_role("complementary"), "Promote… (in order)").click()
    dialog = page.get_by_role("dialog")
    dialog.locator("summary").filter(has_text="How it takes over from version 3").click()
    dialog.get_by_role("radio", name=re.compile("As a shadow")).check()
    button(dialog, "Copy as cell").click()
    cell = page.locator(".jp-Notebook .jp-mod-active")
    expect(cell).to_contain_text(re.compile(r"%promote [0-9a-f]{32} --to late-flights --shadow"))
