"""The comparison tab: a hundred runs with long curves; two runs with all that was recorded; names that are script."""

from __future__ import annotations

import json
import re
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from labwright.experiments.capture import names
from tests.bench.many_runs import make_store
from tests.jupyter import Jupyter, jupyter
from tests.many_curves import add_runs
from tests.state_folder import own_state_folder
from tests.ui.payloads import PAYLOADS, count_hits, hits
from tests.ui.settings import choose
from tests.ui.workbench import front, open_lab, open_sidebar, section

RUNS, METRICS, STEPS = 100, 10, 1000
BASE_COLOUR = [78, 136, 199]
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63606060f80f0001040100"
    "5fe5c34b0000000049454e44ae426082"
)
# How many pixels of a chart have a colour.
PAINTED = """(figure, [red, green, blue]) => {
  const canvas = figure.querySelector('.uplot canvas');
  if (!canvas) return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let found = 0;
  for (let i = 0; i < data.length; i += 4) {
    const near = (value, wanted) => Math.abs(value - wanted) < 12;
    if (data[i + 3] > 200 && near(data[i], red) && near(data[i + 1], green) && near(data[i + 2], blue)) found += 1;
  }
  return found;
}"""


@dataclass
class Lab:
    """JupyterLab over the runs of this file."""

    jupyter: Jupyter
    database: Path
    many: list[str]
    recorded: list[str]


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """A sweep of 100 runs, and runs with names, cells, packages, files and tables that want to be script."""
    folder = tmp_path_factory.mktemp("compare")
    choose(folder / "jupyter", pollSeconds=60)
    with own_state_folder(folder / "home") as state:
        database = state.home / "mlflow" / "mlflow.db"
        make_store(database)
        many = add_runs(database, "sweep", runs=RUNS, metrics=METRICS, steps=STEPS)
        keys = tuple(payload[:60] for payload in PAYLOADS[:4])
        recorded = add_runs(database, "recorded", runs=len(PAYLOADS), steps=30, names=tuple(PAYLOADS), keys=keys)
        for number, run_id in enumerate(recorded):
            record(database, run_id, number)
        with jupyter(folder / "jupyter", state.home, lab=True) as found:
            yield Lab(found, database, many, recorded)


def record(database: Path, run_id: str, number: int) -> None:
    """What a notebook's run keeps beside its numbers, written where MLflow's server keeps it."""
    payload = PAYLOADS[number]
    with closing(sqlite3.connect(database, timeout=60)) as connection, connection:
        rows = [(run_id, f"odd {payload}"[:250], payload), (run_id, payload[:250], f"{payload} {number}")]
        connection.executemany("INSERT INTO params (run_uuid, key, value) VALUES (?, ?, ?)", rows)
        (place,) = connection.execute("SELECT experiment_id FROM runs WHERE run_uuid = ?", [run_id]).fetchone()
    folder = database.parent / "artifacts" / str(place) / run_id / "artifacts"
    cell: dict[str, Any] = {"execution_count": 1, "started": None, "seconds": 0.1}
    files: dict[str, str | bytes] = {
        names.CELLS_FILE: json.dumps(
            [
                cell | {"order": 1, "source": "import numpy\n" * 20},
                cell | {"order": 2, "execution_count": 7, "source": f"rate = 0.{number}\n# {payload}"},
            ]
        ),
        names.LOCK_FILE: f"numpy==2.4.{number}\npandas==2.3\n{payload}\nodd==1{payload}\n",
        names.CONTEXT_FILE: json.dumps(
            {
                "git": {"commit": f"c0ffee{number}", "branch": payload, "changed_files": 0},
                "data": [{"name": payload, "digest": f"{payload}{number}", "rows": 5}],
                "left_out": [payload],
            }
        ),
        names.DIFF_FILE: f"+{payload}\n",
        "confusion.png": PNG,
        f"{payload.replace('/', '_')[:80]}.png": PNG,
        "plot.svg": "<svg xmlns='http://www.w3.org/2000/svg' onload='top.hit()' width='9' height='9'>"
        "<script>top.hit()</script></svg>",
        "report.csv": f"name,{payload.replace(',', '')}\nscore,{number}\n{payload.replace(',', '')},1\n",
        "page.html": payload,
    }
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())


def compare_all(page: Page, lab: Lab, experiment: str, runs: int) -> None:
    """Tick all runs of an experiment in its table, and compare them."""
    open_lab(page, lab.jupyter, f"/workspaces/{uuid.uuid4().hex}")  # what another test opened is not open here
    open_sidebar(page)
    section(page, "experiments").get_by_text(experiment, exact=True).click(timeout=90_000)
    front(page).get_by_role("checkbox", name="Tick all").click(timeout=60_000)
    front(page).get_by_role("button", name=f"Compare {runs}", exact=True).click()
    expect(front(page).get_by_role("heading", name=f"Comparison of {runs} runs")).to_be_visible(timeout=60_000)


def part(page: Page, name: str) -> Locator:
    """A part of the comparison in front, brought onto the screen."""
    found = front(page).locator(f"[data-part={name}]").first
    found.evaluate("part => part.scrollIntoView()")
    return found


def chart(page: Page, metric: str) -> Locator:
    """The chart of a metric, painted."""
    found = front(page).locator(f'.lw-Curve[data-metric="{metric}"]')
    expect(found.locator(".uplot canvas").first).to_be_visible()
    return found


def painted(figure: Locator, colour: list[int]) -> int:
    found: int = figure.evaluate(PAINTED, colour)
    return found


def values(lab: Lab, run_id: str, metric: str) -> dict[int, float]:
    with closing(sqlite3.connect(lab.database)) as connection:
        rows = connection.execute("SELECT step, value FROM metrics WHERE run_uuid = ? AND key = ?", [run_id, metric])
        return dict(rows.fetchall())


def drag(page: Page, on: Locator, start: float, end: float) -> None:
    """Drag over an element, from one share of its width to another."""
    box = on.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * start, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()


def test_a_hundred_runs(page: Page, lab: Lab, errors: list[str]) -> None:
    compare_all(page, lab, "sweep", RUNS)
    table = part(page, "values").get_by_role("table")
    runs = front(page).get_by_role("complementary")
    expect(runs.get_by_role("listitem")).to_have_count(RUNS)
    # A row a run, what is the same is not there; the base is the first that was ticked.
    expect(table.get_by_role("row")).not_to_have_count(RUNS + 1)  # rows that are not on the screen are not in the page
    base = runs.get_by_role("listitem").filter(has_text="base").get_by_role("button", pressed=False).first.inner_text()
    expect(table.get_by_role("rowheader").first).to_contain_text(base)
    expect(table.get_by_role("columnheader", name="Parameters seed")).to_have_count(0)
    region = part(page, "values").get_by_role("region", name="Comparison")
    region.evaluate("box => { box.scrollTop = box.scrollHeight; box.scrollLeft = box.scrollWidth; }")
    expect(table.get_by_role("columnheader", name="optimizer")).to_be_visible()

    # All charts over one range: drawn in one, zoomed in all, exact where the points are few.
    part(page, "curves")
    first, second = chart(page, "accuracy_1"), chart(page, "accuracy_3")
    expect(first).to_contain_text("thinned, peaks kept")
    expect(first).to_have_attribute("data-exact", "false")
    assert painted(first, BASE_COLOUR) > 50, "no curve is drawn"
    words = first.get_by_role("img").get_attribute("aria-label") or ""
    assert words.startswith(f"accuracy_1: curves of {RUNS} runs from 0 to {STEPS - 1}; last values: ")
    drag(page, first.locator(".u-over"), 0.4, 0.5)
    expect(first).to_have_attribute("data-exact", "true")
    expect(second).to_have_attribute("data-exact", "true")
    strip = front(page).get_by_role("group", name="Range of all charts")
    low, high = sorted(
        int(word) for word in (strip.get_attribute("aria-label") or "").split(": ")[1].split(".")[0].split(" – ")
    )
    assert 380 <= low < high <= 520

    # One run alone: its value under the pointer is the one that was logged.
    runs.get_by_role("button", name="run 042", exact=True).click()
    over = first.locator(".u-over")
    over.hover()
    tip = first.locator(".lw-Curve-tip")
    expect(tip.locator(".lw-Curve-tip-row")).to_have_count(1)
    expect(tip).to_contain_text("run 042")
    step = int(tip.locator(".lw-Curve-tip-head").first.inner_text())
    assert low <= step <= high
    logged = values(lab, lab.many[42], "accuracy_1")[step]
    expect(tip.locator(".lw-Curve-tip-value")).to_have_text(f"{logged:.5g}")
    runs.get_by_role("button", name="run 042", exact=True).click()

    # The strip moves the range; twice clicked all is there again.
    drag(page, strip, 0.8, 0.9)
    expect(strip).to_have_attribute("aria-label", re.compile(r"(79\d|80\d) – (89\d|90\d)"))
    strip.dblclick()
    expect(first).to_have_attribute("data-exact", "false")

    # Smooth, logarithmic, over time.
    before = painted(first, BASE_COLOUR)
    front(page).get_by_role("slider", name="Smoothing").fill("0.9")
    page.wait_for_function(
        f"([figure, colour, before]) => ({PAINTED})(figure, colour) !== before",
        arg=[first.element_handle(), BASE_COLOUR, before],
    )
    front(page).get_by_role("checkbox", name="log y").check()
    front(page).get_by_role("checkbox", name="log x").check()
    expect(first).to_contain_text("have no place on a log axis")
    front(page).get_by_role("checkbox", name="log x").uncheck()
    front(page).get_by_label("Over").select_option("time since start")
    expect(first.get_by_role("img")).to_have_attribute("aria-label", re.compile("from 0 s to 16 min"))
    assert errors == []


def test_relations_and_what_comes_back(page: Page, lab: Lab, errors: list[str]) -> None:
    compare_all(page, lab, "sweep", RUNS)
    runs = front(page).get_by_role("complementary")
    relations = part(page, "relations")
    lines, dots = relations.locator(".lw-Parallel-line"), relations.locator(".lw-Scatter-dot")
    expect(lines).to_have_count(RUNS)
    expect(dots).to_have_count(RUNS)
    axes = relations.locator(".lw-Parallel-axis")
    keys = [axis.get_attribute("data-axis") for axis in axes.all()]
    assert keys == [
        "params.depth",
        "params.learning_rate",
        "params.optimizer",
        "costs.wall_seconds",
        "metrics.accuracy_1",
    ]

    # Cost against quality, with the runs that no other beats in both.
    scatter = relations.get_by_role("img", name="accuracy_1 against wall time (s) for 100 runs")
    expect(scatter.locator(".lw-Scatter-front")).to_be_attached()
    front_runs = dots.and_(page.locator(".lw-mod-front"))
    points = {run_id: (cost(lab, run_id), values(lab, run_id, "accuracy_1")[STEPS - 1]) for run_id in lab.many}
    best = {
        run_id for run_id, (x, y) in points.items()
        if not any((a <= x and b >= y) and (a, b) != (x, y) for a, b in points.values())
    }  # fmt: skip
    assert {dot.get_attribute("data-run") for dot in front_runs.all()} == best

    # Axes: a brush filters everywhere, a name is moved by the keyboard and by the mouse, a scale becomes logarithmic.
    brush = relations.locator('[data-axis="metrics.accuracy_1"] .lw-Parallel-brush')
    box = brush.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 9, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 9, box["y"] + box["height"] / 4, steps=4)
    page.mouse.up()
    expect(runs).to_contain_text("within the brushes")
    within = int(runs.get_by_text("within the brushes").inner_text().split()[0])
    assert 0 < within < RUNS
    expect(dots.and_(page.locator(".lw-mod-faint"))).to_have_count(RUNS - within)
    relations.get_by_role("button", name="Clear the brushes").click()
    expect(dots.and_(page.locator(".lw-mod-faint"))).to_have_count(0)
    relations.get_by_role("button", name="Axis learning_rate: ").press("ArrowLeft")
    expect(axes.first).to_have_attribute("data-axis", "params.learning_rate")
    relations.get_by_role("button", name="Logarithmic axis learning_rate").click()
    expect(relations.get_by_role("button", name="Logarithmic axis learning_rate", pressed=True)).to_be_visible()
    relations.get_by_role("button", name="Axis depth: ").drag_to(
        relations.get_by_role("button", name="Axis accuracy_1: "), force=True
    )
    expect(axes.last).to_have_attribute("data-axis", "params.depth")

    # A run that is clicked stands out everywhere; another becomes the base; one is hidden.
    relations.locator(f'.lw-Scatter-dot[data-run="{lab.many[5]}"]').click(force=True)
    expect(runs.get_by_role("button", name="run 005", exact=True, pressed=True)).to_be_visible()
    expect(lines.and_(page.locator(".lw-mod-faint"))).to_have_count(RUNS - 1)
    runs.get_by_role("button", name="Make run 005 the base").click()
    runs.get_by_role("checkbox", name="Show run 006").uncheck()
    expect(lines).to_have_count(RUNS - 1)
    page.wait_for_timeout(1500)  # JupyterLab writes its layout and state down at its leisure
    with closing(sqlite3.connect(lab.database, timeout=60)) as connection, connection:
        connection.execute("UPDATE runs SET lifecycle_stage = 'deleted' WHERE run_uuid = ?", [lab.many[7]])
    page.reload()
    expect(front(page).get_by_role("heading", name="Comparison of 99 runs")).to_be_visible(timeout=60_000)
    expect(front(page)).to_contain_text(f"{lab.many[7][:8]} This run was archived")
    runs = front(page).get_by_role("complementary")
    expect(runs).to_contain_text("98 of 99 runs shown")
    expect(runs.get_by_role("listitem").filter(has_text="base")).to_contain_text("run 005")
    expect(runs.get_by_role("button", name="run 005", exact=True, pressed=True)).to_be_visible()
    part(page, "relations")
    expect(axes.first).to_have_attribute("data-axis", "params.learning_rate")
    expect(axes.last).to_have_attribute("data-axis", "params.depth")
    with closing(sqlite3.connect(lab.database, timeout=60)) as connection, connection:
        connection.execute("UPDATE runs SET lifecycle_stage = 'active' WHERE run_uuid = ?", [lab.many[7]])
    assert errors == []


def cost(lab: Lab, run_id: str) -> float:
    with closing(sqlite3.connect(lab.database)) as connection:
        find = "SELECT value FROM tags WHERE run_uuid = ? AND key = 'labwright.cost.wall_seconds'"
        return float(connection.execute(find, [run_id]).fetchone()[0])


def test_what_was_recorded_side_by_side_and_no_name_is_script(
    page: Page, context: BrowserContext, lab: Lab, errors: list[str]
) -> None:
    count_hits(page)
    compare_all(page, lab, "recorded", len(PAYLOADS))
    runs = front(page).get_by_role("complementary")
    for payload in PAYLOADS:
        expect(runs.get_by_role("checkbox", name=f"Show {payload}", exact=True)).to_have_count(1)
    expect(part(page, "values").get_by_role("columnheader").filter(has_text=PAYLOADS[0][:60])).not_to_have_count(0)
    part(page, "curves")
    expect(front(page).locator(".lw-Curve .uplot")).to_have_count(4, timeout=60_000)
    front(page).locator(".lw-Curve .u-over").first.hover()
    part(page, "relations")
    expect(front(page).locator(".lw-Scatter-dot")).to_have_count(len(PAYLOADS))

    # Cells, packages, data and changes of the base and one other.
    part(page, "parts")
    runs.get_by_role("listitem").filter(
        has=page.get_by_role("checkbox", name=f"Show {PAYLOADS[0]}", exact=True)
    ).hover()
    parts = front(page).locator(".lw-Parts")
    parts.get_by_label("against").select_option(lab.recorded[1])
    cells = parts.get_by_role("region", name="Code cells")
    expect(cells.locator("td.lw-mod-added")).not_to_have_count(0)
    expect(cells.locator(".lw-Diff-fold").first).to_contain_text("equal lines")
    expect(cells.locator("td.lw-mod-added mark").filter(has_text="1").first).to_be_visible()
    environment = parts.get_by_role("table").filter(has_text="numpy")
    expect(environment.get_by_role("row").filter(has_text="numpy")).to_contain_text("2.4.1")
    expect(environment.get_by_role("row").filter(has_text="pandas")).to_have_count(0)
    expect(parts.get_by_role("region", name="Data and origin").first).to_contain_text("git commit")
    parts.get_by_role("checkbox", name="Show what is the same").check()
    expect(environment.get_by_role("row").filter(has_text="pandas")).to_have_count(1)

    # Images of one name beside each other, an SVG only as an image, a table as text.
    files = part(page, "files")
    image = files.get_by_role("region", name="confusion.png")
    expect(image.get_by_role("img")).not_to_have_count(0, timeout=60_000)
    page.wait_for_function("image => image.naturalWidth === 1", arg=image.get_by_role("img").first.element_handle())
    plot = files.get_by_role("region", name="plot.svg")
    plot.evaluate("row => row.scrollIntoView()")
    expect(plot.get_by_role("img").first).to_have_attribute("src", re.compile("^data:image/svg"))
    report = files.get_by_role("region", name="report.csv").first
    report.evaluate("row => row.scrollIntoView()")
    expect(report.get_by_role("cell", name="score").first).to_be_visible()
    show_all = files.get_by_role("button", name="Show all")
    if show_all.count():
        show_all.click()
    for row in files.locator(".lw-FileRow").all():
        row.evaluate("row => row.scrollIntoView()")
        page.wait_for_timeout(100)
    assert hits(page) == 0
    assert errors == []
