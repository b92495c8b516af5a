"""Rows to score: a frame or an array of the notebook, Parquet or CSV files."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from labwright.errors import InvalidError, NotFoundError
from labwright.serving.batch.files import CsvFiles, ParquetFiles
from labwright.serving.batch.parts import Part, Source, part_rows

KINDS = (".parquet", ".csv", ".csv.gz")


class InMemory:
    """A frame or an array, cut into parts."""

    def __init__(self, data: Any, threads: int) -> None:
        import pandas as pd

        self._data, self._part_rows = data, part_rows(len(data), threads)
        self.rows: int | None = len(data)
        self.words = f"{len(data):,} rows"
        index = getattr(data, "index", None)
        self.plain_index = index is None or (
            isinstance(index, pd.RangeIndex) and (index.start, index.step, index.name) == (0, 1, None)
        )

    def head(self) -> Any:
        """As `Source` says."""
        return self._data[:1000]

    def parts(self) -> Iterator[Part]:
        """As `Source` says."""
        data = getattr(self._data, "iloc", self._data)
        for first in range(0, len(self._data), self._part_rows):
            rows = data[first : first + self._part_rows]
            yield Part(first + 1, len(rows), rows)


def of(data: Any, types: dict[str, str], threads: int = 1) -> Source:
    """The source that `data` is: a DataFrame, an array, or the path of a file, a folder or a pattern (*.parquet).

    `types` are the signature's, for files that have none. Errors: InvalidError, NotFoundError.
    """
    import numpy as np
    import pandas as pd

    if isinstance(data, (str, Path)):
        return _files(str(data), types, threads)
    if isinstance(data, (pd.DataFrame, np.ndarray)):
        if not len(data):
            raise InvalidError("There is no row to score.", code="no_rows")
        return InMemory(data, threads)
    raise InvalidError(
        "What is scored is a pandas DataFrame, an array, or the path of a Parquet or CSV file, a folder or a pattern; "
        f"this is a {type(data).__name__}."
    )


def _files(text: str, types: dict[str, str], threads: int) -> Source:
    path = Path(text).expanduser()
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if one.is_file() and not one.name.startswith((".", "_")))
    elif path.is_file():
        found = [path]
    else:
        found = sorted(Path(one) for one in glob.glob(str(path), recursive=True) if Path(one).is_file())
    paths = [one.absolute() for one in found if one.name.lower().endswith(KINDS)]
    if not found:
        raise NotFoundError(f"There is no file {text[:200]!r}, and no variable of that name.", code="no_data")
    parquet = [one for one in paths if one.name.lower().endswith(".parquet")]
    if not paths or (parquet and len(parquet) != len(paths)):
        raise InvalidError(f"{text[:200]!r} must be Parquet files, or CSV files: .parquet, .csv or .csv.gz.")
    return ParquetFiles(paths, text, threads) if parquet else CsvFiles(paths, text, types)
