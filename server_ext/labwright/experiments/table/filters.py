"""The part of MLflow's search language that the index answers itself, read as MLflow reads it.

Read narrowly: what is not surely understood is nobody's mistake yet; MLflow itself is asked then (`parse` gives None),
which answers it, or says what is wrong.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ENTITIES = {
    "metric": "metrics", "metrics": "metrics",
    "parameter": "params", "parameters": "params", "param": "params", "params": "params",
    "tag": "tags", "tags": "tags",
    "attribute": "attributes", "attributes": "attributes", "attr": "attributes", "run": "attributes",
}  # fmt: skip
TEXT_ATTRIBUTES = {"run_id", "run_name", "status", "user_id"}
TIME_ATTRIBUTES = {"start_time", "end_time"}
ALIASES = {"created": "start_time", "Created": "start_time"}
ORDERING = {"=", "!=", "<", "<=", ">", ">="}
EQUALITY = {"=", "!=", "LIKE", "ILIKE"}

_CLAUSE = re.compile(
    r"""\s*
    (?:(?P<entity>[a-z]+)\.)?
    (?P<key>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*|`[^`]+`|"[^"\\]+")
    \s*(?:
      (?P<null>IS\s+(?:NOT\s+)?NULL)\b
    | (?P<list>(?:NOT\s+)?IN)\s*\((?P<items>\s*(?:'[^'\\]*'|"[^"\\]*")\s*(?:,\s*(?:'[^'\\]*'|"[^"\\]*")\s*)*)\)
    | (?P<comparator><=|>=|!=|=|<|>|\bI?LIKE\b)\s*
      (?:(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])|(?P<text>'[^'\\]*'|"[^"\\]*"))
    )
    \s*""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
_ITEM = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")
_AND = re.compile(r"AND\b", re.IGNORECASE)


@dataclass(frozen=True)
class Clause:
    """One condition: `value` is a number, a text, a set of texts, or None for IS (NOT) NULL."""

    entity: str
    key: str
    comparator: str
    value: float | str | frozenset[str] | None


def parse(text: str) -> list[Clause] | None:
    """The conditions, all of which must hold; None where MLflow is to be asked."""
    text = text.strip(" \t\r\n")
    found: list[Clause] = []
    place = 0
    while place < len(text):
        if found:
            joined = _AND.match(text, place)
            if joined is None:
                return None
            place = joined.end()
        match = _CLAUSE.match(text, place)
        clause = _clause(match) if match is not None else None
        if match is None or clause is None:
            return None
        found.append(clause)
        place = match.end()
        if place < len(text) and not text[place - 1].isspace() and text[place - 1] not in "'\")":
            return None
    return found


def _clause(match: re.Match[str]) -> Clause | None:
    entity = "attributes" if match["entity"] is None else ENTITIES.get(match["entity"])
    key = match["key"][1:-1] if match["key"][0] in '`"' else match["key"]
    key = ALIASES.get(key, key) if entity == "attributes" else key
    if entity is None or (match["entity"] is None and match["key"] != key and key not in TIME_ATTRIBUTES):
        return None
    if match["null"] is not None:
        comparator = " ".join(match["null"].upper().split())
        return Clause(entity, key, comparator, None) if entity in ("params", "tags") else None
    if match["list"] is not None:
        items = frozenset(one or other for one, other in _ITEM.findall(match["items"]))
        comparator = " ".join(match["list"].upper().split())
        return Clause(entity, key, comparator, items) if (entity, key) == ("attributes", "run_id") else None
    comparator = match["comparator"].upper()
    if entity == "metrics" or (entity == "attributes" and key in TIME_ATTRIBUTES):
        known = match["number"] is not None and comparator in ORDERING
        return Clause(entity, key, comparator, float(match["number"])) if known else None
    known = match["text"] is not None and comparator in EQUALITY
    if known and comparator == "ILIKE" and not match["text"].isascii():
        return None  # what the other case of a letter is, databases do not agree on
    if not known or (entity == "attributes" and key not in TEXT_ATTRIBUTES):
        return None
    return Clause(entity, key, comparator, match["text"][1:-1])
