"""A run's output as HTML that every sanitizer lets pass, and as text.

As in `labwright.experiments.render`: tables of `tr` and `td`, and a curve is the background of its own text form, so
that where styles are taken away, its block characters are what one sees.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from labwright.experiments.capture.models import OutputFact, OutputMetric, RunOutput

BLOCKS, SPARK = "▁▂▃▄▅▆▇█", 16
WIDTH, HEIGHT = 132, 26
STATES = {
    "RUNNING": ("●", "#2f81f7", "running"), "FINISHED": ("✓", "#2da44e", "finished"),
    "FAILED": ("✗", "#e5534b", "failed"), "KILLED": ("✗", "#e5534b", "killed"),
}  # fmt: skip
# Half-transparent colours read on light and on dark.
TABLE = "border-collapse:collapse;font-size:13px;margin:6px 0"
CELL = "padding:2px 12px 2px 0;text-align:left;border:none;border-bottom:1px solid rgba(128,128,128,.25)"
MUTED = "opacity:.7"


def summary_html(output: RunOutput) -> str:
    """The output; untrusted text escaped."""
    sign, colour, word = STATES.get(output.status, ("●", "#808890", output.status.lower()))
    how_long = f"{'since' if output.status == 'RUNNING' else 'in'} {seconds_text(output.seconds)}"
    parts = [
        f'<div style="font-size:13px"><b style="color:{colour}">{sign}</b> Run <b>{escape(output.name)}</b> of '
        f"experiment <b>{escape(output.experiment)}</b>: {escape(word)} {how_long}"
        f'<span style="{MUTED}">{escape(f" · {output.source}" if output.source else "")}</span></div>'
    ]
    if output.trouble:
        parts.append(f'<div style="font-size:13px;color:#c46200"><b>!</b> {escape(output.trouble)}</div>')
    if output.metrics:
        parts.append(_metrics(output))
    facts = [
        ("parameters", output.params, output.more_params), ("models", output.models, 0), ("cost", output.cost, 0),
        ("recorded", output.recorded, 0),
    ]  # fmt: skip
    rows = [row for title, pairs, more in facts for row in _facts(title, pairs, more)]
    rows += _facts("not recorded", [OutputFact(name=part, text=why) for part, why in map(_split, output.left_out)], 0)
    if rows:
        parts.append(f'<table style="{TABLE}">{"".join(rows)}</table>')
    parts.append(f'<div style="font-size:12px;{MUTED}">run {escape(output.run_id)}</div>')
    return f"<div>{''.join(parts)}</div>"


def summary_plain(output: RunOutput) -> str:
    """The same in a line or two."""
    word = STATES.get(output.status, ("", "", output.status.lower()))[2]
    values = ", ".join(
        f"{one.name} {one.last}" + (f" (best {one.best})" if one.best and one.best != one.last else "")
        for one in output.metrics[:8]
    )
    line = f"Run {output.name} of {output.experiment}: {word}, {seconds_text(output.seconds)}"
    return "\n".join(filter(None, [f"{line}{'; ' + values if values else ''}", output.trouble]))


def _metrics(output: RunOutput) -> str:
    best = any(one.best for one in output.metrics)
    curves = any(one.steps for one in output.metrics)
    heads = ["metric", "last", *(["best"] if best else []), *(["curve"] if curves else [])]
    rows = [f"<tr>{''.join(_cell(head, MUTED) for head in heads)}</tr>"]
    for one in output.metrics:
        at = f" at step {one.best_step}" if one.best and one.steps and one.best_step is not None else ""
        cells = [_cell(one.name), _cell(one.last, "font-weight:600")]
        cells += [_cell(f"{one.best}{at}")] if best else []
        cells += [f'<td style="{CELL}">{_curve(one)}</td>'] if curves else []
        rows.append(f"<tr>{''.join(cells)}</tr>")
    if output.more_metrics:
        rows.append(f"<tr>{_cell(f'… and {output.more_metrics} more', MUTED)}</tr>")
    return f'<table style="{TABLE}">{"".join(rows)}</table>'


def _facts(title: str, facts: Sequence[OutputFact], more: int) -> list[str]:
    pairs = [(fact.name, fact.text) for fact in facts] + ([(f"… and {more} more", "")] if more else [])
    return [
        f"<tr>{_cell(title if index == 0 else '', MUTED)}{_cell(name)}{_cell(text)}</tr>"
        for index, (name, text) in enumerate(pairs)
    ]


def _cell(text: str, style: str = "") -> str:
    return f'<td style="{CELL};{style}">{escape(text)}</td>' if style else f'<td style="{CELL}">{escape(text)}</td>'


def _curve(metric: OutputMetric) -> str:
    finite = [value for value in metric.values if value is not None]
    if not finite:
        return ""
    low, high = min(finite), max(finite)
    style = (
        f"display:inline-block;width:{WIDTH}px;height:{HEIGHT}px;overflow:hidden;color:transparent;font-size:8px;"
        f"background-repeat:no-repeat;background-image:url({_drawing(metric, low, high)})"
    )
    words = f"{metric.name} from {finite[0]:.4g} to {finite[-1]:.4g} over {metric.steps[-1] - metric.steps[0]} steps"
    return f'<span title="{escape(words)}" style="{style}">{_sparks(metric.values, low, high)}</span>'


def _sparks(values: Sequence[float | None], low: float, high: float) -> str:
    count = min(len(values), SPARK)
    places = [round(i * (len(values) - 1) / max(count - 1, 1)) for i in range(count)]
    return "".join(_block(values[place], low, high) for place in places)


def _block(value: float | None, low: float, high: float) -> str:
    return "·" if value is None else BLOCKS[min(int((value - low) / ((high - low) or 1) * 8), 7)]


def _drawing(metric: OutputMetric, low: float, high: float) -> str:
    first, last = min(metric.steps), max(metric.steps)
    lines, points = [], []
    for step, value in [*zip(metric.steps, metric.values, strict=True), (last, None)]:
        if value is not None:
            x = 2 + (WIDTH - 4) * (step - first) / ((last - first) or 1)
            y = HEIGHT - 3 - (HEIGHT - 6) * (value - low) / ((high - low) or 1)
            points.append(f"{x:.0f},{y:.1f}")
        elif points:  # NaN and infinity break the line
            lines.append(f'<polyline points="{" ".join(points * (3 - min(len(points), 2)))}"/>')
            points = []
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" fill="none" stroke="#2f81f7" '
        f'stroke-width="1.6" stroke-linejoin="round" stroke-linecap="round">{"".join(lines)}</svg>'
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def _split(line: str) -> tuple[str, str]:
    part, _, why = line.partition(": ")
    return part, why


def seconds_text(seconds: float) -> str:
    """How long, in words."""
    if seconds < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
