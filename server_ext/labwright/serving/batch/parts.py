"""Parts of the rows to score, and what gives them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Protocol

FEWEST, MOST = 1_000, 50_000  # rows of a part
EACH = 4  # parts for each thread, so that all end at about the same time


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


def part_rows(rows: int, threads: int) -> int:
    """How many rows a part has."""
    return max(FEWEST, min(MOST, -(-rows // (EACH * threads))))
