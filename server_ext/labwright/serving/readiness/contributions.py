"""The checks of a readiness card. Capabilities above serving bring theirs by `contribute`; it knows none of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from labwright.serving.readiness.models import Figure, Verdict

if TYPE_CHECKING:
    from labwright.serving.readiness.subject import Subject

Stop = Callable[[], None]  # raises when the promotion was cancelled; long checks call it now and then


@dataclass(frozen=True)
class Found:
    """What a check found: its verdict, one sentence with the way on, and figures (name, value)."""

    verdict: Verdict
    words: str
    figures: list[tuple[str, str]] = field(default_factory=list)
    details: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> list[Figure]:
        """The figures as the card has them."""
        return [Figure(name=name, value=value) for name, value in self.figures]


def passed(words: str, *figures: tuple[str, str], **details: Any) -> Found:
    """All is well."""
    return Found(Verdict.passed, words, list(figures), details)


def warned(words: str, *figures: tuple[str, str], **details: Any) -> Found:
    """Somebody should look; it stops nothing."""
    return Found(Verdict.warned, words, list(figures), details)


def failed(words: str, *figures: tuple[str, str], **details: Any) -> Found:
    """Going on takes a reason."""
    return Found(Verdict.failed, words, list(figures), details)


@dataclass(frozen=True)
class Kind:
    """A check. `make` gives None where it does not apply after all; `slow` ones (jobs) run beside each other, last."""

    id: str
    title: str
    make: Callable[[Subject, Stop], Found | None]
    applies: Callable[[Subject], bool] = lambda _subject: True
    slow: bool = False


_contributed: dict[str, Kind] = {}


def contribute(kind: Kind) -> None:
    """Bring a check into every card from now on."""
    _contributed[kind.id] = kind


def contributed() -> list[Kind]:
    """What others brought."""
    return list(_contributed.values())
