"""The recorder of cells: what this kernel ran since its start, in order, for the runs that are made in it.

It looks through IPython's own events; what ran before Labwright was loaded comes from IPython's history.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

MOST = 5000  # cells that are kept; of more, the oldest are dropped


@dataclass
class Recorded:
    """A cell, as `labwright.experiments.capture.models.ExecutedCell` has it; that one is slow to import."""

    order: int
    execution_count: int
    cell_id: str | None
    source: str
    started: datetime | None
    seconds: float | None = None
    ok: bool | None = None
    stored: bool = True  # in IPython's history


class Recorder:
    """One for each shell."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._lock = threading.Lock()
        self._cells: list[Recorded] = []
        self._order = 0
        history = shell.history_manager.input_hist_raw
        for count, source in enumerate(history):
            if source:
                # The last one is the cell that loads the extension: no event tells of its begin.
                self._add(count, None, source, datetime.now(UTC) if count == len(history) - 1 else None)

    def begin(self, info: Any) -> None:
        """A cell is about to run."""
        if info.raw_cell and info.raw_cell.strip():
            # The number that the cell will have in the history; IPython's own counter is ahead of it, or not yet.
            count = len(self._shell.history_manager.input_hist_raw)
            self._add(count, getattr(info, "cell_id", None), info.raw_cell, datetime.now(UTC), bool(info.store_history))

    def end(self, result: Any) -> None:
        """A cell has run."""
        info = result.info
        if info is None:
            return
        with self._lock:
            last = self._cells[-1] if self._cells else None
            if last is not None and last.source == info.raw_cell and last.ok is None and last.started is not None:
                last.seconds = (datetime.now(UTC) - last.started).total_seconds()
                last.ok = bool(result.success)
                last.execution_count = result.execution_count

    def cells(self) -> list[Any]:
        """All cells as the runs take them (`ExecutedCell`), the one that runs now last.

        Front ends run code of their own, which they keep out of the history; it is none of the person's. Where the
        cell that runs now is out of the history as well, a program runs the whole notebook so (nbval does).
        """
        from labwright.experiments.capture.models import ExecutedCell

        with self._lock:
            all_of_them = bool(self._cells) and not self._cells[-1].stored
            if all_of_them:
                found = [replace(cell, order=order) for order, cell in enumerate(self._cells, start=1)]
            else:
                found = [cell for cell in self._cells if cell.stored]
            return [ExecutedCell.model_validate(vars(cell)) for cell in found]

    def _add(self, count: int, cell_id: str | None, source: str, started: datetime | None, stored: bool = True) -> None:
        with self._lock:
            self._order += stored
            self._cells.append(Recorded(self._order, count, cell_id, source, started, stored=stored))
            del self._cells[:-MOST]


def install(shell: Any) -> None:
    """Begin to record; once for a shell, however often the extension is loaded."""
    from labwright.experiments.capture.contributions import record_cells_with

    if getattr(shell, "_labwright_recorder", None) is not None:
        return
    recorder = Recorder(shell)
    shell.events.register("pre_run_cell", recorder.begin)
    shell.events.register("post_run_cell", recorder.end)
    shell._labwright_recorder = recorder
    record_cells_with(recorder.cells)
