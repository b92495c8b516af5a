"""Which way a metric is better, by its name: losses and errors down, scores up; of other names nothing is known."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from enum import StrEnum

# Words of a name. A word may also end with one of the ENDINGS: mlogloss, valLoss, nrmse, roc_auc.
LOWER = {
    "err", "hinge", "huber", "pinball", "tweedie", "poisson", "brier", "ece", "mce", "crps", "l1", "l2", "aic", "bic",
    "aicc", "wer", "cer", "ter", "fpr", "fnr", "fdr", "eer", "nll", "medae", "misclassification", "misclassified",
    "false", "latency", "seconds", "time", "duration", "cost", "divergence", "distance", "fid", "lpips",
    "regret", "psi", "bouldin",
}  # fmt: skip
LOWER_ENDINGS = (
    "loss", "error", "rmse", "mse", "mae", "mape", "wape", "rmsle", "msle", "nloglik", "deviance", "crossentropy",
    "perplexity",
)  # fmt: skip
HIGHER = {
    "acc", "ap", "map", "f1", "f2", "fbeta", "r2", "rsquared", "rsq", "mcc", "kappa", "gini", "jaccard", "iou", "dice",
    "ndcg", "mrr", "hit", "hits", "bleu", "rouge", "meteor", "psnr", "ssim", "tpr", "tnr", "ppv", "npv", "roc", "prc",
    "specificity", "sensitivity", "correct", "corr", "correlation", "corrcoef", "pearson", "spearman", "silhouette",
    "calinski", "ari", "nmi", "ami", "homogeneity", "completeness", "likelihood", "loglik", "llf", "elbo", "lift",
    "reward", "return", "throughput", "success", "win", "pass", "aucpr", "auprc",
}  # fmt: skip
HIGHER_ENDINGS = ("auc", "auroc", "accuracy", "precision", "recall", "score")
HIGHER_PHRASES = re.compile(
    r" (explained variance|v measure|r squared|reciprocal rank|true (positive|negative) rate"
    r"|per (second|sec|s|minute)) "
)
LOWER_PHRASES = re.compile(r"^ rank | (cross entropy|negative log) ")
NEITHER = {"std", "stdev", "timestep", "system"}

# What "best" means when nobody said by what: the first of these that the runs have.
USUAL = (
    "auc", "average precision", "f1", "accuracy", "r2", "score", "log loss", "logloss", "rmse", "mae", "mse", "loss",
)  # fmt: skip
ASKED = re.compile(r"(lower|higher):(.+)", re.DOTALL)


class Direction(StrEnum):
    """Which values are better."""

    up = "up"
    down = "down"
    none = "none"


def direction(metric: str) -> Direction:
    """The usual direction of a metric. `neg_log_loss` is turned round, as scikit-learn does."""
    words = _words(metric.partition("@")[0])
    if "at" in words[1:]:
        words = words[: words.index("at", 1)]  # recall at fpr 0.1 is a recall
    phrase = f" {' '.join(words)} "
    if NEITHER & set(words):
        return Direction.none
    if HIGHER_PHRASES.search(phrase):
        return Direction.up
    lower = _has(words, LOWER, LOWER_ENDINGS) or bool(LOWER_PHRASES.search(phrase))
    if lower:
        return Direction.up if "neg" in words else Direction.down
    if _has(words, HIGHER, HIGHER_ENDINGS):
        return Direction.down if "neg" in words else Direction.up
    return Direction.none


def ordered_by(by: str) -> tuple[str, bool | None]:
    """The metric that is meant, and whether lower values of it are better (None where nobody knows).

    `lower:NAME` and `higher:NAME` say so themselves.
    """
    if asked := ASKED.fullmatch(by):
        return asked[2], asked[1] == "lower"
    way = direction(by)
    return by, None if way is Direction.none else way is Direction.down


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
        phrase = f" {' '.join(_words(name))} "
        place = next((i for i, usual in enumerate(USUAL) if f" {usual} " in phrase), None)
        data = 0 if re.search(r"test|val|holdout", phrase) else 2 if "train" in phrase else 1
        return None if place is None else (data, place, name)

    ranks = [rank for rank in map(rank, found) if rank is not None]
    return min(ranks)[2] if ranks else None


def judged_by(runs: Iterable[Collection[str]]) -> str | None:
    """What runs are most likely judged by: of the metrics that most of them have, the usual one, else the first."""
    counts = Counter(name for metrics in runs for name in metrics)
    most = max(counts.values(), default=0)
    shared = sorted(name for name, count in counts.items() if count == most)
    return usual_metric(shared) or next(iter(shared), None)


def _words(name: str) -> list[str]:
    """Lower-case words, parted by camelCase and by all that is no letter or digit."""
    parted = re.sub(r"([a-z0-9])([A-Z])|([A-Z])(?=[A-Z][a-z])", r"\1\3 \2", name)
    return [word for word in re.split(r"[^a-z0-9]+", parted.lower()) if word]


def _has(words: Iterable[str], known: set[str], endings: tuple[str, ...]) -> bool:
    # `loss2` and `ap50` are a loss and an ap; l1, f1 and r2 are words of their own.
    return any(each in known or each.endswith(endings) for word in words for each in (word, word.rstrip("0123456789")))
