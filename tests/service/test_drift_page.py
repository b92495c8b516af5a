"""Evidently's page in a real browser, the way the panel shows it: `srcdoc` of an `<iframe sandbox="allow-scripts">`."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from labwright.drift import page as pages
from labwright.drift.compute import compare
from tests.ui.browser import CHROMIUM, FLAGS

TOUCH = "try { top.document.title = 'x' } catch (e) {} try { parent.document.body.dataset.hit = 'x' } catch (e) {}"
PAYLOADS = [
    f"</script><script>{TOUCH}</script>",
    f"<img src=x onerror=\"{TOUCH}\">",
    f"</style><svg onload=\"{TOUCH}\">",
    "`${top.document.title='x'}`",
    "');top.document.title='x';('",
    "<a href=\"javascript:top.document.title='x'\">click</a>",
]  # fmt: skip


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="module")
def hostile_page() -> str:
    """A report on columns and categories that are named to break out of it."""
    random = np.random.default_rng(0)
    columns = {name: random.normal(0, 1, 200) for name in PAYLOADS}
    before = pd.DataFrame(columns | {"who": random.choice(PAYLOADS, 200)})
    now = pd.DataFrame({name: values + 2 for name, values in columns.items()} | {"who": random.choice(PAYLOADS, 200)})
    return compare(before, now)[1]


def show(chromium: Browser, content: str) -> tuple[Page, list[str], list[str]]:
    """A parent page with the content in its sandboxed frame; console lines and requests besides."""
    page = chromium.new_page(viewport={"width": 1200, "height": 900})
    console: list[str] = []
    requests: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.on("pageerror", lambda error: console.append(str(error)))
    page.on("request", lambda request: requests.append(request.url))
    page.set_content("<title>parent</title><iframe sandbox='allow-scripts' style='width:1100px;height:800px'></iframe>")
    page.locator("iframe").evaluate("(frame, content) => { frame.srcdoc = content }", content)
    return page, console, requests


def untouched(page: Page) -> bool:
    found: bool = page.evaluate("document.title === 'parent' && document.body.dataset.hit === undefined")
    return found


def test_the_page_renders_in_its_sandbox_and_names_do_nothing(chromium: Browser, hostile_page: str) -> None:
    page, console, requests = show(chromium, pages.with_policy(hostile_page))
    frame = page.frame_locator("iframe")
    frame.get_by_text("Dataset Drift", exact=True).wait_for(timeout=30_000)
    frame.get_by_text("Drift is detected for 85.714% of columns (6 out of 7)").wait_for()
    frame.locator("tbody tr").first.locator("button").first.click()  # the plot of a column
    frame.locator(".js-plotly-plot").first.wait_for(timeout=30_000)
    assert untouched(page)
    assert console == []
    assert [url for url in requests if not url.startswith(("data:", "about:", "blob:"))] == []
    page.close()


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine that notes who came."""
    visits: list[str] = []

    class Notes(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            visits.append(self.path)
            self.send_response(204)
            self.send_header("Access-Control-Allow-Origin", "*")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Notes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", visits
    server.shutdown()
    server.server_close()


def test_script_in_the_page_reaches_neither_parent_nor_network(
    chromium: Browser, listener: tuple[str, list[str]]
) -> None:
    """Should a name ever become script: the sandbox and the policy stand by themselves."""
    address, visits = listener
    attack = (
        f"<html><head></head><body><script>{TOUCH}"
        f"fetch('{address}/fetch').catch(() => {{}});"
        f"new Image().src = '{address}/image';"
        f"const frame = document.createElement('iframe'); frame.src = '{address}/frame'; document.body.append(frame);"
        "document.body.append('ran');"
        "</script></body></html>"
    )
    for content, reached in ((attack, {"/fetch", "/image", "/frame"}), (pages.with_policy(attack), set())):
        visits.clear()
        page, _, _ = show(chromium, content)
        page.frame_locator("iframe").first.get_by_text("ran").wait_for()
        page.wait_for_timeout(500)
        assert set(visits) == reached  # without the policy all three arrive, so this would see them
        assert untouched(page)
        page.close()


def test_a_page_without_a_head_is_refused() -> None:
    for odd in ("<p>no head</p>", "<script>1</script><head></head>"):
        with pytest.raises(ValueError, match="no head"):
            pages.with_policy(odd)
