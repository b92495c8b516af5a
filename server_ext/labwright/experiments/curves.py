"""Metric curves as small drawings: SVG in a data URI, which sanitizers let pass where they drop SVG itself.

Where no drawing is let in, a line of block characters for each run says the same.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

from labwright.experiments.models import Comparison, Curve, Number
from labwright.experiments.trim import clip

# Colours that differ in hue and lightness, and read on white and on black.
COLOURS = ("#2f81f7", "#e8710a", "#2da44e", "#bf5af2", "#e5534b", "#8c959f", "#00a3a3", "#c9a000")
WIDTH, HEIGHT, LEFT, TOP, BOTTOM = 340, 170, 52, 24, 22
DRAWINGS = 6
BLOCKS, SPARK = "▁▂▃▄▅▆▇█", 16


@dataclass(frozen=True)
class Drawing:
    """An image with its size and the words that say what is on it."""

    data_uri: str
    words: str
    sparks: str
    width: int
    height: int


def drawings(comparison: Comparison) -> list[Drawing]:
    """One drawing a metric, at most six."""
    names = {run.run_id: run.name or run.run_id[:8] for run in comparison.runs}
    metrics = sorted({c.metric for c in comparison.curves}, key=lambda name: (name != comparison.main_metric, name))
    found = []
    for metric in metrics[:DRAWINGS]:
        curves = [c for c in comparison.curves if c.metric == metric and c.run_id in names][: len(COLOURS)]
        if drawing := _draw(metric, curves, list(names)):
            lasts = "; ".join(f"{clip(names[c.run_id], 40)} ends at {_last(c)}" for c in curves[:8])
            words = f"Curve of {clip(metric, 80)} over steps: {lasts}"
            uri = f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}"
            found.append(Drawing(uri, words, _sparks(metric, curves, names), WIDTH, HEIGHT))
    return found


def _sparks(metric: str, curves: Sequence[Curve], names: Mapping[str, str]) -> str:
    """The curves as text, all to the same height: "loss: one █▅▂▁ 0.1; two █▆▄▃ 0.2"."""
    values = [value for curve in curves for value in curve.values if value is not None]
    low, high = min(values), max(values)
    parts = []
    for curve in curves[:8]:
        count = min(len(curve.values), SPARK)
        places = [round(i * (len(curve.values) - 1) / max(count - 1, 1)) for i in range(count)]
        line = "".join(_block(curve.values[place], low, high) for place in places)
        parts.append(f"{clip(names[curve.run_id], 40)} {line} {_last(curve)}")
    return f"{clip(metric, 80)}: {'; '.join(parts)}"


def _block(value: Number, low: float, high: float) -> str:
    return "·" if value is None else BLOCKS[min(int((value - low) / ((high - low) or 1) * 8), 7)]


def _last(curve: Curve) -> str:
    value = next((value for value in reversed(curve.values) if value is not None), None)
    return "no number" if value is None else f"{value:.4g}"


def _draw(metric: str, curves: Sequence[Curve], order: Sequence[str]) -> str | None:
    values = [value for curve in curves for value in curve.values if value is not None]
    steps = [step for curve in curves for step in curve.steps]
    if not values:
        return None
    low, high, first, last = min(values), max(values), min(steps), max(steps)

    def x(step: int) -> float:
        return LEFT + (WIDTH - LEFT - 8) * (step - first) / ((last - first) or 1)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * ((value - low) / ((high - low) or 1))

    lines = []
    for curve in curves:
        colour = COLOURS[order.index(curve.run_id) % len(COLOURS)]
        for points in _pieces(curve):
            path = " ".join(f"{x(step):.1f},{y(value):.1f}" for step, value in points)
            lines.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="1.8"/>')
    grey = 'fill="#808890" font-size="11" font-family="sans-serif"'
    base = HEIGHT - BOTTOM
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f'<text x="{LEFT}" y="14" {grey} font-weight="bold">{escape(clip(metric, 44))}</text>'
        f'<path d="M{LEFT},{TOP} V{base} H{WIDTH - 8}" fill="none" stroke="#808890" stroke-opacity=".6"/>'
        f'<text x="{LEFT - 6}" y="{TOP + 8}" {grey} text-anchor="end">{high:.4g}</text>'
        f'<text x="{LEFT - 6}" y="{base}" {grey} text-anchor="end">{low:.4g}</text>'
        f'<text x="{LEFT}" y="{HEIGHT - 6}" {grey}>{first}</text>'
        f'<text x="{WIDTH - 8}" y="{HEIGHT - 6}" {grey} text-anchor="end">step {last}</text>'
        f"{''.join(lines)}</svg>"
    )


def _pieces(curve: Curve) -> list[list[tuple[int, float]]]:
    """The curve between its gaps: NaN and infinity break the line. A lone point is drawn as a short stroke."""
    pieces: list[list[tuple[int, float]]] = [[]]
    for step, value in zip(curve.steps, curve.values, strict=True):
        if value is None:
            pieces.append([])
        else:
            pieces[-1].append((step, value))
    return [piece * 2 if len(piece) == 1 else piece for piece in pieces if piece]
