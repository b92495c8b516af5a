"""`%promote`, `%register`, `%predict`: from a run to an endpoint, and its answers. `%endpoint` is in `endpoints`."""

from __future__ import annotations

import uuid
from argparse import Namespace
from typing import TYPE_CHECKING, Any, ClassVar

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from labwright.errors import InvalidError
from labwright_kernel.endpoints import EndpointMagics
from labwright_kernel.magic import keep_quotes, parsed

if TYPE_CHECKING:
    from labwright.service.models import Operation


@magics_class
class ServingMagics(EndpointMagics):
    """Promote runs, ask endpoints, do what can be done with one."""

    capability: ClassVar[str] = "serving"
    verbs: ClassVar[dict[str, str]] = {
        "promote": "promote",
        "register": "register",
        "predict": "predict",
        "list": "endpoints",
    } | EndpointMagics.endpoint_verbs

    @line_magic
    @parsed
    @magic_arguments()
    @argument("run", nargs="?", help="A run's id or name, best or last")
    @argument("--to", required=True, metavar="ENDPOINT", help="The endpoint's name; made if there is none")
    @argument("--version", metavar="N", help="Instead of RUN: a version that was promoted here before")
    @argument("--experiment", help="Another experiment than the one tracked last")
    @argument(
        "--by", metavar="METRIC", help="With best: by which metric (lower:METRIC, higher:METRIC: which is better)"
    )
    @argument("--model", metavar="NAME", help="Which of the run's models, when it has several")
    def promote(self, args: Namespace) -> Any:
        """Promote a run's model to an endpoint: registered, checked, loaded, and then live."""
        from labwright.serving import api

        if (args.run is None) == (args.version is None):
            raise InvalidError("Name a run (its id or name, best or last), or --version N: one of the two.")
        shown = _Progress(args.to)
        try:
            found = api.promote(
                args.run, to=args.to, version=args.version, experiment=args.experiment, by=args.by, model=args.model,
                progress=shown.show,
            )  # fmt: skip
        except BaseException:
            shown.end("The promotion did not come to its end; nothing was changed.")
            raise
        shown.replace(found)

    @line_magic
    @parsed
    @magic_arguments()
    @argument("run", help="A run's id or name, best or last")
    @argument("name", help="The registered model's name; made if there is none")
    @argument("--experiment", help="Another experiment than the one tracked last")
    @argument(
        "--by", metavar="METRIC", help="With best: by which metric (lower:METRIC, higher:METRIC: which is better)"
    )
    @argument("--model", metavar="NAME", help="Which of the run's models, when it has several")
    def register(self, args: Namespace) -> Any:
        """Register a run's model as a version, without an endpoint; %promote --version N makes it live later."""
        from labwright.serving import api

        return api.register(args.run, args.name, experiment=args.experiment, by=args.by, model=args.model)

    @line_magic
    @parsed
    @keep_quotes
    @magic_arguments()
    @argument("endpoint", help="The endpoint's name")
    @argument("frame", nargs="*", help="A DataFrame of this notebook: a name, or an expression such as df.head()")
    @argument("-o", "--output", metavar="NAME", help="Keep the predictions under this name")
    @argument("--curl", action="store_true", help="Print the command that asks the same, outside of this notebook")
    def predict(self, args: Namespace) -> Any:
        """Ask an endpoint for predictions."""
        from labwright.serving import api

        if not args.frame and not args.curl:
            raise InvalidError("Which rows? Such as %predict flights-delay df.head().")
        data = self._value(" ".join(args.frame)) if args.frame else None
        if args.curl:
            print(api.curl(args.endpoint, data))
            return None
        found = api.predict(args.endpoint, data)
        if args.output is None:
            return found
        if not args.output.isidentifier():
            raise InvalidError("-o takes a variable's name.")
        assert self.shell is not None
        self.shell.user_ns[args.output] = found
        print(f"{args.output}: {len(found):,} predictions of {args.endpoint}")
        return None

    def names(self, magic: str) -> list[str]:
        """The endpoints that there are, from their folders: quick, and starts nothing."""
        from labwright.state import folders

        home = folders(make=False).home / "endpoints"
        return sorted(path.name for path in home.iterdir()) if home.is_dir() else []

    def _value(self, expression: str) -> Any:
        """The value of an expression in the notebook. Its own error is the user's, and is shown whole."""
        assert self.shell is not None
        if expression in self.shell.user_ns:
            return self.shell.user_ns[expression]
        try:
            return self.shell.ev(expression)
        except Exception as error:
            raise InvalidError(f"The rows cannot be had: {type(error).__name__}: {str(error)[:200]}") from None


class _Progress:
    """One output, updated in place: the step that goes on, then the endpoint's card, which reads without a kernel."""

    def __init__(self, name: str) -> None:
        self._name, self._id, self._begun = name, uuid.uuid4().hex, False

    def show(self, operation: Operation) -> None:
        """The step that goes on."""
        from labwright.serving.render import progress

        self._display(progress(self._name, operation.step, operation.progress))

    def end(self, words: str) -> None:
        """Nothing goes on any more."""
        if self._begun:
            self._display({"text/plain": words})

    def replace(self, card: Any) -> None:
        """The result."""
        self._display(card._repr_mimebundle_())

    def _display(self, bundle: dict[str, Any]) -> None:
        display(bundle, raw=True, display_id=self._id, update=self._begun)
        self._begun = True
