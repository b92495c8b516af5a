"""Magics, and what Tab offers after them. `%load_ext labwright` comes here."""

from __future__ import annotations

import importlib
import inspect
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from labwright_kernel import completion
from labwright_kernel.magic import Dispatch, LabwrightMagics

# The kernel's one list to edit for a capability with magics: its module here is `labwright_kernel.CAPABILITY`.
CAPABILITIES = ["clusters", "experiments", "features", "serving", "drift"]


def load_ipython_extension(shell: Any) -> None:
    """Register `%lw` and the short names; a short name that another extension has is left to it, with a line."""
    rooms: dict[str, LabwrightMagics] = {}
    taken: list[str] = []
    for capability in CAPABILITIES:
        module = importlib.import_module(f"labwright_kernel.{capability}")
        room = rooms[capability] = _magics_of(module)(shell)
        taken += _register_short_names(shell, room)
    shell.register_magics(Dispatch(shell, rooms))
    completion.install(shell, rooms)
    importlib.import_module("labwright_kernel.recorder").install(shell)
    # Also for who calls plain MLflow.
    importlib.import_module("labwright.experiments.request_headers").import_lazily()
    _find_command()
    if taken:
        print(f"Labwright: {', '.join(taken)} belong to another extension here; use %lw (see %lw --help).")


def _find_command() -> None:
    """Let `!labwright` work where Jupyter was started without this environment's folder on its path."""
    folder = Path(sys.executable).parent
    if shutil.which("labwright") is None and (folder / "labwright").exists():
        os.environ["PATH"] = f"{os.environ.get('PATH', os.defpath)}{os.pathsep}{folder}"


def _magics_of(module: Any) -> type[LabwrightMagics]:
    found = [
        kind
        for kind in vars(module).values()
        if inspect.isclass(kind) and issubclass(kind, LabwrightMagics) and kind.__module__ == module.__name__
    ]
    (kind,) = found
    return kind


def _register_short_names(shell: Any, room: LabwrightMagics) -> list[str]:
    """Register what is free or ours; give the names that are somebody else's."""
    taken = []
    names = {name for methods in room.magics.values() for name in methods}
    known = shell.magics_manager.magics
    for name in sorted(names):
        holders = [known[kind][name] for kind in ("line", "cell") if name in known[kind]]
        if any(not isinstance(getattr(holder, "__self__", None), LabwrightMagics) for holder in holders):
            taken.append(f"%{name}")
            continue
        for kind in ("line", "cell"):
            if name in room.magics[kind]:
                shell.register_magic_function(room.magics[kind][name], magic_kind=kind, magic_name=name)
    return taken
