"""From a model's files to what its environment is made of. They are anybody's: nothing in them may run code here."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import InvalidRequirement, Requirement

from labwright.errors import InvalidError
from labwright.serving.model_files import requirements

PYTHON = re.compile(r"^\s*(?:python:|-?\s*python\s*=+)\s*['\"]?(\d+)\.(\d+)", re.MULTILINE)
OLDEST = (3, 11)  # that Labwright's own part of a model process runs on


@dataclass(frozen=True)
class Recipe:
    """Requirements (sorted, each once) and Python's version, such as 3.11."""

    requirements: tuple[str, ...]
    python: str

    @property
    def key(self) -> str:
        """The same for the same environment on the same kind of machine."""
        what = [self.requirements, self.python, platform.system(), platform.machine()]
        return hashlib.sha256(json.dumps(what).encode()).hexdigest()[:20]


def read(model: Path) -> Recipe:
    """What the model in this folder needs. Errors: InvalidError (no_requirements, requirement, python_version)."""
    lines = requirements(model)
    if not lines:
        raise InvalidError(
            "The model was logged without requirements, so its environment cannot be rebuilt. Log it with "
            "pip_requirements, or set environment=notebook.",
            code="no_requirements",
        )
    found = {str(_plain(line)) for line in lines}
    if not any(_plain(line).name.lower().startswith("mlflow") for line in lines):
        raise InvalidError(
            "The model's requirements lack mlflow, by which it is loaded; log it with mlflow among pip_requirements.",
            code="no_requirements",
        )
    return Recipe(tuple(sorted(found, key=str.lower)), _python(model))


def _plain(line: str) -> Requirement:
    """A package by its name: an address or an option could bring anything from anywhere."""
    try:
        found = Requirement(line.split(" #")[0].strip())
    except InvalidRequirement:
        found = None
    if found is None or found.url is not None:
        raise InvalidError(
            f"The model's environment cannot be rebuilt: {_shown(line)} in its requirements is no plain package (such "
            "as numpy==2.1). Log it with plain ones, or set environment=notebook.",
            code="requirement",
        )
    return found


def _shown(line: str) -> str:
    """A line without what its address may hold: a password, or a token."""
    begin, sign, _ = line.partition("://")
    return repr(f"{begin[:80]}://…" if sign else line[:80])


def _python(model: Path) -> str:
    """The version of Python that it was logged with; else ours."""
    for name in ("python_env.yaml", "conda.yaml"):
        try:
            found = PYTHON.search((model / name).read_text(encoding="utf-8", errors="replace"))
        except OSError:
            continue
        if found is not None:
            version = (int(found[1]), int(found[2]))
            if version < OLDEST:
                raise InvalidError(
                    f"The model was logged with Python {version[0]}.{version[1]}; an environment is rebuilt for Python "
                    f"{OLDEST[0]}.{OLDEST[1]} and newer. Log it again, or set environment=notebook.",
                    code="python_version",
                )
            return f"{version[0]}.{version[1]}"
    return ".".join(platform.python_version_tuple()[:2])
