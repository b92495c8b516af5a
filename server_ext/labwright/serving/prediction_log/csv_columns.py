"""Columns of a logged CSV (`forms.csv_text`), which stays a CSV: it may be 64 MB, where others wait for answers.

No value is made of a cell, and no more of the JSON text is decoded than is asked for. No step holds the interpreter for
long, so that in another thread the loop goes on.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from typing import Any

BLOCK_BYTES, BLOCK_ROWS = 64 << 10, 1000
Change = Callable[[str], str]


def names(data: bytes) -> list[str]:
    """What its columns are called, from its begin alone. Errors: ValueError."""
    return next(_rows(data), [])


def only(data: bytes, kept: Sequence[int], changes: dict[int, Change]) -> bytes:
    """The same with the columns of these places only, cells changed by place. Errors: ValueError.

    Without a column it is as many rows of nothing, which no CSV can be.
    """
    import orjson  # where logs are written, it is there; whoever reads one needs it not

    rows = _rows(data)
    header = next(rows, [])
    shown = _shown(rows, len(header), kept, changes)
    if not kept:
        return json.dumps([[] for _ in shown]).encode()
    parts, block = [b'{"$csv":"'], [[header[place] for place in kept]]
    while block:
        text = io.StringIO()
        csv.writer(text).writerows(block)
        parts.append(orjson.dumps(text.getvalue())[1:-1])
        block = list(islice(shown, BLOCK_ROWS))
    return b"".join((*parts, b'"}'))


def _shown(
    rows: Iterator[list[str]], wide: int, kept: Sequence[int], changes: dict[int, Change]
) -> Iterator[Any]:  # fmt: skip
    pick: Callable[[list[str]], Any] = itemgetter(*kept) if len(kept) > 1 else lambda row: [row[at] for at in kept]
    for row in rows:
        if len(row) < wide:  # who read it filled them, too
            row += [""] * (wide - len(row))
        for place, change in changes.items():
            row[place] = change(row[place])
        yield pick(row)


def _rows(data: bytes) -> Iterator[list[str]]:
    try:
        for row in csv.reader(_lines(data)):
            if row:
                yield row
    except csv.Error as error:  # such as a field of more than 128 KB
        raise ValueError("a CSV that cannot be read") from error


def _lines(data: bytes) -> Iterator[str]:
    import orjson

    place, end, rest = data.index(b'"', data.index(b":")) + 1, data.rindex(b'"'), ""
    while place < end:
        # Behind what looks like a line break's escape neither a sign nor another escape is cut in two.
        cut = data.find(b"\\n", place + BLOCK_BYTES, end)
        cut = cut + 2 if cut >= 0 else end
        text = rest + str(orjson.loads(b'"%b"' % data[place:cut]))
        whole = text.rfind("\n") + 1
        yield from io.StringIO(text[:whole])
        rest, place = text[whole:], cut
    if rest:
        yield rest
