"""The notebook's copy: found where the Jupyter server said it lies, without outputs, secrets masked, made to fit."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from labwright.experiments.capture.fit import CELL_LIMIT, LIMIT, cut_text, dumped, fitting
from labwright.experiments.capture.masking import Masker

LARGEST = 200_000_000  # bytes of a file that is read at all: outputs can be large
NOTE = "*Labwright cut this copy here: the notebook has more than 1 MB of code and text.*"


class NoNotebook(Exception):
    """There is no copy, and this is why."""


def find_notebook(path: str | None) -> Path:
    """The notebook's file. Raises NoNotebook with the reason."""
    if not path:
        raise NoNotebook("this kernel was not told of a notebook")
    for place in (Path(path), Path.cwd() / path, Path.cwd() / Path(path).name):
        if place.is_file():
            return place
    raise NoNotebook("the notebook's file is not there; it may have been renamed, or never saved")


def read_notebook(place: Path) -> dict[str, Any]:
    """The notebook as it was saved last. Raises NoNotebook with the reason."""
    if place.suffix != ".ipynb":
        raise NoNotebook("the file is no notebook")
    try:
        if os.stat(place).st_size > LARGEST:
            raise NoNotebook(f"the file is larger than {LARGEST // 1_000_000} MB")
        found = json.loads(place.read_bytes())
    except OSError as error:
        raise NoNotebook(f"the file cannot be read ({error.strerror or type(error).__name__})") from None
    except (ValueError, RecursionError):
        raise NoNotebook("the file is not whole: it is no JSON") from None
    if not isinstance(found, dict) or not isinstance(found.get("cells"), list):
        raise NoNotebook("the file has no cells")
    return found


def sources_of(notebook: dict[str, Any]) -> list[str]:
    """The sources of its cells."""
    return [_source(cell) for cell in notebook["cells"] if isinstance(cell, dict)]


def metadata_of(notebook: dict[str, Any]) -> list[Any]:
    """What the notebook and its cells say of themselves."""
    cells = [cell.get("metadata") for cell in notebook["cells"] if isinstance(cell, dict)]
    return [notebook.get("metadata"), *cells]


def notebook_copy(notebook: dict[str, Any], masker: Masker) -> tuple[bytes, bool]:
    """The notebook as JSON, without outputs, at most 1 MB; and whether it had to be cut."""
    cells: list[Any] = [_cleaned(cell, masker) for cell in notebook["cells"] if isinstance(cell, dict)]
    metadata = notebook.get("metadata")
    metadata = {key: one for key, one in metadata.items() if key != "widgets"} if isinstance(metadata, dict) else {}
    metadata = masker.mask_all(metadata)
    if len(dumped(metadata)) > 100_000:
        metadata = {key: metadata[key] for key in ("kernelspec", "language_info") if key in metadata}
    copy = {
        "cells": cells, "metadata": metadata,
        "nbformat": notebook.get("nbformat", 4), "nbformat_minor": notebook.get("nbformat_minor", 5),
    }  # fmt: skip
    raw = dumped(copy)
    if len(raw) <= LIMIT:
        return raw, any(len(source) > LIMIT // 2 for source in sources_of(notebook))
    for cell in cells:
        cell.pop("attachments", None)
        cell["metadata"] = {key: one for key, one in cell["metadata"].items() if len(dumped(one)) < 2000}
        cell["source"] = cut_text(cell["source"], CELL_LIMIT, "# … cut here by Labwright")[0]
    kept = fitting(cells, LIMIT - len(dumped(metadata)) - 4000 - 400, newest=False)
    # The note has the id that it needs where the other cells have one.
    note = {"cell_type": "markdown", "metadata": {}, "source": NOTE}
    has_ids = any("id" in cell for cell in cells)
    copy["cells"] = [*kept, note | ({"id": "labwright-cut"} if has_ids else {})]
    # Indented deeper inside the notebook than alone, a cell takes some more.
    while len(raw := dumped(copy)) > LIMIT and len(copy["cells"]) > 1:
        del copy["cells"][-2]
    return raw, True


def _cleaned(cell: dict[str, Any], masker: Masker) -> dict[str, Any]:
    metadata = cell.get("metadata")
    found: dict[str, Any] = {
        "cell_type": cell.get("cell_type", "raw"),
        "metadata": masker.mask_all(metadata) if isinstance(metadata, dict) else {},
        "source": _masked(_source(cell), masker),
    }
    if isinstance(cell.get("id"), str):
        found["id"] = cell["id"]
    if found["cell_type"] == "code":
        found |= {"outputs": [], "execution_count": None}
        found["metadata"] = {key: one for key, one in found["metadata"].items() if key != "execution"}
    elif isinstance(cell.get("attachments"), dict) and len(dumped(cell["attachments"])) < CELL_LIMIT:
        found["attachments"] = masker.mask_all(cell["attachments"])
    return found


def _masked(source: str, masker: Masker) -> str:
    if len(source) <= LIMIT // 2:
        return masker.mask(source)
    # What is cut off is cut after it was masked; of what is longer still, the end is not even looked at.
    return cut_text(masker.mask(source[:LIMIT]), CELL_LIMIT, "# … cut here by Labwright")[0]


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    # A secret may go over a line's end, so the lines of a cell are one text.
    return "".join(map(str, source)) if isinstance(source, list) else str(source)
