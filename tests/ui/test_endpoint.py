"""The endpoint's tab: ask it, watch it, give tokens, set it, split its traffic, roll it back; and what was done.

Columns and runs have names that want to be script.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Locator, Page, Route, expect

from labwright.serving import prediction_log
from labwright.serving.models import Endpoint, SetSettings
from labwright.serving.settings_models import EndpointSettings
from tests.jupyter import Jupyter, jupyter
from tests.state_folder import StateFolder, own_state_folder
from tests.ui.endpoints import COLUMNS, TENSOR, WEIRD
from tests.ui.notebook import use_theme
from tests.ui.payloads import PAYLOADS, count_hits, hits
from tests.ui.settings import choose
from tests.ui.workbench import front, open_lab, open_sidebar, section, tab

REPOSITORY = Path(__file__).parents[2]

pytestmark = pytest.mark.timeout(300)


@dataclass
class Lab:
    """JupyterLab over two endpoints."""

    jupyter: Jupyter
    home: StateFolder

    def endpoint(self, name: str) -> Endpoint:
        """As the service has it."""
        return Endpoint.model_validate(self.jupyter.http.get(f"labwright/serving/endpoints/{name}").json())

    def set(self, name: str, settings: EndpointSettings) -> None:
        """As somebody else sets it."""
        body = SetSettings(settings=settings).model_dump(mode="json")
        self.jupyter.http.put(f"labwright/serving/endpoints/{name}/settings", json=body).raise_for_status()


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("endpoint")
    with own_state_folder(folder / "home") as home:
        subprocess.run(
            [sys.executable, "-m", "tests.ui.endpoints"], cwd=REPOSITORY, check=True, timeout=240,
            env=os.environ | {"LABWRIGHT_HOME": str(home.home)},
        )  # fmt: skip
        choose(folder / "jupyter", pollSeconds=5)
        with jupyter(folder / "jupyter", home.home, lab=True) as found:
            yield Lab(found, home)


def button(place: Locator, name: str) -> Locator:
    return place.get_by_role("button", name=name, exact=True)


def part(page: Page, title: str) -> Locator:
    """A part of the tab, opened if it is closed."""
    found = front(page).get_by_role("region", name=title, exact=True)
    handle = button(found, title)
    if handle.get_attribute("aria-expanded") == "false":
        handle.click()
    return found


def dialog(page: Page) -> Locator:
    return page.get_by_role("dialog")


def notice(page: Page, words: str) -> Locator:
    return page.locator(".Toastify__toast").filter(has_text=words)


def test_the_endpoints_tab(page: Page, lab: Lab, errors: list[str]) -> None:
    count_hits(page)
    open_lab(page, lab.jupyter)
    open_sidebar(page)
    ask_by_fields(page, lab)
    ask_by_json(page)
    see_the_traffic(page)
    see_it_in_the_dark(page)
    give_and_take_a_token(page, lab)
    set_it(page, lab)
    split_the_traffic(page)
    see_the_split_elsewhere(page)
    roll_it_back(page, lab)
    follow_its_lineage(page)
    promote_and_turn_away(page)
    assert hits(page) == 0
    assert errors == []


def test_its_code_runs_as_it_is(lab: Lab) -> None:
    """In a shell and in Python, against columns of every kind and against a tensor; it fetches the token."""
    environment = os.environ | {"LABWRIGHT_HOME": str(lab.home.home), "NO_PROXY": "127.0.0.1"}
    sources = []
    for name in (COLUMNS, TENSOR):
        code = lab.jupyter.http.get(f"labwright/serving/endpoints/{name}/example").json()
        token = (lab.home.home / "endpoints" / name / "token").read_text().strip()
        assert token not in str(code)
        for way in ("curl", "v2"):
            command = ["bash", "-c", code[way]]
            run = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=60)
            found = json.loads(run.stdout)
            assert len(found["predictions"] if way == "curl" else found["outputs"][0]["data"]) == 1, found
        for way in ("python", "mlflow"):
            *lines, last = code[way].splitlines()
            sources.append("\n".join([*lines, f"assert len({last}) == 1"]))
    subprocess.run([sys.executable, "-c", "\n".join(sources)], env=environment, check=True, timeout=120)


def open_endpoint(page: Page, name: str) -> None:
    section(page, "serving").get_by_text(name, exact=True).click(timeout=60_000)
    expect(front(page).get_by_role("heading", name=name, exact=True)).to_be_visible(timeout=60_000)


def ask_by_fields(page: Page, lab: Lab) -> None:
    """Each column has the field of its type; the answer can be told what came true."""
    open_endpoint(page, COLUMNS)
    expect(front(page).get_by_text(PAYLOADS[1]).first).to_be_visible()  # the run's name, as it is
    expect(part(page, "Traffic")).to_contain_text("Nothing asked")
    form = part(page, "Try it")
    expect(form.get_by_label("temp")).to_have_attribute("type", "number")
    expect(form.get_by_label("departs")).to_have_attribute("type", "datetime-local")
    expect(form.get_by_label("departs")).to_have_value("2013-07-01T12:00")
    expect(form.get_by_label(WEIRD, exact=True)).not_to_have_value("")
    form.get_by_label("holiday").set_checked(True)
    answer = form.locator("output")
    for temp, late in (("5", "1"), ("25", "0")):
        form.get_by_label("temp").fill(temp)
        button(form, "Predict").click()
        expect(answer).to_contain_text(f"late: {late}")
    expect(answer).to_contain_text("by version 2")
    expect(answer).to_contain_text(re.compile(r"[\d.]+ ms"))

    form.get_by_label("What came true").fill("1")
    button(form, "Give feedback").click()
    expect(notice(page, "The outcome stands in the prediction log")).to_be_visible()
    request = answer.locator("code").inner_text()
    logged = prediction_log.frame(lab.home.home / "endpoints" / COLUMNS / "log")
    assert logged.set_index("request_id").feedback[request] == 1

    # What the model cannot answer is said, and counted.
    form.get_by_label("carrier").fill("ZZ")
    button(form, "Predict").click()
    expect(form.get_by_role("alert")).to_contain_text("The model failed on this input")
    requests = front(page).get_by_role("region", name=f"Recent requests of {COLUMNS}")
    expect(requests.get_by_role("row").nth(1)).to_contain_text("500")
    expect(requests.get_by_role("row").nth(2)).to_contain_text("200")
    expect(requests.get_by_role("row").nth(2)).to_contain_text("owner")


def ask_by_json(page: Page) -> None:
    """A tensor has an editor that says what it takes, and what does not fit."""
    open_endpoint(page, TENSOR)
    form = part(page, "Try it")
    expect(form).to_contain_text("each 3 numbers (float64)")
    editor, predict = form.get_by_label("The request in JSON"), button(form, "Predict")
    for text, words in (
        ("[1, 2", "This is not JSON"),
        ("[[1, 2, 3]]", "Send an object with one of"),
        ('{"inputs": [[1, 2]]}', "inputs[0] has 2 values; it takes 3."),
    ):
        editor.fill(text)
        expect(form).to_contain_text(words)
        expect(predict).to_be_disabled()
    editor.fill('{"inputs": [[1, 2, 3.5], [1, 1, 1]]}')
    predict.click()
    expect(form.locator("output")).to_contain_text(re.compile(r"of 2 rows: \[6\.[45]"))
    code = part(page, "Call it")
    expect(code).to_contain_text('np.array([[1.0, 2.0, 3.5]], dtype="float64")')
    code.get_by_role("radio", name="Open Inference v2").click()
    expect(code).to_contain_text('"shape": [1, 3], "datatype": "FP64"')


def see_the_traffic(page: Page) -> None:
    """What was asked is in the charts and in the table below them, without a click."""
    tab(page, COLUMNS).click()
    traffic = part(page, "Traffic")
    charts = traffic.locator("figure")
    expect(charts).to_have_count(4)
    expect(charts.first.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile(r"Requests, per second: .* now, at most 0?\.?[1-9]")
    )
    expect(charts.nth(2).get_by_role("img")).to_have_attribute("aria-label", re.compile(r"refused"))
    expect(charts.locator("canvas").first).to_be_visible()
    traffic.get_by_text("The last minute as a table").click()
    expect(traffic.get_by_role("region", name="Figures of the last minute").get_by_role("row")).to_have_count(13)
    button(part(page, "Try it"), "Predict").click()
    expect(section(page, "serving")).to_contain_text("/s")


# The ink of an axis: how light the pixels are left of the lines, from 0 to 255.
INK = """canvas => {
    const { data } = canvas.getContext('2d').getImageData(0, 0, 30 * devicePixelRatio, canvas.height);
    const ink = [...data.keys()].filter(i => i % 4 === 3 && data[i] > 60).map(i => data[i - 1]);
    return ink.reduce((sum, one) => sum + one, 0) / ink.length; // not a number while nothing is drawn
}"""


def see_it_in_the_dark(page: Page) -> None:
    """All four charts take the theme's colours when it is switched."""
    inked(page, dark=False)
    use_theme(page, "JupyterLab Dark")
    inked(page, dark=True)
    use_theme(page, "JupyterLab Light")
    inked(page, dark=False)


def inked(page: Page, *, dark: bool) -> None:
    """Waits until the axes of all charts are drawn in the ink of a theme."""
    canvases = part(page, "Traffic").locator("figure canvas")
    expect(canvases).to_have_count(4)
    found: list[float] = []
    for _ in range(100):
        found = [float(canvas.evaluate(INK)) for canvas in canvases.all()]
        if all(ink > 128 if dark else ink < 128 for ink in found):
            return
        page.wait_for_timeout(100)
    raise AssertionError(found)


def give_and_take_a_token(page: Page, lab: Lab) -> None:
    tokens = part(page, "Tokens")
    tokens.get_by_label("Consumer", exact=True).fill("billing")
    button(tokens, "Create token").click()
    token = tokens.locator(".lw-Token code").inner_text()
    rows = tokens.get_by_role("region", name=f"Consumers of {COLUMNS}")
    expect(rows).to_contain_text("valid")

    def ping() -> int:
        url = f"{lab.endpoint(COLUMNS).url}/version"
        return httpx.get(url, headers={"Authorization": f"Bearer {token}"}, trust_env=False).status_code

    assert ping() == 200
    button(tokens, "Done").click()
    expect(tokens.locator(".lw-Token")).to_have_count(0)
    assert token not in page.content()
    button(rows, "Revoke…").click()
    expect(dialog(page)).to_contain_text("Revoke the token of billing?")
    button(dialog(page), "Revoke").click()
    expect(rows).to_contain_text("revoked")
    assert ping() == 401


def set_it(page: Page, lab: Lab) -> None:
    """Whoever saves second sees what the first one saved, and loses nothing."""
    settings = part(page, "Settings")
    save = button(settings, "Save")
    expect(save).to_be_disabled()
    settings.get_by_label("Batching").select_option("off")
    settings.get_by_label("Leave out").fill("carrier")
    expect(settings).to_contain_text("Not saved: Batching, Leave out")
    save.click()
    expect(notice(page, "Saved")).to_be_visible()
    kept = lab.endpoint(COLUMNS)
    assert (kept.settings.batching, kept.settings.log.leave_out) == ("off", ["carrier"])

    # What is taken back is wrong no more.
    processes = settings.get_by_label("Processes of each version")
    processes.fill("999")
    save.click()
    expect(settings).to_contain_text("less than or equal to 16")
    button(settings, "Take back").click()
    expect(processes).to_have_value("1")
    expect(processes).to_have_attribute("aria-invalid", "false")
    expect(settings).not_to_contain_text("less than or equal to 16")

    settings.get_by_label("Deadline (seconds)").fill("12.5")
    lab.set(COLUMNS, kept.settings.model_copy(update={"sticky": "X-User"}))
    save.click()
    expect(settings.get_by_role("alert")).to_contain_text("Sticky header")
    expect(settings.get_by_label("Sticky header")).to_have_value("X-User")
    expect(settings.get_by_label("Deadline (seconds)")).to_have_value("12.5")
    save.click()
    expect(settings).to_contain_text("Changes hold at once")
    kept = lab.endpoint(COLUMNS)
    assert (kept.settings.sticky, kept.settings.deadline_seconds) == ("X-User", 12.5)


def split_the_traffic(page: Page) -> None:
    go_to(page, "Traffic")
    button(part(page, "Traffic"), "Split traffic…").click()
    shares = dialog(page).get_by_role("group", name="Shares in percent").get_by_role("spinbutton")
    expect(shares).to_have_count(2)
    shares.nth(0).fill("60")
    expect(dialog(page)).to_contain_text("Together 60 %")
    expect(button(dialog(page), "Split")).to_be_disabled()
    shares.nth(1).fill("40")
    button(dialog(page), "Split").click()
    expect(front(page).locator(".lw-Operation")).to_be_in_viewport()  # it is above what was on the screen
    versions = front(page).get_by_role("region", name=f"Versions of {COLUMNS}")
    row = versions.get_by_role("row").filter(has_text="40 %")
    expect(row).to_contain_text("first try", timeout=60_000)
    expect(row.get_by_text("ready")).to_be_visible(timeout=60_000)


def go_to(page: Page, name: str) -> None:
    """A part by its name in the row above the parts: it stands right below that row, also when its content has come."""
    row = front(page).get_by_role("navigation", name="Parts of this page")
    button(row, name).click()
    expect(button(row, name)).to_have_attribute("aria-current", "location")
    expect(row.locator("[aria-current]")).to_have_count(1)
    region = front(page).get_by_role("region", name=name, exact=True)
    for _ in range(50):
        below = region.evaluate(BELOW, row.element_handle())
        if 0 <= below < 20:
            break
        page.wait_for_timeout(100)
    assert 0 <= below < 20


# Pixels between the row of names and a part.
BELOW = "(part, row) => part.getBoundingClientRect().top - row.getBoundingClientRect().bottom"


def see_the_split_elsewhere(page: Page) -> None:
    """In the head, in the side bar, in the dialog of a promotion. A run of the side bar is shown in its table."""
    split = "version 2, 60 % · version 1, 40 %"
    expect(front(page).locator(".lw-Endpoint-note")).to_contain_text(split)
    expect(section(page, "serving")).to_contain_text(split)
    for run in ("first try", "sum of three"):  # the table is not there at first, then it is in front
        section(page, "experiments").get_by_role("button", name=run).click()
        details = front(page).get_by_role("complementary")
        expect(details.get_by_role("heading", name=run, exact=True)).to_be_visible(timeout=60_000)
        expect(front(page).get_by_role("grid").locator(".lw-Grid-row.lw-mod-open")).to_contain_text(run)
        expect(front(page).get_by_role("grid").locator(".lw-mod-active")).to_contain_text(run)
    button(details, "Promote… (sum of three)").click()
    dialog(page).get_by_label("Endpoint").fill(COLUMNS)
    words = "It takes the live version’s part of the calls, 60 %; version 1 keeps its 40 %."
    expect(dialog(page)).to_contain_text(words)
    dialog(page).locator("summary").click()
    expect(dialog(page)).not_to_contain_text("All calls go to it")
    button(dialog(page), "Cancel").click()
    tab(page, COLUMNS).click()


def roll_it_back(page: Page, lab: Lab) -> None:
    """By one click and a word for it; the history has it with its reason, and the figures of each promotion."""
    button(front(page), "Roll back to 1…").click()
    expect(dialog(page)).to_contain_text(PAYLOADS[1])
    dialog(page).get_by_label("Reason").fill("too many <b>late</b> ones")
    button(dialog(page), "Roll back").click()
    history = front(page).get_by_role("region", name=f"Promotions of {COLUMNS}")
    row = history.get_by_role("row").filter(has_text="rolled back")
    expect(row).to_contain_text("too many <b>late</b> ones", timeout=60_000)
    expect(button(front(page), "Roll back to 2…")).to_be_enabled(timeout=60_000)
    live = lab.endpoint(COLUMNS).live
    assert live is not None
    assert live.version == "1"
    form = part(page, "Try it")
    form.get_by_label("carrier").fill("AA")
    form.get_by_label("temp").fill("25")
    button(form, "Predict").click()
    expect(form.locator("output")).to_contain_text("late: 1")
    expect(form.locator("output")).to_contain_text("by version 1")
    promoted = history.get_by_role("row").filter(has_text="promoted").filter(has_text=PAYLOADS[1])
    expect(promoted).to_contain_text("the test wants it")
    button(promoted, "Figures").click()
    expect(dialog(page).get_by_role("listitem").first).to_be_visible()
    button(dialog(page), "Close").click()


def follow_its_lineage(page: Page) -> None:
    """Back to the run, and from the run forward to the endpoint."""
    go_to(page, "Lineage")
    button(part(page, "Lineage").get_by_role("region", name="Version 1", exact=True), "first try").click()
    details = front(page).get_by_role("complementary")
    expect(details.get_by_role("heading", name="first try", exact=True)).to_be_visible(timeout=60_000)
    served = details.get_by_role("region", name="Endpoints")
    expect(served).to_contain_text("version 1: live")
    button(served, COLUMNS).click()
    expect(front(page).get_by_role("heading", name=COLUMNS, exact=True)).to_be_visible()
    # Parts that were opened are open still; a closed one asks for nothing.
    expect(button(front(page).get_by_role("region", name="Settings", exact=True), "Settings")).to_have_attribute(
        "aria-expanded", "true"
    )


def promote_and_turn_away(page: Page) -> None:
    """The tab of a promotion comes to the front, unless the person has gone on to something else by then."""
    tab(page, "Runs of").click()
    front(page).get_by_role("grid").get_by_text("sum of three", exact=True).click()
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route) if route.request.method == "POST" else route.continue_()

    posts = re.compile("/sum-again/promotions")
    page.route(posts, hold)
    button(front(page).get_by_role("complementary"), "Promote… (sum of three)").click()
    dialog(page).get_by_label("Endpoint").fill("sum-again")
    button(dialog(page), "Promote").click()
    expect(dialog(page)).to_have_count(0)
    tab(page, COLUMNS).click()
    for _ in range(200):
        if held:
            break
        page.wait_for_timeout(100)
    held[0].continue_()
    page.unroute(posts)
    expect(tab(page, "sum-again")).to_be_visible(timeout=60_000)
    expect(front(page).get_by_role("heading", name=COLUMNS, exact=True)).to_be_visible()
    tab(page, "sum-again").click()
    expect(front(page)).to_contain_text("ready", timeout=120_000)
