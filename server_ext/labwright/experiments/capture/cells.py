"""The cells that a kernel ran, as they are stored; where nobody recorded them, as IPython's history has them."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from labwright.experiments.capture.contributions import recorded_cells
from labwright.experiments.capture.fit import CELL_LIMIT, LIMIT, cut_text, dumped, fitting
from labwright.experiments.capture.masking import Masker
from labwright.experiments.capture.models import ExecutedCell


def this_shell() -> Any:
    """IPython's shell, where there is one."""
    return getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()


def executed_cells() -> list[ExecutedCell]:
    """What this kernel ran since its start, the cell that runs now last; nothing in a script."""
    found = recorded_cells()
    if found is not None:
        return found
    shell = this_shell()
    return [] if shell is None else history_of(shell, datetime.now(UTC))


def history_of(shell: Any, now: datetime) -> list[ExecutedCell]:
    """The inputs of IPython's history; of those that ran already, when and how is not known."""
    sources = list(getattr(shell.history_manager, "input_hist_raw", []))
    cells: list[ExecutedCell] = []
    for count, source in enumerate(sources):
        if count and source:
            current = count == len(sources) - 1
            cells.append(
                ExecutedCell(
                    order=len(cells) + 1, execution_count=count, source=source, started=now if current else None
                )
            )
    return cells


def cells_json(cells: Sequence[ExecutedCell], masker: Masker) -> tuple[bytes, int]:
    """The cells as JSON of at most 1 MB, secrets masked; and how many of the oldest had to be left out."""
    items = []
    for cell in cells:
        source, _ = cut_text(
            masker.mask(cell.source[:LIMIT]), CELL_LIMIT, "# … cut here by Labwright: this cell is very long"
        )
        items.append(cell.model_copy(update={"source": source}).model_dump(mode="json"))
    kept = fitting(items, LIMIT, newest=True)
    return dumped(kept), len(items) - len(kept)
