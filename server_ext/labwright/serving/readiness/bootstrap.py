"""Two versions' answers to the same rows, compared: which is better, and whether the rows show it.

Runs in a job (numpy). Each metric is made anew for both versions from rows drawn with replacement, the same rows for
both (the paired bootstrap: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, chapters 8 and 13);
percentiles of the differences are the 95 % interval. Of few rows the 2.5th and the 97.5th would give too narrow a one,
and call worse what is not: they are moved out as Student's t is against the normal (the expanded percentile interval:
Hesterberg, What Teachers Should Know About the Bootstrap, 2015). The seed is fixed: the same answers give one card.
"""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
SEED = 0
LABELS = 20  # whole numbers of more than so many values are measured, not told apart
SMALL = 1e-15

Floats = NDArray[np.float64]
Weighted = Callable[[Floats], float]  # a metric of the rows, each counted as often as it was drawn


def compare(truth: list[Any], candidate: list[Any], live: list[Any]) -> dict[str, Any]:
    """Metrics of both versions' answers, the one that decides first, and the differences with their intervals.

    Each is {"name", "candidate", "live", "difference", "low", "high", "lower_is_better"}; `difference` is candidate
    minus live. Gives {"problem": words} where the answers are nothing that can be measured.
    """
    if any(isinstance(value, (list, dict)) for value in truth):
        return {"problem": "what came true are no single values"}
    labels = sorted(set(truth), key=lambda value: (str(type(value)), value))
    answers = {"candidate": _unwrapped(candidate), "live": _unwrapped(live)}
    if _regression(labels, answers):
        numbers = {side: _numbers(found) for side, found in answers.items()}
        if any(found is None for found in numbers.values()):
            return {"problem": "the answers are no numbers, and what came true are numbers"}
        exact = np.array([float(value) for value in truth])
        metrics = _regression_metrics(exact, numbers)
    else:
        read = {side: _classes(found, labels) for side, found in answers.items()}
        if any(found is None for found in read.values()):
            return {"problem": "the answers are neither classes of the evaluation rows nor probabilities of them"}
        metrics = _classification_metrics(np.array([labels.index(value) for value in truth]), read, len(labels))
    return {"metrics": _intervals(metrics, len(truth)), "rows": len(truth)}


def _intervals(metrics: list[tuple[str, bool, Weighted, Weighted]], rows: int) -> list[dict[str, Any]]:
    random = np.random.default_rng(SEED)
    drawn = np.empty((RESAMPLES, len(metrics)))
    for place in range(RESAMPLES):
        weights = np.bincount(random.integers(0, rows, rows), minlength=rows).astype(float)
        drawn[place] = [candidate(weights) - live(weights) for _, _, candidate, live in metrics]
    once = np.ones(rows)
    found: list[dict[str, Any]] = []
    for place, (name, lower, candidate, live) in enumerate(metrics):
        known = drawn[np.isfinite(drawn[:, place]), place]  # a draw may have one class only
        low, high = np.quantile(known, _tails(rows)) if len(known) else (np.nan, np.nan)
        ours, theirs = candidate(once), live(once)
        found.append({"name": name, "candidate": ours, "live": theirs, "difference": ours - theirs,
                      "low": float(low), "high": float(high), "lower_is_better": lower})  # fmt: skip
    figures = ("candidate", "live", "low", "high")
    return [one for one in found if all(np.isfinite(one[figure]) for figure in figures)]


def _tails(rows: int) -> tuple[float, float]:
    """The quantiles that bound the 95 % interval; `rows` of 10 and more."""
    normal, free = NormalDist(), rows - 1
    z = normal.inv_cdf(0.975)
    # Student's t by its expansion (Abramowitz and Stegun, 26.7.5): within 0.2 % from 9 degrees of freedom on.
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    tail = normal.cdf(-t * (rows / free) ** 0.5)
    return tail, 1 - tail


def _regression_metrics(truth: Floats, answers: dict[str, Any]) -> list[tuple[str, bool, Weighted, Weighted]]:
    errors = {side: found - truth for side, found in answers.items()}

    def mae(side: str) -> Weighted:
        size = np.abs(errors[side])
        return lambda weights: float(weights @ size / weights.sum())

    def rmse(side: str) -> Weighted:
        square = errors[side] ** 2
        return lambda weights: float(np.sqrt(weights @ square / weights.sum()))

    return [(name, True, make("candidate"), make("live")) for name, make in (("MAE", mae), ("RMSE", rmse))]


def _classification_metrics(
    truth: NDArray[np.int64], answers: dict[str, Any], classes: int
) -> list[tuple[str, bool, Weighted, Weighted]]:
    def accuracy(side: str) -> Weighted:
        right = (answers[side][0] == truth).astype(float)
        return lambda weights: float(weights @ right / weights.sum())

    def log_loss(side: str) -> Weighted:
        chosen = np.clip(answers[side][1][np.arange(len(truth)), truth], SMALL, 1)
        loss = -np.log(chosen)
        return lambda weights: float(weights @ loss / weights.sum())

    def auc(side: str) -> Weighted:
        return _auc(truth == 1, answers[side][1][:, 1])

    kinds: list[tuple[str, bool, Callable[[str], Weighted]]] = [("accuracy", False, accuracy)]
    if all(found[1] is not None for found in answers.values()):
        kinds.append(("log loss", True, log_loss))
        if classes == 2:
            kinds.append(("AUC", False, auc))
    return [(name, lower, make("candidate"), make("live")) for name, lower, make in kinds]


def _auc(positive: NDArray[np.bool_], scores: Floats) -> Weighted:
    """The area under the ROC curve: the share of pairs in the right order, ties counted half (Mann and Whitney)."""
    _, group = np.unique(scores, return_inverse=True)

    def weighted(weights: Floats) -> float:
        good = np.bincount(group, weights * positive)
        bad = np.bincount(group, weights * ~positive)
        pairs = good.sum() * bad.sum()
        below = np.cumsum(bad) - bad
        return float(good @ (below + bad / 2) / pairs) if pairs else float("nan")

    return weighted


def _unwrapped(answers: list[Any]) -> list[Any]:
    """A record of one column is that column's value."""
    if all(isinstance(answer, dict) and len(answer) == 1 for answer in answers):
        return [next(iter(answer.values())) for answer in answers]
    if all(isinstance(answer, list) and len(answer) == 1 for answer in answers):
        return [answer[0] for answer in answers]
    return answers


def _regression(labels: list[Any], answers: dict[str, list[Any]]) -> bool:
    if not all(isinstance(label, (int, float)) and not isinstance(label, bool) for label in labels):
        return False
    if len(labels) > LABELS or any(float(label) != int(label) for label in labels):
        return True
    return any(_classes(found, labels) is None and _numbers(found) is not None for found in answers.values())


def _numbers(answers: list[Any]) -> Floats | None:
    if not all(isinstance(answer, (int, float)) for answer in answers):
        return None
    return np.array([float(answer) for answer in answers])


def _classes(answers: list[Any], labels: list[Any]) -> tuple[NDArray[np.int64], Floats | None] | None:
    """The class of each answer (its place in `labels`) and, where the answers say, the probabilities of all."""
    places = {label: place for place, label in enumerate(labels)}
    if not any(isinstance(answer, (dict, list)) for answer in answers):
        numeric = all(isinstance(answer, (int, float)) for answer in answers)
        fractions = numeric and any(float(answer) != int(answer) for answer in answers)
        if not fractions:
            # A class that no evaluation row has is wrong for each of them.
            kinds = {isinstance(label, str) for label in labels} | {isinstance(answer, str) for answer in answers}
            fits = len(kinds) == 1 and (not numeric or set(answers) <= places.keys() or len(labels) > 2)
            return (np.array([places.get(answer, -1) for answer in answers]), None) if fits else None
        if len(labels) != 2 or not all(0 <= answer <= 1 for answer in answers):
            return None
        second = np.array([float(answer) for answer in answers])
        return (second >= 0.5).astype(np.int64), np.column_stack([1 - second, second])
    rows = [_row(answer, labels) for answer in answers]
    if any(row is None for row in rows):
        return None
    shares = np.array(rows, dtype=float)
    if not ((shares >= 0) & (shares <= 1)).all() or not np.allclose(shares.sum(axis=1), 1, atol=1e-3):
        return None
    return shares.argmax(axis=1), shares


def _row(answer: Any, labels: list[Any]) -> list[float] | None:
    """One answer's probabilities in the order of `labels`: a list of as many, or a record by their names."""
    if isinstance(answer, dict):
        named = [answer.get(str(label), answer.get(str(place))) for place, label in enumerate(labels)]
        answer = named if len(answer) == len(labels) else None
    if not isinstance(answer, list) or len(answer) != len(labels):
        return None
    return answer if all(isinstance(one, (int, float)) for one in answer) else None
