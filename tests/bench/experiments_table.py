"""The runs table of 10,000 runs against MLflow's own page, both in Chromium and over the same embedded store."""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
from playwright.sync_api import Browser, Page, sync_playwright

from labwright.client import connection
from labwright.state import running_service
from tests.bench.many_runs import add_runs, make_store
from tests.bench.measure import paired, report
from tests.jupyter import Jupyter, jupyter
from tests.state_folder import StateFolder, own_state_folder
from tests.ui.browser import CHROMIUM, FLAGS
from tests.ui.settings import choose
from tests.ui.workbench import open_lab, open_sidebar, section

REPOSITORY = Path(__file__).parents[2]
RUNS, METRICS, PARAMS = 10_000, 20, 10
MANY = 100_000
QUIET = 1500  # milliseconds: what a page does as it opens is over
EXPERIMENT = "many"

# In the page: do something, then wait until something is there, and painted. Gives milliseconds.
TIMED = """
async ([act, done]) => {
  const [run, look] = [act, done].map(text => new Function(text));
  const begin = performance.now();
  run();
  await new Promise(resolve => {
    const again = () => look() ? requestAnimationFrame(() => setTimeout(resolve)) : requestAnimationFrame(again);
    again();
  });
  return performance.now() - begin;
}
"""
CLICK = "document.querySelector('#labwright-section-experiments .lw-Item-title').click()"
# A row with all cells of its columns, metrics among them.
OURS = "return document.querySelector('[aria-rowindex=\"2\"] .lw-mod-number > span[title]') !== null"
HASH = "location.hash = '#/experiments/{experiment}/runs'"
THEIRS = "return document.querySelectorAll('[role=row] a[href*=\"/runs/\"]').length >= 10"


def run(pairs: int) -> None:
    """Measure `experiments.table`, and print what has no peer beside it."""
    with _many(RUNS) as (state, experiment), sync_playwright() as playwright:
        os.environ["LOOP_LAG_FILE"] = str(state.home.parent / "lag")
        folder = state.home.parent / "jupyter"
        choose(folder)
        extensions = ("tests.bench.loop_lag",)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        with jupyter(folder, state.home, lab=True, extensions=extensions, python_path=REPOSITORY) as lab:
            first = _ours(browser, lab)  # the service starts, and reads all runs for the first time
            _theirs(browser, lab, experiment)
            values = paired(
                pairs,
                {"labwright": lambda: _ours(browser, lab), "mlflow_page": lambda: _theirs(browser, lab, experiment)},
            )
            report("experiments.table", "s", values, lower_is_better=True)
            sort, filtered = _sort_and_filter(browser, lab, pairs)
        browser.close()
    _say("experiments.table.first_ever", "s", first)
    _say("experiments.table.sort", "s", sort)
    _say("experiments.table.filter", "s", filtered)
    _say("experiments.table.jupyter_loop_longest_wait", "s", max(waits))
    _say("experiments.table.service_memory_growth_at_100_000_runs", "MB", _memory())


def main() -> None:
    """A short run."""
    run(5)


@contextmanager
def _many(runs: int) -> Iterator[tuple[StateFolder, str]]:
    """A state folder with so many runs, and the id of their experiment."""
    os.environ.setdefault("LABWRIGHT_HOME", str(Path.home()))  # which is read, never used
    with tempfile.TemporaryDirectory() as name, own_state_folder(Path(name) / "home") as state:
        database = state.home / "mlflow" / "mlflow.db"
        make_store(database)
        yield state, add_runs(database, EXPERIMENT, runs=runs, metrics=METRICS, params=PARAMS)


def _ours(browser: Browser, lab: Jupyter) -> float:
    """Seconds from the click on the experiment in the side bar to rows, in a page that has not shown them before."""
    with _page(browser) as page:
        _before_the_click(page, lab)
        return _watched(page, CLICK, OURS)


def _theirs(browser: Browser, lab: Jupyter, experiment: str) -> float:
    """Seconds from the same step in MLflow's page, which is loaded, to its first rows of 100."""
    with _page(browser) as page:
        page.goto(f"{lab.url}api/me?token={lab.token}")  # which logs in
        page.goto(f"{lab.url}labwright/mlflow/#/experiments")
        page.get_by_role("link", name=EXPERIMENT, exact=True).first.wait_for(timeout=120_000)
        page.wait_for_timeout(QUIET)
        return _timed(page, HASH.format(experiment=experiment), THEIRS)


def _sort_and_filter(browser: Browser, lab: Jupyter, times: int) -> tuple[float, float]:
    """Median seconds from a click on a metric's name, and from Enter in the filter, to the rows that answer."""
    sorts, filters = [], []
    with _page(browser) as page:
        _before_the_click(page, lab)
        _timed(page, CLICK, OURS)
        page.wait_for_timeout(1000)
        grid = page.get_by_role("grid")
        names = "return [...document.querySelectorAll('.lw-Grid-name')].map(one => one.textContent).join()"
        for turn in range(2 * times):
            column = grid.get_by_role("columnheader", name=("accuracy", "f1")[turn % 2], exact=True)
            box = column.locator(".lw-Grid-label").bounding_box()
            assert box is not None
            before = page.evaluate(f"(() => {{ {names} }})()")
            act = (
                f"const at = {{ clientX: {box['x'] + 5}, clientY: {box['y'] + 5}, bubbles: true, pointerId: 1 }};"
                "const one = document.elementFromPoint(at.clientX, at.clientY).closest('.lw-Grid-label');"
                "one.setPointerCapture = () => {};"  # there is no real pointer to capture
                "one.dispatchEvent(new PointerEvent('pointerdown', { ...at, button: 0 }));"
                "one.dispatchEvent(new PointerEvent('pointerup', { ...at, button: 0 }));"
            )
            done = names.replace("return ", "return (") + f") !== {json.dumps(before)}"
            sorts.append(_watched(page, act, done))
            page.wait_for_timeout(300)
        field = page.get_by_label("Filter in MLflow’s search syntax")
        for turn in range(2 * times):
            field.fill(f"metrics.accuracy > 0.{turn % 8 + 1} AND params.optimizer = 'adam'")
            before = page.locator(".lw-Runs-count").inner_text()
            act = "document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }))"
            count = "document.querySelector('.lw-Runs-count').innerText"
            filters.append(_watched(page, act, f"return {count} !== {json.dumps(before)} && !{count}.includes('Look')"))
            page.wait_for_timeout(300)
    return statistics.median(sorts), statistics.median(filters)


def _memory() -> float:
    """By how many MB (PSS) the service grows when it has read 100,000 runs and answered questions about them."""
    with _many(MANY) as (state, experiment), jupyter(state.home.parent / "jupyter", state.home) as server:
        server.http.get("labwright/experiments/overview").raise_for_status()
        before = _pss(state)
        running = running_service(state.folders)
        assert running is not None
        with connection(running, state.folders) as http:
            for query in (
                {"columns": ["metrics.accuracy", "params.depth"]},
                {"sort": [{"key": "metrics.accuracy", "descending": True}], "filter": "metrics.f1 > 0.5"},
                {"words": "adam", "columns": ["params.optimizer"]},
                {"group_by": "params.optimizer", "columns": ["metrics.accuracy"]},
            ):
                while True:
                    reply = http.get(f"/experiments/{experiment}/table", params={"q": json.dumps(query)})
                    reply.raise_for_status()
                    if reply.json()["sync"] is None:
                        break
        return _pss(state) - before


def _pss(state: StateFolder) -> float:
    (service,) = state.services()
    return float(psutil.Process(service.pid).memory_full_info().pss) / 1e6


@contextmanager
def _page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    yield context.new_page()
    context.close()


def _before_the_click(page: Page, lab: Jupyter) -> None:
    open_lab(page, lab, f"/workspaces/{uuid.uuid4().hex}")  # no tab comes back, nothing was chosen
    open_sidebar(page)
    section(page, "experiments").get_by_text(EXPERIMENT, exact=True).wait_for(timeout=120_000)
    page.wait_for_timeout(QUIET)


def _timed(page: Page, act: str, done: str) -> float:
    milliseconds: float = page.evaluate(TIMED, [act, done])
    return milliseconds / 1000


waits: list[float] = []
"""The longest wait of Jupyter's event loop in each of our actions, from the click until what it asked for is there."""


def _watched(page: Page, act: str, done: str) -> float:
    file = Path(os.environ["LOOP_LAG_FILE"])
    file.unlink(missing_ok=True)
    page.wait_for_timeout(50)
    seconds = _timed(page, act, done)
    page.wait_for_timeout(50)
    waits.append(float(file.read_text()))
    return seconds


def _say(name: str, unit: str, value: float) -> None:
    print(json.dumps({"name": name, "unit": unit, "labwright": round(value, 4)}), flush=True)


if __name__ == "__main__":
    main()
