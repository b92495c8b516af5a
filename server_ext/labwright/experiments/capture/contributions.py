"""What other capabilities know of a run: each registers a function that fills its part of the run's context.

Experiments owns this protocol and knows nothing of who takes part: features add the views that made the data, clusters
add their workers. The recorder of cells registers itself here, too, where a kernel has one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from labwright.experiments.capture.models import ExecutedCell, RunContext


@dataclass(frozen=True)
class Asked:
    """What a contributor is told of the run: the cells that led to it, and the notebook's variables."""

    sources: list[str] = field(default_factory=list, repr=False)
    cells: frozenset[int] | None = None  # execution counts of the cells that led to the run; None where unknown
    variables: Mapping[str, Any] = field(default_factory=dict, repr=False)
    since: float = 0.0  # when the run began, in seconds since the epoch


class Contributor(Protocol):
    """Fills its part of a run's context at the run's end. What it raises is noted, and fails nothing."""

    def __call__(self, context: RunContext, asked: Asked) -> None:
        """Fill what is yours."""


class Cells(Protocol):
    """The cells that this kernel ran since its start, the one that runs now last."""

    def __call__(self) -> list[ExecutedCell]:
        """In order; sources are not masked yet."""


_contributors: dict[str, Contributor] = {}
_cells: list[Cells] = []


def contribute(part: str, contributor: Contributor) -> None:
    """Take part in every run's context from now on; `part` names it in settings and in `left_out`."""
    _contributors[part] = contributor


def contributors() -> Mapping[str, Contributor]:
    """All that take part, by their part's name."""
    return _contributors


def record_cells_with(cells: Cells) -> None:
    """Name the recorder of this kernel."""
    _cells[:] = [cells]


def number_of_this_cell() -> int | None:
    """The execution count of the cell that runs now, where one does."""
    from labwright.experiments.capture.cells import executed_cells

    cells = executed_cells()
    return cells[-1].execution_count if cells else None


def recorded_cells() -> list[ExecutedCell] | None:
    """The cells of this kernel; None where nobody records them."""
    return _cells[0]() if _cells else None
