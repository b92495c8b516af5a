"""A column's two distributions, small: as an SVG for a data URI, and as a line of text where no drawing is let in."""

from __future__ import annotations

import base64

from labwright.drift.models import Histogram

# Both read on white and on near-black.
BEFORE, NOW = "#7f8fa6", "#e0762f"
BLOCKS = "▁▂▃▄▅▆▇█"
WIDTH, HEIGHT = 168, 36


def svg_uri(histogram: Histogram) -> str:
    """Pairs of bars, the training sample left, now right, on a transparent ground; a data URI."""
    top = max([*histogram.reference, *histogram.current, 1e-9])
    slot = WIDTH / max(len(histogram.labels), 1)
    bar = max(min(slot * 0.42, 14.0), 1.0)
    bars = []
    for place, pair in enumerate(zip(histogram.reference, histogram.current, strict=True)):
        for side, (share, colour) in enumerate(zip(pair, (BEFORE, NOW), strict=True)):
            height = round(share / top * (HEIGHT - 2), 1)
            left = round(place * slot + slot / 2 + (side - 1) * bar, 1)
            bars.append(
                f'<rect x="{left}" y="{HEIGHT - 1 - height:.1f}" width="{bar:.1f}" height="{height}" fill="{colour}"/>'
            )
    line = f'<rect y="{HEIGHT - 1}" width="{WIDTH}" height="1" fill="#8a8a8a"/>'
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}">'
        f"{''.join(bars)}{line}</svg>"
    )
    return f"data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()}"


def spark(shares: list[float], top: float) -> str:
    """A distribution as block characters; an empty bin is a dot."""
    return "".join("·" if share <= 0 else BLOCKS[min(int(share / top * 8), 7)] for share in shares)


def sparks(histogram: Histogram) -> tuple[str, str]:
    """Training sample and now, to the same height."""
    top = max([*histogram.reference, *histogram.current, 1e-9])
    return spark(histogram.reference, top), spark(histogram.current, top)


def words(histogram: Histogram) -> str:
    """What a reader who sees no drawing should know: where most rows were, and are."""
    before = max(range(len(histogram.labels)), key=histogram.reference.__getitem__)
    now = max(range(len(histogram.labels)), key=histogram.current.__getitem__)
    return (
        f"Training sample mostly {histogram.labels[before]} ({histogram.reference[before]:.0%}), "
        f"now mostly {histogram.labels[now]} ({histogram.current[now]:.0%})"
    )
