"""What a person does in the page, in a few words each."""

from __future__ import annotations

import json
from pathlib import Path

from playwright.sync_api import Locator, Page

from tests.jupyter import Jupyter

NOTEBOOK = "cells.ipynb"


def open_lab(page: Page, lab: Jupyter, path: str = "") -> None:
    """Open JupyterLab and wait until it stands."""
    page.goto(f"{lab.url}lab{path}?token={lab.token}")
    page.wait_for_selector("#jp-main-dock-panel", timeout=60_000)
    page.wait_for_selector("#jupyterlab-splash", state="detached", timeout=60_000)


def open_sidebar(page: Page) -> None:
    """Click Labwright's tab, which must not be in front yet."""
    page.get_by_role("tab", name="Labwright").click()


def section(page: Page, capability: str) -> Locator:
    """A capability's section in the side bar."""
    return page.locator(f"#labwright-section-{capability}")


def front(page: Page) -> Locator:
    """The tab in front, if it is one of Labwright's."""
    return page.locator(".lw-Tab:visible")


def tab(page: Page, title: str) -> Locator:
    """The handle of a main-area tab."""
    return page.locator("#jp-main-dock-panel").get_by_role("tab", name=title)


def make_notebook(root: Path, *sources: str, kernel: str = "python3") -> None:
    """A notebook in the file browser."""
    cells = [
        {
            "cell_type": "code",
            "id": f"c{place}",
            "source": source,
            "metadata": {},
            "outputs": [],
            "execution_count": None,
        }
        for place, source in enumerate(sources)
    ]
    spec = {"name": kernel, "display_name": kernel, "language": "python"}
    (root / NOTEBOOK).write_text(
        json.dumps({"cells": cells, "metadata": {"kernelspec": spec}, "nbformat": 4, "nbformat_minor": 5})
    )
