"""A real Jupyter server (or JupyterLab) as a process of its own, for the door's, the fault and the browser tests."""

from __future__ import annotations

import functools
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

START_SECONDS = 60.0


@dataclass
class Jupyter:
    """A running server. `url` ends in a slash; `log` is what it wrote to its terminal."""

    process: subprocess.Popen[bytes]
    url: str
    token: str
    root: Path
    log: Path
    home: Path
    _clients: list[httpx.Client] = field(default_factory=list)

    @property
    def http(self) -> httpx.Client:
        """A client that has the server's token."""
        if not self._clients:
            self._clients.append(self.client(Authorization=f"token {self.token}"))
        return self._clients[0]

    def client(self, **headers: str) -> httpx.Client:
        """Another client, with these headers only."""
        return httpx.Client(base_url=self.url, headers=headers, timeout=90)

    def browser(self) -> httpx.Client:
        """A client that logged in as a page does: with the cookie, and without the token."""
        client = self.client()
        client.get("lab" if self.is_lab else "tree", params={"token": self.token}, follow_redirects=True)
        assert any(name.startswith("username-") for name in client.cookies), "no login cookie"
        return client

    @property
    def is_lab(self) -> bool:
        return "jupyterlab" in self.process.args  # type: ignore[operator]

    def stop(self, how: signal.Signals = signal.SIGTERM) -> str:
        """End it cleanly; gives its log."""
        for client in self._clients:
            client.close()
        if self.process.poll() is None:
            # Python drops a KeyboardInterrupt that arrives inside a destructor: a person presses Ctrl-C again.
            for _ in range(6):
                self.process.send_signal(how)
                try:
                    self.process.wait(5)
                    break
                except subprocess.TimeoutExpired:
                    continue
            else:
                self.process.kill()
                self.process.wait()
        return self.log.read_text()

    def kill(self) -> None:
        """Kill -9."""
        self.process.kill()
        self.process.wait()


@contextmanager
def jupyter(
    folder: Path,
    home: Path,
    *,
    lab: bool = False,
    labwright: bool = True,
    base_url: str = "/",
    extensions: tuple[str, ...] = (),
    python_path: Path | None = None,
) -> Iterator[Jupyter]:
    """Start a server with its own configuration in `folder` and Labwright's state in `home`; end it after.

    `labwright=False` is a server, and a page, in whose environment there is no Labwright.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    folder.mkdir(parents=True, exist_ok=True)
    root = folder / "root"
    root.mkdir(exist_ok=True)
    log = folder / f"jupyter-{port}.log"
    command = [
        sys.executable, "-m", "jupyterlab" if lab else "jupyter_server", "--no-browser", "--allow-root",
        f"--port={port}", "--port-retries=0", f"--ServerApp.base_url={base_url}", f"--ServerApp.root_dir={root}",
        f"--ServerApp.jpserver_extensions={ {'labwright.extension': labwright} | dict.fromkeys(extensions, True) }",
    ]  # fmt: skip
    if not labwright:
        others = _extensions_without_labwright(folder / "labextensions")
        command += [f"--LabServerApp.labextensions_path={others}", f"--LabApp.labextensions_path={others}"]
    environment = os.environ | {
        "LABWRIGHT_HOME": str(home),
        "JUPYTER_TOKEN": token,
        "JUPYTER_CONFIG_DIR": str(folder / "config"),
        "JUPYTER_DATA_DIR": str(folder / "data"),
        "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "JUPYTERLAB_WORKSPACES_DIR": str(folder / "workspaces"),
        "JUPYTERLAB_SETTINGS_DIR": str(folder / "settings"),
    }
    if python_path is not None:
        environment["PYTHONPATH"] = str(python_path)
    with open(log, "wb") as output:
        process = subprocess.Popen(
            command, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            # Where the tests run in a shell's background, Ctrl-C is ignored, and that is inherited.
            preexec_fn=functools.partial(signal.signal, signal.SIGINT, signal.default_int_handler),
        )  # fmt: skip
    found = Jupyter(process, f"http://127.0.0.1:{port}{base_url}", token, root, log, home)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not _answers(found):
            assert process.poll() is None, f"Jupyter ended: {log.read_text()}"
            assert time.monotonic() < deadline, f"Jupyter does not answer: {log.read_text()}"
            time.sleep(0.05)
        yield found
    finally:
        found.stop()


def _extensions_without_labwright(folder: Path) -> Path:
    """A folder with the page's extensions of this environment but ours."""
    folder.mkdir()
    for found in (Path(sys.prefix) / "share" / "jupyter" / "labextensions").iterdir():
        if found.name != "labwright":
            (folder / found.name).symlink_to(found)
    return folder


def _answers(found: Jupyter) -> bool:
    try:
        return found.http.get("api").is_success
    except httpx.TransportError:
        return False
