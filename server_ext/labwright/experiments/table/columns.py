"""Columns of the index: numbers as floats, texts as codes into a list of the texts that occur. No object per cell."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Codes = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]

SHORT = 32  # characters
KEPT_TEXTS = 1000  # a look-up of more texts than these is made anew when it is needed


def grown(array: npt.NDArray[Any], size: int, fill: float) -> npt.NDArray[Any]:
    """The array with room for `size` items, and some more."""
    if len(array) >= size:
        return array
    larger = np.full(max(size, len(array) + len(array) // 4, 256), fill, dtype=array.dtype)
    larger[: len(array)] = array
    return larger


def as_number(text: str) -> float:
    """The finite number that a text says; NaN where it says none."""
    try:
        value = float(text)
    except ValueError:
        return math.nan
    # `1_000` and full-width digits are numbers to Python, but not to a reader.
    return value if math.isfinite(value) and text.isascii() and "_" not in text else math.nan


class Numbers:
    """Floats, and whether there is one: NaN is a value of its own."""

    def __init__(self) -> None:
        self._values: Floats = np.empty(0)
        self._there: Mask = np.empty(0, dtype=np.bool_)
        self.size = 0

    def room(self, size: int) -> None:
        """Have `size` cells."""
        self._values, self._there = grown(self._values, size, 0.0), grown(self._there, size, False)
        self.size = size

    def put(self, rows: Sequence[int], values: Sequence[float]) -> None:
        """Set cells."""
        self._values[rows] = values
        self._there[rows] = True

    def clear(self, rows: Rows) -> None:
        """Empty cells."""
        self._there[rows] = False

    @property
    def values(self) -> Floats:
        """All values; where there is none, something."""
        return self._values[: self.size]

    @property
    def there(self) -> Mask:
        """Which cells have a value."""
        return self._there[: self.size]


class Texts:
    """Texts by their codes; -1 where there is none."""

    def __init__(self) -> None:
        self._codes: Codes = np.empty(0, dtype=np.int32)
        self.size = 0
        self.count = 0  # texts of the vocabulary
        self._texts: list[str] | npt.NDArray[np.bytes_] = []
        self._known: dict[str, int] | None = {}
        self._numbers: Floats | None = None
        self._ranks: Rows | None = None

    def room(self, size: int) -> None:
        """Have `size` cells."""
        self._codes = grown(self._codes, size, -1)
        self.size = size

    def put(self, rows: Sequence[int], values: Sequence[str]) -> None:
        """Set cells."""
        if self._known is None:
            self._texts = self.vocabulary
            self._known = {text: code for code, text in enumerate(self._texts)}
        known, vocabulary, codes = self._known, self.vocabulary, []
        for text in values:
            code = known.get(text)
            if code is None:
                code = known[text] = len(vocabulary)
                vocabulary.append(text)
            codes.append(code)
        self._codes[rows] = codes
        if len(vocabulary) > self.count:
            self.count = len(vocabulary)
            self._numbers = self._ranks = None

    def clear(self, rows: Rows) -> None:
        """Empty cells."""
        self._codes[rows] = -1

    def rest(self) -> None:
        """Give back what only `put` needs, where it is large; many short texts are kept without an object each."""
        if self._known is None or self.count <= KEPT_TEXTS:
            return
        self._known, texts = None, self.vocabulary
        # NumPy pads with NUL, so that a text that has one is none of these.
        if all(len(text) <= SHORT and text.isascii() and "\0" not in text for text in texts):
            self._texts = np.array(texts, dtype=np.bytes_)

    @property
    def vocabulary(self) -> list[str]:
        """The texts by their codes."""
        texts = self._texts
        return texts if isinstance(texts, list) else [text.decode() for text in texts.tolist()]

    def text(self, code: int) -> str:
        """One of them."""
        found = self._texts[code]
        return found if isinstance(found, str) else found.decode()

    @property
    def codes(self) -> Codes:
        """All codes."""
        return self._codes[: self.size]

    @property
    def there(self) -> Mask:
        """Which cells have a text."""
        there: Mask = self.codes >= 0
        return there

    def used(self) -> Mask:
        """Which of the vocabulary's texts a cell has: one that was edited away stays in it."""
        codes = self.codes
        used: Mask = np.bincount(codes[codes >= 0], minlength=self.count) > 0
        return used

    def numbers(self) -> Floats:
        """The vocabulary's texts as numbers; NaN where one is none."""
        if self._numbers is None:
            self._numbers = np.fromiter(map(as_number, self.vocabulary), np.float64, self.count)
        return self._numbers

    def numeric(self) -> bool:
        """Whether there are texts and all of them are numbers."""
        used = self.used()
        return bool(used.any()) and not bool(np.isnan(self.numbers()[used]).any())

    def ranks(self) -> Rows:
        """The place of each text of the vocabulary in the usual order: numbers by value, then the rest by letters."""
        if self._ranks is None:
            numbers, vocabulary = self.numbers(), self.vocabulary
            order = np.argsort(numbers, kind="stable")  # texts, being NaN, come last
            count = int(np.count_nonzero(~np.isnan(numbers)))
            words = sorted(order[count:].tolist(), key=lambda code: (vocabulary[code].casefold(), vocabulary[code]))
            order[count:] = words
            self._ranks = np.empty(self.count, dtype=np.int64)
            self._ranks[order] = np.arange(self.count)
        return self._ranks

    def matching(self, wanted: Mask) -> Mask:
        """Cells whose text is among those of the vocabulary that are wanted."""
        codes = self.codes
        if not self.count:
            return np.zeros(len(codes), dtype=np.bool_)
        found: Mask = wanted[codes] & (codes >= 0)  # -1 takes the last, which the second half refuses
        return found
