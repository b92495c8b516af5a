"""The runs tab with 10,000 runs: what a person does with it, and what stays when the page is loaded again."""

from __future__ import annotations

import csv
import re
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.bench.many_runs import add_runs, make_store
from tests.jupyter import Jupyter, jupyter
from tests.state_folder import StateFolder, own_state_folder
from tests.ui.notebook import choose as choose_in_menu_bar
from tests.ui.other_runs import Mlflow
from tests.ui.payloads import PAYLOADS, count_hits, hits
from tests.ui.settings import choose
from tests.ui.workbench import NOTEBOOK, front, make_notebook, open_lab, open_sidebar, section

RUNS = 10_000
EXPERIMENT = "many"
ODD_NUMBERS: list[str | float] = ["NaN", "Infinity", "-Infinity", 0.5]
METRIC_NAMES = ["a/b c", "é.ö", "with-dash", "_", "x" * 250]
ODD = {"emoji": "🙂‍↔️ 数 ע", "long": "y" * 10_000, "empty": "", "not": "nan"}


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StateFolder]:
    """A state folder with a store of 10,000 runs."""
    with own_state_folder(tmp_path_factory.mktemp("many") / "home") as found:
        database = found.home / "mlflow" / "mlflow.db"
        make_store(database)
        add_runs(database, EXPERIMENT, runs=RUNS)
        yield found


@pytest.fixture(scope="module")
def lab(state: StateFolder) -> Iterator[Jupyter]:
    """JupyterLab over it; its panels look again every 5 seconds."""
    folder = state.home.parent / "jupyter"
    choose(folder, pollSeconds=5)
    with jupyter(folder, state.home, lab=True) as found:
        yield found


def open_runs(page: Page, lab: Jupyter, experiment: str = EXPERIMENT) -> Locator:
    """The tab of the experiment's runs, opened from the side bar; gives its grid."""
    open_lab(page, lab, f"/workspaces/{uuid.uuid4().hex}")  # what was chosen in another test is not chosen here
    open_sidebar(page)
    section(page, "experiments").get_by_text(experiment, exact=True).click(timeout=60_000)
    return grid(page)


def grid(page: Page) -> Locator:
    """The table in front, with rows in it."""
    found = front(page).get_by_role("grid")
    expect(rows(found).first).to_be_visible(timeout=60_000)
    return found


def rows(table: Locator) -> Locator:
    """Names of the runs on the screen."""
    return table.locator(".lw-Grid-name")


def header(table: Locator, name: str) -> Locator:
    return table.get_by_role("columnheader", name=name, exact=True)


def column(table: Locator, name: str) -> list[str]:
    """The texts on the screen in a column, from the top."""
    index = header(table, name).get_attribute("aria-colindex")
    return table.locator(f'[aria-rowindex]:not([aria-rowindex="1"]) > [aria-colindex="{index}"]').all_inner_texts()


def count(page: Page) -> Locator:
    """The line that says how many runs there are."""
    return front(page).locator(".lw-Runs-count")


def shown(table: Locator) -> list[str]:
    """Names of the columns, in their order."""
    return table.get_by_role("columnheader").filter(has_not=table.get_by_role("checkbox")).all_inner_texts()


def choose_in_menu(page: Page, label: str) -> None:
    page.locator(".lm-Menu-itemLabel:visible").get_by_text(label, exact=True).click()


def test_rows_come_where_one_looks(page: Page, lab: Jupyter, errors: list[str]) -> None:
    table = open_runs(page, lab)
    expect(count(page)).to_have_text("10,000 runs")
    expect(table).to_have_attribute("aria-rowcount", str(RUNS + 1))
    expect(rows(table).first).to_have_text("run-9999")
    drawn = table.locator(".lw-Grid-row").count()
    assert drawn < 100, f"{drawn} of {RUNS} rows are in the page"

    # To the end, a jump into the middle, and back, by pointer and by keys.
    table.evaluate("one => { one.scrollTop = one.scrollHeight; }")
    expect(table.get_by_text("run-0", exact=True)).to_be_visible()
    table.evaluate("one => { one.scrollTop = one.scrollHeight / 2; }")
    expect(table.get_by_text("run-5000", exact=True)).to_be_visible()
    table.focus()
    page.keyboard.press("Control+End")
    expect(table.get_by_text("run-0", exact=True)).to_be_visible()
    expect(table.locator(".lw-mod-active")).to_be_visible()
    page.keyboard.press("Control+Home")
    expect(rows(table).first).to_have_text("run-9999")

    # Rows are ticked with the space bar and, with Shift, from there on.
    page.keyboard.press("Space")
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")
    expect(table.get_by_role("row", selected=True)).to_have_count(4)
    expect(front(page).get_by_role("button", name="Compare 4", exact=True)).to_be_enabled()
    table.get_by_role("checkbox", name="Tick run-9990", exact=True).click()
    table.get_by_role("checkbox", name="Tick run-9986", exact=True).click(modifiers=["Shift"])
    expect(front(page).get_by_role("button", name="Compare 9", exact=True)).to_be_enabled()
    table.get_by_role("checkbox", name="Tick all").click()
    expect(table.get_by_role("row", selected=True)).to_have_count(0)
    table.get_by_role("checkbox", name="Tick all").click()
    expect(front(page).get_by_text("10,000 ticked")).to_be_visible()
    expect(front(page).get_by_role("button", name="Compare 10000", exact=True)).to_be_disabled()
    front(page).get_by_role("button", name="Untick all").click()

    # Enter opens a run's details; Escape closes them.
    table.focus()
    page.keyboard.press("Control+Home")
    page.keyboard.press("Enter")
    details = front(page).get_by_role("complementary", name="Details of the run")
    expect(details.get_by_role("heading", name="run-9999")).to_be_visible()
    expect(details).to_contain_text("flights.ipynb")
    expect(details.locator("dt").get_by_text("learning_rate")).to_be_visible()
    table.focus()
    page.keyboard.press("Escape")
    expect(details).to_have_count(0)
    assert errors == []


def test_sort_search_and_groups(page: Page, lab: Jupyter, errors: list[str]) -> None:
    table = open_runs(page, lab)
    header(table, "accuracy").locator(".lw-Grid-label").click()
    expect(header(table, "accuracy")).to_have_attribute("aria-sort", "descending")
    expect(rows(table).first).not_to_have_text("run-9999")
    values = [float(value) for value in column(table, "accuracy")]
    assert values == sorted(values, reverse=True)
    # A second key, with Shift; the first stays the first.
    header(table, "Status").locator(".lw-Grid-label").click(modifiers=["Shift"])
    expect(header(table, "Status")).to_have_attribute("aria-sort", "ascending")
    expect(header(table, "accuracy")).to_have_attribute("aria-sort", "descending")

    # MLflow's syntax; what is wrong with it is said beside the field, and the rows stay.
    field = front(page).get_by_label("Filter in MLflow’s search syntax")
    field.fill("metrics.accuracy > 0.5 AND params.optimizer = 'adam'")
    field.press("Enter")
    expect(count(page)).to_have_text(re.compile(r"^[\d,]+ of 10,000 runs$"))
    assert all(float(value) > 0.5 for value in column(table, "accuracy"))
    field.fill("metrics.accuracy >")
    field.press("Enter")
    expect(front(page).get_by_role("search").get_by_role("alert")).not_to_be_empty()
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(rows(table).first).to_be_visible()
    front(page).get_by_role("button", name="Help with the filter").click()
    front(page).get_by_role("dialog", name="Help with the filter").get_by_text("status = 'FAILED'").click()
    expect(field).to_have_value("attributes.status = 'FAILED'")
    expect(front(page).get_by_role("search").get_by_role("alert")).to_have_count(0)
    expect(rows(table).first).to_be_visible()
    assert set(column(table, "Status")) == {"failed"}
    field.fill("")

    # Plain words find a run by anything it holds.
    front(page).get_by_label("Words in a run").fill("run-777 ")
    expect(count(page)).to_have_text("11 of 10,000 runs")
    front(page).get_by_label("Words in a run").fill("nobody has this")
    expect(front(page)).to_contain_text("No run matches.")
    front(page).get_by_role("button", name="Show all runs").click()
    expect(count(page)).to_have_text("10,000 runs")

    # Groups have means with their spread; a click opens one.
    front(page).get_by_label("Group by").select_option("params.optimizer")
    expect(count(page)).to_have_text("4 groups")
    assert sorted(rows(table).all_inner_texts()) == ["adam", "lion", "rmsprop", "sgd"]
    assert all("±" in text for text in column(table, "accuracy"))
    rows(table).get_by_text("lion").click()
    expect(count(page)).to_contain_text("optimizer: lion")
    expect(rows(table).first).to_contain_text("run-")
    front(page).get_by_role("button", name="optimizer: lion").click()
    expect(count(page)).to_have_text("10,000 runs")
    assert errors == []


def test_columns_are_kept_and_linked(page: Page, lab: Jupyter, context: BrowserContext, errors: list[str]) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    table = open_runs(page, lab)
    before = shown(table)
    front(page).get_by_role("button", name="Columns", exact=True).click()
    chooser = front(page).get_by_role("dialog", name="Columns")
    chooser.get_by_label("Search columns").fill("metric_1")
    chooser.get_by_role("checkbox", name="metric_12", exact=True).check()
    chooser.get_by_label("Search columns").fill("dura")
    chooser.get_by_role("checkbox", name="Duration", exact=True).uncheck()
    page.keyboard.press("Escape")
    expect(chooser).to_have_count(0)
    expect(header(table, "Duration")).to_have_count(0)

    # A new column comes last. It is dragged before Started, pinned, and made wider.
    table.evaluate("one => { one.scrollLeft = one.scrollWidth; }")
    expect(header(table, "metric_12")).to_be_visible()
    table.focus()
    header(table, "metric_12").click(button="right")
    choose_in_menu(page, "Pin")
    table.evaluate("one => { one.scrollLeft = 0; }")
    expect(header(table, "metric_12")).to_have_attribute("aria-colindex", "3")
    edge = header(table, "metric_12").locator(".lw-Grid-edge").bounding_box()
    assert edge
    page.mouse.move(edge["x"] + 3, edge["y"] + 10)
    page.mouse.down()
    page.mouse.move(edge["x"] + 63, edge["y"] + 10, steps=4)
    page.mouse.up()
    drag(page, header(table, "Started"), header(table, "Status"))
    expect(header(table, "Started")).to_have_attribute("aria-colindex", "4")
    wide = header(table, "metric_12").bounding_box()
    assert wide
    header(table, "accuracy").hover()
    header(table, "accuracy").get_by_role("button").click()
    choose_in_menu(page, "Largest Value")
    expect(header(table, "accuracy max")).to_be_visible()
    header(table, "accuracy max").locator(".lw-Grid-label").click()
    table.evaluate("one => { one.scrollTop = 5000; }")
    kept = shown(table)
    assert kept != before

    # It is all there after a reload, and in another browser that follows the link.
    front(page).get_by_role("button", name="Copy link to this view").click()
    link: str = page.evaluate("navigator.clipboard.readText()")
    page.wait_for_timeout(1500)  # JupyterLab writes its state down at its leisure
    page.reload()
    table = grid(page)
    assert shown(table) == kept
    expect(header(table, "accuracy max")).to_have_attribute("aria-sort", "descending")
    box = header(table, "metric_12").bounding_box()
    assert box
    assert abs(box["width"] - wide["width"]) < 1

    assert lab.token not in link
    assert page.context.browser
    other = page.context.browser.new_context()
    try:
        theirs = other.new_page()
        theirs.set_viewport_size({"width": 1400, "height": 900})
        open_lab(theirs, lab, "/workspaces/theirs")
        theirs.goto(link.replace("/lab?", "/lab/workspaces/theirs?"))
        assert shown(grid(theirs)) == kept
        assert "labwright=" not in theirs.url
        # A link that somebody tampered with opens nothing, and says so.
        theirs.goto(f"{lab.url}lab/workspaces/theirs?labwright=runs.{'A' * 40}")
        expect(theirs.locator(".Toastify__toast")).to_contain_text("damaged", timeout=60_000)
    finally:
        other.close()

    front(page).get_by_role("button", name="Columns", exact=True).click()
    chooser.get_by_role("button", name="Default").click()
    page.keyboard.press("Escape")
    expect(header(table, "Duration")).to_be_visible()
    assert errors == []


def drag(page: Page, what: Locator, onto: Locator) -> None:
    """Drag a column's name onto the left half of another's."""
    a, b = what.bounding_box(), onto.bounding_box()
    assert a
    assert b
    page.mouse.move(a["x"] + 30, a["y"] + 12)
    page.mouse.down()
    page.mouse.move(a["x"] + 10, a["y"] + 12, steps=3)
    page.mouse.move(b["x"] + 10, b["y"] + 12, steps=6)
    page.mouse.up()


def test_many_runs_at_once(page: Page, lab: Jupyter, tmp_path: Path, errors: list[str]) -> None:
    table = open_runs(page, lab)
    words = front(page).get_by_label("Words in a run")
    words.fill("run-123")
    expect(count(page)).to_have_text("11 of 10,000 runs")
    table.get_by_role("checkbox", name="Tick all").click()
    front(page).get_by_role("button", name="Tag…").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("reviewed")
    dialog.get_by_label("Value", exact=True).fill("yes <b>")
    dialog.get_by_role("button", name="Tag", exact=True).click()
    toasts = page.locator(".Toastify__toast")
    expect(toasts.filter(has_text="Tagged 11 runs.")).to_be_visible()
    field = front(page).get_by_label("Filter in MLflow’s search syntax")
    field.fill("tags.reviewed = 'yes <b>'")
    field.press("Enter")
    words.fill("")
    expect(count(page)).to_have_text("11 of 10,000 runs")

    # Archived runs leave the table and can be had back at once.
    front(page).get_by_role("button", name="Archive", exact=True).click()
    expect(toasts.filter(has_text="Archived 11 runs.")).to_be_visible()
    expect(count(page)).to_have_text("0 of 9,989 runs")
    front(page).get_by_label("Which runs").select_option("archived")
    expect(count(page)).to_have_text("11 of 11 runs")
    toasts.filter(has_text="Archived 11 runs.").get_by_role("button", name="Restore").click()
    expect(toasts.filter(has_text="Restored 11 runs.")).to_be_visible()
    expect(count(page)).to_have_text(re.compile("^0 "))
    front(page).get_by_label("Which runs").select_option("active")
    expect(count(page)).to_have_text("11 of 10,000 runs")

    # A file holds what the table finds.
    front(page).get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        choose_in_menu(page, "CSV")
    assert download.value.suggested_filename == "many.csv"
    download.value.save_as(tmp_path / "many.csv")
    with open(tmp_path / "many.csv", newline="") as file:
        found = list(csv.DictReader(file))
    assert sorted(row["name"] for row in found) == sorted(["run-123", *(f"run-{1230 + place}" for place in range(10))])
    front(page).get_by_role("button", name="Export", exact=True).click()
    with page.expect_download() as download:
        choose_in_menu(page, "Parquet")
    download.value.save_as(tmp_path / "many.parquet")
    assert (tmp_path / "many.parquet").read_bytes()[:4] == b"PAR1"
    assert errors == []


def test_rows_are_live(page: Page, lab: Jupyter, state: StateFolder, errors: list[str]) -> None:
    table = open_runs(page, lab)
    expect(count(page)).to_have_text("10,000 runs")
    table.evaluate("one => { one.scrollTop = 28 * 300; }")
    expect(table.get_by_text("run-9695", exact=True)).to_be_visible()
    table.get_by_role("checkbox", name="Tick run-9695", exact=True).click()
    place = table.get_by_text("run-9695", exact=True).bounding_box()

    # A run that another process makes comes above; what is read stays where it is, and ticked.
    mlflow = Mlflow(lab, state, EXPERIMENT)
    run = mlflow.start("live one")
    expect(count(page)).to_have_text("10,001 runs")
    expect(table.get_by_text("run-9695", exact=True)).to_be_visible()
    now = table.get_by_text("run-9695", exact=True).bounding_box()
    assert place
    assert now
    assert abs(place["y"] - now["y"]) < 3
    expect(table.get_by_role("checkbox", name="Tick run-9695", exact=True)).to_be_checked()

    # Its row follows it while it goes on.
    table.evaluate("one => { one.scrollTop = 0; }")
    live = table.get_by_role("row").filter(has_text="live one")
    expect(live).to_contain_text("running")
    mlflow.log(run, "accuracy", 0.123456)
    expect(live).to_contain_text("0.12346")
    mlflow.end(run)
    expect(live).to_contain_text("finished")

    # Who does not look is not told: a page behind another tab asks for nothing.
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url) if "/table?" in one.url else None)
    choose_in_menu_bar(page, "File", "New Launcher")
    expect(table).to_be_hidden()
    run = mlflow.start("unseen")
    page.wait_for_timeout(6000)  # panels look again every five seconds
    assert asked == []
    front_again = page.locator("#jp-main-dock-panel").get_by_role("tab", name="Runs of many")
    front_again.click()
    expect(count(page)).to_have_text("10,002 runs")
    mlflow.end(run)
    assert errors == []


def test_names_and_values_are_text(page: Page, lab: Jupyter, state: StateFolder, errors: list[str]) -> None:
    count_hits(page)
    mlflow = Mlflow(lab, state, f"of script {PAYLOADS[1]}")
    for place, payload in enumerate(PAYLOADS):
        tags = {"note": payload, "labwright.notebook": f"{payload}.ipynb", "mlflow.source.name": payload}
        run = mlflow.start(payload, params={"text": payload, **ODD}, tags=tags)
        if place == 0:
            for number, name in enumerate(METRIC_NAMES):
                mlflow.log(run, name, ODD_NUMBERS[number % 4])
        mlflow.end(run)
    table = open_runs(page, lab, mlflow.experiment)
    expect(count(page)).to_have_text(f"{len(PAYLOADS)} runs")

    # Everything there is, as columns; and every row once on the screen.
    front(page).get_by_role("button", name="Columns", exact=True).click()
    chooser = front(page).get_by_role("dialog", name="Columns")
    for box in chooser.get_by_role("checkbox").all():
        box.check()
    page.keyboard.press("Escape")
    for share in (0, 0.5, 1):
        for side in (0, 0.3, 0.6, 1):
            table.evaluate(
                "(one, [x, y]) => one.scrollTo({ left: x * one.scrollWidth, top: y * one.scrollHeight })", [side, share]
            )
            page.wait_for_timeout(150)
    expect(rows(table).get_by_text(PAYLOADS[0], exact=True)).to_be_visible()
    assert {"nan", "inf", "-inf"} <= set(table.locator(".lw-mod-number").all_inner_texts())

    # The menus, the details, the groups and the dialogs say them as they are.
    table.evaluate("one => one.scrollTo({ left: 0, top: 0 })")
    header(table, "Run").click(button="right")
    page.keyboard.press("Escape")
    for payload in PAYLOADS[-3:]:
        rows(table).get_by_text(payload, exact=True).click()
        details = front(page).get_by_role("complementary", name="Details of the run")
        expect(details.get_by_role("heading", level=2)).to_have_text(payload)
        expect(details).to_contain_text(f"{payload}.ipynb")
    details.get_by_role("button", name="Open the notebook at the cell").click()
    expect(page.locator(".Toastify__toast")).to_contain_text("is not there any more")
    rows(table).first.click(button="right")
    expect(page.locator(".lm-Menu:visible")).to_contain_text("Copy Run ID")
    page.keyboard.press("Escape")
    front(page).get_by_label("Group by").select_option("tags.note")
    expect(count(page)).to_have_text(f"{len(PAYLOADS)} groups")
    rows(table).first.click()
    expect(count(page)).to_contain_text("1 of")
    table.get_by_role("checkbox", name="Tick all").click()
    front(page).get_by_role("button", name="Tag…").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    front(page).get_by_label("Words in a run").fill(PAYLOADS[3])
    expect(front(page)).to_contain_text("1 of")
    assert hits(page) == 0
    assert errors == []


def test_a_run_leads_to_its_cell(page: Page, lab: Jupyter, state: StateFolder, errors: list[str]) -> None:
    make_notebook(lab.root, *(f"value = {place}" for place in range(40)))
    mlflow = Mlflow(lab, state, "made in a notebook")
    # By the path that the kernel knows, and the cell's id.
    tags = {"labwright.notebook": str(lab.root / NOTEBOOK), "labwright.cell": "9", "labwright.cell_id": "c33"}
    mlflow.end(mlflow.start("from a cell", tags=tags))
    table = open_runs(page, lab, mlflow.experiment)
    rows(table).first.click(button="right")
    expect(page.locator(".lm-Menu-item.lm-mod-disabled")).to_contain_text(["nothing was recorded", "no model"])
    choose_in_menu(page, "Open Notebook at Its Cell")
    active = page.locator(".jp-NotebookPanel:visible .jp-Notebook .jp-mod-active")
    expect(active).to_contain_text("value = 33", timeout=60_000)
    expect(active).to_be_in_viewport()
    assert errors == []
