"""Where endpoints run. `Runner` is what core asks for; `LocalRunner` is a detached data plane on this machine."""

from __future__ import annotations

import shutil
import socket
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, Protocol

import httpx

from labwright.errors import ConflictError, UnavailableError
from labwright.service import children
from labwright.serving.folder import Config, EndpointFolder, ProcessCard
from labwright.state import Folders, is_process

START_SECONDS = 20.0


class Runner(Protocol):
    """What core needs of a place where endpoints run."""

    def folder(self, name: str) -> EndpointFolder:
        """The endpoint's files."""

    def configure(
        self, name: str, *, version: str | None, digest: str | None, port: int | None,
        others: tuple[dict[str, Any], ...] = (), settings: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """Say what should serve (see `folder.Config`), for the next start and for when a trial ends."""

    def find(self, name: str) -> ProcessCard | None:
        """The data plane that lives."""

    def ensure(self, name: str) -> ProcessCard:
        """The data plane, started if it does not live. Errors: ConflictError (port_taken), UnavailableError."""

    def order(self, name: str, order: str, body: dict[str, Any] | None = None, timeout: float = 30) -> dict[str, Any]:
        """Give the data plane an order and its answer back. Errors: UnavailableError."""

    def stop(self, name: str) -> None:
        """End the data plane and its model processes."""

    def remove(self, name: str) -> None:
        """End it and delete its files, the prediction log too."""

    def names(self) -> list[str]:
        """All endpoints that have files."""


class LocalRunner:
    """Data planes as processes of this machine, found again by their folder."""

    def __init__(self, where: Folders) -> None:
        self._where = where
        self._locks: dict[str, threading.Lock] = defaultdict(threading.Lock)

    def folder(self, name: str) -> EndpointFolder:
        """As `Runner` says."""
        return EndpointFolder(self._where.home / "endpoints" / name)

    def configure(
        self, name: str, *, version: str | None, digest: str | None, port: int | None,
        others: tuple[dict[str, Any], ...] = (), settings: dict[str, Any] | None = None,
    ) -> None:  # fmt: skip
        """As `Runner` says."""
        folder, runtime = self.folder(name), str(self._where.runtime)
        try:
            folder.make()
            folder.write_config(Config(name, version, digest, port, runtime, others=others, settings=settings or {}))
        except OSError as error:
            raise UnavailableError(
                f"The endpoint's files cannot be written ({error.strerror}); make room on the disk of {folder.path}.",
                code="not_written",
            ) from None

    def find(self, name: str) -> ProcessCard | None:
        """As `Runner` says."""
        return self.folder(name).process()

    def ensure(self, name: str) -> ProcessCard:
        """As `Runner` says."""
        with self._locks[name]:
            found = self.find(name)
            return found if found is not None else self._start(name)

    def _start(self, name: str) -> ProcessCard:
        folder = self.folder(name)
        port = folder.config().port
        if port is not None and _taken(port):
            raise ConflictError(
                f"Port {port}, which this endpoint keeps, is taken by another process. Stop that one and start the "
                f"endpoint again, or delete the endpoint and promote again to get another port.",
                code="port_taken",
            )
        env = {key: value for key, value in children.environment().items() if key != "LABWRIGHT_HOME"}
        arguments = [sys.executable, "-P", "-m", "labwright.serving.plane", str(folder.path)]
        pid, started = children.start_detached(arguments, log=self._log(name), env=env, cwd=folder.path)
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            found = self.find(name)
            if found is not None:
                return found
            if not is_process(pid, started):
                break
            time.sleep(0.01)
        children.end_process(pid, started)
        raise UnavailableError(f"The endpoint's process did not start; its log is {self._log(name)}.")

    def order(self, name: str, order: str, body: dict[str, Any] | None = None, timeout: float = 30) -> dict[str, Any]:
        """As `Runner` says."""
        folder, card = self.folder(name), self.find(name)
        if card is None:
            raise UnavailableError("The endpoint's process does not run.", code="endpoint_down")
        try:
            with httpx.Client(
                transport=httpx.HTTPTransport(uds=card.admin, verify=False), base_url="http://endpoint",
                headers={"Authorization": f"Bearer {folder.secret('admin')}"}, timeout=timeout,
            ) as http:  # fmt: skip
                reply = (
                    http.get(f"/{order}") if order in ("status", "figures") else http.post(f"/{order}", json=body or {})
                )
            found: dict[str, Any] = reply.raise_for_status().json()
            return found
        except (httpx.HTTPError, ValueError, OSError):
            raise UnavailableError("The endpoint's process does not answer; try again.", code="endpoint_down") from None

    def stop(self, name: str) -> None:
        """As `Runner` says."""
        with self._locks[name]:
            card = self.find(name)
            if card is not None:
                children.end_process(card.pid, card.started, grace=10)

    def remove(self, name: str) -> None:
        """As `Runner` says."""
        self.stop(name)
        shutil.rmtree(self.folder(name).path, ignore_errors=True)

    def names(self) -> list[str]:
        """As `Runner` says."""
        folder = self._where.home / "endpoints"
        return sorted(path.name for path in folder.iterdir() if path.is_dir()) if folder.is_dir() else []

    def _log(self, name: str) -> Path:
        return self._where.logs / f"endpoint-{name}.log"


def _taken(port: int) -> bool:
    with socket.socket(socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
        return False
