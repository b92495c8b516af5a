"""Which way a metric is better, by its name: losses and errors down, the rest up, counters neither."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from enum import StrEnum

LOWER = {
    "loss", "logloss", "error", "err", "rmse", "mae", "mse", "mape", "smape", "rmsle", "msle", "medae", "deviance",
    "brier", "perplexity", "hinge", "ece", "wer", "cer", "fpr", "fnr", "latency", "seconds", "time", "duration",
    "cost", "divergence", "distance",
}  # fmt: skip
NEITHER = {"epoch", "epochs", "step", "steps", "lr", "iteration", "iterations", "rows", "count", "samples", "size"}

# What "best" means when nobody said by what: the first of these that the runs have.
USUAL = ("auc", "average_precision", "f1", "accuracy", "r2", "score", "log_loss", "rmse", "mae", "mse", "loss")


class Direction(StrEnum):
    """Which values are better."""

    up = "up"
    down = "down"
    none = "none"


def direction(metric: str) -> Direction:
    """The usual direction of a metric. `neg_log_loss` is turned round, as scikit-learn does."""
    words = [word for word in re.split(r"[^a-z0-9]+", metric.lower()) if word]
    if NEITHER & set(words) or metric.startswith("system/"):
        return Direction.none
    down = bool(LOWER & set(words))
    if "neg" in words:
        down = False
    return Direction.down if down else Direction.up


def best_index(metric: str, values: Sequence[float | None]) -> int | None:
    """Index of the best of the finite values; None where there is no direction, or nothing to choose from."""
    way = direction(metric)
    finite = [(value, index) for index, value in enumerate(values) if value is not None and math.isfinite(value)]
    if way is Direction.none or len({value for value, _ in finite}) < 2:
        return None
    sign = 1 if way is Direction.up else -1
    return max(finite, key=lambda pair: (sign * pair[0], -pair[1]))[1]


def usual_metric(metrics: Sequence[str]) -> str | None:
    """The metric that "best" most likely means: the only one, else a usual one (on test or validation data first)."""
    found = [name for name in metrics if direction(name) is not Direction.none]
    if len(found) == 1:
        return found[0]

    def rank(name: str) -> tuple[int, int, str] | None:
        low = name.lower()
        place = next(
            (i for i, usual in enumerate(USUAL) if re.search(rf"(^|[^a-z0-9]){usual}($|[^a-z0-9])", low)), None
        )
        data = 0 if re.search(r"test|val|holdout", low) else 2 if "train" in low else 1
        return None if place is None else (data, place, name)

    ranks = [rank for rank in map(rank, found) if rank is not None]
    return min(ranks)[2] if ranks else None
