"""What a page that nobody touches costs: nothing before the first click, and no activity of the server after it."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, Request

from labwright.state import running_service
from tests.jupyter import Jupyter
from tests.state_folder import StateFolder
from tests.ui.workbench import open_lab, open_sidebar, section

LOOKS = 3
UNTRACKED = "no_track_activity=1"
WAIT_MILLISECONDS = 120_000  # for looks 5 seconds apart, of a page and a server that share a slow machine


def listen(page: Page, belongs: Callable[[Request], bool]) -> list[Request]:
    """The page's requests from now on that belong to a kind."""
    seen: list[Request] = []
    page.on("request", lambda request: seen.append(request) if belongs(request) else None)
    return seen


def ours(request: Request) -> bool:
    return "/labwright/" in request.url


def jupyters_own(request: Request) -> bool:
    """JupyterLab looks again by itself too: its requests are the clock of a page that does not ask us."""
    return "/api/kernels?" in request.url


def wait_for(page: Page, seen: list[Request], belongs: Callable[[Request], bool], more: int) -> None:
    """Until that many more have been made."""
    wanted = len(seen) + more
    while len(seen) < wanted:
        page.wait_for_event("requestfinished", lambda request: belongs(request), timeout=WAIT_MILLISECONDS)


def last_activity(lab: Jupyter) -> str:
    found: str = lab.http.get(f"api/status?{UNTRACKED}").json()["last_activity"]
    return found


def test_a_page_that_is_only_loaded_starts_nothing(page: Page, lab: Jupyter, other_home: StateFolder) -> None:
    asked = listen(page, lambda request: ours(request) and "/lab/extensions/" not in request.url)
    clock = listen(page, jupyters_own)
    open_lab(page, lab)
    wait_for(page, clock, jupyters_own, 2)
    assert [request.url for request in asked] == []
    assert other_home.processes() == []
    assert running_service(other_home.folders) is None


def test_looking_is_no_activity_and_a_click_is(page: Page, lab: Jupyter, other_home: StateFolder) -> None:
    capabilities = ("clusters", "experiments", "features", "serving", "drift")
    # JupyterLab's own looks count as activity, with or without Labwright (jupyterlab/jupyterlab#19796): what it asks
    # for is marked here as it would be, so that what still counts is Labwright's.
    page.route(
        re.compile(r"^[^?]*/api/(?!events)"),
        lambda route: route.continue_(url=f"{route.request.url}{'&' if '?' in route.request.url else '?'}{UNTRACKED}"),
    )
    open_lab(page, lab)
    looks = listen(page, ours)
    open_sidebar(page)
    for capability in capabilities:
        section(page, capability).locator(".lw-State[role=status]").wait_for(state="detached", timeout=60_000)
    page.wait_for_load_state("networkidle")
    wait_for(page, looks, ours, LOOKS)

    before, already = last_activity(lab), len(looks)
    for _ in range(LOOKS):
        wait_for(page, looks, lambda request: "/labwright/clusters" in request.url, 1)
    assert last_activity(lab) == before
    unasked = looks[already:]
    assert len(unasked) >= LOOKS
    assert {request.headers.get("x-labwright-background") for request in unasked} == {"1"}

    page.get_by_role("button", name="Look at the clusters again").click()
    wait_for(page, looks, lambda request: "x-labwright-background" not in request.headers, 1)
    assert last_activity(lab) > before
