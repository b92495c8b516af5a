"""How runs and comparisons look in an output that travels: plain tables and drawings that every sanitizer lets pass.

Sanitizers differ: JupyterLab's keeps styles and pictures, nbconvert's keeps plain tables and turns any other element,
`<img>` and `<th>` among them, into visible code. So tables are `tr` and `td` only, and a drawing is the background of
its own text form: where styles are taken away, the text is what one sees.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from labwright.experiments.curves import COLOURS, Drawing, drawings
from labwright.experiments.models import Comparison, ComparisonRow
from labwright.experiments.trim import LIMIT, clip, compact, trimmed

MIME = "application/vnd.labwright.comparison.v1+json"
ROWS = 60
COLUMNS = 12  # runs that stand beside each other; more stand below each other
HTML_ROOM = 28_000  # bytes of the table; the rest is for the pictures

# Half-transparent colours read on light and on dark.
TABLE = "border-collapse:collapse;font-size:13px;margin:4px 0 8px 0"
CELL = "padding:3px 10px;text-align:left;border-bottom:1px solid rgba(128,128,128,.3)"
DIFFERS = f"{CELL};background:rgba(255,170,0,.16)"
BEST = f"{CELL};background:rgba(0,160,90,.24);font-weight:600"
MUTED = "opacity:.7"
SMALL = "padding:2px 8px;text-align:left"
BEST_SMALL = f"{SMALL};font-weight:600"
COSTS = {
    "wall_seconds": "wall time (s)", "cpu_seconds": "CPU time (s)", "gpu_seconds": "GPU time (s)",
    "peak_memory_mb": "peak memory (MB)", "peak_gpu_memory_mb": "peak GPU memory (MB)", "money": "estimated cost",
}  # fmt: skip


def comparison_bundle(comparison: Comparison) -> dict[str, Any]:
    """The MIME bundle of a comparison; its JSON and its HTML are at most 50 KB each."""
    small = trimmed(comparison)
    return {MIME: compact(small), "text/html": comparison_html(small), "text/plain": _plain(small)}


def comparison_html(comparison: Comparison) -> str:
    """A table with what differs marked, and the curves as images."""
    many = len(comparison.runs) > COLUMNS
    table = _runs_as_rows(comparison) if many else _runs_as_columns(comparison)
    count = len(comparison.runs) + comparison.more_runs
    note = f"{count} runs compared; the first is the base. Coloured cells differ; ★ is best."
    if many:
        note += " Open the comparison as a tab to see all of them."
    missing = [f"{escape(one.run_id[:8])}: {escape(clip(one.reason, 120))}" for one in comparison.missing[:5]]
    end = "".join(f'<div style="font-size:12px;{MUTED}">{line}</div>' for line in (note, *missing))
    pictures = ""
    for drawing in drawings(comparison):
        drawn = _drawn(drawing)
        if len((table + pictures + drawn + end).encode()) < LIMIT:
            pictures += drawn
    return f"<div>{table}{pictures}{end}</div>"


def _groups(comparison: Comparison) -> list[tuple[str, list[ComparisonRow]]]:
    costs = [row.model_copy(update={"name": COSTS.get(row.name, row.name)}) for row in comparison.costs]
    return [("Metrics", comparison.metrics), ("Costs", costs), ("Parameters", comparison.params)]


def _names(comparison: Comparison) -> list[str]:
    """Runs' names as HTML, with the colour of their curves, the base marked."""
    drawn = {curve.run_id for curve in comparison.curves}
    found = []
    for place, run in enumerate(comparison.runs):
        key = f'<span style="color:{COLOURS[place % len(COLOURS)]}">■</span> ' if run.run_id in drawn else ""
        base = "" if place else " (base)"
        found.append(f"{key}<b>{escape(clip(run.name or run.run_id[:8], 120))}</b>{base}")
    return found


def _runs_as_columns(comparison: Comparison) -> str:
    heads = [f'<td style="{CELL}">{name}</td>' for name in _names(comparison)]
    head = f'<tr><td style="{CELL}"></td>{"".join(heads)}</tr>'
    facts = [
        _row([("status", CELL), *[(run.status, CELL) for run in comparison.runs]]),
        _row([("source", CELL), *[(clip(run.source or "", 60), CELL) for run in comparison.runs]]),
    ]
    parts = [f'<table style="{TABLE}">{head}{"".join(facts)}']
    left, room = 0, HTML_ROOM
    for title, rows in _groups(comparison):
        if rows:
            parts.append(f'<tr><td colspan="{len(heads) + 1}" style="{CELL}"><b>{title}</b></td></tr>')
        for row in rows:
            line = _compared(row)
            room -= len(line.encode())
            if room > 0:
                parts.append(line)
            else:
                left += 1
    if left:
        parts.append(_row([(f"… and {left} more", f"{CELL};{MUTED}")]))
    return f"{''.join(parts)}</table>"


def _runs_as_rows(comparison: Comparison) -> str:
    """Many runs: a row each, of what differs the first few."""
    wanted = {"Metrics": 5, "Costs": 1, "Parameters": 4}
    rows = [row for title, rows in _groups(comparison) for row in [r for r in rows if r.differs][: wanted[title]]]
    parts = [f'<table style="{TABLE}">{_row([("", CELL), *[(row.name, CELL) for row in rows]])}']
    room = HTML_ROOM
    shown = 0
    for place, name in enumerate(_names(comparison)):
        cells = [
            f'<td style="{BEST_SMALL}">{_value(row, place)} ★</td>' if row.best == place
            else f'<td style="{SMALL}">{_value(row, place)}</td>'
            for row in rows
        ]  # fmt: skip
        line = f'<tr><td style="{SMALL}">{name}</td>{"".join(cells)}</tr>'
        room -= len(line.encode())
        if room < 0:
            break
        parts.append(line)
        shown += 1
    if left := len(comparison.runs) - shown + comparison.more_runs:
        parts.append(_row([(f"… and {left} more runs", f"{CELL};{MUTED}")]))
    return f"{''.join(parts)}</table>"


def _value(row: ComparisonRow, place: int) -> str:
    return escape(clip(row.values[place].text or "–", 40))


def _drawn(drawing: Drawing) -> str:
    style = (
        f"display:inline-block;width:{drawing.width}px;height:{drawing.height}px;overflow:hidden;color:transparent;"
        f"font-size:9px;background-repeat:no-repeat;background-image:url({drawing.data_uri})"
    )
    # Two elements, so that drawings stand beside each other, and their texts on lines of their own.
    text = f'<span title="{escape(drawing.words)}" style="{style}">{escape(drawing.sparks)}</span>'
    return f'<div style="display:inline-block">{text}</div>'


def _compared(row: ComparisonRow) -> str:
    cells = [(row.name, CELL)]
    for index, value in enumerate(row.values):
        if row.best == index:
            cells.append((f"{value.text} ★", BEST))  # the star stays where a sanitizer takes the colours
        else:
            cells.append((value.text or "–", DIFFERS if row.differs else CELL))
    return _row(cells)


def _row(cells: Sequence[tuple[str, str]]) -> str:
    inside = [f'<td style="{style}">{escape(clip(text, 120))}</td>' for text, style in cells]
    return f"<tr>{''.join(inside)}</tr>"


def _plain(comparison: Comparison) -> str:
    """An aligned table."""
    runs = comparison.runs[:COLUMNS]
    lines = [["", *[clip(run.name or run.run_id[:8], 24) for run in runs]]]
    for row in [row for _, rows in _groups(comparison) for row in rows[:ROWS]]:
        values = [f"{clip(v.text, 22)}{' *' if row.best == i else ''}" for i, v in enumerate(row.values[:COLUMNS])]
        lines.append([clip(row.name, 32), *values])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    table = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    left = len(comparison.runs) - len(runs) + comparison.more_runs
    return "\n".join([*table, "* best", *([f"and {left} more runs"] if left else [])])
