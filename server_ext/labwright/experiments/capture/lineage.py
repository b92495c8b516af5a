"""Which cells led to a run: backwards from the cell that made it, by the names that cells set and use.

It follows names, not values, and takes all that a cell's text names: rather one cell too many than one too few.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from labwright.experiments.capture.models import ExecutedCell

_WORD = re.compile(r"[A-Za-z_]\w*")
_MAGIC = ("run_line_magic", "run_cell_magic", "system", "getoutput")


def leading_cells(cells: Sequence[ExecutedCell], transform: Callable[[str], str] | None = None) -> frozenset[int]:
    """Places (in `cells`) of the last cell and of those that it stands on. `transform` makes magics Python."""
    if not cells:
        return frozenset()
    named = [names_of(cell.source, transform) for cell in cells]
    modules = {name for names in named for name in names.imported}
    found = {len(cells) - 1}
    needed = set(named[-1].used)
    for place in range(len(cells) - 2, -1, -1):
        names = named[place]
        if (names.made | (names.touched - modules)) & needed:
            found.add(place)
            needed |= names.used
    return frozenset(found)


@dataclass
class Names:
    """The names that a cell uses, sets, imports, and those of objects that it may change."""

    used: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    imported: set[str] = field(default_factory=set)


def names_of(source: str, transform: Callable[[str], str] | None = None) -> Names:
    """The names in a cell's source; all its words where it is no Python."""
    names = Names()
    try:
        tree = ast.parse(transform(source) if transform else source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        names.used = set(_WORD.findall(source))
        names.touched = set(names.used)
        return names
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (names.used if isinstance(node.ctx, ast.Load) else names.made).add(node.id)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            names.made.add(node.name)
        elif isinstance(node, ast.alias):
            names.imported.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.Attribute | ast.Subscript) and isinstance(node.ctx, ast.Store):
            names.touched |= _root(node)  # frame["late"] = … changes frame
        elif isinstance(node, ast.Call):
            _call(node, names)
    names.made |= names.imported
    return names


def _call(node: ast.Call, names: Names) -> None:
    if not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr in _MAGIC:
        # What a magic's line names, it may read or set: %features join labels --views weather -o train.
        for argument in node.args:
            if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                words = set(_WORD.findall(argument.value))
                names.used |= words
                names.touched |= words
    else:
        names.touched |= _root(node.func)  # frame.drop(…, inplace=True), model.fit(…)


def _root(node: ast.expr) -> set[str]:
    while isinstance(node, ast.Attribute | ast.Subscript):
        node = node.value
    return {node.id} if isinstance(node, ast.Name) else set()
