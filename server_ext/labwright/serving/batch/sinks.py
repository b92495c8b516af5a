"""Where predictions go: a Parquet file, a folder of them, a CSV file, or memory; whole at the end, or not at all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from labwright.errors import ConflictError, InvalidError, NotFoundError
from labwright.serving.batch.sink_files import CsvFile, ParquetFile, ParquetFolder, exists

if TYPE_CHECKING:
    import pandas as pd


PART = re.compile(r"part-\d{5,}\.parquet")  # a file of a folder of predictions


class Sink(Protocol):
    """Takes frames in order; then `finish`, or `abort`, which leaves nothing."""

    def write(self, frame: pd.DataFrame) -> None:
        """The next rows."""

    def finish(self) -> Any:
        """All is there now."""

    def abort(self) -> None:
        """Nothing stays."""


class Memory:
    """Keeps them: a Series where the model gives one value a row."""

    def __init__(self) -> None:
        self._frames: list[pd.DataFrame] = []

    def write(self, frame: pd.DataFrame) -> None:
        """As `Sink` says."""
        self._frames.append(frame)

    def finish(self) -> Any:
        """As `Sink` says."""
        import pandas as pd

        whole = pd.concat(self._frames)
        return whole["prediction"] if list(whole) == ["prediction"] else whole

    def abort(self) -> None:
        """As `Sink` says."""
        self._frames.clear()


def of(out: str | Path | None, plain_index: bool, *, overwrite: bool) -> Sink:
    """The sink that `out` names. Errors: ConflictError (exists), InvalidError, NotFoundError."""
    if out is None:
        return Memory()
    path = Path(out).expanduser().absolute()
    if not path.parent.is_dir():
        raise NotFoundError(f"There is no folder {path.parent}; make it first.", code="no_folder")
    if path.exists() and not overwrite:
        raise exists(path)
    kinds: dict[str, type[ParquetFile | ParquetFolder | CsvFile]] = {
        ".parquet": ParquetFile, ".csv": CsvFile, "": ParquetFolder,
    }  # fmt: skip
    suffix = path.suffix.lower()
    kind = ParquetFolder if path.is_dir() or str(out).endswith("/") else kinds.get(suffix)
    if kind is None:
        raise InvalidError(f"Predictions are written as .parquet or .csv, or into a folder; {suffix} is neither.")
    if kind is ParquetFolder and path.is_file():
        raise InvalidError(f"{path} is a file; name it .parquet or .csv, or choose a folder.")
    if path.is_dir() and not all(PART.fullmatch(one.name) for one in path.iterdir()):
        raise ConflictError(
            f"{path} holds other files than predictions, which would be gone; choose another folder.", code="exists"
        )
    return kind(path, plain_index, overwrite)


def check_apart(out: str | Path | None, data: Any) -> None:
    """Errors: InvalidError (same_place) where the predictions would take the place of the rows themselves."""
    if out is None or not isinstance(data, (str, Path)):
        return
    there, rows = Path(out).expanduser().resolve(), Path(data).expanduser().resolve()
    if there == rows or there in rows.parents or (rows in there.parents and rows.is_dir()):
        raise InvalidError(
            f"{there} is where the rows to score are; choose another place for the predictions.", code="same_place"
        )
