"""A candidate's way to all of the traffic: by steps, each for a time and a number of calls; back when it does badly.

The data plane has a guard of its own and a lease (see `plane.versions`): it takes a bad candidate back at once, and any
candidate when nobody renews. The service only steps, renews, and says how it went.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from labwright.actor import Actor
from labwright.errors import InvalidError, LabwrightError, UnavailableError
from labwright.service.context import Context
from labwright.service.operations import Handle
from labwright.serving import records, shares
from labwright.serving.models import Version
from labwright.serving.settings_models import EndpointSettings
from labwright.serving.traffic_models import Canary

LEASE_SECONDS = 20.0
RENEW_SECONDS = 4.0
LOOK_SECONDS = 0.25


def run(
    handle: Handle, context: Context, actor: Actor, name: str, version: Version, canary: Canary,
    begin: float = 0.75, end: float = 0.95,
) -> None:  # fmt: skip
    """Take a version that is loaded through all steps; what it has then stays, under a lease, for the commit.

    `begin` and `end` are the operation's progress. Errors: InvalidError (canary_failed) with a sentence when the guard
    took it back; whatever raises, a cancel too, the calls go as before.
    """
    trial = _Trial(context, actor, name, version, canary, handle)
    steps = [canary.percent, *sorted({percent for percent in canary.steps if canary.percent < percent < 100})]
    candidates = records.room(context).candidates
    candidates[name] = version
    try:
        for place, percent in enumerate(steps):
            handle.step(_words(version, percent, canary), begin + (end - begin) * place / len(steps))
            trial.step(percent)
    except BaseException:
        take_back(context, actor, name)
        raise
    finally:
        candidates.pop(name, None)


def confirm(context: Context, name: str, version: Version, operation: str) -> None:
    """Look once more, for the commit: the guard or the lease may have ended the canary since its last step.

    Errors: InvalidError (canary_failed) with a sentence when the guard took it back, UnavailableError (endpoint_down)
    when it gets no calls any more.
    """
    _facts(records.room(context).runner.order(name, "status", timeout=5), version, operation)


def take_back(context: Context, actor: Actor, name: str) -> None:
    """Let the calls go as committed again; where that cannot be said now, the lease does it."""
    with context.store.session() as session:
        row = records.find(session, actor, name)
    if row is not None and row.live is not None:
        with suppress(LabwrightError):
            records.room(context).runner.order(name, "traffic", shares.order(row), timeout=10)


def _words(version: Version, percent: float, canary: Canary) -> str:
    until = [f"for {canary.seconds:g} s"] if canary.seconds else []
    until += [f"{canary.calls} calls"] if canary.calls else []
    return f"Canary: {percent:g} % of the calls go to version {version.version}" + (
        f", {' and at least '.join(until)}" if until else ""
    )


class _Trial:
    def __init__(
        self, context: Context, actor: Actor, name: str, version: Version, canary: Canary, handle: Handle
    ) -> None:
        self._context, self._actor, self._name = context, actor, name
        self._version, self._canary, self._handle = version, canary, handle
        self._room = records.room(context)

    def step(self, percent: float) -> None:
        """One step, to its end."""
        begin, renewed, before = 0.0, 0.0, 0
        while True:
            self._handle.check()
            now = time.monotonic()
            try:
                if now - renewed >= RENEW_SECONDS:
                    self._spread(percent)
                    renewed = now
                status = self._room.runner.order(self._name, "status", timeout=10)
                facts = _facts(status, self._version, self._handle.id)
            except UnavailableError:
                self._revive()
                begin = renewed = 0.0
                continue
            if not begin:
                begin, before = now, facts["calls"]
            if now - begin >= self._canary.seconds and facts["calls"] - before >= self._canary.calls:
                return
            time.sleep(LOOK_SECONDS)

    def _spread(self, percent: float) -> None:
        with self._context.store.session() as session:
            row = records.get(session, self._actor, self._name)
        guard = {
            "max_error_rate": self._canary.max_error_rate,
            "max_latency_ratio": self._canary.max_latency_ratio,
            "min_latency_increase_ms": self._canary.min_latency_increase_ms,
        }
        order: dict[str, Any] = shares.order(row) | {
            "weights": shares.with_canary(row, self._version.version, percent), "canary": self._version.version,
            "lease": LEASE_SECONDS, "guard": guard, "operation": self._handle.id,
        }  # fmt: skip
        if order["shadow"] == self._version.version:
            order["shadow"] = None
        reply = self._room.runner.order(self._name, "traffic", order, timeout=10)
        if not reply["set"]:
            if reply["tripped"]:
                raise _failed(reply["message"])
            raise UnavailableError(reply["message"], code="endpoint_down")

    def _revive(self) -> None:
        """The data plane died and serves as committed again, or will: load the candidate anew, and go on."""
        time.sleep(LOOK_SECONDS)
        self._handle.check()
        with self._room.busy[self._name]:
            self._room.runner.ensure(self._name)
            with self._context.store.session() as session:
                settings = EndpointSettings.model_validate(records.get(session, self._actor, self._name).settings)
            order, body = f"versions/{self._version.version}/load", {"digest": self._version.digest}
            try:
                reply = self._room.runner.order(self._name, order, body, timeout=settings.load_seconds + 30)
            except UnavailableError:
                return  # it died again; the next look comes here again
        if not reply["ready"]:
            raise _failed(f"Version {self._version.version} was taken back: it cannot be served, {reply['message']}.")


def _facts(status: dict[str, Any], version: Version, operation: str) -> dict[str, Any]:
    """How the canary stands in its data plane. Errors: as `confirm`."""
    if (trip := status["trips"].get(operation)) is not None:
        raise _failed(trip["words"])
    facts: dict[str, Any] | None = status["versions"].get(version.version)
    if facts is None or status["traffic"]["canary"] != version.version:
        raise UnavailableError(
            f"Version {version.version} gets no calls any more: the endpoint was started anew, or nobody renewed the "
            "canary for too long. Nothing was changed; promote it again.",
            code="endpoint_down",
        )
    return facts


def _failed(words: str) -> InvalidError:
    return InvalidError(words, code="canary_failed")
