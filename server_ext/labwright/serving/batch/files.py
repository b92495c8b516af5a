"""Rows in Parquet and CSV files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labwright.errors import InvalidError
from labwright.serving.batch.parts import MOST, Part, part_rows

if TYPE_CHECKING:
    import pandas as pd


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
        for path in self._paths:
            for frame in self._read(path, 1000):
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
                    if frame.empty:  # a header and no row
                        continue
                    texts = [name for name in self._texts if name in names]
                    yield frame.astype(dict.fromkeys(texts, object)).replace({pd.NA: None}) if texts else frame
        except (ValueError, OSError, pd.errors.ParserError) as error:
            raise InvalidError(f"{path} cannot be read as CSV: {str(error)[:200]}", code="unreadable") from None
