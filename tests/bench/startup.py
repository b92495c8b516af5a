"""Start of the server and load of the page: JupyterLab with Labwright against the same JupyterLab without it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.bench.measure import paired, report
from tests.ui.browser import CHROMIUM, FLAGS

TOKEN = "bench"
EXTENSIONS = Path(sys.prefix) / "share" / "jupyter" / "labextensions"


def run(pairs: int) -> None:
    """Measure `startup.server` and `startup.page`."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        without = _extensions_without_labwright(folder)
        for kind in ("labwright", "jupyterlab"):  # once each, unmeasured: caches are warm for both
            with _lab(folder, kind, without):
                pass

        def server(kind: str) -> float:
            with _lab(folder, kind, without) as (_, seconds):
                return seconds

        values = paired(pairs, {kind: lambda kind=kind: server(kind) for kind in ("labwright", "jupyterlab")})  # type: ignore[misc]
        report("startup.server", "s", values, lower_is_better=True)
        with (
            _lab(folder, "labwright", without) as (ours, _),
            _lab(folder, "jupyterlab", without) as (theirs, _),
            sync_playwright() as playwright,
        ):
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            _check(browser, ours, theirs)
            values = paired(
                pairs, {"labwright": lambda: _page(browser, ours)[0], "jupyterlab": lambda: _page(browser, theirs)[0]}
            )
            browser.close()
        report("startup.page", "s", values, lower_is_better=True)


@contextmanager
def _lab(folder: Path, kind: str, without: Path) -> Iterator[tuple[str, float]]:
    """A JupyterLab; gives its address and the seconds from the start of its process to its first answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    root = folder / f"root-{port}"
    root.mkdir()
    options = [] if kind == "labwright" else [
        "--ServerApp.jpserver_extensions={'labwright.extension': False}",
        f"--LabServerApp.labextensions_path={without}", f"--LabApp.labextensions_path={without}",
    ]  # fmt: skip
    environment = os.environ | {
        "LABWRIGHT_HOME": str(folder / "home"),
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTERLAB_WORKSPACES_DIR": str(root / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
    }
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--port-retries=0",
        f"--IdentityProvider.token={TOKEN}", f"--ServerApp.root_dir={root}", *options,
    ]  # fmt: skip
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        while not _answers(address):
            if process.poll() is not None:
                raise RuntimeError(f"JupyterLab ended with {process.returncode}")
            time.sleep(0.002)
        yield address, time.perf_counter() - begin
    finally:
        process.send_signal(signal.SIGINT)
        process.terminate()
        process.wait(30)


def _answers(address: str) -> bool:
    try:
        urllib.request.urlopen(f"{address}/api?token={TOKEN}", timeout=5).close()
    except OSError:
        return False
    return True


def _extensions_without_labwright(folder: Path) -> Path:
    """A folder with every prebuilt extension of this environment but Labwright's."""
    without = folder / "labextensions"
    without.mkdir()
    for found in EXTENSIONS.iterdir():
        if found.name != "labwright":
            shutil.copytree(found, without / found.name)
    return without


def _page(browser: Browser, address: str) -> tuple[float, bool]:
    """Seconds from the navigation to the launcher's cards, in a fresh profile; and whether Labwright is in the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    begin = time.perf_counter()
    page.goto(f"{address}/lab?token={TOKEN}&reset")
    page.wait_for_selector(".jp-LauncherCard", timeout=60_000)
    seconds = time.perf_counter() - begin
    config = page.evaluate("document.getElementById('jupyter-config-data').textContent")
    listed = json.loads(config)["federated_extensions"]
    context.close()
    return seconds, any(item["name"] == "labwright" for item in listed)


def _check(browser: Browser, ours: str, theirs: str) -> None:
    """The comparison is only one when the one page has Labwright and the other has not."""
    if not _page(browser, ours)[1] or _page(browser, theirs)[1]:
        raise RuntimeError("startup.page must compare a page with Labwright to one without it; install with `make lab`")
