"""Two texts side by side: lines by difflib, the words of changed lines marked, long equal stretches folded."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from labwright.experiments.differences.models import DiffLine, DiffRow, Mark, Piece

CONTEXT = 3  # equal lines that are shown around a change
LINES = 4000  # lines that are compared, between the equal beginnings and ends
ROWS = 3000  # rows that are sent
LINE = 2000  # characters of a line
WORDS = 400  # characters of a line whose words are compared
PAIRS = 20_000  # of words; their comparison takes up to the square of it
WORD = re.compile(r"\w+|\s+|[^\w\s]")


def side_by_side(left: str, right: str, *, fold: bool = True) -> tuple[list[DiffRow], list[str]]:
    """Rows of two columns, and what was left out, in sentences."""
    a, b = left.splitlines(), right.splitlines()
    notes: list[str] = []
    codes = _opcodes(a, b, notes)
    rows = list(_folded(a, b, codes) if fold else _rows(a, b, codes))
    if len(rows) > ROWS:
        notes.append(f"{len(rows) - ROWS:,} more rows are not shown.")
    return rows[:ROWS], notes


Opcode = tuple[str, int, int, int, int]


def _opcodes(a: list[str], b: list[str], notes: list[str]) -> list[Opcode]:
    """difflib's, of the middle only: what begins and ends alike needs no search."""
    most = min(len(a), len(b))
    head = next((i for i in range(most) if a[i] != b[i]), most)
    tail = next((i for i in range(most - head) if a[-1 - i] != b[-1 - i]), most - head)
    i_end, j_end = len(a) - tail, len(b) - tail
    i_stop, j_stop = min(i_end, head + LINES), min(j_end, head + LINES)
    if (i_stop, j_stop) != (i_end, j_end):
        notes.append(f"Too much differs to compare all of it; the first {LINES:,} lines from the first change on are.")
    found: list[Opcode] = [("equal", 0, head, 0, head)] if head else []
    # autojunk would take lines that come often, such as blank ones, for noise, and pair the wrong ones.
    matcher = SequenceMatcher(None, a[head:i_stop], b[head:j_stop], autojunk=max(i_stop, j_stop) - head > 1000)
    found += [(t, i1 + head, i2 + head, j1 + head, j2 + head) for t, i1, i2, j1, j2 in matcher.get_opcodes()]
    if tail and (i_stop, j_stop) == (i_end, j_end):
        found.append(("equal", i_end, len(a), j_end, len(b)))
    return _joined(found)


def _joined(found: list[Opcode]) -> list[Opcode]:
    joined: list[Opcode] = []
    for code in found:
        if joined and joined[-1][0] == code[0] == "equal":
            joined[-1] = ("equal", joined[-1][1], code[2], joined[-1][3], code[4])
        else:
            joined.append(code)
    return joined


def _folded(a: list[str], b: list[str], codes: list[Opcode]) -> Iterator[DiffRow]:
    for place, code in enumerate(codes):
        kind, i1, i2, j1, j2 = code
        before, after = (CONTEXT if place else 0), (CONTEXT if place < len(codes) - 1 else 0)
        hidden = i2 - i1 - before - after
        if kind != "equal" or hidden < 2:
            yield from _rows(a, b, [code])
            continue
        yield from _rows(a, b, [("equal", i1, i1 + before, j1, j1 + before)])
        yield DiffRow(mark=Mark.same, folded=hidden)
        yield from _rows(a, b, [("equal", i2 - after, i2, j2 - after, j2)])


def _rows(a: list[str], b: list[str], codes: list[Opcode]) -> Iterator[DiffRow]:
    for kind, i1, i2, j1, j2 in codes:
        for offset in range(max(i2 - i1, j2 - j1)):
            i, j = i1 + offset, j1 + offset
            left, right = (a[i] if i < i2 else None), (b[j] if j < j2 else None)
            if kind == "equal" or left is None or right is None:
                mark = Mark.same if kind == "equal" else Mark.removed if right is None else Mark.added
                yield DiffRow(mark=mark, left=_line(i, left), right=_line(j, right))
            else:
                pieces = _words(left, right)
                yield DiffRow(
                    mark=Mark.changed,
                    left=DiffLine(number=i + 1, pieces=pieces[0]),
                    right=DiffLine(number=j + 1, pieces=pieces[1]),
                )


def _line(index: int, text: str | None) -> DiffLine | None:
    return None if text is None else DiffLine(number=index + 1, pieces=[Piece(text=_clipped(text))])


def _clipped(text: str) -> str:
    return text if len(text) <= LINE else f"{text[:LINE]}…"


def _words(left: str, right: str) -> tuple[list[Piece], list[Piece]]:
    """The words of a changed line. Where little is common, marks would only flicker: the whole line counts."""
    if max(len(left), len(right)) > WORDS:
        return [Piece(text=_clipped(left))], [Piece(text=_clipped(right))]
    a, b = WORD.findall(left), WORD.findall(right)
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if len(a) * len(b) > PAIRS or matcher.ratio() < 0.3:
        return [Piece(text=left)], [Piece(text=right)]
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        for side, text in ((0, "".join(a[i1:i2])), (1, "".join(b[j1:j2]))):
            if text:
                pieces[side].append(Piece(text=text, changed=kind != "equal"))
    return pieces
