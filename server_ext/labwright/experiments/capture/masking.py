"""Take secrets out of what is recorded, before anything leaves the kernel.

Two kinds are known: values (of environment variables and notebook variables with a secret's name, and what an
assignment in a cell shows to be one), which are found wherever they stand and in whatever form; and patterns.
"""

from __future__ import annotations

import base64
import json
import re
from bisect import bisect_right
from collections.abc import Iterable
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, unquote

from labwright.experiments.capture.look import MASK, by_look, shown
from labwright.experiments.capture.patterns import is_secret_name, is_trivial
from labwright.experiments.capture.secret_values import LONGEST, named

# A line's end inside a secret: of a base64 block; of two strings that Python joins, indented, in a changed line.
_BREAKS = (
    re.compile(r"\r?\n[+ -]?|\\n"),
    re.compile(
        r"\\?[\"']?[ \t]{0,40}\\?(?:\\n\\?[\"']?,?[ \t]*)?(?:\r?\n|\\n)[+\- \t>#]*\\?[\"']?[ \t]*[rbfu]?\\?[\"']?"
    ),
)


class Masker:
    """Masks texts. It learns: what is found to be a secret in one text is masked in those that come later."""

    def __init__(self, values: Iterable[str] = ()) -> None:
        self._values: set[str] = set()
        self._plain: list[str] = []
        self._long: list[str] = []
        self._stale = False
        self.places = 0  # where a secret stood, in all texts so far
        self.add(values)

    def add(self, values: Iterable[str]) -> None:
        """Learn values that are secret; trivial ones are passed over."""
        new = {value.strip() for value in values if not is_trivial(value)} - self._values
        if new:
            self._values |= new
            self._stale = True

    def learn(self, text: str) -> None:
        """Learn the secrets that a text shows by their look."""
        self.add(shown(text))

    def learn_from(self, value: Any) -> None:
        """Learn the strings of a JSON value that stand under a secret's name."""
        self.add(one for one in named(value) if len(one) >= 8)

    def mask(self, text: str) -> str:
        """The text without its secrets."""
        if not text:
            return text
        self._prepare()
        before = text.count(MASK)
        for plain in self._plain:
            if plain in text:
                text = text.replace(plain, MASK)
        text = self._over_breaks(text)
        text = by_look(text)
        self.places += max(text.count(MASK) - before, 0)
        return text

    def mask_all(self, value: Any) -> Any:
        """The same for all strings in a JSON value, keys included."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, list):
            return [self.mask_all(one) for one in value]
        if isinstance(value, dict):
            return {self.mask(str(key)): self._entry(str(key), one) for key, one in value.items()}
        return value

    def _entry(self, key: str, value: Any) -> Any:
        if isinstance(value, str) and is_secret_name(key) and not is_trivial(value):
            return MASK
        return self.mask_all(value)

    def _prepare(self) -> None:
        if not self._stale:
            return
        self._stale = False
        forms = {form for value in self._values for form in _forms(value)}
        self._plain = sorted(forms, key=len, reverse=True)  # a secret that holds another goes first
        self._long = [form for form in self._plain if len(form) >= 8]

    def _over_breaks(self, text: str) -> str:
        """Mask values that go over the end of a line: they are looked for in the text without its breaks."""
        for breaks in _BREAKS:
            joined, places = _joined(text, breaks)
            if not places:
                return text
            spans = []
            for form in self._long:
                start = joined.find(form)
                while start >= 0:
                    spans.append((_place(places, start), _place(places, start + len(form) - 1) + 1))
                    start = joined.find(form, start + len(form))
            for start, end in sorted(spans, reverse=True):
                text = f"{text[:start]}{MASK}{text[end:]}"
        return text


def _joined(text: str, breaks: re.Pattern[str]) -> tuple[str, list[tuple[int, int]]]:
    """The text without breaks, and where each of its pieces begins: here, and in the text."""
    pieces, places, at, length = [], [], 0, 0
    for found in breaks.finditer(text):
        pieces.append(text[at : found.start()])
        places.append((length, at))
        length += len(pieces[-1])
        at = found.end()
    if not places:
        return text, []
    return "".join([*pieces, text[at:]]), [*places, (length, at)]


def _place(places: list[tuple[int, int]], position: int) -> int:
    """Where in the text stands what stands at `position` of the joined text."""
    joined, at = places[bisect_right(places, position, key=lambda one: one[0]) - 1]
    return at + position - joined


def _forms(value: str) -> set[str]:
    """A value as it may stand somewhere: as it is, escaped, URL-encoded, in hexadecimal, in base64 of any offset."""
    value = value[:LONGEST]
    forms = {
        value, value.strip(), json.dumps(value)[1:-1], json.dumps(json.dumps(value)[1:-1])[1:-1], repr(value)[1:-1],
        quote(value, safe=""), quote(value), quote_plus(value), unquote(value), escape(value), escape(value, False),
        json.dumps(value, ensure_ascii=False)[1:-1], quote(quote(value, safe=""), safe=""),
    }  # fmt: skip
    raw = value.encode("utf-8", "surrogateescape")
    forms |= {raw.hex(), raw.hex().upper()}
    for offset in range(3):
        coded = base64.b64encode(b"\0" * offset + raw).rstrip(b"=").decode()
        # Characters that hold bits of a neighbour too differ with it; the others are the same in every text.
        first, last = -(-offset * 8 // 6), (offset + len(raw)) * 8 // 6
        part = coded[first:last]
        if len(part) >= 6:
            forms |= {part, part.replace("+", "-").replace("/", "_"), quote(part, safe="")}
    for line in value.splitlines():
        if len(line.strip()) >= 16:
            forms |= {line.strip()}
    return {form for form in forms if len(form) >= 5}
