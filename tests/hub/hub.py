"""A real JupyterHub on this machine, with two system users that are made for it and removed after."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psutil

REPOSITORY = Path(__file__).parents[2]
# The interpreter, the environment and the code, for users who may not look into the folders that they are in.
VISIBLE = [str(REPOSITORY / "tests/hub/visible.sh"), sys.base_prefix, str(REPOSITORY), sys.prefix, "--"]
PROXY = Path(sys.prefix) / "share" / "hub-proxy" / "node_modules" / ".bin" / "configurable-http-proxy"


def what_is_missing() -> str | None:
    """Why this machine cannot run the hub, in a sentence; None when it can."""
    if os.geteuid() != 0:
        return "the Hub test makes two system users, which needs root"
    for command in ("useradd", "userdel", "unshare", "setpriv"):
        if shutil.which(command) is None:
            return f"the Hub test needs the command {command}"
    if not PROXY.exists():
        return "the Hub's proxy is not installed; run: tests/system.sh test"
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
        return "the Hub test needs a mount namespace, which this machine does not allow"
    return None


@dataclass(frozen=True)
class User:
    """A system user, known to the hub by the same name."""

    name: str
    uid: int
    gid: int
    home: Path

    @property
    def state(self) -> Path:
        """Labwright's state folder."""
        return self.home / ".local" / "share" / "labwright"

    def processes(self) -> list[psutil.Process]:
        """All processes of this user."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.uids().real == self.uid and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(process)
        return found

    def services(self) -> list[psutil.Process]:
        """The user's Labwright services."""
        return [process for process in self.processes() if "labwright.service" in process.cmdline()]

    def run(self, code: str) -> str:
        """Run Python's `code` (standard library only) as this user; gives what it printed."""
        command = [
            *VISIBLE, "setpriv", f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups",
            sys.executable, "-I", "-S", "-c", code,
        ]  # fmt: skip
        found = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=60)
        assert found.returncode == 0, found.stderr
        return found.stdout.strip()


@dataclass(frozen=True)
class Hub:
    """The running hub."""

    url: str
    password: str
    token: str
    log: Path

    def api(self, method: str, path: str, **options: object) -> httpx.Response:
        """The hub's own API, as an administrator."""
        headers = {"Authorization": f"token {self.token}"}
        return httpx.request(method, f"{self.url}hub/api/{path}", headers=headers, timeout=60, **options)  # type: ignore[arg-type]

    def start(self, user: User) -> None:
        """Start the user's server, and wait for it."""
        self.api("POST", f"users/{user.name}")
        assert self.api("POST", f"users/{user.name}/server").status_code in {201, 202}
        self._wait(user, lambda servers: servers.get("", {}).get("ready", False))

    def stop(self, user: User) -> None:
        """Stop the user's server, and wait for its end."""
        assert self.api("DELETE", f"users/{user.name}/server").status_code in {202, 204}
        self._wait(user, lambda servers: not servers)

    def _wait(self, user: User, done: Callable[[dict[str, Any]], bool]) -> None:
        deadline = time.monotonic() + 120
        while not done(self.api("GET", f"users/{user.name}").json()["servers"]):
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.3)

    def log_in(self, user: User) -> httpx.Client:
        """A browser of this user, through the login form to the user's own server, as far as the workbench."""
        page = httpx.Client(base_url=self.url, follow_redirects=True, timeout=60)
        page.get("hub/login")
        xsrf = page.cookies.get("_xsrf", path="/hub/")
        reply = page.post("hub/login", params={"_xsrf": xsrf}, data={"username": user.name, "password": self.password})
        assert reply.is_success, reply.text
        reply = page.get(f"user/{user.name}/lab")
        assert reply.is_success, (reply.url, reply.text[:500])
        assert reply.url.path == f"/user/{user.name}/lab"
        return page


@contextmanager
def two_users() -> Iterator[tuple[User, User]]:
    """Make two system users; remove them with all that they have."""
    made: list[User] = []
    try:
        for _ in range(2):
            name = f"lw-test-{secrets.token_hex(3)}"
            subprocess.run(["useradd", "--create-home", "--shell", "/bin/bash", name], check=True, capture_output=True)
            entry = pwd.getpwnam(name)
            made.append(User(name, entry.pw_uid, entry.pw_gid, Path(entry.pw_dir)))
        yield made[0], made[1]
    finally:
        for user in made:
            for process in user.processes():  # the users are ours, so all that runs as them is ours
                with suppress(psutil.Error):
                    process.kill()
            for runtime in Path("/tmp").glob(f"labwright-{user.uid}-*"):
                shutil.rmtree(runtime, ignore_errors=True)
            deadline = time.monotonic() + 10
            while user.processes() and time.monotonic() < deadline:
                time.sleep(0.1)
            subprocess.run(["userdel", "--remove", user.name], check=False, capture_output=True)


@contextmanager
def hub(folder: Path) -> Iterator[Hub]:
    """Start the hub and its proxy; end both, and the users' servers."""
    ports = []
    sockets = [socket.socket() for _ in range(3)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
        ports.append(str(each.getsockname()[1]))
    for each in sockets:
        each.close()
    found = Hub(f"http://127.0.0.1:{ports[0]}/", secrets.token_hex(8), secrets.token_hex(16), folder / "hub.log")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("LABWRIGHT_", "JUPYTER"))}
    environment |= {
        "HUB_TEST_FOLDER": str(folder), "HUB_TEST_PORTS": " ".join(ports), "HUB_TEST_PASSWORD": found.password,
        "HUB_TEST_TOKEN": found.token, "CONFIGPROXY_AUTH_TOKEN": secrets.token_hex(16),
    }  # fmt: skip
    command = [
        *VISIBLE, sys.executable, "-m", "jupyterhub", "-f", str(REPOSITORY / "tests/hub/jupyterhub_config.py"),
    ]  # fmt: skip
    with open(found.log, "wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=folder)
    try:
        deadline = time.monotonic() + 60
        while True:
            assert process.poll() is None, found.log.read_text()
            assert time.monotonic() < deadline, found.log.read_text()
            with suppress(httpx.TransportError):
                if found.api("GET", "users").is_success:
                    break
            time.sleep(0.2)
        yield found
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            process.wait()
