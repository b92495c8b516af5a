"""Rows to score, in parts: a frame or an array of the notebook, Parquet or CSV files."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from labwright.errors import InvalidError, NotFoundError

if TYPE_CHECKING:
    import pandas as pd

FEWEST, MOST = 1_000, 50_000  # rows of a part
EACH = 4  # parts for each thread, so that all end at about the same time
KINDS = (".parquet", ".csv", ".csv.gz")


@dataclass(frozen=True)
class Part:
    """Some rows that follow each other: `rows` is what `work.score` takes. The first row of all has the number 1."""

    first: int
    count: int
    rows: Any
    file: str = ""

    @property
    def words(self) -> str:
        """Which rows, for people."""
        where = f" of {self.file}" if self.file else ""
        return f"rows {self.first:,} to {self.first + self.count - 1:,}{where}"


class Source(Protocol):
    """What can be scored. `rows` is their number, where it is known before; `plain_index`: it says nothing."""

    words: str
    rows: int | None
    plain_index: bool

    def head(self) -> Any:
        """The first rows, to check them against the signature."""

    def parts(self) -> Iterator[Part]:
        """All rows, in order."""


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


@dataclass(frozen=True)
class Slice:
    """A part of a Parquet file; it is read where it is scored."""

    path: str
    group: int
    offset: int
    count: int
    first: int  # its place among all rows, for an index that says nothing else

    def read(self) -> pd.DataFrame:
        """The rows."""
        import pandas as pd
        import pyarrow.parquet as pq

        with pq.ParquetFile(self.path) as file:
            table = file.read_row_group(self.group, use_threads=False).slice(self.offset, self.count)
        frame: pd.DataFrame = table.to_pandas(use_threads=False)
        if isinstance(frame.index, pd.RangeIndex):
            frame.index = pd.RangeIndex(self.first, self.first + len(frame))
        return frame


class ParquetFiles:
    """Parquet files, by row groups; a large one is cut, but is read at most eight times."""

    def __init__(self, paths: list[Path], words: str, threads: int) -> None:
        import pyarrow as pa
        import pyarrow.parquet as pq

        self.words = words
        self._groups: list[tuple[Path, int, int]] = []
        self.plain_index = True
        for path in paths:
            try:
                with pq.ParquetFile(path) as file:
                    about = (file.schema_arrow.pandas_metadata or {}).get("index_columns", [])
                    counts = [file.metadata.row_group(place).num_rows for place in range(file.num_row_groups)]
            except (OSError, pa.ArrowInvalid) as error:
                raise InvalidError(f"{path} cannot be read as Parquet: {str(error)[:200]}", code="unreadable") from None
            self.plain_index &= all(isinstance(one, dict) for one in about)
            self._groups += [(path, place, count) for place, count in enumerate(counts) if count]
        rows = sum(count for _, _, count in self._groups)
        self.rows: int | None = rows
        self._part_rows = part_rows(rows, threads)
        self._many = len(paths) > 1

    def head(self) -> Any:
        """As `Source` says."""
        if not self._groups:
            raise InvalidError(f"{self.words} has no rows.", code="no_rows")
        path, group, count = self._groups[0]
        return Slice(str(path), group, 0, min(count, 1000), 0).read()

    def parts(self) -> Iterator[Part]:
        """As `Source` says."""
        first = 0
        for path, group, count in self._groups:
            step = max(self._part_rows, -(-count // 8))
            for offset in range(0, count, step):
                rows = min(step, count - offset)
                part = Slice(str(path), group, offset, rows, first)
                yield Part(first + 1, rows, part, path.name if self._many else "")
                first += rows


class CsvFiles:
    """CSV files with a header. They are read here, a part at a time: a line break may be within quotes."""

    rows: int | None = None
    plain_index = True

    def __init__(self, paths: list[Path], words: str, types: dict[str, str], part_rows: int = MOST // 5) -> None:
        self.words, self._paths, self._part_rows = words, paths, part_rows
        # What the signature calls text stays text, such as 007; a part would else decide by its own rows.
        self._texts = dict.fromkeys((name for name, kind in types.items() if kind == "string"), "string")
        self._times = [name for name, kind in types.items() if kind == "datetime"]
        self._floats = dict.fromkeys((name for name, kind in types.items() if kind in ("double", "float")), "float64")

    def head(self) -> Any:
        """As `Source` says."""
        for frame in self._read(self._paths[0], 1000):
            return frame
        raise InvalidError(f"{self.words} has no rows.", code="no_rows")

    def parts(self) -> Iterator[Part]:
        """As `Source` says."""
        import pandas as pd

        first = 0
        for path in self._paths:
            for frame in self._read(path, self._part_rows):
                frame.index = pd.RangeIndex(first, first + len(frame))
                yield Part(first + 1, len(frame), frame, path.name if len(self._paths) > 1 else "")
                first += len(frame)

    def _read(self, path: Path, rows: int) -> Iterator[pd.DataFrame]:
        import pandas as pd

        try:
            names = set(pd.read_csv(path, nrows=0).columns)
            kinds: dict[Any, Any] = {name: kind for name, kind in (self._texts | self._floats).items() if name in names}
            times = [name for name in self._times if name in names]
            with pd.read_csv(
                path, chunksize=rows, dtype=kinds, parse_dates=times, float_precision="round_trip", low_memory=False
            ) as reader:
                for frame in reader:
                    texts = [name for name in self._texts if name in names]
                    yield frame.astype(dict.fromkeys(texts, object)).replace({pd.NA: None}) if texts else frame
        except (ValueError, OSError, pd.errors.ParserError) as error:
            raise InvalidError(f"{path} cannot be read as CSV: {str(error)[:200]}", code="unreadable") from None


def part_rows(rows: int, threads: int) -> int:
    """How many rows a part has."""
    return max(FEWEST, min(MOST, -(-rows // (EACH * threads))))


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
