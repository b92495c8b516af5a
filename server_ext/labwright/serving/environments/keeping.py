"""The environments that are there: made when a version needs one, removed when none needs it any more."""

from __future__ import annotations

import json
import shutil
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from labwright.errors import InvalidError, UnavailableError
from labwright.service import children
from labwright.service.context import Context
from labwright.service.operations import Handle
from labwright.serving import disk
from labwright.serving.environments import recipe, uv
from labwright.serving.plane import isolation
from labwright.state import write_private

_using = threading.Lock()  # from an environment's making until a version's card names it, nothing is removed
ROOM = 1 << 30  # bytes; an environment with MLflow and scikit-learn has about as many
LOOK_SECONDS = 0.5


def folder(context: Context) -> Path:
    """Where they are."""
    return context.folders.home / "environments"


def give(context: Context, handle: Handle, version: Path, *, begin: float, end: float) -> dict[str, Any]:
    """See that the version in this folder has its environment, and say so in its card, which it gives.

    Errors: InvalidError with a sentence when it cannot be built; MissingExtraError where there is no uv.
    """
    card: dict[str, Any] = json.loads((version / "card.json").read_text())
    if isolation.kind()[0] == "uid":
        raise InvalidError(
            "A rebuilt environment lies in your own folder, where the model's process, which is another user here "
            "(this system has no Landlock), cannot read it. Set environment=notebook.",
            code="environment_failed",
        )
    wanted = recipe.read(version / "model")
    handle.step("Building the environment", begin)
    while not _using.acquire(timeout=0.2):
        handle.check()
    try:
        there = folder(context) / wanted.key
        if not (there / "made.json").exists():
            _build(context, handle, wanted, there, begin, end)
        card["environment"] = {"key": wanted.key, "python": str(there / "bin" / "python"), "version": wanted.python}
        write_private(version / "card.json", json.dumps(card))
    finally:
        _using.release()
    return card


def take_away(version: Path) -> dict[str, Any]:
    """Let a version run in the notebook's environment again; gives its card."""
    card: dict[str, Any] = json.loads((version / "card.json").read_text())
    if card.pop("environment", None) is not None:
        write_private(version / "card.json", json.dumps(card))
    return card


def sweep(context: Context) -> None:
    """Remove what no version of any endpoint needs, unless one is being made now."""
    home = folder(context)
    if not home.is_dir() or not _using.acquire(blocking=False):
        return
    try:
        needed = set()
        for path in (context.folders.home / "endpoints").glob("*/versions/*/card.json"):
            with suppress(OSError, ValueError, KeyError, TypeError):
                needed.add(json.loads(path.read_text())["environment"]["key"])
        for path in home.iterdir():
            if path.name not in needed and not path.name.startswith(("labwright-", ".face-")):
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        if not needed:
            shutil.rmtree(home, ignore_errors=True)
    except OSError:
        return  # the next sweep goes on
    finally:
        _using.release()


def _build(
    context: Context, handle: Handle, wanted: recipe.Recipe, there: Path, begin: float, end: float
) -> None:  # fmt: skip
    program = uv.find()
    disk.check(folder(context), ROOM)
    shutil.rmtree(there, ignore_errors=True)
    part = folder(context) / f".{wanted.key}.part"
    log = Path(f"{part}.log")
    log.unlink(missing_ok=True)
    said, looked = "", 0.0

    def check() -> None:
        nonlocal said, looked
        handle.check()
        if time.monotonic() - looked < LOOK_SECONDS:
            return
        looked = time.monotonic()
        words = _last(log)
        if words and words != said:
            said = words
            share = next((part for sign, part in STAGES.items() if words.startswith(sign)), 0.2)
            handle.step(f"Building the environment: {words}", begin + (end - begin) * share)

    arguments = {
        "program": program, "target": str(there), "part": str(part), "requirements": list(wanted.requirements),
        "python": wanted.python, "environment": uv.environment(),
    }  # fmt: skip
    try:
        children.run_job(
            "labwright.serving.environments.build:build", arguments, log=context.folders.logs / "serving.log",
            check=check, timeout=3700,
        )  # fmt: skip
    except InvalidError:
        if (words := disk.full(folder(context))) is not None:
            raise UnavailableError(words, code="disk_full") from None
        raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
        log.unlink(missing_ok=True)


STAGES = {"Resolved": 0.3, "Downloading": 0.4, "Prepared": 0.7, "Installed": 0.9}


def _last(log: Path) -> str:
    """uv's last line."""
    try:
        lines = log.read_text(errors="replace").splitlines()
    except OSError:
        return ""
    told = [line.strip() for line in lines if line.strip().startswith(tuple(STAGES))]
    return told[-1][:80] if told else ""
