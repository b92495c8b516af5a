"""Write a run's cells as a notebook beside the original, with its environment. Nothing that is there is overwritten.

The original's path comes from the run, which is anybody's: only its folder is used, where that is one to write to, and
of its name what is harmless.
"""

from __future__ import annotations

import json
import os
import re
import secrets
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Any

from labwright.errors import InvalidError
from labwright.experiments.capture.look import MASK
from labwright.experiments.capture.models import ExecutedCell, Recorded, Restored

MOST_NAMES = 1000


def restore(found: Recorded, roots: Sequence[Path], otherwise: Path, *, own: bool = False) -> Restored:
    """Write both files. `roots` are the folders in (or below) which is written; `own` allows the user's own ones, too.

    Where the original's folder is none of them, the files are written to `otherwise`, and the message says so. Errors:
    InvalidError where there is nothing to write, or it cannot be written.
    """
    if not found.cells:
        raise InvalidError("This run recorded no cells; there is nothing to restore.")
    folder, remark = _folder(found.notebook, roots, otherwise, own)
    stem = f"{_stem(found.notebook)}-restored-{found.run_id[:8]}"
    for number in range(1, MOST_NAMES):
        name = stem if number == 1 else f"{stem}-{number}"
        lock_name = f"{name}-requirements.txt" if found.lock else None
        texts = {f"{name}.ipynb": _notebook(found, lock_name)}
        if lock_name:
            texts = {lock_name: found.lock} | texts
        try:
            if _write_all(folder, texts):
                path = folder / f"{name}.ipynb"
                words = f"{path.name} has the {len(found.cells)} cells of run {found.run!r}{remark}"
                return Restored(path=str(path), lock=str(folder / lock_name) if lock_name else None, message=words)
        except OSError as error:
            raise InvalidError(f"Nothing can be written to {folder}: {error.strerror or error}.") from None
    raise InvalidError(f"There are {MOST_NAMES} restored notebooks of this run already in {folder}.")


def _folder(notebook: str | None, roots: Sequence[Path], otherwise: Path, own: bool) -> tuple[Path, str]:
    """The folder to write to, and what is to be said of it."""
    if not notebook or "\0" in notebook:
        return otherwise, f", in {otherwise}: the run does not say where its notebook was"
    near = [root.resolve() for root in roots]
    for start in [Path("/"), *near]:
        try:
            folder = (start / notebook).parent.resolve()
            if folder.is_dir() and os.access(folder, os.W_OK) and (_below(folder, near) or (own and _own(folder))):
                return folder, f", beside {PurePosixPath(notebook).name}"
        except (OSError, ValueError, RuntimeError):
            continue
    return otherwise, f", in {otherwise}: the original's folder is not there, or not one to write to"


def _below(folder: Path, roots: Sequence[Path]) -> bool:
    return any(folder.is_relative_to(root) for root in roots)


def _own(folder: Path) -> bool:
    """A visible folder that belongs to the user; to the superuser belongs everything, so that says nothing there."""
    hidden = any(part.startswith(".") for part in folder.parts)
    return not hidden and os.getuid() != 0 and folder.stat().st_uid == os.getuid()


def _stem(notebook: str | None) -> str:
    stem = PurePosixPath(notebook or "").stem
    return re.sub(r"[^\w ()+-]", "_", stem).strip(" _.-")[:80] or "notebook"


def _write_all(folder: Path, texts: dict[str, str]) -> bool:
    """Write files that are not there yet, all or none; those that say the same already count as written."""
    directory = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    written: list[str] = []
    try:
        for name, text in texts.items():
            raw = text.encode("utf-8", "replace")
            if _write_new(directory, name, raw):
                written.append(name)
            elif not _says(directory, name, raw):
                _remove(directory, written)
                return False
    except OSError:
        _remove(directory, written)
        raise
    finally:
        os.close(directory)
    return True


def _write_new(directory: int, name: str, raw: bytes) -> bool:
    """Write a whole file under a name that must be free; whether it was."""
    temporary = f".{secrets.token_hex(8)}.part"
    _create(directory, temporary, raw)
    try:
        os.link(temporary, name, src_dir_fd=directory, dst_dir_fd=directory, follow_symlinks=False)
    except FileExistsError:
        return False
    except OSError:  # a file system without links
        try:
            _create(directory, name, raw)
        except FileExistsError:
            return False
    finally:
        os.unlink(temporary, dir_fd=directory)
    return True


def _create(directory: int, name: str, raw: bytes) -> None:
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644, dir_fd=directory)
    try:
        with open(handle, "wb") as file:
            file.write(raw)
    except OSError:
        _remove(directory, [name])
        raise


def _remove(directory: int, names: Sequence[str]) -> None:
    for name in names:
        with suppress(OSError):
            os.unlink(name, dir_fd=directory)


def _says(directory: int, name: str, raw: bytes) -> bool:
    try:
        handle = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=directory)
        with open(handle, "rb") as file:
            return file.read(len(raw) + 1) == raw
    except OSError:
        return False


def _notebook(found: Recorded, lock_name: str | None) -> str:
    cells: list[dict[str, Any]] = [
        {"cell_type": "markdown", "id": "restored-from", "metadata": {}, "source": _head(found, lock_name)}
    ]
    cells += [_cell(number, cell) for number, cell in enumerate(found.cells, 1)]
    kernel = {"name": found.kernel, "display_name": found.kernel, "language": "python"}
    notebook = {
        "cells": cells,
        "metadata": {"kernelspec": kernel, "labwright": {"run_id": found.run_id}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"


def _cell(number: int, cell: ExecutedCell) -> dict[str, Any]:
    # A cell that failed then may fail again; with this tag "run all" goes on after it, as the person did.
    metadata = {"tags": ["raises-exception"]} if cell.ok is False else {}
    return {
        "cell_type": "code", "id": f"restored-{number}", "metadata": metadata, "source": cell.source, "outputs": [],
        "execution_count": None,
    }  # fmt: skip


def _head(found: Recorded, lock_name: str | None) -> str:
    """Where it comes from; what the run says of itself is shown as code, so that nothing in it is markup."""
    lines = [
        f"# Restored from run {_code(found.run)}", "",
        f"The {len(found.cells)} cells that the kernel had run when this run of experiment {_code(found.experiment)} "
        f"was made (run id {_code(found.run_id)}), in their order.", "",
    ]  # fmt: skip
    if found.notebook:
        lines.append(f"- notebook: {_code(found.notebook)}")
    if found.commit:
        changes = ", with uncommitted changes (artifact `labwright/diff.patch`)" if found.has_diff else ""
        lines.append(f"- git: commit {_code(found.commit)} of {_code(found.branch or 'no branch')}{changes}")
    if lock_name:
        python = f" (Python {found.python})" if re.fullmatch(r"[\w.+-]{1,40}", found.python) else ""
        lines.append(f"- environment{python}: {_code(f'pip install -r {json.dumps(lock_name)}')}")
    masked = sum(cell.source.count(MASK) for cell in found.cells)
    if masked:
        lines.append(f"- {_code(MASK)} stands where a secret was: {masked} places to fill in before the cells run")
    if any(cell.ok is False for cell in found.cells):
        lines.append("- cells that failed then have the tag `raises-exception`, so that running all goes on after them")
    return "\n".join(lines)


def _code(text: str) -> str:
    plain = " ".join(text.split()).replace("`", "'")[:300]
    return f"`{plain or '–'}`"
