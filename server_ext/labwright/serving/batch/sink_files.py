"""Files that predictions are written to, beside their place under another name, and renamed at the end."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from labwright.errors import ConflictError, InvalidError

if TYPE_CHECKING:
    import pandas as pd


class Files:
    """Writes beside the place under another name, and renames at the end."""

    def __init__(self, out: Path, plain_index: bool, overwrite: bool) -> None:
        self._out, self._overwrite, self._index = out, overwrite, not plain_index
        self._temporary = out.parent / f".{out.name}.{secrets.token_hex(4)}.tmp"

    def finish(self) -> Path:
        """As `Sink` says. Errors: ConflictError when somebody made it meanwhile."""
        self._close()
        _sync(self._temporary)
        if self._overwrite:
            _replace(self._temporary, self._out)
        elif self._temporary.is_dir():
            if self._out.exists():
                raise exists(self._out)
            os.rename(self._temporary, self._out)
        else:
            self._give_name()
        _sync(self._out.parent)
        return self._out

    def _give_name(self) -> None:
        try:
            os.link(self._temporary, self._out)
        except FileExistsError:
            raise exists(self._out) from None
        except OSError:  # a file system that has no hard links
            if self._out.exists():
                raise exists(self._out) from None
            os.rename(self._temporary, self._out)
        else:
            self._temporary.unlink()

    def abort(self) -> None:
        """As `Sink` says."""
        with suppress(Exception):
            self._close()
        if self._temporary.is_dir():
            shutil.rmtree(self._temporary, ignore_errors=True)
        else:
            self._temporary.unlink(missing_ok=True)

    def _close(self) -> None:
        raise NotImplementedError


class ParquetFile(Files):
    """One Parquet file. All parts take the first one's types."""

    _writer: Any = None

    def write(self, frame: pd.DataFrame) -> None:
        """As `Sink` says. Errors: InvalidError (types) for values of other types than before."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        table = pa.Table.from_pandas(frame, preserve_index=self._index, nthreads=1)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._temporary, table.schema, compression="zstd")
        try:
            self._writer.write_table(table.cast(self._writer.schema))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise InvalidError(
                f"Later rows have other types than the first ones had ({str(error)[:200]}), which one Parquet file "
                "cannot hold; write a .csv file, or keep other columns. Nothing was written.",
                code="types",
            ) from None

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()


class ParquetFolder(Files):
    """A folder with a Parquet file for each part."""

    _count = 0

    def write(self, frame: pd.DataFrame) -> None:
        """As `Sink` says."""
        self._temporary.mkdir(exist_ok=True)
        path = self._temporary / f"part-{self._count:05d}.parquet"
        frame.to_parquet(path, index=self._index or None, compression="zstd")
        _sync(path)
        self._count += 1

    def _close(self) -> None:
        pass


class CsvFile(Files):
    """One CSV file with a header; floats keep all their bits."""

    _begun = False

    def write(self, frame: pd.DataFrame) -> None:
        """As `Sink` says."""
        label = [name or f"index_{place}" if len(frame.index.names) > 1 else name or "index"
                 for place, name in enumerate(frame.index.names)]  # fmt: skip
        frame.to_csv(
            self._temporary, mode="a", header=not self._begun, index=self._index, index_label=label, lineterminator="\n"
        )
        self._begun = True

    def _close(self) -> None:
        pass


def exists(path: Path) -> ConflictError:
    """The error for a place that is taken."""
    return ConflictError(f"{path} is there already; --overwrite (overwrite=True) replaces it.", code="exists")


def _replace(new: Path, old: Path) -> None:
    """Put a file or a folder in the place of another one."""
    if not old.is_dir():
        os.replace(new, old)
        return
    aside = old.parent / f".{old.name}.{secrets.token_hex(4)}.old"
    os.rename(old, aside)
    try:
        os.rename(new, old)
    except OSError:
        os.rename(aside, old)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
