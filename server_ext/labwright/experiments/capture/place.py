"""Where a run is made: the notebook, and the cell of it that runs."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import PurePosixPath

from labwright.experiments.capture import names
from labwright.experiments.capture.cells import executed_cells, this_shell
from labwright.experiments.capture.masking import Masker


@dataclass(frozen=True)
class Place:
    """What is not known is None."""

    notebook: str | None = None
    cell: int | None = None
    cell_id: str | None = None


def this_cell() -> Place:
    """The cell that runs now; of a script nothing is known."""
    shell = this_shell()
    if shell is None:
        return Place()
    path = os.environ.get("JPY_SESSION_NAME") or shell.user_ns.get("__vsc_ipynb_file__")
    cells = executed_cells()
    number, cell_id = (cells[-1].execution_count, cells[-1].cell_id) if cells else (None, None)
    return Place(str(path) if path else None, number, cell_id)


def source_tags(place: Place, masker: Masker) -> dict[str, str]:
    """What a run says of where it was made: "flights.ipynb, cell 7"."""
    tags = {}
    if place.notebook is not None:
        tags = {names.NOTEBOOK: place.notebook, "mlflow.source.type": "NOTEBOOK"}
    if place.cell is not None:
        tags[names.CELL] = str(place.cell)
        tags[names.SOURCE] = (
            f"{PurePosixPath(place.notebook).name if place.notebook else 'notebook'}, cell {place.cell}"
        )
    if place.cell_id:
        tags[names.CELL_ID] = place.cell_id
    return {key: masker.mask(value) for key, value in tags.items()}
