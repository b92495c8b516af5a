"""`%endpoints` and `%endpoint VERB NAME`: how endpoints stand, and what can be done with one."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from typing import Any, ClassVar

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from labwright.errors import InvalidError
from labwright_kernel.magic import LabwrightMagics, parsed

# What each verb takes besides the endpoint's name: words, and options.
WORDS = {
    "traffic": "VERSION=PERCENT …, such as 3=80 4=20",
    "settings": "SETTING=VALUE …, such as batching=off replicas=2; none: they are shown",
    "token": "CONSUMER, whoever is to call it",
    "revoke": "CONSUMER, whose token ends",
    "served": "a time, such as 2026-03-01T12:00 (UTC where it names no zone)",
}
OPTIONS = {
    "rollback": {"to", "reason"},
    "traffic": {"shadow", "reason"},
    "log": {"since"},
    "token": {"output"},
}
VERBS = [
    "show", "stop", "start", "rollback", "history", "served", "lineage", "traffic", "settings", "log", "tokens",
    "token", "revoke",
]  # fmt: skip


@magics_class
class EndpointMagics(LabwrightMagics):
    """A part of serving's magics."""

    endpoint_verbs: ClassVar[dict[str, str]] = {verb: f"endpoint {verb}" for verb in VERBS}

    @line_magic
    @parsed
    @magic_arguments()
    def endpoints(self, args: Namespace) -> Any:
        """All endpoints, and how they stand."""
        from labwright.serving import api

        return api.endpoints()

    @line_magic
    @parsed
    @magic_arguments()
    @argument("verb", choices=VERBS, help="What to do")
    @argument("name", help="The endpoint's name")
    @argument("words", nargs="*", help=f"{'; '.join(f'{verb}: {words}' for verb, words in WORDS.items())}")
    @argument("--to", metavar="VERSION", help="rollback: another version than the one before")
    @argument("--reason", help="rollback, traffic: why, for the history")
    @argument("--shadow", metavar="VERSION", help="traffic: this version gets copies of the calls, and never answers")
    @argument("--since", metavar="WINDOW", help="log: from when on, such as 12h or 7d")
    @argument("-o", "--output", metavar="NAME", help="token: the variable that holds it; it is never printed")
    def endpoint(self, args: Namespace) -> Any:
        """Show an endpoint, stop or start it, roll it back, split its traffic, set it, give tokens to its callers."""
        _check(args)
        return _DO[args.verb](self, args)

    def keep_token(self, args: Namespace) -> None:
        """Make a token and keep it in a variable: an output would be saved with the notebook."""
        from labwright.serving import api

        consumer = _consumer(args)
        if args.output is None or not args.output.isidentifier():
            raise InvalidError(
                f"A token is shown in no output, which would be saved: name the variable that holds it, such as "
                f"%endpoint token {args.name} {consumer} -o token."
            )
        self.variables[args.output] = api.new_token(args.name, consumer).token
        print(
            f"{args.output}: the token of {consumer} for {args.name}. It is kept nowhere else, and cannot be had again."
        )


def _check(args: Namespace) -> None:
    """Errors: InvalidError for a word or an option that the verb does not take."""
    if args.words and args.verb not in WORDS:
        raise InvalidError(f"%endpoint {args.verb} takes a name only; {args.words[0][:40]!r} is one word too many.")
    for option in ("to", "reason", "shadow", "since", "output"):
        if getattr(args, option) is not None and option not in OPTIONS.get(args.verb, set()):
            verbs = " and ".join(verb for verb, options in OPTIONS.items() if option in options)
            raise InvalidError(f"--{option} belongs to %endpoint {verbs}.")


def _pairs(args: Namespace) -> dict[str, str]:
    found = {}
    for word in args.words:
        key, sign, value = word.partition("=")
        if not sign or not key or not value:
            raise InvalidError(f"%endpoint {args.verb} takes {WORDS[args.verb]}.")
        found[key] = value
    return found


def _traffic(_self: EndpointMagics, args: Namespace) -> Any:
    from labwright.serving import api

    try:
        weights = {version.removeprefix("v"): float(percent.rstrip("%")) for version, percent in _pairs(args).items()}
    except ValueError:
        raise InvalidError(f"A share is a number of percent: {WORDS['traffic']}.") from None
    if not weights:
        raise InvalidError(f"Which shares? {WORDS['traffic']}.")
    return api.traffic(args.name, weights, shadow=args.shadow, reason=args.reason)


def _settings(_self: EndpointMagics, args: Namespace) -> Any:
    from labwright.serving import api

    return api.configure(args.name, **_pairs(args))


def _consumer(args: Namespace) -> str:
    if len(args.words) != 1:
        raise InvalidError(f"%endpoint {args.verb} takes the endpoint's name and {WORDS[args.verb]}.")
    return str(args.words[0])


def _served(_self: EndpointMagics, args: Namespace) -> Any:
    from labwright.serving import api

    if len(args.words) != 1:
        raise InvalidError(f"%endpoint served takes the endpoint's name and {WORDS['served']}.")
    return api.served(args.name, args.words[0])


def _revoke(_self: EndpointMagics, args: Namespace) -> None:
    from labwright.serving import api

    consumer = _consumer(args)
    api.revoke_token(args.name, consumer)
    print(f"The token of {consumer} for {args.name} is no longer valid.")


def _plain(function: str) -> Callable[[EndpointMagics, Namespace], Any]:
    """A verb that is a function of the endpoint's name alone."""

    def call(_self: EndpointMagics, args: Namespace) -> Any:
        from labwright.serving import api

        return getattr(api, function)(args.name)

    return call


def _rollback(_self: EndpointMagics, args: Namespace) -> Any:
    from labwright.serving import api

    return api.rollback(args.name, version=args.to, reason=args.reason)


def _log(_self: EndpointMagics, args: Namespace) -> Any:
    from labwright.serving import api

    return api.log(args.name, since=args.since)


_DO: dict[str, Callable[[EndpointMagics, Namespace], Any]] = {
    "show": _plain("endpoint"),
    "stop": _plain("stop"),
    "start": _plain("start"),
    "history": _plain("history"),
    "lineage": _plain("lineage"),
    "tokens": _plain("tokens"),
    "rollback": _rollback,
    "served": _served,
    "traffic": _traffic,
    "settings": _settings,
    "log": _log,
    "token": EndpointMagics.keep_token,
    "revoke": _revoke,
}
