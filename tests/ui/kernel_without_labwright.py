"""A Python kernel whose environment has no Labwright, as it is on hubs where kernels have environments of their own."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType


class Without(MetaPathFinder):
    """Another finder, less Labwright."""

    def __init__(self, finder: MetaPathFinder) -> None:
        self.finder = finder

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Nothing of Labwright is found."""
        if fullname.partition(".")[0].startswith("labwright"):
            return None
        return self.finder.find_spec(fullname, path, target)


if __name__ == "__main__":
    sys.meta_path[:] = [Without(finder) for finder in sys.meta_path]
    from ipykernel import kernelapp

    kernelapp.launch_new_instance()
