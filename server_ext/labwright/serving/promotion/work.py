"""A promotion: register → fetch → load → check → decide → warm up → canary → live. Done whole, or taken back whole.

The commit to the database is the moment of truth. What comes before is undone when anything fails or somebody cancels,
and by the next service when this one dies; what comes after (the data plane's shift, MLflow's aliases) is made good by
`watch`. The endpoint answers all the while.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

from labwright.actor import Actor
from labwright.service.context import Context
from labwright.service.operations import Handle
from labwright.serving import aliases, canary, choosing, identity, readiness, records, registry
from labwright.serving.environments import keeping
from labwright.serving.models import Promote, Version
from labwright.serving.promotion import commit, decision, files, journal, loading
from labwright.serving.readiness.models import ReadinessCard, Verdict
from labwright.serving.readiness.subject import Subject
from labwright.serving.settings_models import EndpointSettings


class Work:
    """What a promotion operation does."""

    def __init__(
        self, context: Context, actor: Actor, name: str, body: Promote, choice: choosing.Choice, *, new: bool
    ) -> None:
        self._context, self._actor, self._name, self._body = context, actor, name, body
        self._choice, self._new = choice, new
        self._reason = body.reason
        self._room = records.room(context)

    def __call__(self, handle: Handle) -> dict[str, Any]:
        """Run it; gives the operation's result."""
        context, actor, name = self._context, self._actor, self._name
        with ExitStack() as undo:
            undo.callback(keeping.sweep, context)  # an environment that was made for nothing
            if self._new:
                undo.callback(self._drop_endpoint)
            live, settings = self._look()
            handle.step("Registering the model", 0.05)
            number = self._register(handle, undo)
            same, run_id = live is not None and number == live.version, self._choice.run_id
            if same and run_id is not None:  # it was promoted since this was asked for
                return self._nothing(handle, number)
            handle.step(f"Fetching version {number}", 0.1)
            fixed = identity.fixed_digest(context, actor, name, number, run_id)
            with loading.preparing(context, actor, name, undo, ahead=settings.environment == "notebook"):
                files.fetch(
                    context, handle, name, number, undo, fixed=fixed, look=run_id is None,
                    has_reference=self._choice.has_reference,
                )  # fmt: skip
            if same:
                return self._nothing(handle, number)
            card = files.set_environment(context, handle, name, number, settings, undo)
            version = Version(
                model=name, version=number, run_id=run_id, run_name=self._choice.run_name,
                digest=card["digest"],
            )  # fmt: skip
            handle.step("Loading it into a process of its own", 0.35)
            seconds = loading.load(context, handle, name, version, settings, undo)
            handle.step("Checking whether it is ready", 0.55)
            found = self._check(handle, version, card, live, settings, seconds)
            if self._body.check_only:
                return {"changed": False, "version": number, "endpoint": name, "verdict": found.verdict}
            self._decide(handle, found)
            handle.step("Warming up", 0.7)
            loading.load_again(context, handle, name, version, settings, undo)
            if not _fails_its_example(found):  # who goes on with a reason is not stopped by it again
                loading.warm_up(context, handle, name, number, card, settings)
            if self._body.canary is not None and live is not None:
                canary.run(handle, context, actor, name, version, self._body.canary)
            handle.step("Sending it copies of the calls" if self._is_shadow(live) else "Making it live", 0.95)
            self._commit(handle, version, card, live, undo)
        journal.settle_soon(context, journal.Entry(handle.id, name), seconds=5)
        aliases.mirror_soon(context, actor, name, seconds=10)
        return {"changed": True, "version": number, "endpoint": name}

    def _look(self) -> tuple[Version | None, EndpointSettings]:
        """What is live now, and the settings. Errors: ConflictError when it is not what the caller saw."""
        # A work that was there before the promotion was accepted may have waited for the same lock.
        with self._room.busy[self._name], self._context.store.session() as session:
            row = records.get(session, self._actor, self._name)
            if not self._new:
                records.check_revision(row, self._body.expected_revision)
            live = Version.model_validate(row.live) if row.live else None
            return live, EndpointSettings.model_validate(row.settings)

    def _register(self, handle: Handle, undo: ExitStack) -> str:
        if self._choice.version is not None:
            return self._choice.version
        entry = journal.Entry(handle.id, self._name)
        journal.begin(self._context, entry)
        undo.callback(journal.settle_quietly, self._context, entry)
        used = identity.used(self._context, self._actor, self._name)
        foreign = identity.foreign(self._context, self._actor, self._name, self._choice.run_id)
        return registry.register(self._context, self._name, self._choice, handle.id, used=used, foreign=foreign)

    def _nothing(self, handle: Handle, number: str) -> dict[str, Any]:
        handle.step(f"Version {number} of {self._name} is live already; nothing was changed.", 1.0)
        return {"changed": False, "version": number, "endpoint": self._name}

    def _check(
        self, handle: Handle, version: Version, card: dict[str, Any], live: Version | None, settings: EndpointSettings,
        seconds: float,
    ) -> ReadinessCard:  # fmt: skip
        folder = self._room.runner.folder(self._name)
        subject = Subject(
            context=self._context, actor=self._actor, operation=handle.id, endpoint=self._name, version=version,
            card=card, live=live, live_card=folder.card(live.version) if live else None, folder=folder,
            settings=settings, load_seconds=seconds,
            score=lambda number, rows: loading.score(self._context, self._name, number, rows, settings),
        )  # fmt: skip
        found = readiness.run(subject, lambda each: decision.store(self._context, self._actor, each), handle.check)
        decision.store(self._context, self._actor, found)
        return found

    def _decide(self, handle: Handle, found: ReadinessCard) -> None:
        """Go on, or wait for somebody to say so. Errors: InvalidError (not_ready), ConflictError (not_decided)."""
        try:
            reason = decision.make(self._context, handle, found, self._body)
        except BaseException:
            decision.store(self._context, self._actor, found.model_copy(update={"decided": "stop"}))
            raise
        self._reason = reason
        decision.store(self._context, self._actor, found.model_copy(update={"decided": "go", "reason": reason}))

    def _is_shadow(self, live: Version | None) -> bool:
        return self._body.shadow and live is not None

    def _commit(
        self, handle: Handle, version: Version, card: dict[str, Any], live: Version | None, undo: ExitStack
    ) -> None:  # fmt: skip
        context, actor, name = self._context, self._actor, self._name

        tried = self._body.canary is not None and live is not None

        def confirm() -> None:
            canary.confirm(context, name, version, handle.id)

        def write() -> None:
            if self._is_shadow(live):
                commit.make_shadow(context, actor, name, version, operation=handle.id, reason=self._reason)
            else:
                commit.make_live(
                    context, actor, name, version, card, kind="promote", operation=handle.id, reason=self._reason,
                    confirm=confirm if tried else None,
                )  # fmt: skip

        with self._room.busy[name]:
            handle.check()
            commit.once(context, handle.id, undo, write)
            commit.follow(context, actor, name)

    def _drop_endpoint(self) -> None:
        """The first promotion failed: there was no endpoint before, and there is none after."""
        with self._room.busy[self._name]:
            self._room.runner.remove(self._name)
            with self._context.store.session() as session:
                row = records.find(session, self._actor, self._name)
                if row is not None and row.live is None:
                    session.delete(row)
        self._context.events.publish("serving", self._name)


def _fails_its_example(card: ReadinessCard) -> bool:
    return any(check.id == "example_scored" and check.verdict is Verdict.failed for check in card.checks)
