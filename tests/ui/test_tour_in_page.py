"""The first tour, run twice in the page with a new kernel between; then its outputs where there is no Labwright."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Locator, Page, expect

from labwright.client import Client
from labwright.clusters.models import Cluster
from labwright.drift.output import bundle
from labwright.experiments.render import comparison_bundle
from labwright.serving.models import Endpoint
from labwright.tour import copy
from tests.jupyter import Jupyter, jupyter
from tests.service.test_outputs_travel import comparison, drift
from tests.state_folder import StateFolder, own_state_folder
from tests.ui.notebook import counts, output, run_all, save, use_theme
from tests.ui.payloads import PAYLOADS, count_hits, hits
from tests.ui.settings import choose
from tests.ui.workbench import open_lab, open_sidebar, section

TOUR = "01_first_model.ipynb"
RUN_SECONDS = 480.0
COMPARE, DRIFT = "%compare boosting logistic", "%drift flights-delay"
THEMES = ("JupyterLab Light", "JupyterLab Dark")
# Words that stand in the outputs, and beginnings of what must not: code that a sanitizer would not let be markup.
COMPARED = ("boosting", "logistic", "auc", "june_log_loss", "learning_rate")
DRIFTED = ("columns drifted", "temp", "drifted", "Wasserstein")
LEFTOVERS = re.compile(r"<(?!/?tbody>)|base64|style=|data:image|&lt;")
NUMBER = re.compile(r"0\.\d{2,}")

pytestmark = pytest.mark.timeout(1200)


@dataclass
class Tour:
    """The tour, open in a page and run once."""

    page: Page
    lab: Jupyter
    state: StateFolder
    client: Client
    pictures: Path
    thrown: list[str]
    saved: dict[str, Any]

    def cluster(self) -> Cluster:
        """The only one."""
        (found,) = self.client.get("/clusters", list[Cluster])
        assert isinstance(found, Cluster)
        return found

    def endpoint(self) -> Endpoint:
        """The only one."""
        (found,) = self.client.get("/serving/endpoints", list[Endpoint])
        assert isinstance(found, Endpoint)
        return found

    def processes(self) -> dict[int, str]:
        """Everything of Labwright's that runs, by PID, but the models: a promotion puts a new one in their place."""
        commands = {process.pid: " ".join(process.cmdline()) for process in self.state.processes()}
        return {pid: command for pid, command in commands.items() if "model_process" not in command}


def run_whole(page: Page, path: Path, *, restart: bool = False) -> dict[str, Any]:
    """Run all and save; every cell ran, none failed, and none complained. Gives the notebook's file."""
    complaints = run_all(page, restart=restart, seconds=RUN_SECONDS)
    assert complaints == []
    saved = save(page, path)
    cells = [cell for cell in saved["cells"] if cell["cell_type"] == "code"]
    assert counts(page) == [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert {one["output_type"] for cell in cells for one in cell["outputs"]}.isdisjoint({"error"})
    return saved


@pytest.fixture(scope="module")
def tour(
    browser: Browser, browser_context_args: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Tour]:
    folder = tmp_path_factory.mktemp("tour")
    choose(folder / "jupyter")
    with (
        own_state_folder(folder / "home") as state,
        jupyter(folder / "jupyter", state.home, lab=True) as lab,
        pytest.MonkeyPatch.context() as patch,
    ):
        copy(lab.root)
        context = browser.new_context(**browser_context_args)
        page = context.new_page()
        thrown: list[str] = []
        page.on("pageerror", lambda error: thrown.append(str(error)))
        open_lab(page, lab, f"/tree/{TOUR}")
        saved = run_whole(page, lab.root / TOUR)
        (pictures := folder / "pictures").mkdir()
        shutil.copy(lab.root / TOUR, pictures)
        patch.setenv("LABWRIGHT_HOME", str(state.home))
        client = Client()
        yield Tour(page, lab, state, client, pictures, thrown, saved)
        client.close()
        context.close()


def test_twice_is_as_once(tour: Tour) -> None:
    page, cluster, endpoint, processes = tour.page, tour.cluster(), tour.endpoint(), tour.processes()
    assert (cluster.state, len(cluster.workers)) == ("running", 2)
    assert (endpoint.name, endpoint.state, endpoint.has_reference) == ("flights-delay", "ready", True)
    assert endpoint.live is not None
    assert endpoint.live.run_name == "boosting"
    open_sidebar(page)
    clusters, endpoints = section(page, "clusters"), section(page, "serving")
    expect(clusters).to_contain_text("2 workers")

    again = run_whole(page, tour.lab.root / TOUR, restart=True)
    assert [cell["source"] for cell in again["cells"]] == [cell["source"] for cell in tour.saved["cells"]]

    # No token of either kind is in the notebook.
    home, file = tour.state.home, json.dumps(again)
    assert (home / "endpoints" / "flights-delay" / "token").read_text().strip() not in file
    assert tour.client.token not in file

    found = tour.cluster()
    assert (found.name, found.address, found.state) == (cluster.name, cluster.address, "running")
    assert {worker.name for worker in found.workers} == {worker.name for worker in cluster.workers}
    assert (tour.endpoint().name, tour.endpoint().url, tour.endpoint().state) == (
        endpoint.name,
        endpoint.url,
        "ready",
    )
    assert tour.processes() == processes

    expect(clusters.get_by_role("listitem")).to_have_count(1)
    expect(clusters.get_by_role("listitem", name=cluster.name)).to_contain_text("running")
    expect(endpoints.get_by_role("listitem")).to_have_count(1)
    expect(endpoints.get_by_role("listitem")).to_contain_text("ready")

    for theme in THEMES:
        use_theme(page, theme)
        for source, button, words in ((COMPARE, "Open comparison", COMPARED), (DRIFT, "Open full report", DRIFTED)):
            shown = output(page, source)
            expect(shown).to_have_class(re.compile(r"\blw-Output\b"))
            expect(shown.get_by_role("button", name=button)).to_be_visible()
            expect(shown.get_by_role("table").first).to_be_visible()
            check_words(shown, words)
            shown.screenshot(path=tour.pictures / f"{source.split()[0][1:]} in {theme}.png")
    page.screenshot(path=tour.pictures / "page.png")
    assert tour.thrown == []


def test_outputs_where_there_is_no_labwright(tour: Tour, page: Page, tmp_path: Path) -> None:
    choose(tmp_path)
    count_hits(page)
    with jupyter(tmp_path, tmp_path / "home", lab=True, labwright=False) as lab:
        write_with_payloads(tour, lab.root / TOUR)
        open_lab(page, lab, f"/tree/{TOUR}")
        expect(page.get_by_title("Notebook not trusted: 0 of")).to_be_visible()
        expect(page.get_by_role("tab", name="Labwright")).to_have_count(0)
        for theme in THEMES:
            use_theme(page, theme)
            for source, words in ((COMPARE, COMPARED), (DRIFT, DRIFTED)):
                shown = output(page, source)
                expect(shown).to_have_attribute("data-mime-type", "text/html")
                expect(shown.get_by_role("table")).to_be_visible()
                check_words(shown, words)
                shown.screenshot(path=tour.pictures / f"{source.split()[0][1:]} without Labwright in {theme}.png")
        for source in ("%odd comparison", "%odd drift"):
            expect(output(page, source)).to_contain_text(PAYLOADS[0])
        assert hits(page) == 0
        assert not (tmp_path / "home").exists()


def test_outputs_in_a_sanitized_page(tour: Tour, page: Page, tmp_path: Path) -> None:
    write_with_payloads(tour, tmp_path / TOUR)
    exporter = HTMLExporter(sanitize_html=True)  # type: ignore[no-untyped-call]
    html, _ = exporter.from_notebook_node(nbformat.read(tmp_path / TOUR, 4))  # type: ignore[no-untyped-call]
    (tmp_path / "tour.html").write_text(html)
    count_hits(page)
    page.route("http*://**", lambda route: route.abort())  # the page's own scripts come from elsewhere
    page.goto((tmp_path / "tour.html").as_uri(), wait_until="domcontentloaded")
    for name, words in (("runs compared", COMPARED), ("columns drifted", DRIFTED)):
        shown = page.locator(".jp-OutputArea-output").filter(has_text=name).first
        expect(shown.locator("table")).to_be_visible()
        check_words(shown, words)
        shown.screenshot(path=tour.pictures / f"{name} sanitized.png")
    expect(page.locator(".jp-OutputArea-output").last).to_contain_text(PAYLOADS[0])
    assert hits(page) == 0


def check_words(shown: Locator, words: tuple[str, ...]) -> None:
    """The words and numbers are there, and no code is. (nbconvert shows the <tbody> that it put there itself.)"""
    for word in words:
        expect(shown).to_contain_text(word, use_inner_text=True)  # seen, not only there
    text = shown.inner_text()
    assert len(NUMBER.findall(text)) >= 8
    assert LEFTOVERS.findall(text) == []


def write_with_payloads(tour: Tour, path: Path) -> None:
    """The notebook as it was after the first run, and two outputs of which every name wants to be script."""
    notebook: Any = nbformat.read(tour.pictures / TOUR, 4)  # type: ignore[no-untyped-call]
    report, compared = drift(), comparison()
    report.columns = [
        report.columns[place % 2].model_copy(update={"name": text, "note": text}) for place, text in enumerate(PAYLOADS)
    ]
    compared.metrics = [compared.metrics[0].model_copy(update={"name": text}) for text in PAYLOADS]
    for source, data in (("%odd comparison", comparison_bundle(compared)), ("%odd drift", bundle(report))):
        shown = nbformat.v4.new_output("display_data", data=data)  # type: ignore[no-untyped-call]
        cell = nbformat.v4.new_code_cell(source, outputs=[shown])  # type: ignore[no-untyped-call]
        notebook.cells.append(cell)
    nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
