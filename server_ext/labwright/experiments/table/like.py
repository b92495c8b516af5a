"""SQL's LIKE and ILIKE as SQLite has them: % is any text, _ any one character, nothing escapes them."""

from __future__ import annotations

import re
from collections.abc import Callable

_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LOWER = str.maketrans(_UPPER, _UPPER.lower())


def like(pattern: str, *, any_case: bool) -> Callable[[str], bool]:
    """A test of texts. Linear in their length: parts between % are looked for one after the other, never again.

    `any_case` is for the letters a to z only, as in SQLite.
    """
    if any_case:
        inner = like(pattern.translate(_LOWER), any_case=False)
        return lambda text: inner(text.translate(_LOWER))
    first, *middle = [_part(part) for part in pattern.split("%")]
    if not middle:
        return lambda text: first.fullmatch(text) is not None
    *middle, last = middle
    length = len(pattern.rpartition("%")[2])

    def meets(text: str) -> bool:
        found = first.match(text)
        for part in middle:
            if found is None:
                return False
            found = part.search(text, found.end())
        if found is None or len(text) - length < found.end():
            return False
        return last.match(text, len(text) - length) is not None

    return meets


def _part(part: str) -> re.Pattern[str]:
    return re.compile("".join("." if sign == "_" else re.escape(sign) for sign in part), re.DOTALL)
