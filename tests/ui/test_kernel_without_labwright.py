"""Copying a cell into a notebook whose kernel could not run it: one notice that says what to do, and no cell."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.jupyter import Jupyter
from tests.ui.notebook import run_all
from tests.ui.workbench import NOTEBOOK, make_notebook, open_lab, open_sidebar, section

SCRIPT = Path(__file__).with_name("kernel_without_labwright.py")


def add_kernel(lab: Jupyter, name: str) -> None:
    """A kernel of the user's own, beside those of the environment."""
    folder = lab.root.parent / "data" / "kernels" / name
    folder.mkdir(parents=True)
    spec = {
        "argv": [sys.executable, str(SCRIPT), "-f", "{connection_file}"],
        "display_name": "Bare",
        "language": "python",
    }
    (folder / "kernel.json").write_text(json.dumps(spec))


def copy_button(page: Page, lab: Jupyter) -> Locator:
    """A cluster in the side bar, and its button."""
    reply = lab.http.post("labwright/clusters", json={"name": "trees", "workers": 1})
    assert reply.is_success, reply.text
    open_sidebar(page)
    return section(page, "clusters").get_by_role("button", name="Copy as cell: connect to trees")


def test_a_kernel_without_labwright(page: Page, lab: Jupyter, errors: list[str]) -> None:
    add_kernel(lab, "bare")
    make_notebook(lab.root, "import labwright", kernel="bare")
    before = (lab.root / NOTEBOOK).read_bytes()
    open_lab(page, lab, f"/tree/{NOTEBOOK}")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("Bare | Idle", timeout=60_000)
    cells = page.locator(".jp-Notebook .jp-Cell")
    expect(cells).to_have_count(1)

    copy_button(page, lab).click()
    notice = page.get_by_role("alert").filter(has_text="Labwright")
    expect(notice).to_contain_text("This notebook’s kernel has no Labwright. Run %pip install labwright in a cell")
    expect(notice).to_have_count(1)
    expect(cells).to_have_count(1)
    assert (lab.root / NOTEBOOK).read_bytes() == before

    # The kernel is what it says it is: it cannot run what the cell would have loaded.
    (error,) = run_all(page)
    assert "No module named 'labwright'" in error
    assert errors == []


def test_a_notebook_without_a_kernel(page: Page, lab: Jupyter, errors: list[str]) -> None:
    make_notebook(lab.root, "1 + 1", kernel="gone")
    open_lab(page, lab, f"/tree/{NOTEBOOK}")
    page.get_by_role("dialog").get_by_role("button", name="No Kernel", exact=True).click()
    cells = page.locator(".jp-Notebook .jp-Cell")
    expect(cells).to_have_count(1)

    copy_button(page, lab).click()
    notice = page.get_by_role("alert").filter(has_text="kernel")
    expect(notice).to_contain_text("This notebook has no kernel. Choose a Python kernel, then copy the cell again.")
    expect(notice).to_have_count(1)
    expect(cells).to_have_count(1)
    assert errors == []
