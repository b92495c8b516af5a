"""What computes verdicts. Evidently does, in `evidently_report`; another library would give the same parts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from labwright.drift.frames import Pair


@dataclass(frozen=True)
class Verdict:
    """A column's test: which, its score, its threshold, and what it says."""

    method: str
    score: float | None
    threshold: float
    drifted: bool


@dataclass(frozen=True)
class Verdicts:
    """Per column its verdict, or why there is none; and the library's own page (HTML, untrusted)."""

    columns: dict[str, Verdict]
    failed: dict[str, str]
    page: str


class Backend(Protocol):
    """Compares a pair of frames."""

    def __call__(self, pair: Pair) -> Verdicts:
        """Give a verdict for each column of `pair.numerical` and `pair.categorical`."""
