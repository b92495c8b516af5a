"""`%register` and `%predict`; `%promote` is in `promoting`, `%endpoint` in `endpoints`, `%score` in `scoring`."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, ClassVar

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from labwright.errors import InvalidError
from labwright_kernel.endpoints import EndpointMagics
from labwright_kernel.magic import keep_quotes, parsed
from labwright_kernel.promoting import PromoteMagics
from labwright_kernel.scoring import ScoreMagics


@magics_class
class ServingMagics(PromoteMagics, EndpointMagics, ScoreMagics):
    """Promote runs, ask endpoints, do what can be done with one."""

    capability: ClassVar[str] = "serving"
    verbs: ClassVar[dict[str, str]] = {
        "promote": "promote",
        "register": "register",
        "predict": "predict",
        "score": "score",
        "list": "endpoints",
    } | EndpointMagics.endpoint_verbs

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
