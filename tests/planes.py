"""A data plane by itself, without a service, that serves a model which was saved just now."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import psutil

from labwright.serving.fetch import fetch
from labwright.serving.folder import Config, EndpointFolder
from tests.state_folder import wait_until


@dataclass
class Plane:
    """A running data plane, whose endpoint is named late."""

    folder: EndpointFolder
    process: subprocess.Popen[bytes]
    http: httpx.Client

    @property
    def host(self) -> str:
        """Host and port."""
        return self.http.base_url.netloc.decode()

    @property
    def token(self) -> str:
        """The owner's."""
        return self.folder.secret("token")

    def ask(self, body: Any, kind: str = "application/json", path: str = "/invocations") -> httpx.Response:
        """POST."""
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.http.post(path, content=content, headers={"Content-Type": kind})

    def order(self, order: str, body: dict[str, Any] | None = None) -> Any:
        """An order of the service's."""
        card = self.folder.process()
        assert card is not None
        with httpx.Client(
            transport=httpx.HTTPTransport(uds=card.admin), base_url="http://endpoint", timeout=60,
            headers={"Authorization": f"Bearer {self.folder.secret('admin')}"},
        ) as http:  # fmt: skip
            reply = http.get(f"/{order}") if body is None else http.post(f"/{order}", json=body)
            return reply.raise_for_status().json()

    def set(self, **settings: Any) -> None:
        """Other settings, at once."""
        config = self.folder.config()
        self.folder.write_config(replace(config, settings=config.settings | settings))
        assert self.order("settings", {})["set"]

    def model_process(self) -> psutil.Process:
        """The one of the one version."""
        children = psutil.Process(self.process.pid).children()
        (found,) = [child for child in children if "labwright.serving.plane.model_process" in child.cmdline()]
        return found

    def wait_ready(self) -> None:
        """Come back when it answers."""
        wait_until(lambda: self.http.get("/ping").status_code == 200, "the model is loaded", 60)

    def pids(self) -> set[int]:
        """The data plane and its model processes."""
        own = psutil.Process(self.process.pid)
        return {own.pid, *(child.pid for child in own.children())}


@contextmanager
def plane(path: Path, save: Callable[[str], None], **settings: Any) -> Iterator[Plane]:
    """Save a model, fetch it as a promotion does, serve it as version 1."""
    folder = EndpointFolder(path / "endpoints" / "late")
    folder.make()
    save(str(path / "saved"))
    card = fetch(str(path / "saved"), str(folder.version("1")), {})
    runtime = Path(os.environ["LABWRIGHT_HOME"]).parent / f"rt{abs(hash(path)) % 10_000}"
    runtime.mkdir(exist_ok=True, mode=0o700)
    folder.write_config(Config("late", "1", card["digest"], None, str(runtime), settings=settings))
    with run(folder) as served:
        yield served


@contextmanager
def run(folder: EndpointFolder) -> Iterator[Plane]:
    """Serve what a folder says."""
    env = os.environ | {"SECRET_TOKEN": "s3cret"}
    process = subprocess.Popen([sys.executable, "-m", "labwright.serving.plane", str(folder.path)], env=env)
    try:
        wait_until(lambda: folder.process() is not None, "the data plane listens")
        found = folder.process()
        assert found is not None
        headers = {"Authorization": f"Bearer {folder.secret('token')}"}
        with httpx.Client(base_url=f"http://127.0.0.1:{found.port}", headers=headers, timeout=60) as http:
            served = Plane(folder, process, http)
            served.wait_ready()
            yield served
    finally:
        process.terminate()
        process.wait(20)
