"""Labwright: from the notebook in front of you to a served, watched model.

`import labwright as lw` takes milliseconds: the functions of the capabilities (`lw.clusters.start`, …)
are loaded when they are named. `%load_ext labwright` loads the magics.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from labwright import clusters, drift, experiments, features, serving

__version__ = "0.1.0"
__all__ = ["__version__", "clusters", "drift", "experiments", "features", "load_ipython_extension", "serving"]

_CAPABILITIES = {"clusters", "drift", "experiments", "features", "serving"}


def __getattr__(name: str) -> Any:
    if name in _CAPABILITIES:
        return importlib.import_module(f"labwright.{name}")
    raise AttributeError(f"module 'labwright' has no attribute {name!r}")


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext labwright`: register the magics."""
    from labwright_kernel import load_ipython_extension as load

    load(shell)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    from labwright.extension import _jupyter_server_extension_points as points

    return points()
