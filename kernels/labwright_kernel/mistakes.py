"""What is wrong with a magic's line, in words for people: argparse's own are for those who wrote the parser."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable, Iterable
from difflib import get_close_matches

# What a value is called that argparse could not make of a word.
KINDS = {"int": "a whole number", "float": "a number"}
LONGEST = 60

Words = Callable[[argparse.ArgumentParser, re.Match[str]], str]


def explain(parser: argparse.ArgumentParser, message: str) -> str:
    """A sentence for argparse's message, with what was likely meant; the message itself where it is another one."""
    for pattern, words in _KNOWN:
        found = re.fullmatch(pattern, message, re.DOTALL)
        if found is not None:
            return words(parser, found)
    return message.rstrip(".") + "."


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A question after the word that comes nearest; empty where none is near."""
    near = get_close_matches(word, list(known), n=1, cutoff=0.72)
    return f" Did you mean {near[0]}?" if near else ""


def _unknown(parser: argparse.ArgumentParser, found: re.Match[str]) -> str:
    words = found["words"].split(" ")
    option = next((word.partition("=")[0] for word in words if word.startswith("-")), None)
    if option is None:
        return f"{_short(words[0])!r} is one word too many; put quotes around a name with spaces."
    known = [name for action in parser._actions for name in action.option_strings]
    return f"there is no {_short(option)}.{did_you_mean(option, known)}"


def _missing(parser: argparse.ArgumentParser, found: re.Match[str]) -> str:
    names = [name.partition("/")[0] for name in found["names"].split(", ")]
    free = {action.dest for action in parser._actions if action.nargs == "*"}  # argparse names these too
    names = [name for name in names if name not in free] or names
    shown = [name if name.startswith("-") else name.upper() for name in names]
    return f"{' and '.join(shown)} {'is' if len(shown) == 1 else 'are'} missing."


def _no_value(parser: argparse.ArgumentParser, found: re.Match[str]) -> str:
    return f"{_option(found['option'])} needs a value after it."


def _too_much(parser: argparse.ArgumentParser, found: re.Match[str]) -> str:
    return f"{_option(found['option'])} takes no value."


def _bad_value(parser: argparse.ArgumentParser, found: re.Match[str]) -> str:
    kind = KINDS.get(found["kind"], found["kind"])
    return f"{_option(found['option'])} takes {kind}, not {_short(found['value'].strip(chr(39)))!r}."


def _bad_choice(parser: argparse.ArgumentParser, found: re.Match[str]) -> str:
    choices = [choice.strip(" '") for choice in found["choices"].split(",")]
    word = found["value"].strip("'")
    return f"there is no {_short(word)!r}; it takes {', '.join(choices)}.{did_you_mean(word, choices)}"


def _ambiguous(parser: argparse.ArgumentParser, found: re.Match[str]) -> str:
    return f"{_short(found['word'])} may mean {found['names'].replace(', ', ' or ')}; write it out."


def _option(names: str) -> str:
    """The long name, of `-w/--workers`; that of a word that has none, in capitals."""
    name = max(names.split("/"), key=len)
    return name if name.startswith("-") else name.upper()


def _short(word: str) -> str:
    return word if len(word) <= LONGEST else f"{word[:LONGEST]}…"


_KNOWN: list[tuple[str, Words]] = [
    (r"unrecognized arguments: (?P<words>.+)", _unknown),
    (r"the following arguments are required: (?P<names>.+)", _missing),
    (r"argument (?P<option>\S+): expected .*argument.*", _no_value),
    (r"argument (?P<option>\S+): ignored explicit argument .*", _too_much),
    (r"argument (?P<option>\S+): invalid (?P<kind>\w+) value: (?P<value>.*)", _bad_value),
    (r"argument (?P<option>\S+): invalid choice: (?P<value>.*) \(choose from (?P<choices>.*)\)", _bad_choice),
    (r"ambiguous option: (?P<word>\S+) could match (?P<names>.+)", _ambiguous),
]
