"""What all magics share: parsing, `--help`, errors of one line, and `%lw CAPABILITY VERB …`.

A capability's module holds one class:

    @magics_class
    class ServingMagics(LabwrightMagics):
        capability = "serving"
        verbs = {"promote": "promote", "stop": "endpoint stop"}  # %lw serving VERB … -> this magic, these words

        @line_magic
        @parsed
        @magic_arguments()
        @argument("run", help="A run's id or name, best or last")
        def promote(self, args: Namespace) -> Any:
            '''Promote a run's model to an endpoint.'''
            from labwright.serving import api   # imported when used: %load_ext must be quick

Many magics: parts in files of their own (each a decorated class as above, without `capability`), which the capability's
class inherits. A cell magic takes `(self, args, cell)`, a magic that is both `(self, args, cell=None)`. Raise a
`LabwrightError` for what the user can mend; its message is the one line of the cell.
"""

from __future__ import annotations

import argparse
import functools
import logging
import shlex
from collections.abc import Callable
from typing import Any, ClassVar

from IPython.core.error import UsageError
from IPython.core.magic import Magics, line_cell_magic, magics_class

from labwright.errors import InvalidError, LabwrightError
from labwright_kernel.mistakes import did_you_mean, explain

log = logging.getLogger("labwright.kernel")


class MagicError(Exception):
    """Fails the cell with one clear line instead of a trace."""

    def __init__(self, message: str, *, code: str = "invalid") -> None:
        super().__init__(" ".join(message.split()))
        self.code = code

    def _render_traceback_(self) -> list[str]:
        return [str(self)]


def parsed(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a magic its parsed arguments instead of a line, answer `--help`, and turn errors into one line.

    An exception that renders itself (a user's own, from a cell's body) passes unchanged.
    """
    parser: argparse.ArgumentParser = function.parser  # type: ignore[attr-defined] # made by @magic_arguments()

    @functools.wraps(function)
    def run(self: Magics, line: str = "", *cell: str) -> Any:
        try:
            words = _split(line, keep_quotes=getattr(function, "keep_quotes", False))
            if "--help" in words or "-h" in words:
                print(parser.format_help().replace("::\n\n  %", "\n  %").strip())
                return None
            return function(self, parser.parse_args(words), *cell)
        except (UsageError, argparse.ArgumentError) as error:
            name = f"{'%%' if cell else '%'}{function.__name__}"
            raise MagicError(f"{name}: {explain(parser, str(error))} {name} --help lists what it takes.") from None
        except LabwrightError as error:
            raise MagicError(error.message, code=error.code) from None
        except KeyboardInterrupt as error:
            if hasattr(error, "_render_traceback_"):
                raise
            raise MagicError("Interrupted.", code="interrupted") from None
        except Exception as error:
            if hasattr(error, "_render_traceback_"):
                raise
            raise MagicError(f"Something went wrong inside Labwright: {_write_down(error)}", code="internal") from None

    return run


def keep_quotes(function: Callable[..., Any]) -> Callable[..., Any]:
    """For a magic that takes a Python expression: its words keep their quotes. Goes between @parsed and the others."""
    function.keep_quotes = True  # type: ignore[attr-defined] # read by `parsed`
    return function


def _split(line: str, *, keep_quotes: bool) -> list[str]:
    try:
        return shlex.split(line, posix=not keep_quotes)
    except ValueError as error:
        raise InvalidError(f"This line cannot be read: {error}.") from None


def _write_down(error: Exception) -> str:
    """Keep the trace in the kernel's log; give the line that names it."""
    from labwright.state import folders

    path = folders().logs / "kernel.log"
    handler = logging.FileHandler(path)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    log.propagate = False
    try:
        log.error("a magic failed", exc_info=error)
    finally:
        log.removeHandler(handler)
        handler.close()
    return f"{type(error).__name__}; the trace is in {path}"


class LabwrightMagics(Magics):
    """Base of a capability's magics."""

    capability: ClassVar[str] = ""
    verbs: ClassVar[dict[str, str]] = {}

    def __init__(self, shell: Any) -> None:
        # IPython looks at a class's own magics only; a capability's class may inherit some from parts in other files.
        kinds = [kind for kind in reversed(type(self).__mro__) if issubclass(kind, Magics) and "magics" in vars(kind)]
        type(self).magics = {
            mark: {name: method for kind in kinds for name, method in vars(kind)["magics"].get(mark, {}).items()}
            for mark in ("line", "cell")
        }
        super().__init__(shell)

    @property
    def variables(self) -> dict[str, Any]:
        """The notebook's variables."""
        assert self.shell is not None
        found: dict[str, Any] = self.shell.user_ns
        return found

    def names(self, magic: str) -> list[str]:
        """Names that Tab offers after `%magic`, such as those of endpoints. Must be quick and start nothing."""
        return []


@magics_class
class Dispatch(Magics):
    """`%lw CAPABILITY VERB …`: always there, whatever other extensions named their magics."""

    def __init__(self, shell: Any, rooms: dict[str, LabwrightMagics]) -> None:
        super().__init__(shell)
        self.rooms = rooms

    @line_cell_magic
    def lw(self, line: str, cell: str | None = None) -> Any:
        """Do what a short magic does: `%lw clusters start --workers 2`, `%%lw experiments track flights`."""
        words = line.strip().split(maxsplit=2)
        if not words or words[0] in ("--help", "-h"):
            print(self._help())
            return None
        room = self.rooms.get(words[0])
        if room is None:
            meant = did_you_mean(words[0], self.rooms)
            raise MagicError(f"%lw has no {words[0][:40]!r}; it has {', '.join(self.rooms)}.{meant}")
        if len(words) < 2 or words[1] not in room.verbs:
            meant = did_you_mean(words[1], room.verbs) if len(words) > 1 else ""
            raise MagicError(f"%lw {room.capability} takes one of: {', '.join(room.verbs)}.{meant}")
        magic, _, start = room.verbs[words[1]].partition(" ")
        kind = "line" if cell is None else "cell"
        method = room.magics[kind].get(magic)
        if method is None:
            mark = "%%" if kind == "line" else "%"
            raise MagicError(f"This takes {mark}lw: {mark}lw {room.capability} {words[1]}.")
        rest = f"{start} {words[2] if len(words) > 2 else ''}".strip()
        return method(rest) if cell is None else method(rest, cell)

    def _help(self) -> str:
        lines = ["%lw CAPABILITY VERB …   (add --help to any of them)"]
        for name, room in self.rooms.items():
            lines += [f"  {f'%lw {name} {verb}':<26}  same as %{magic}" for verb, magic in room.verbs.items()]
        return "\n".join(lines)
