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
from labwright.experiments.models import Comparison, ComparisonRow, Run
from labwright.experiments.trim import clip, trimmed

MIME = "application/vnd.labwright.comparison.v1+json"
ROWS = 60

# Half-transparent colours read on light and on dark.
TABLE = "border-collapse:collapse;font-size:13px;margin:4px 0 8px 0"
CELL = "padding:3px 10px;text-align:left;border-bottom:1px solid rgba(128,128,128,.3)"
DIFFERS = f"{CELL};background:rgba(255,170,0,.16)"
BEST = f"{CELL};background:rgba(0,160,90,.24);font-weight:600"
MUTED = "opacity:.7"


def comparison_bundle(comparison: Comparison) -> dict[str, Any]:
    """The MIME bundle of a comparison."""
    small = trimmed(comparison)
    return {MIME: small.model_dump(mode="json"), "text/html": comparison_html(small), "text/plain": _plain(small)}


def comparison_html(comparison: Comparison) -> str:
    """Tables with what differs marked, and the curves as images."""
    names = [run.name or run.run_id[:8] for run in comparison.runs]
    drawn = {curve.run_id for curve in comparison.curves}
    keys = [
        f'<span style="color:{COLOURS[i % len(COLOURS)]}">■</span> ' if run.run_id in drawn else ""
        for i, run in enumerate(comparison.runs)
    ]
    heads = [
        f'<td style="{CELL}">{k}<b>{escape(clip(name, 120))}</b></td>' for k, name in zip(keys, names, strict=True)
    ]
    head = f'<tr><td style="{CELL}"></td>{"".join(heads)}</tr>'
    facts = [
        _row([("status", CELL), *[(run.status, CELL) for run in comparison.runs]]),
        _row([("source", CELL), *[(clip(run.source or "", 60), CELL) for run in comparison.runs]]),
    ]
    parts = [f'<table style="{TABLE}">{head}{"".join(facts)}']
    for title, rows in (("Metrics", comparison.metrics), ("Parameters", comparison.params)):
        if rows:
            parts.append(f'<tr><td colspan="{len(names) + 1}" style="{CELL}"><b>{title}</b></td></tr>')
            parts += [_compared(row) for row in rows[:ROWS]]
        if len(rows) > ROWS:
            parts.append(_row([(f"… and {len(rows) - ROWS} more", f"{CELL};{MUTED}")]))
    parts.append("</table>")
    parts += [_drawn(drawing) for drawing in drawings(comparison)]
    note = f"{len(names)} runs compared; the first is the base. Coloured cells differ; ★ is best."
    parts.append(f'<div style="font-size:12px;{MUTED}">{note}</div>')
    return f"<div>{''.join(parts)}</div>"


def _drawn(drawing: Drawing) -> str:
    style = (
        f"display:inline-block;width:{drawing.width}px;height:{drawing.height}px;overflow:hidden;color:transparent;"
        f"font-size:9px;background-repeat:no-repeat;background-image:url({drawing.data_uri})"
    )
    # Two elements, so that drawings stand beside each other, and their texts on lines of their own.
    text = f'<span title="{escape(drawing.words)}" style="{style}">{escape(drawing.sparks)}</span>'
    return f'<div style="display:inline-block">{text}</div>'


def run_html(run: Run, *, going_on: bool = False) -> str:
    """The summary of a run, as the output of the cell that made it."""
    state = "running" if going_on else run.status.lower()
    sign, colour = {"running": ("●", "#2f81f7"), "finished": ("✓", "#2da44e")}.get(state, ("✗", "#e5534b"))
    lasted = (
        "" if going_on or not (run.ended and run.started) else f" in {(run.ended - run.started).total_seconds():.1f} s"
    )
    rows = [
        f'<div style="font-size:13px"><b style="color:{colour}">{sign}</b> Run <b>{escape(clip(run.name, 200))}</b> '
        f"of experiment <b>{escape(clip(run.experiment, 200))}</b>: {state}{lasted}</div>"
    ]
    facts = [
        ("metrics", [(name, metric.text) for name, metric in run.metrics.items()]),
        ("parameters", list(run.params.items())),
        ("models", [(model.name, "with signature" if model.has_signature else "no signature") for model in run.models]),
    ]
    body = [
        _row([(title if index == 0 else "", f"{CELL};{MUTED}"), (name, CELL), (value, CELL)])
        for title, pairs in facts
        for index, (name, value) in enumerate(_some(pairs))
    ]
    if body:
        rows.append(f'<table style="{TABLE}">{"".join(body)}</table>')
    rows.append(f'<div style="font-size:12px;{MUTED}">run {escape(run.run_id)}</div>')
    return f"<div>{''.join(rows)}</div>"


def run_plain(run: Run, *, going_on: bool = False) -> str:
    """The summary of a run, as text."""
    state = "running" if going_on else run.status.lower()
    values = ", ".join(f"{clip(name, 60)} {metric.text}" for name, metric in list(run.metrics.items())[:8])
    return f"Run {clip(run.name, 100)} of {clip(run.experiment, 100)}: {state}{'; ' + values if values else ''}"


def _some(pairs: Sequence[tuple[str, str]], most: int = 15) -> list[tuple[str, str]]:
    left = len(pairs) - most
    return [*pairs[:most], (f"… and {left} more", "")] if left > 0 else list(pairs)


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
    lines = [["", *[clip(run.name or run.run_id[:8], 24) for run in comparison.runs]]]
    for row in [*comparison.metrics[:ROWS], *comparison.params[:ROWS]]:
        values = [f"{clip(v.text, 22)}{' *' if row.best == i else ''}" for i, v in enumerate(row.values)]
        lines.append([clip(row.name, 32), *values])
    widths = [max(len(line[i]) for line in lines) for i in range(len(lines[0]))]
    table = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([*table, "* best"])
