"""Feast's plug-in to MLflow, without Feast's import.

Before its first request MLflow's client loads every plug-in that may add headers. Feast's imports all of Feast and
torch with it, which takes seconds, for a header that it adds only to requests made inside Feast. Where Feast was not
imported the plug-in has nothing to add; so it is asked only where it was.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.metadata import EntryPoint
from types import SimpleNamespace
from typing import Any

GROUP, REGISTRY = "mlflow.request_header_provider", "mlflow.tracking.request_header.registry"
PACKAGE = "feast"


def import_lazily() -> None:
    """Call it before MLflow's first request; MLflow itself is not imported by this."""
    if REGISTRY not in sys.modules and not any(isinstance(finder, _Before) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Before())


class _Before(MetaPathFinder):
    """Comes just before the import of MLflow's registry of plug-ins, and finds nothing."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        """Change where the registry looks. It stays in the list, which is being walked through right now."""
        if fullname != REGISTRY or REGISTRY in sys.modules:
            return
        from mlflow.utils import plugins

        patched: Any = plugins
        patched.get_entry_points = _without_imports(plugins.get_entry_points)


def _without_imports(given: Callable[[str], Any]) -> Callable[[str], list[Any]]:
    def get_entry_points(group: str) -> list[Any]:
        return [_lazy(found) if group == GROUP and _is_heavy(found) else found for found in given(group)]

    return get_entry_points


def _is_heavy(found: EntryPoint) -> bool:
    return found.module.split(".")[0] == PACKAGE


def _lazy(found: EntryPoint) -> Any:
    """What MLflow uses of an entry point: its name, and the class of a provider."""

    class Provider:
        """Asks the plug-in's own provider."""

        def in_context(self) -> bool:
            """False also while the plug-in's module was not imported, by Feast itself."""
            return found.module in sys.modules and bool(found.load()().in_context())

        def request_headers(self) -> dict[str, str]:
            """The plug-in's."""
            headers: dict[str, str] = found.load()().request_headers()
            return headers

    return SimpleNamespace(name=found.name, load=lambda: Provider)
