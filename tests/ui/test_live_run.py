"""The output of `%%track` in the page: it changes while the cell runs, and stays readable without a kernel."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter
from tests.state_folder import wait_until
from tests.ui.notebook import choose
from tests.ui.payloads import PAYLOADS, count_hits, hits
from tests.ui.workbench import NOTEBOOK, make_notebook, open_lab, tab

MIME = "application/vnd.labwright.run.v1+json"
WAIT = "import pathlib, time\nwhile not pathlib.Path('{}').exists(): time.sleep(0.05)\n"
TRAIN = (
    "%%track digits --name small --no-autolog\n"
    "import mlflow\n"
    "mlflow.log_params({'rate': 0.1, 'text': TEXT})\n"
    "for step in range(20):\n"
    "    mlflow.log_metric('val_loss', 1 / (step + 1), step=step)\n"
    "print('half of it')\n" + WAIT.format("go-on") + "for step in range(20, 40):\n"
    "    mlflow.log_metric('val_loss', 0.05 + step / 1000, step=step)\n"
    "mlflow.log_metric('odd', float('nan'))\n" + WAIT.format("end")
)


def test_live_and_then_static(page: Page, lab: Jupyter, errors: list[str]) -> None:
    count_hits(page)
    make_notebook(lab.root, f"%load_ext labwright\nTEXT = {PAYLOADS[1]!r}", TRAIN)
    open_lab(page, lab, f"/tree/{NOTEBOOK}")
    expect(page.locator("#jp-main-statusbar")).to_contain_text("| Idle", timeout=60_000)
    choose(page, "Run", "Run All Cells")

    output = page.locator(".lw-RunOutput")
    expect(output).to_contain_text("running", timeout=90_000)
    expect(page.locator(".jp-OutputArea-output").get_by_text("half of it")).to_be_visible()
    card = output.get_by_role("listitem").filter(has_text="val_loss")
    expect(card).to_contain_text("0.05")
    curve = card.locator("path").get_attribute("d")
    time = output.locator(".lw-Badge").inner_text()
    expect(output.locator(".lw-Badge")).not_to_have_text(time)

    (lab.root / "go-on").touch()
    expect(card).to_contain_text("0.089")
    expect(card).to_contain_text("best 0.05 at step 19")
    assert card.locator("path").get_attribute("d") != curve
    expect(output.get_by_role("listitem").filter(has_text="odd")).to_contain_text("nan")

    (lab.root / "end").touch()
    expect(output).to_contain_text("finished in", timeout=60_000)
    expect(output).to_contain_text("rate 0.1")
    expect(output).to_contain_text(PAYLOADS[1])
    expect(output).to_contain_text(re.compile(r"cells\s+2 executed"))
    expect(page.locator(".lw-RunOutput")).to_have_count(1)
    output.get_by_role("button", name="Open runs").click()
    expect(tab(page, "Runs of digits")).to_be_visible()

    saved = save_front(page, lab)
    outputs = saved["cells"][1]["outputs"]
    (bundle,) = [one["data"] for one in outputs if MIME in one.get("data", {})]
    assert len(json.dumps(bundle)) <= 50_000
    assert bundle[MIME]["status"] == "FINISHED"

    page.get_by_role("menuitem", name="Kernel", exact=True).click()
    page.locator(".lm-Menu-itemLabel:visible").get_by_text("Shut Down Kernel", exact=True).click()
    page.reload()
    again = page.locator(".lw-RunOutput")
    expect(again).to_contain_text("finished in", timeout=60_000)
    expect(again).to_contain_text("best 0.05 at step 19")
    assert hits(page) == 0
    assert errors == []


def save_front(page: Page, lab: Jupyter) -> dict:  # type: ignore[type-arg]
    """Bring the notebook to the front, save it, and read the file when it is whole."""
    tab(page, NOTEBOOK).click()
    path = lab.root / NOTEBOOK
    choose(page, "File", "Save Notebook")
    wait_until(lambda: '"FINISHED"' in path.read_text() and path.read_text().rstrip().endswith("}"), "it is saved")
    return json.loads(path.read_text())  # type: ignore[no-any-return]
