"""JupyterLab's settings as a user would have chosen them, for a server that has not been started yet."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

QUIET = {"@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": False}}


def choose(folder: Path, **labwright: Any) -> None:
    """Write settings for the server of `tests.jupyter` in `folder`: no news, and these of Labwright's own."""
    for plugin, values in {**QUIET, "labwright:workbench": labwright}.items():
        package, _, name = plugin.rpartition(":")
        file = folder / "settings" / package / f"{name}.jupyterlab-settings"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(values))
