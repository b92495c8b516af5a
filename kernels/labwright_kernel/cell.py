"""Run the body of a cell magic as IPython runs a cell: last value given, and the user's own trace when it fails."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from typing import Any

from labwright.errors import InvalidError
from labwright.experiments.capture.contributions import number_of_this_cell


class CellSyntaxError(Exception):
    """The cell is not Python. IPython would show our frames with a plain SyntaxError, whatever it says of itself."""

    def __init__(self, error: SyntaxError, lines: list[str]) -> None:
        super().__init__(str(error))
        self._lines = lines

    def _render_traceback_(self) -> list[str]:
        return self._lines


def compile_body(shell: Any, cell: str) -> Callable[[], Any]:
    """Compile a cell's source; calling the result runs it in the user's namespace and gives its last value.

    Errors, here and in the call, carry `_render_traceback_`: they show the user's frames only, none of ours.
    """
    try:
        # Line 1 of the cell is the magic's own; traces number the lines as the notebook does.
        source = "\n" + shell.transform_cell(cell)
        name = shell.compile.cache(source, number_of_this_cell() or shell.execution_count, raw_code=cell)
        tree = shell.transform_ast(shell.compile.ast_parse(source, filename=name))
        last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
        body = compile(tree, name, "exec")
        end = None if last is None else compile(ast.Expression(last.value), name, "eval")
    except SyntaxError as error:
        if re.search(r"'?(await|async)\b.* outside", error.msg or ""):
            raise InvalidError(
                "A cell magic cannot await: write `with lw.experiments.track(…):` in a cell of its own instead."
            ) from None
        raise CellSyntaxError(error, shell.SyntaxTB.structured_traceback(type(error), error, [])) from None

    def run() -> Any:
        try:
            exec(body, shell.user_ns)  # noqa: S102 # it is the user's own cell
            return None if end is None else eval(end, shell.user_ns)  # noqa: S307
        except BaseException as error:
            if not hasattr(error, "_render_traceback_"):  # else a magic inside failed with its own line
                frames = error.__traceback__.tb_next if error.__traceback__ else None
                _render(error, shell.InteractiveTB.structured_traceback(type(error), error, frames, tb_offset=0))
            raise

    return run


def _render(error: BaseException, lines: list[str]) -> None:
    error._render_traceback_ = lambda: lines  # type: ignore[attr-defined] # IPython asks for it
