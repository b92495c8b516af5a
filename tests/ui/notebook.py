"""The notebook in front, run and read through the page."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.state_folder import wait_until

# The execution prompts of all code cells, such as "[3]:"; a cell that waits or runs has "[*]:".
PROMPTS = "[...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')].map(one => one.textContent)"
WAITING = f"{PROMPTS}.some(prompt => prompt.includes('*'))"
PAUSE_MILLISECONDS = 500


def choose(page: Page, menu: str, *items: str) -> None:
    """Click through the menu bar."""
    page.get_by_role("menuitem", name=menu, exact=True).click()
    for item in items:
        # By its label alone: an item's accessible name has the keyboard's way in it.
        page.locator(".lm-Menu-itemLabel:visible").get_by_text(item, exact=True).click()


def run_all(page: Page, *, restart: bool = False, seconds: float = 60) -> list[str]:
    """Run all cells from the menu, in a new kernel if so asked, and wait for the end; gives what is marked as wrong.

    JupyterLab marks warnings and errors alike.
    """
    # Before its kernel is there, the menu asks which one it shall be.
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)
    choose(page, "Run", "Restart Kernel and Run All Cells…" if restart else "Run All Cells")
    if restart:
        page.get_by_role("dialog").get_by_role("button").get_by_text("Restart", exact=True).click()
    page.wait_for_function(WAITING, polling=50)
    # One that fails takes the others out of the queue, so this ends in any case.
    page.wait_for_function(f"!{WAITING}", timeout=seconds * 1000, polling=PAUSE_MILLISECONDS)
    return page.locator('.jp-Notebook [data-mime-type="application/vnd.jupyter.stderr"]').all_inner_texts()


def counts(page: Page) -> list[int | None]:
    """The code cells' execution counts."""
    prompts: list[str] = page.evaluate(PROMPTS)
    words = [prompt.strip(" []:") for prompt in prompts]
    return [int(word) if word else None for word in words]


def save(page: Page, path: Path) -> dict[str, Any]:
    """Save from the menu, and give what stands in the file then."""
    before = path.stat().st_mtime_ns
    choose(page, "File", "Save Notebook")
    expect(page.locator("#jp-main-dock-panel .lm-TabBar-tab.lm-mod-current")).not_to_have_class("jp-mod-dirty")
    # The server empties the file before it writes it.
    wait_until(lambda: path.stat().st_mtime_ns != before and _is_whole(path), "the notebook is saved")
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def _is_whole(path: Path) -> bool:
    try:
        json.loads(path.read_text())
    except ValueError:
        return False
    return True


def output(page: Page, text: str) -> Locator:
    """The output of the cell whose source begins with `text`, brought onto the screen."""
    cell = page.locator(".jp-Notebook .jp-CodeCell").filter(has=page.locator(".jp-Editor").get_by_text(text)).first
    found = cell.locator(".jp-OutputArea-output").last
    found.scroll_into_view_if_needed()
    return found


def use_theme(page: Page, name: str) -> None:
    """Choose JupyterLab Light or JupyterLab Dark from the menu."""
    choose(page, "Settings", "Theme", name)
    page.wait_for_function("name => document.body.dataset.jpThemeName === name", arg=name)
