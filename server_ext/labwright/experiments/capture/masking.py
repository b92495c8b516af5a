"""Take secrets out of what is recorded, before anything leaves the kernel.

Two kinds are known: values (of environment variables and notebook variables with a secret's name, and what an
assignment in a cell shows to be one), which are found wherever they stand and in whatever form; and patterns.
"""

from __future__ import annotations

import base64
import json
import os
import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from html import escape
from typing import Any
from urllib.parse import quote, quote_plus, unquote, urlsplit

from labwright.experiments.capture.patterns import (
    BESIDE,
    CODE,
    EXPRESSIONS,
    NOT_SECRET_NAME,
    ONE_OF_THEM,
    SEVERAL,
    WORDS,
    is_secret_name,
    is_trivial,
)

MASK = "***"
# A line's end inside a secret: of a base64 block; of two strings that Python joins, indented, in a changed line.
_BREAKS = (
    re.compile(r"\r?\n[+ -]?|\\n"),
    re.compile(
        r"\\?[\"']?[ \t]{0,40}\\?(?:\\n\\?[\"']?,?[ \t]*)?(?:\r?\n|\\n)[+\- \t>#]*\\?[\"']?[ \t]*[rbfu]?\\?[\"']?"
    ),
)
MOST_LEARNED = 100  # secrets of one text; of more, those after are masked where they stand
_LONGEST = 20_000  # of a value that is looked for, in characters


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
        found: dict[str, None] = {}
        for expression in EXPRESSIONS:
            for match in expression.finditer(text):
                secret = match.groupdict().get("secret") or match.group()
                if len(secret) >= 8 and not secret.isalpha() and "\n" not in secret and _is_meant(match):
                    found[secret] = None
        for several in SEVERAL.finditer(text):
            found |= dict.fromkeys(one["secret"] for one in ONE_OF_THEM.finditer(several.group()))
        self.add(list(found)[:MOST_LEARNED])

    def learn_from(self, value: Any) -> None:
        """Learn the strings of a JSON value that stand under a secret's name."""
        self.add(one for one in _named(value) if len(one) >= 8)

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
        for expression in EXPRESSIONS:
            text = expression.sub(_masked, text)
        text = SEVERAL.sub(lambda several: ONE_OF_THEM.sub(_masked, several.group()), text)
        for _ in range(9):
            text, more = BESIDE.subn(_masked, text)
            if not more:
                break
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


def _forms(value: str) -> set[str]:
    """A value as it may stand somewhere: as it is, escaped, URL-encoded, in hexadecimal, in base64 of any offset."""
    value = value[:_LONGEST]
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


def secrets_of(environment: Mapping[str, str]) -> set[str]:
    """The secret values of an environment: of secret names, and passwords in addresses."""
    found = set()
    for name, value in environment.items():
        if is_secret_name(name) and name != "PWD" and not _is_path(value):
            found.add(value)
            found |= _inside(value)
        if "://" in value and (password := _password(value)):
            found.add(password)
    return {value for value in found if not is_trivial(value)}


def _inside(value: str) -> set[str]:
    """The strings of a value that is JSON itself, such as a service account's key."""
    if not value.lstrip().startswith(("{", "[")):
        return set()
    try:
        return _named(json.loads(value))
    except ValueError:
        return set()


def _named(value: Any) -> set[str]:
    """The strings under secrets' names in a JSON value."""
    pending, found = [value], set()
    while pending:
        one = pending.pop()
        if isinstance(one, dict):
            found |= {item for key, item in one.items() if isinstance(item, str) and is_secret_name(str(key))}
            pending += list(one.values())
        elif isinstance(one, list):
            pending += one
    return found


def _is_path(value: str) -> bool:
    """A file that holds a secret is none itself."""
    return len(value) < 4096 and value.startswith(("/", "~/")) and os.path.exists(os.path.expanduser(value))


def _password(address: str) -> str | None:
    try:
        found = urlsplit(address.strip()).password
    except ValueError:
        return None
    return unquote(found) if found else None


def secret_variables(variables: Mapping[str, Any]) -> set[str]:
    """The values of a notebook's variables with a secret's name, such as what getpass() gave."""
    found = set()
    for name, value in list(variables.items()):
        if type(value) is str and len(value) <= _LONGEST and not name.startswith("_") and is_secret_name(name):
            found.add(value)
    return {value for value in found if len(value) >= 8 and not value.isalpha() and not _is_path(value)}
