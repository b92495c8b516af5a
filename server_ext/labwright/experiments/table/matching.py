"""Which rows a condition of MLflow's search language finds, as MLflow's SQL store does; and which have given words."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from labwright.experiments.capture import names
from labwright.experiments.table.columns import Mask, Numbers, Texts
from labwright.experiments.table.filters import Clause
from labwright.experiments.table.index import RUN_NAME, Index
from labwright.experiments.table.like import like

COMPARE: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge,
}  # fmt: skip


def matches(index: Index, clauses: Iterable[Clause]) -> Mask:
    """Rows that meet all conditions. A run without the value meets none but IS NULL, != among them."""
    found = np.ones(len(index.ids), dtype=np.bool_)
    for clause in clauses:
        found &= _match(index, clause)
    return found


def with_words(index: Index, words: str) -> Mask:
    """Rows where each of the words stands somewhere, in any case; of -WORD, nowhere."""
    found = np.ones(len(index.ids), dtype=np.bool_)
    columns = [index.name, index.status, index.user, *index.params.values()]
    shown = (names.NOTEBOOK, names.SOURCE, "mlflow.note.content")
    columns += [
        texts for key, texts in index.tags.items() if key in shown or not key.startswith(("mlflow.", "labwright."))
    ]
    for word in dict.fromkeys(words.casefold().split()):
        wanted = word.removeprefix("-") or word
        has = np.zeros(len(index.ids), dtype=np.bool_)
        for texts in columns:
            has |= _where(texts, lambda text, wanted=wanted: wanted in text.casefold())  # type: ignore[misc] # a default has no type
        if len(wanted) >= 6:
            has |= np.fromiter((run_id.startswith(wanted) for run_id in index.ids), np.bool_, len(index.ids))
        found &= ~has if wanted is not word else has
    return found


def _match(index: Index, clause: Clause) -> Mask:
    if clause.entity == "attributes":
        return _attribute(index, clause)
    if clause.entity == "metrics":
        return _numbers(index, index.metrics.get(clause.key), clause)
    return _texts(index, (index.params if clause.entity == "params" else index.tags).get(clause.key), clause)


def _attribute(index: Index, clause: Clause) -> Mask:
    if clause.key in ("start_time", "end_time"):
        return _numbers(index, index.start if clause.key == "start_time" else index.end, clause)
    if clause.key == "run_id":
        meets = _meets(clause)
        return np.fromiter(map(meets, index.ids), np.bool_, len(index.ids))
    # MLflow looks for names in the tag that holds them.
    column = {"run_name": index.tags.get(RUN_NAME), "status": index.status, "user_id": index.user}[clause.key]
    return _texts(index, column, clause)


def _numbers(index: Index, column: Numbers | None, clause: Clause) -> Mask:
    if column is None:
        return np.zeros(len(index.ids), dtype=np.bool_)
    found: Mask = COMPARE[clause.comparator](column.values, clause.value) & column.there
    return found


def _texts(index: Index, column: Texts | None, clause: Clause) -> Mask:
    nothing = np.zeros(len(index.ids), dtype=np.bool_)
    if clause.comparator == "IS NULL":
        return ~nothing if column is None else ~column.there
    if column is None:
        return nothing
    return column.there if clause.comparator == "IS NOT NULL" else _where(column, _meets(clause))


def _where(texts: Texts, meets: Callable[[str], bool]) -> Mask:
    return texts.matching(np.fromiter(map(meets, texts.vocabulary), np.bool_, texts.count))


def _meets(clause: Clause) -> Callable[[str], bool]:
    value = clause.value
    if isinstance(value, frozenset):
        return value.__contains__ if clause.comparator == "IN" else lambda text: text not in value
    if clause.comparator in ("LIKE", "ILIKE"):
        return like(str(value), any_case=clause.comparator == "ILIKE")
    return (lambda text: text == value) if clause.comparator == "=" else (lambda text: text != value)
