"""`%promote`: from a run or a version to an endpoint, with the readiness card in the cell's output."""

from __future__ import annotations

import sys
import uuid
from argparse import Namespace
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from labwright.errors import ConflictError, InvalidError, NotFoundError
from labwright_kernel.magic import LabwrightMagics, parsed
from labwright_kernel.mistakes import did_you_mean

if TYPE_CHECKING:
    from labwright.service.models import Operation
    from labwright.serving.readiness.models import ReadinessCard


@magics_class
class PromoteMagics(LabwrightMagics):
    """A part of serving's magics."""

    @line_magic
    @parsed
    @magic_arguments()
    @argument(
        "run", nargs="?", metavar="RUN|VERSION",
        help="A run's id or name, best or last; or a number: a version of the endpoint's model",
    )  # fmt: skip
    @argument("--to", required=True, metavar="ENDPOINT", help="The endpoint's name; made if there is none")
    @argument("--version", metavar="N", help="Instead of RUN: a version of the endpoint's model")
    @argument("--experiment", help="Another experiment than the one tracked last")
    @argument(
        "--by", metavar="METRIC", help="With best: by which metric (lower:METRIC, higher:METRIC: which is better)"
    )
    @argument("--model", metavar="NAME", help="Which of the run's models, when it has several")
    @argument("--canary", metavar="PERCENT", help="Begin with this share of the calls, go on by steps, or back")
    @argument("--shadow", action="store_true", help="It gets copies of the calls; the live version goes on to answer")
    @argument("--reason", metavar="WHY", help="Go on though a check fails; it is recorded in the endpoint's history")
    @argument("--check", action="store_true", help="Make the readiness card only; nothing is changed")
    @argument("--yes", action="store_true", help="Do not ask when a check warns")
    def promote(self, args: Namespace) -> Any:
        """Promote a run's model, or a version, to an endpoint: it is registered, loaded, checked, and then live."""
        from labwright.serving import api, api_promotion

        run, version = _chosen(args)
        shown = _Shown(args.to)
        asks = not (args.yes or args.reason or args.check) and may_ask(self.shell)
        try:
            found = api.promote(
                run, to=args.to, version=version, experiment=args.experiment, by=args.by, model=args.model,
                canary=_percent(args.canary), shadow=args.shadow, reason=args.reason, check_only=args.check,
                progress=shown.show, decide=_ask if asks else None,
            )  # fmt: skip
        except api_promotion.NotReady as error:
            shown.end("Not promoted; nothing was changed.", error.card)
            raise api_promotion.NotReady(error.card, '--reason "why"') from None
        except ConflictError as error:
            shown.end("The promotion did not come to its end; nothing was changed.")
            if error.code != "declined":
                raise
            print(error.message)
            return
        except NotFoundError as error:
            raise _with_names(error, self, run, args) from None
        except BaseException:  # an interrupt may have come too late, and a service that died says no more
            shown.end(f"The promotion was not followed to its end; %endpoint show {args.to} says what is live.")
            raise
        shown.result(found)


def may_ask(shell: Any) -> bool:
    """Whether somebody is there to answer a question: a notebook that is run by hand, or a terminal."""
    kernel = getattr(shell, "kernel", None)
    if kernel is not None:  # false for cells that a program runs, such as nbconvert and nbval
        return bool(getattr(kernel, "_allow_stdin", False))
    return sys.stdin is not None and sys.stdin.isatty()


def _ask(_card: ReadinessCard) -> bool:
    """The card is in the output above."""
    return input("Go on? [y/N] ").strip().lower() in ("y", "yes")


def _chosen(args: Namespace) -> tuple[str | None, str | None]:
    """The run, or the version. A number is a version: runs have names or ids of 32 signs."""
    if (args.run is None) == (args.version is None):
        raise InvalidError("Name a run (its id or name, best or last), or a version's number: one of the two.")
    if args.run is not None and args.run.isdecimal() and len(args.run) < 13:
        return None, args.run
    return args.run, args.version


def _percent(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        return float(text.removesuffix("%"))
    except ValueError:
        raise InvalidError("--canary takes a share in percent, such as 10.") from None


def _with_names(error: NotFoundError, magics: LabwrightMagics, run: str | None, args: Namespace) -> NotFoundError:
    """The error with the name that was not found and the one that was likely meant."""
    from labwright.experiments.api import known_names

    known: list[str] = []
    with suppress(Exception):
        known = known_names("runs", args.experiment) if run is not None else magics.names("promote")
    name = run if run is not None else args.to
    return NotFoundError(f"{name[:60]}: {error.message}{did_you_mean(name, known)}", code=error.code)


class _Shown:
    """One output, updated in place: the step that goes on, with the card as it fills; then the endpoint below it."""

    def __init__(self, name: str) -> None:
        self._name, self._id, self._begun = name, uuid.uuid4().hex, False
        self._card: ReadinessCard | None = None

    def show(self, operation: Operation, card: ReadinessCard | None) -> None:
        """The step that goes on."""
        from labwright.serving.readiness import output
        from labwright.serving.render import progress

        self._card = card
        if card is None:
            self._display(progress(self._name, operation.step, operation.progress))
        else:
            self._display(output.bundle(card, operation.step, operation.progress))

    def end(self, words: str, card: ReadinessCard | None = None) -> None:
        """Nothing goes on any more."""
        from labwright.serving.readiness import output

        if (card := card or self._card) is not None:
            self._display(output.bundle(card))
        elif self._begun:
            self._display({"text/plain": words})

    def result(self, found: Any) -> None:
        """What came of it: the card stays, and the endpoint comes below; without a card the endpoint is all."""
        from labwright.serving.readiness.models import ReadinessCard

        if isinstance(found, ReadinessCard) or self._card is None:
            self._display(found._repr_mimebundle_())
            return
        self.end("")
        display(found._repr_mimebundle_(), raw=True)

    def _display(self, bundle: dict[str, Any]) -> None:
        display(bundle, raw=True, display_id=self._id, update=self._begun)
        self._begun = True
