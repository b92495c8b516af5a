"""MLflow's own page in a tab: it works behind the door, and what people logged runs nowhere near us."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.jupyter import Jupyter
from tests.state_folder import StateFolder
from tests.ui.workbench import open_lab

NAME = "<img src=x onerror=alert(1)> seen"
EVIL = b"<h1>logged</h1><script>document.title = 'it ran'; top.ran = 1; fetch('/api/kernels')</script>"


def ask(lab: Jupyter, method: str, path: str, **options: Any) -> Any:
    """MLflow's API through the door, as a program with Jupyter's token."""
    return lab.http.request(method, f"labwright/mlflow/ajax-api/2.0/mlflow/{path}", **options).raise_for_status().json()


@pytest.fixture
def run(lab: Jupyter, other_home: StateFolder) -> dict[str, str]:
    """A run with a page among its artifacts."""
    body = {"experiment_id": "0", "run_name": NAME, "start_time": 1_700_000_000_000}
    info = ask(lab, "POST", "runs/create", json=body)["run"]["info"]
    folder = other_home.home / "mlflow" / "artifacts" / info["artifact_uri"].removeprefix("mlflow-artifacts:/")
    folder.mkdir(parents=True)
    (folder / "page.html").write_bytes(EVIL)
    return {"id": info["run_id"], "experiment": info["experiment_id"]}


def test_the_page_shows_the_run_and_its_files_do_not_run(
    page: Page, lab: Jupyter, run: dict[str, str], errors: list[str]
) -> None:
    open_lab(page, lab)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.keyboard.press("Control+Shift+C")
    page.locator(".lm-CommandPalette-input").fill("MLflow’s Own Page")
    page.keyboard.press("Enter")
    inside = page.frame_locator("iframe[title*='MLflow']")
    expect(inside.get_by_text("Default").first).to_be_visible(timeout=90_000)
    (frame,) = (each for each in page.frames if "/labwright/mlflow/" in each.url)
    frame.evaluate("hash => { location.hash = hash }", f"#/experiments/{run['experiment']}/runs/{run['id']}")
    expect(inside.get_by_text(NAME).first).to_be_visible(timeout=90_000)
    inside.get_by_text("Artifacts", exact=True).first.click()
    inside.get_by_text("page.html").first.click()
    expect(inside.locator("iframe").or_(inside.get_by_text("page.html")).first).to_be_visible()
    page.wait_for_timeout(1500)  # for a script that would run
    assert page.evaluate("window.ran") is None
    assert "it ran" not in page.title()
    base = lab.url.rstrip("/")
    assert [url for url in asked if not url.startswith((base, "data:", "blob:"))] == [], "nobody else is asked"
    # The file itself, opened as a person may: it is no part of this site.
    other = page.context.new_page()
    other.route("**/get-artifact*", lambda route: show(route))
    other.goto(f"{base}/labwright/mlflow/get-artifact?run_uuid={run['id']}&path=page.html")
    expect(other.get_by_text("logged")).to_be_visible()
    assert other.evaluate("window.origin") == "null"
    assert other.title() != "it ran"
    assert errors == []


def show(route: Any) -> None:
    """MLflow offers such a file for download; a browser that shows it all the same must not run it."""
    reply = route.fetch()
    headers = {name: value for name, value in reply.headers.items() if name != "content-disposition"}
    route.fulfill(response=reply, headers=headers | {"content-type": "text/html"})


class Elsewhere(BaseHTTPRequestHandler):
    """A site of somebody else, that tries to write with the visitor's cookie."""

    target = ""
    run = ""

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(
            f"""<iframe src="{self.target}"></iframe><script>
            const body = JSON.stringify({{run_id: "{self.run}", key: "planted", value: "yes"}});
            const send = (type) => fetch("{self.target}ajax-api/2.0/mlflow/runs/set-tag",
              {{method: "POST", mode: "no-cors", credentials: "include", headers: {{"Content-Type": type}}, body}});
            Promise.allSettled([send("text/plain"), send("application/json")]).then(() => document.title = "tried");
            </script>""".encode()
        )

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere(lab: Jupyter, run: dict[str, str]) -> Iterator[str]:
    Elsewhere.target, Elsewhere.run = f"{lab.url}labwright/mlflow/", run["id"]
    server = ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}/"
    server.shutdown()
    server.server_close()


def test_another_site_can_neither_write_nor_frame_it(
    page: Page, lab: Jupyter, run: dict[str, str], elsewhere: str
) -> None:
    page.goto(f"{lab.url}tree?token={lab.token}")  # logged in: the cookie is there
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    page.goto(elsewhere)
    expect(page).to_have_title("tried")
    page.wait_for_timeout(500)
    assert any("frame-ancestors" in words for words in refused), refused
    tags = ask(lab, "GET", "runs/get", params={"run_id": run["id"]})["run"]["data"].get("tags", [])
    assert "planted" not in [tag["key"] for tag in tags]
