"""Secrets that a text shows by their look: found, to be looked for elsewhere, and masked where they stand."""

from __future__ import annotations

import re
from functools import lru_cache

from labwright.experiments.capture.patterns import (
    BESIDE,
    CODE,
    EXPRESSIONS,
    NOT_SECRET_NAME,
    ONE_OF_THEM,
    SEVERAL,
    WORDS,
    is_trivial,
)

MASK = "***"
MOST_LEARNED = 100  # secrets of one text; of more, those after are masked where they stand
SHORT = 5_000  # characters of a text whose result is kept: a kernel's cells are masked with each of its runs


def shown(text: str) -> list[str]:
    """The secrets of a text, those that are worth to be looked for elsewhere."""
    return _shown_before(text) if len(text) <= SHORT else _shown(text)


def by_look(text: str) -> str:
    """The text without what looks like a secret."""
    return _by_look_before(text) if len(text) <= SHORT else _by_look(text)


def _shown(text: str) -> list[str]:
    found: dict[str, None] = {}
    for expression in EXPRESSIONS:
        for match in expression.finditer(text):
            secret = match.groupdict().get("secret") or match.group()
            if len(secret) >= 8 and not secret.isalpha() and "\n" not in secret and _is_meant(match):
                found[secret] = None
    for several in SEVERAL.finditer(text):
        found |= dict.fromkeys(one["secret"] for one in ONE_OF_THEM.finditer(several.group()))
    return list(found)[:MOST_LEARNED]


def _by_look(text: str) -> str:
    for expression in EXPRESSIONS:
        text = expression.sub(_masked, text)
    text = SEVERAL.sub(lambda several: ONE_OF_THEM.sub(_masked, several.group()), text)
    for _ in range(9):
        text, more = BESIDE.subn(_masked, text)
        if not more:
            break
    return text


_shown_before = lru_cache(10_000)(_shown)
_by_look_before = lru_cache(10_000)(_by_look)


def _is_meant(match: re.Match[str]) -> bool:
    """Whether it is a secret by the name beside it (num_tokens is none) and by its look (that of a column is none)."""
    groups = match.groupdict()
    if groups.get("name") and NOT_SECRET_NAME.search(groups["name"]):
        return False
    secret = groups.get("secret") or ""
    if groups.get("weak") and groups["weak"].lower() != "authorization" and WORDS.fullmatch(secret):
        return False
    return not (groups.get("to") == " = " and CODE.fullmatch(secret))


def _masked(match: re.Match[str]) -> str:
    if not _is_meant(match):
        return match.group()
    if "secret" not in match.re.groupindex:
        return MASK
    start, end = match.span("secret")
    whole, offset = match.group(), match.start()
    secret = match.group("secret")
    if secret.strip() in ("", MASK) or (is_trivial(secret) and len(secret.strip()) < 8):
        return whole
    return f"{whole[: start - offset]}{MASK}{whole[end - offset :]}"
