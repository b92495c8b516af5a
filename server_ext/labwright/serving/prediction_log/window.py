"""Windows of time as people write them."""

from __future__ import annotations

from datetime import timedelta

LONGEST = 6  # signs; longer ones begin before there was a log


def parse_window(text: str) -> timedelta:
    """A window such as 30m, 12h, 7d or 2w. Errors: ValueError."""
    units = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
    if len(text) < 2 or text[-1] not in units or not text[:-1].isdecimal() or len(text) > LONGEST:
        raise ValueError("a window is a number and a unit: 30m, 12h, 7d or 2w")
    return timedelta(**{units[text[-1]]: int(text[:-1])})
