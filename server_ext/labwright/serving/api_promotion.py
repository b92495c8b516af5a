"""`lw.serving.promote`: from a run or a version to an endpoint, by way of the readiness card."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from labwright.client import follow, shared
from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError, UnavailableError
from labwright.service.models import Operation
from labwright.serving import naming
from labwright.serving.models import Decide, Promote
from labwright.serving.readiness import output
from labwright.serving.readiness.models import WAITING, ReadinessCard, Verdict
from labwright.serving.traffic_models import Canary, Role

if TYPE_CHECKING:
    from labwright.serving.api import EndpointCard

__all__ = ["promote"]

LOADED = 0.5  # progress from which there may be a card
CANCELLED = "The promotion was cancelled; nothing was changed."


class ReadinessResult(ReadinessCard):
    """A readiness card that shows itself in a notebook."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return output.bundle(self)


Progress = Callable[[Operation, ReadinessResult | None], None]


def promote(
    run: str | Any | None = "last", to: str | None = None, *, version: str | int | None = None,
    experiment: str | None = None, by: str | None = None, model: str | None = None,
    canary: float | Canary | None = None, shadow: bool = False, reason: str | None = None, check_only: bool = False,
    wait: bool = True, progress: Progress | None = None, decide: Callable[[ReadinessResult], bool] | None = None,
) -> EndpointCard | ReadinessResult | Operation:  # fmt: skip
    """Promote a run's model to the endpoint `to`: it is registered, loaded, checked, and then answers there.

    `run` is a run, its id or name, `best` (by the metric `by`) or `last`, of `experiment` or the last one; or give
    a registered `version` of the endpoint's model. `canary` (percent, or a `Canary`) lets it begin with a share of the
    calls and go on by steps; `shadow` gives it copies of the calls only. A check that fails stops the promotion, unless
    there is a `reason` to go on, which is recorded. `decide` is asked when a check warned; without it warnings stop
    nothing. `check_only` gives the readiness card and changes nothing.

    Gives the endpoint; with `wait=False` the operation that goes on. Promoting what is live changes nothing, and says
    so. Errors: InvalidError (not_ready) names the check that failed.
    """
    if to is None:
        raise InvalidError("Say where to: promote(run, to='NAME').")
    naming.check_new(to)
    from labwright.serving.api import run_with_model

    asks = decide is not None and wait and not check_only and reason is None
    try:
        chosen: dict[str, Any] = (
            {"version": str(version).removeprefix("v")}
            if version is not None
            else {"run_id": run_with_model(run, experiment, by), "model": model}
        )
        body = Promote(
            **chosen, canary=_canary(canary), shadow=shadow, reason=reason, check_only=check_only,
            ask="warnings" if asks else "never",
        )  # fmt: skip
    except ValidationError as error:
        raise InvalidError(_words(error)) from None
    operation: Operation = shared().post(f"/serving/endpoints/{to}/promotions", Operation, body)
    if not wait:
        return operation
    follower = _Follower(progress, decide if asks else None)
    try:
        operation = follow(operation, cancelled=CANCELLED, each=follower.look)
    except UnavailableError as error:
        raise follower.stopped or error from None
    except InvalidError as error:
        follower.last(operation)
        raise (NotReady(follower.card) if error.code == "not_ready" else error) from None
    card = follower.last(operation)
    if card is not None and progress is not None:
        progress(operation, card)
    return _result(to, operation, card, body)


class _Follower:
    """Looks at a promotion that goes on: its card, and whether it waits for somebody."""

    def __init__(self, progress: Progress | None, decide: Callable[[ReadinessResult], bool] | None) -> None:
        self.card: ReadinessResult | None = None
        self.stopped: LabwrightError | None = None
        self._progress, self._decide = progress, decide
        self._seen: object = None

    def look(self, operation: Operation) -> None:
        known = self.card is not None and self.card.verdict is not Verdict.waiting
        if (operation.progress >= LOADED and not known) or operation.step == WAITING:
            self.last(operation)
        if self._progress is not None and self._seen != (seen := (operation.step, operation.progress, self.card)):
            self._seen = seen
            self._progress(operation, self.card)
        if operation.step == WAITING and self.card is not None and self._decide is not None:
            decide, self._decide = self._decide, None
            self._answer(operation, self.card, decide)

    def last(self, operation: Operation) -> ReadinessResult | None:
        """The card as it is now; None while there is none."""
        with suppress(NotFoundError):
            path = f"/serving/promotions/{operation.id}/readiness"
            self.card = shared().get(path, ReadinessResult)
        return self.card

    def _answer(self, operation: Operation, card: ReadinessResult, decide: Callable[[ReadinessResult], bool]) -> None:
        if card.verdict is Verdict.failed:
            self.stopped = NotReady(card)
        elif not decide(card):
            self.stopped = ConflictError("Not promoted; nothing was changed.", code="declined")
        with suppress(ConflictError):  # somebody decided in the page meanwhile
            order = f"/operations/{operation.id}/cancel" if self.stopped else f"/serving/promotions/{operation.id}/go"
            shared().post(order, Operation, None if self.stopped else Decide())


def _result(
    name: str, operation: Operation, card: ReadinessResult | None, body: Promote
) -> EndpointCard | ReadinessResult:  # fmt: skip
    if body.check_only and card is not None:
        return card
    from labwright.serving.api import settled

    found, version = settled(name), operation.result["version"]
    if not operation.result.get("changed", True):
        note = operation.log[-1]
    elif (live := found.live) is not None and live.version != version:
        note = f"Version {version} gets copies of the calls." if body.shadow else f"Version {live.version} is live."
    else:
        note = f"Version {version} is live."
    if shares := [f"version {one.version} has {one.percent:g} %" for one in found.traffic if one.role == Role.share]:
        note += f" The traffic stays split: {', '.join(shares)} of the calls (%endpoint traffic changes it)."
    return found.model_copy(update={"note": note})


class NotReady(InvalidError):
    """A check failed and nobody said why to go on: one line that names it. `way` is how a reason is given here."""

    def __init__(self, card: ReadinessResult | None, way: str = "reason='why'") -> None:
        self.card = card
        failed = [check for check in card.checks if check.verdict is Verdict.failed] if card else []
        words = " ".join(f"{check.title}: {check.words}" for check in failed) or "A check failed."
        super().__init__(
            f"Not promoted. {words} Nothing was changed; to promote it all the same, say why: {way}.", code="not_ready"
        )


def _canary(given: float | Canary | None) -> Canary | None:
    return given if given is None or isinstance(given, Canary) else Canary(percent=given)


def _words(error: ValidationError) -> str:
    """What is wrong with the first argument, without its value."""
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else "this"
    known = {
        "percent": "canary: a share is more than 0 and less than 100 percent.",
        "reason": "reason: say why in 3 to 2000 characters.",
        "version": "version: a number, such as 3.",
    }
    return known.get(name, f"{name}: {first['msg']}.")
