"""Tables of text for outputs that travel, and the same for a terminal.

The text is anybody's, and escaped here. Cells are `td` only, and their style is inline: sanitizers show `th`
and `thead` as code and take `<style>` away. Half-transparent colours read on light and on dark.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

TABLE = "border-collapse:collapse;font-size:13px;margin:4px 0 8px 0"
CELL = "padding:3px 10px;text-align:left;border-bottom:1px solid rgba(128,128,128,.3);font-variant-numeric:tabular-nums"
MUTED = "opacity:.7"


def row(values: Sequence[str], styles: Sequence[str] = ()) -> str:
    """A row of cells; the first have `styles`, the others the usual one."""
    given = [*styles, *[CELL] * (len(values) - len(styles))]
    return _line([(escape(value), style) for value, style in zip(values, given, strict=True)])


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table with names over its columns."""
    top = _line([(f"<b>{escape(name)}</b>", CELL) for name in head])
    return f'<table style="{TABLE}">{top}{"".join(row(values) for values in rows)}</table>'


def plain(rows: Sequence[Sequence[str]]) -> str:
    """Rows as lines, their cells in columns."""
    widths = [max(len(values[place]) for values in rows) for place in range(len(rows[0]))]
    lines = ("  ".join(value.ljust(width) for value, width in zip(values, widths, strict=True)) for values in rows)
    return "\n".join(line.rstrip() for line in lines)


def bundle(head: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, str]:
    """The MIME bundle of a table."""
    return {"text/html": table(head, rows), "text/plain": plain([head, *rows])}


def words(text: str) -> dict[str, str]:
    """The MIME bundle of a sentence."""
    return {"text/html": f"<div>{escape(text)}</div>", "text/plain": text}


def _line(cells: Sequence[tuple[str, str]]) -> str:
    inside = [f'<td style="{style}">{content}</td>' for content, style in cells]
    return f"<tr>{''.join(inside)}</tr>"
