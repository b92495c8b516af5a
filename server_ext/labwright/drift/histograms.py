"""The two distributions of a column on the same few bins, for people to look at. The verdict is not made of them."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd

from labwright.drift.frames import OTHER
from labwright.drift.models import Histogram

MAX_BINS = 12
LABEL_LENGTH = 60


def of_numbers(reference: pd.Series[Any], current: pd.Series[Any]) -> Histogram:
    """Shares per value where there are few values, else per range; the outermost ranges take in the outliers."""
    before, now = (side.dropna().to_numpy(dtype="float64") for side in (reference, current))
    values = np.unique(np.concatenate([before, now]))
    if len(values) <= MAX_BINS:
        counted = [np.searchsorted(values, side) for side in (before, now)]
        shares = [np.bincount(side, minlength=len(values)) / len(side) for side in counted]
        return Histogram(labels=_apart(values), reference=_rounded(shares[0]), current=_rounded(shares[1]))
    edges = _edges(before, now, values)
    shares = []
    for side in (before, now):
        counts, _ = np.histogram(np.clip(side, edges[0], edges[-1]), bins=edges)
        shares.append(counts / len(side))
    names = _apart(edges)
    labels = [f"{start} to {end}" for start, end in pairwise(names)]
    labels[0], labels[-1] = f"below {names[1]}", f"{names[-2]} and more"
    return Histogram(labels=labels, reference=_rounded(shares[0]), current=_rounded(shares[1]))


def _edges(before: Any, now: Any, values: Any) -> Any:
    """Round edges that are at most 12 bins. One far value must not press all others into a single bin."""
    low = min(np.quantile(before, 0.01), np.quantile(now, 0.01))
    high = max(np.quantile(before, 0.99), np.quantile(now, 0.99))
    if high <= low:
        low, high = values[0], values[-1]
    width = high / (MAX_BINS - 2) - low / (MAX_BINS - 2)  # Not (high - low): that may be beyond what a float holds.
    magnitude = 10.0 ** np.floor(np.log10(width))
    step = next(step for step in (1, 1.5, 2, 2.5, 3, 4, 5, 7.5, 10, 15) if step * magnitude >= width) * magnitude
    if step < 5 and np.all(values == np.floor(values)):
        step = np.ceil(step)  # Whole numbers: no bin without a number in it.
    first = np.floor(low / step)
    edges = np.unique((first + np.arange(min(MAX_BINS, int(np.floor(high / step) - first) + 1) + 1)) * step)
    # Values of hardly any spread, far from zero: round edges fall on one number.
    return edges if len(edges) > 2 else np.unique([values[0], values[len(values) // 2], values[-1]])


def of_categories(reference: pd.Series[Any], current: pd.Series[Any]) -> Histogram:
    """Shares of the 12 categories that are most frequent on both sides together, and of the others."""
    before, now = (side.value_counts(normalize=True).drop(OTHER, errors="ignore") for side in (reference, current))
    together = before.add(now, fill_value=0)
    order = sorted(together.index, key=lambda name: (-together[name], name))
    shown = order[:MAX_BINS]
    labels = [_short(name) for name in shown]
    shares = [[float(side.get(name, 0.0)) for name in shown] for side in (before, now)]
    rest = [max(0.0, 1 - sum(side)) for side in shares]
    if max(rest) > 1e-9:
        labels.append("all others")
        shares = [[*side, other] for side, other in zip(shares, rest, strict=True)]
    return Histogram(labels=labels, reference=_rounded(shares[0]), current=_rounded(shares[1]))


def _rounded(shares: Any) -> list[float]:
    return [round(float(share), 4) for share in shares]


def _short(text: str) -> str:
    return text if len(text) <= LABEL_LENGTH else text[: LABEL_LENGTH - 1] + "…"


def _apart(values: Any) -> list[str]:
    """As few digits as tell the values apart."""
    for digits in (3, 4, 6, 9, 17):
        texts = [f"{value:.{digits}g}" for value in values]
        if len(set(texts)) == len(texts):
            break
    return [_plain(text) for text in texts]


def _plain(text: str) -> str:
    """1.01e+03 reads better as 1010."""
    return f"{float(text):.0f}" if "e+" in text and abs(float(text)) < 1e7 else text
