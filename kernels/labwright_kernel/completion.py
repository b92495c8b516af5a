"""Tab after a magic: its verbs and options, and the names that its capability knows."""

from __future__ import annotations

import argparse
import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from labwright_kernel.magic import LabwrightMagics

# A magic's line has one or two marks, and `%lw` a capability and a verb before what is completed here.
Completer = Callable[[Any, Any], list[str]]

# IPython evaluates {expression} and $name in a magic's line, whatever the quotes, and a name is anybody's text: those
# that are more than a plain word are not offered.
PLAIN = re.compile(r"[A-Za-z0-9_.:/@%+=,][A-Za-z0-9_.:/@%+=,-]*")


def install(shell: Any, rooms: dict[str, LabwrightMagics]) -> None:
    """Register completers for all magics of all rooms, and for %lw."""
    for room in rooms.values():
        for name in {name for methods in room.magics.values() for name in methods}:
            for mark in ("%", "%%"):
                shell.set_hook("complete_command", _of_magic(room, name), str_key=f"{mark}{name}")
    for mark in ("%", "%%"):
        shell.set_hook("complete_command", _of_lw(rooms), str_key=f"{mark}lw")


def _of_magic(room: LabwrightMagics, name: str) -> Completer:
    def complete(_shell: Any, event: Any) -> list[str]:
        return _fitting(_words(room, name), event.symbol)

    return complete


def _of_lw(rooms: dict[str, LabwrightMagics]) -> Completer:
    def complete(_shell: Any, event: Any) -> list[str]:
        before = event.text_until_cursor[: len(event.text_until_cursor) - len(event.symbol)].split()[1:]
        if not before:
            return _fitting(list(rooms), event.symbol)
        room = rooms.get(before[0])
        if room is None:
            return []
        if len(before) == 1:
            return _fitting(list(room.verbs), event.symbol)
        magic = room.verbs.get(before[1], "").partition(" ")[0]
        return _fitting(_words(room, magic), event.symbol) if magic else []

    return complete


def _words(room: LabwrightMagics, magic: str) -> list[str]:
    method = room.magics["line"].get(magic) or room.magics["cell"].get(magic)
    parser: argparse.ArgumentParser = method.parser
    words: list[str] = []
    for action in parser._actions:
        words += [option for option in action.option_strings if option.startswith("--")]
        words += [] if action.option_strings else [str(choice) for choice in action.choices or []]
    with suppress(Exception):  # Tab must never fail or complain: without names there are still options
        words += [name for name in room.names(magic) if PLAIN.fullmatch(name)]
    return [*words, "--help"]


def _fitting(words: list[str], start: str) -> list[str]:
    return sorted({word for word in words if word.startswith(start) and (start.startswith("-") or word[0] != "-")})
