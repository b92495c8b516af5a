"""The guided tours: notebooks that ship with Labwright, and their copies in a folder of the user's."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from labwright.errors import InvalidError, NotFoundError


def shipped() -> list[Path]:
    """The notebooks of this installation, in the order of their names. Errors: NotFoundError."""
    here = Path(__file__).resolve().parent
    # In a wheel the tours are inside the package, in a source tree they are beside it.
    for folder in (here / "notebooks", here.parents[1] / "notebooks"):
        found = sorted(folder.glob("*.ipynb"))
        if found:
            return found
    raise NotFoundError("This installation has no tours; install Labwright again.")


def copy(folder: Path, say: Callable[[str], None] = print) -> list[Path]:
    """Copy the tours into `folder`, which is made where it is missing; give the paths of all of them there.

    A tour that the user changed is kept, and `say` gets a line about it; one that was only run is kept as it is.
    Errors: InvalidError for a folder that cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        return [_copy(tour, folder / tour.name, say) for tour in shipped()]
    except OSError as error:
        raise InvalidError(f"The tours cannot be copied to {folder}: {error.strerror}. Name another folder.") from None


def _copy(tour: Path, target: Path, say: Callable[[str], None]) -> Path:
    if not target.exists():
        # Whole or not at all: a stop in the middle must not leave half a notebook that looks like the user's.
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(tour.read_bytes())
            os.chmod(temporary, 0o644)
            os.replace(temporary, target)
        except OSError:
            os.unlink(temporary)
            raise
    elif _cells(target) != _cells(tour):
        say(f"{target} was changed since it was copied, and is kept; for the one that ships, delete it and copy again.")
    return target


def _cells(notebook: Path) -> list[tuple[str, str]] | None:
    """Kind and text of the cells, which a mere run leaves as they are; None for what is no notebook."""
    try:
        cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        return [(str(cell["cell_type"]), "".join(cell["source"])) for cell in cells]
    except (OSError, ValueError, KeyError, TypeError):
        return None
