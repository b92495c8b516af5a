"""A promotion: register → fetch → check → load → shift → done. It is done whole, or taken back whole.

The commit to the database is the moment of truth. What comes before is undone when anything fails or somebody cancels;
what comes after (the data plane's shift, MLflow's aliases) is made good by `watch` if the service dies there.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any

from labwright.actor import Actor
from labwright.errors import InvalidError, LabwrightError, UnavailableError
from labwright.experiments import core as experiments
from labwright.service import children
from labwright.service.context import Context
from labwright.service.operations import Handle
from labwright.serving import records, registry, watch
from labwright.serving.models import Version
from labwright.serving.tables import PromotionRow

log = logging.getLogger(__name__)
LOAD_SECONDS = 320.0


class Promotion:
    """The work of one promotion operation."""

    def __init__(
        self, context: Context, actor: Actor, name: str, choice: registry.Choice, *, new: bool, seen: int | None
    ) -> None:  # fmt: skip
        """`seen`: the revision that the endpoint must still have when the work begins, if the caller named one."""
        self._seen = seen
        self._context, self._actor, self._name, self._choice, self._new = context, actor, name, choice, new
        self._room = records.room(context)
        self._runner = self._room.runner

    def __call__(self, handle: Handle) -> dict[str, Any]:
        """Run it; gives the operation's result."""
        with self._room.busy[self._name], ExitStack() as undo:
            with self._context.store.session() as session:
                records.check_revision(records.get(session, self._actor, self._name), self._seen)
            if self._new:
                undo.callback(self._drop_endpoint)
            handle.step("Registering the model", 0.05)
            number = registry.register(self._context, self._name, self._choice, undo)
            handle.step(f"Fetching version {number}", 0.15)
            self._prepare(undo)
            card = self._fetch(handle, number, undo)
            version = Version(
                model=self._name, version=number, run_id=self._choice.run_id, run_name=self._choice.run_name,
                digest=card["digest"],
            )  # fmt: skip
            handle.step("Loading it into a process of its own", 0.5)
            self._load(handle, version, undo)
            handle.step("Scoring its input example" if card["example"] else "It has no input example to score", 0.85)
            self._score(number, card)
            handle.step("Making it live", 0.95)
            self._commit(version, card)
            undo.pop_all()
            self._follow()
        return {"changed": True, "version": number, "endpoint": self._name}

    def _fetch(self, handle: Handle, number: str, undo: ExitStack) -> dict[str, Any]:
        """The version's files and its card; files that are there since an earlier promotion are used again."""
        folder = self._runner.folder(self._name)
        folder.make()
        with self._context.store.session() as session:
            fixed = records.fixed_digest(session, self._name, number)
        with suppress(OSError, ValueError):
            if fixed is not None and folder.card(number)["digest"] == fixed:
                return folder.card(number)
        part = folder.path / "versions" / f".{number}.part"
        undo.callback(shutil.rmtree, part, ignore_errors=True)
        arguments = {
            "uri": f"models:/{self._name}/{number}",
            "target": str(part),
            "environment": experiments.mlflow_environment(self._context),
        }
        log_file = self._context.folders.logs / "serving.log"
        found: dict[str, Any] = children.run_job(
            "labwright.serving.fetch:fetch", arguments, log=log_file, check=handle.check
        )
        handle.step("Checking the model's files", 0.4)
        if fixed is not None and found["digest"] != fixed:
            raise InvalidError(
                f"The files of version {number} are not those that were promoted before; they were changed since. "
                "Log the model again and promote the new run.",
                code="files_changed",
            )
        shutil.rmtree(folder.version(number), ignore_errors=True)
        part.rename(folder.version(number))
        undo.callback(shutil.rmtree, folder.version(number), ignore_errors=True)
        return found

    def _prepare(self, undo: ExitStack) -> None:
        """Start the model process now: it imports MLflow while the job that fetches does so too."""
        with self._context.store.session() as session:
            row = records.get(session, self._actor, self._name)
            port, running = row.port, row.wanted == "running" and row.live is not None
        if not running:  # no version is live, so the data plane starts empty; the old state comes back by the undo
            self._runner.configure(self._name, version=None, digest=None, port=port)
            undo.callback(self._runner.stop, self._name)
        self._runner.ensure(self._name)
        undo.callback(self._order_quietly, "forget")
        self._order_quietly("prepare")

    def _load(self, handle: Handle, version: Version, undo: ExitStack) -> None:
        number = version.version
        undo.callback(self._order_quietly, f"versions/{number}/unload")
        reply = _while_checking(
            handle,
            lambda: self._runner.order(
                self._name, f"versions/{number}/load", {"digest": version.digest}, timeout=LOAD_SECONDS
            ),
        )
        if not reply["ready"]:
            raise InvalidError(f"The model cannot be served: {reply['message']}.", code="load_failed")

    def _score(self, number: str, card: dict[str, Any]) -> None:
        if not card["example"]:
            return
        reply = self._runner.order(self._name, f"versions/{number}/score", card["example"], timeout=60)
        if "error" in reply:
            raise InvalidError(f"The model fails on its own input example: {reply['error']}", code="example_failed")

    def _commit(self, version: Version, card: dict[str, Any]) -> None:
        """The moment of truth: one transaction."""
        process = self._runner.find(self._name)
        if process is None:
            raise UnavailableError("The endpoint's process died; nothing was changed. Try again.", code="endpoint_down")
        with self._context.store.session() as session:
            row = records.get(session, self._actor, self._name)
            previous = row.live["version"] if row.live else None
            row.live, row.wanted, row.port = version.model_dump(), "running", process.port
            row.card = {
                "signature": card["signature"],
                "tensor": card["tensor"],
                "example": card["example"],
                "has_reference": self._choice.has_reference,
                "previous": previous,
            }
            row.revision += 1
            session.add(
                PromotionRow(
                    endpoint=self._name,
                    version=version.model_dump(),
                    previous=previous,
                    owner=self._actor.owner,
                    namespace=self._actor.namespace,
                )
            )

    def _follow(self) -> None:
        """Make processes, files and MLflow match what was committed. Failures are made good later, and only noted."""
        try:
            watch.reconcile(self._context, self._actor, self._name)
        except LabwrightError as error:
            log.warning("endpoint %s: %s", self._name, error.message)
        try:
            watch.mirror(self._context, self._actor, self._name)
        except LabwrightError as error:
            log.warning("endpoint %s: aliases were not set: %s", self._name, error.message)
        self._context.events.publish("serving", self._name)

    def _drop_endpoint(self) -> None:
        """The first promotion failed: there was no endpoint before, and there is none after."""
        self._runner.remove(self._name)
        with self._context.store.session() as session:
            row = records.find(session, self._actor, self._name)
            if row is not None and row.live is None:
                session.delete(row)
        self._context.events.publish("serving", self._name)

    def _order_quietly(self, order: str) -> None:
        with suppress(LabwrightError):
            self._runner.order(self._name, order, timeout=30)


def _while_checking(handle: Handle, call: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Run `call` in a thread and look now and then whether somebody cancelled."""
    found: list[dict[str, Any]] = []
    errors: list[BaseException] = []

    def run() -> None:
        try:
            found.append(call())
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, name="promotion-load", daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        handle.check()
    if errors:
        raise errors[0]
    return found[0]
