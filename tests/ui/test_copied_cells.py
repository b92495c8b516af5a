"""A name is anybody's text: a copied cell names what it is about, and never runs its name."""

from __future__ import annotations

from string import ascii_lowercase

from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter
from tests.ui.notebook import run_all, save
from tests.ui.workbench import NOTEBOOK, front, make_notebook, open_lab, open_sidebar, section

PLAIN = {"flights-delay": "%compare --experiment flights-delay ", "two words": "%compare --experiment 'two words' "}

# IPython evaluates {expression} and $name in a magic's line, and splits lines at more signs than a newline. A name that
# is run makes a file beside the notebook.
HOSTILE = [
    "{open('hit', 'w')}",
    """'{open("hit", "w")}'""",
    "$HOME and ${open('hit', 'w')}",
    "quotes ' \" ''' \"\"\"); open('hit', 'w') #",
    "two\n!touch hit\n%%writefile hit\nopen('hit', 'w')",
    "more\u2028!touch hit\u2029\x85!touch hit\x0b!touch hit\x0c!touch hit",
    "back\\slash\\",
    "\\\"); open('hit', 'w') #",
    "--by",
    "😀 {open('hit', 'w')} \U000e0041",
    "which?",
]
NAMES = [*PLAIN, *HOSTILE]
RUNS = [f"run {letter}" for letter in ascii_lowercase[: len(NAMES)]]

TRACK = f"""%load_ext labwright
import labwright as lw
if "names" not in globals():
    names = {dict(zip(RUNS, NAMES, strict=True))!a}
    for run, name in names.items():
        with lw.experiments.track(name, name=run):
            pass
"""


def test_a_copied_cell_names_and_does_not_run(page: Page, lab: Jupyter, errors: list[str]) -> None:
    make_notebook(lab.root, TRACK)
    open_lab(page, lab, f"/tree/{NOTEBOOK}")
    assert run_all(page, seconds=120) == []
    open_sidebar(page)
    for run in RUNS:
        section(page, "experiments").locator(".lw-Item-line").filter(has_text=run).click(timeout=60_000)
        expect(front(page)).to_contain_text(run)
        front(page).get_by_role("button", name="Copy as cell: compare").click()
        expect(page.locator(".jp-NotebookPanel:visible")).to_have_count(1)  # it comes to the front by itself
    assert run_all(page, seconds=180) == []

    cells = save(page, lab.root / NOTEBOOK)["cells"][1:]
    assert len(cells) == len(NAMES)
    for run, name in zip(RUNS, NAMES, strict=True):
        shown = [cell for cell in cells if run in str(cell["outputs"])]
        assert len(shown) == 1, f"{name!r} is compared once"
        assert not any(other in str(shown[0]["outputs"]) for other in RUNS if other != run)
        source = "".join(shown[0]["source"])
        assert source.startswith(PLAIN.get(name, "import labwright as lw\n\nlw.experiments.compare(experiment="))
    assert not (lab.root / "hit").exists(), "a name was run"
    assert errors == []
