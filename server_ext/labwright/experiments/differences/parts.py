"""What was recorded of two runs, part by part, side by side: cells, environment, data, uncommitted changes."""

from __future__ import annotations

import re
from collections.abc import Callable
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from labwright.errors import LabwrightError, NotFoundError
from labwright.experiments.capture import names
from labwright.experiments.capture.models import ExecutedCell, RunContext
from labwright.experiments.differences import artifacts
from labwright.experiments.differences.models import DiffBlock, FactRow, Mark, PartDifference
from labwright.experiments.differences.textdiff import side_by_side
from labwright.service.context import Context

PART_BYTES = 1_000_000
CELLS = 500
REQUIREMENT = re.compile(r"([A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*(?:===?|@)\s*(\S.*)")
TEXT = 500  # characters of a name or a value
FACTS = 3000
MANY = 200
NEAR, ALIKE = 20, 0.6  # how far, and from what likeness on, a changed cell is looked for
_cells = TypeAdapter(list[ExecutedCell])
T = TypeVar("T")

Json = dict[str, Any]
Sides = tuple[Json, Json]  # MLflow's JSON of the base and of the other run


def parts(context: Context, sides: Sides, fold: bool) -> list[PartDifference]:
    """All parts. What is missing or cannot be read is said in the part, and the others are there all the same."""
    found = [
        _of_cells(context, sides, fold), _of_environment(context, sides), _of_data(context, sides),
        _of_changes(context, sides, fold),
    ]  # fmt: skip
    for part in found:
        part.notes = list(dict.fromkeys(part.notes))
    return found


def _text(context: Context, sides: Sides, path: str, what: str, notes: list[str]) -> tuple[str | None, str | None]:
    """The file of both runs; None and a note where it is not to be had."""
    found: list[str | None] = []
    for run, which in zip(sides, ("The base", "The other run"), strict=True):
        text = None
        try:
            text = artifacts.read(context, run, path, PART_BYTES).decode()
        except NotFoundError:
            notes.append(f"{which} has no record of its {what}.")
        except artifacts.TooLargeError:
            notes.append(f"{which}'s record of its {what} is larger than 1 MB and is not compared.")
        except UnicodeDecodeError:
            notes.append(f"{which}'s record of its {what} is not text and is not compared.")
        except LabwrightError as error:
            notes.append(f"{which}'s record of its {what} cannot be read: {error.message}")
        found.append(text)
    return found[0], found[1]


def _parsed(text: str | None, parse: Callable[[str], T], which: str, notes: list[str]) -> T | None:
    if text is None:
        return None
    try:
        return parse(text)
    except (ValidationError, ValueError, RecursionError):
        notes.append(f"{which} is damaged and is not compared.")
        return None


def _of_cells(context: Context, sides: Sides, fold: bool) -> PartDifference:
    notes: list[str] = []
    texts = _text(context, sides, names.CELLS_FILE, "cells", notes)
    left = _parsed(texts[0], _cells.validate_json, "The base's record of its cells", notes)
    right = _parsed(texts[1], _cells.validate_json, "The other run's record of its cells", notes)
    if left is None and right is None:
        return PartDifference(part="cells", same=True, notes=notes)
    for cells in (left, right):
        if cells is not None and len(cells) > CELLS:
            notes.append(f"Of {len(cells):,} cells the last {CELLS} are compared.")
            del cells[:-CELLS]
    blocks = []
    for one, two in paired([cell.source for cell in left or []], [cell.source for cell in right or []]):
        a = (left or [])[one] if one is not None else None
        b = (right or [])[two] if two is not None else None
        rows, more = side_by_side(a.source if a else "", b.source if b else "", fold=fold)
        notes += more
        same = a is not None and b is not None and a.source == b.source
        mark = Mark.same if same else Mark.added if a is None else Mark.removed if b is None else Mark.changed
        blocks.append(DiffBlock(mark=mark, left_title=_cell_title(a), right_title=_cell_title(b), rows=rows))
    same = all(block.mark is Mark.same for block in blocks)
    return PartDifference(part="cells", same=same, notes=notes, blocks=blocks)


def _cell_title(cell: ExecutedCell | None) -> str:
    if cell is None:
        return ""
    return f"[{cell.execution_count}]" if cell.execution_count is not None else f"no. {cell.order}"


def paired(left: list[str], right: list[str]) -> list[tuple[int | None, int | None]]:
    """Which text of the one list became which of the other, in order: equal ones first, then those that are alike."""
    found: list[tuple[int | None, int | None]] = []
    matcher = SequenceMatcher(None, left, right, autojunk=False)
    for kind, i1, i2, j1, j2 in matcher.get_opcodes():
        if kind == "equal":
            found += zip(range(i1, i2), range(j1, j2), strict=True)
            continue
        i, j = i1, j1
        while i < i2:
            near = range(j, min(j2, j + NEAR))
            best = max(near, key=lambda k: _alike(left[i], right[k]), default=None)
            if best is not None and _alike(left[i], right[best]) > ALIKE:
                found += [(None, k) for k in range(j, best)]
                found.append((i, best))
                j = best + 1
            else:
                found.append((i, None))
            i += 1
        found += [(None, k) for k in range(j, j2)]
    return found


@lru_cache(maxsize=4096)
def _alike(one: str, two: str) -> float:
    return SequenceMatcher(None, one[:1000], two[:1000], autojunk=False).quick_ratio() if one and two else 0.0


def _of_environment(context: Context, sides: Sides) -> PartDifference:
    notes: list[str] = []
    left, right = (
        None if text is None else packages(text)
        for text in _text(context, sides, names.LOCK_FILE, "environment", notes)
    )
    return _facts("environment", left, right, notes)


def packages(lock: str) -> dict[str, str]:
    """Names and versions of a requirements file; a line that names none is its own name, such as an address."""
    found = {}
    for line in lock.splitlines():
        wanted = line.partition(" #")[0].strip().rstrip("\\").strip()
        if not wanted or wanted.startswith(("#", "--hash")):
            continue
        if match := REQUIREMENT.match(wanted):
            found[match[1].lower().replace("_", "-")] = match[2].partition(";")[0].strip()[:TEXT]
        else:
            found[wanted[:TEXT]] = "listed"
    return found


def _of_data(context: Context, sides: Sides) -> PartDifference:
    notes: list[str] = []
    texts = _text(context, sides, names.CONTEXT_FILE, "data", notes)
    contexts = [
        _parsed(text, RunContext.model_validate_json, f"{which}'s record of its data", notes)
        for text, which in zip(texts, ("The base", "The other run"), strict=True)
    ]
    left, right = (
        None if found is None and not run.get("inputs", {}).get("dataset_inputs") else facts_of(found, run)
        for found, run in zip(contexts, sides, strict=True)
    )
    for found in contexts:
        notes += [clipped(reason) for reason in (found.left_out[:20] if found else [])]
    return _facts("data", left, right, notes)


def facts_of(found: RunContext | None, run: Json) -> dict[str, str]:
    """What a run was made of, as names and values; data sets that MLflow itself knows are among them."""
    facts: dict[str, str] = {}
    for item in run.get("inputs", {}).get("dataset_inputs", [])[:MANY]:
        data = item.get("dataset", {})
        facts[clipped(f"data set {data.get('name', '')}")] = clipped(f"digest {data.get('digest', '')}")
    if found is None:
        return facts
    for one in found.data[:MANY]:
        shape = f", {one.rows:,} rows" if one.rows is not None else ""
        shape += f" × {one.columns:,} columns" if one.columns is not None else ""
        source = f", {one.source}" if one.source else ""
        facts[clipped(f"data set {one.name}")] = clipped(f"digest {one.digest}{shape}{source}")
    for view in found.feature_views[:MANY]:
        facts[clipped(f"feature view {view.name}")] = clipped(view.version)
    git = found.git
    facts |= {
        name: clipped(str(value))
        for name, value in (
            ("git commit", git and git.commit),
            ("git branch", git and git.branch),
            ("uncommitted files", git and str(git.changed_files)),
            ("notebook", found.notebook),
            ("Python", found.python or None),
            ("cluster", found.cluster and found.cluster.name),
            ("cluster workers", found.cluster and str(found.cluster.workers)),
            ("cluster threads", found.cluster and str(found.cluster.threads)),
            ("cluster GPUs", found.cluster and str(found.cluster.gpus)),
        )
        if value is not None
    }
    return facts


def _of_changes(context: Context, sides: Sides, fold: bool) -> PartDifference:
    notes: list[str] = []
    left, right = _text(context, sides, names.DIFF_FILE, "uncommitted changes", notes)
    if left is None and right is None:
        return PartDifference(part="changes", same=True, notes=notes)
    rows, more = side_by_side(left or "", right or "", fold=fold)
    same = (left or "") == (right or "")
    block = DiffBlock(mark=Mark.same if same else Mark.changed, left_title="", right_title="", rows=rows)
    return PartDifference(part="changes", same=same, notes=notes + more, blocks=[block])


def _facts(part: str, left: dict[str, str] | None, right: dict[str, str] | None, notes: list[str]) -> PartDifference:
    rows = []
    a, b = left or {}, right or {}
    for name in [*a, *(name for name in b if name not in a)]:
        one, two = a.get(name), b.get(name)
        mark = Mark.same if one == two else Mark.added if one is None else Mark.removed if two is None else Mark.changed
        rows.append(FactRow(name=name, mark=mark, left=one, right=two))
    rows.sort(key=lambda row: row.mark is Mark.same)
    if len(rows) > FACTS:
        notes.append(f"{len(rows) - FACTS:,} more are not shown.")
    same = all(row.mark is Mark.same for row in rows)
    return PartDifference(part=part, same=same, notes=notes, facts=rows[:FACTS])


def clipped(text: str) -> str:
    """At most as much as a cell of a table takes."""
    return text if len(text) <= TEXT else f"{text[:TEXT]}…"
