"""Chromium as the tests start it, and JupyterLab with Labwright over a state folder of the test's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter, jupyter
from tests.state_folder import StateFolder
from tests.ui.browser import CHROMIUM, FLAGS
from tests.ui.settings import choose

expect.set_options(timeout=30_000)


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args() -> dict[str, Any]:
    return {"viewport": {"width": 1400, "height": 900}}


@pytest.fixture
def lab(other_home: StateFolder, tmp_path: Path) -> Iterator[Jupyter]:
    """JupyterLab; its panels look again every 5 seconds."""
    choose(tmp_path / "jupyter", pollSeconds=5)
    with jupyter(tmp_path / "jupyter", other_home.home, lab=True) as found:
        yield found


@pytest.fixture
def errors(page: Page) -> list[str]:
    """What the page's scripts threw; a test ends by asserting that it is empty."""
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    return thrown
