"""Values that are secret by the name that they have: in an environment, in a notebook's variables, in JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from labwright.experiments.capture.patterns import is_secret_name, is_trivial

LONGEST = 20_000  # of a value that is looked for, in characters


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
        return named(json.loads(value))
    except ValueError:
        return set()


def named(value: Any) -> set[str]:
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
        if type(value) is str and len(value) <= LONGEST and not name.startswith("_") and is_secret_name(name):
            found.add(value)
    return {value for value in found if len(value) >= 8 and not value.isalpha() and not _is_path(value)}
