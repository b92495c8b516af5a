"""The environment as a lock: exact versions of all that is installed, in a form that `pip install -r` takes."""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import re
import sys
from typing import Any
from urllib.parse import unquote, urlsplit

_cache: dict[tuple[Any, ...], tuple[str, int]] = {}


def environment_lock() -> tuple[str, int]:
    """The lock's text (unmasked), and how many packages it pins. Quick the second time, as long as nothing changed."""
    key = tuple((path, _changed(path)) for path in sys.path)
    if key not in _cache:
        _cache.clear()
        _cache[key] = _lock()
    return _cache[key]


def _changed(path: str) -> int:
    try:
        return os.stat(path or ".").st_mtime_ns
    except OSError:
        return 0


def _lock() -> tuple[str, int]:
    lines: dict[str, str] = {}
    for found in importlib.metadata.distributions():
        try:
            name, version = found.metadata["Name"], found.version
        except Exception:  # noqa: S112 # a broken installation of somebody's; the others count
            continue
        if not name or not version:
            continue
        normal = re.sub(r"[-_.]+", "-", name).lower()
        if normal not in lines:  # the first on the path is the one that is imported
            lines[normal] = _line(name, version, _direct(found))
    pinned = sum(not line.startswith("#") for line in lines.values())
    head = [
        f"# Python {platform.python_version()} on {platform.system()} {platform.machine()}",
        "# The environment of a run, by Labwright: pip install -r requirements.txt",
    ]
    return "\n".join([*head, *(lines[name] for name in sorted(lines)), ""]), pinned


def _direct(found: importlib.metadata.Distribution) -> dict[str, Any]:
    try:
        text = found.read_text("direct_url.json")
        origin = json.loads(text) if text else {}
        return origin if isinstance(origin, dict) else {}
    except (OSError, ValueError):
        return {}


def _line(name: str, version: str, origin: dict[str, Any]) -> str:
    """One requirement. What lies in a folder of this machine cannot be installed elsewhere, and is a comment."""
    url = str(origin.get("url", ""))
    below = f"#subdirectory={origin['subdirectory']}" if origin.get("subdirectory") else ""
    if "vcs_info" in origin:
        info = origin["vcs_info"]
        return f"{name} @ {info.get('vcs', 'git')}+{url}@{info.get('commit_id', '')}{below}"
    if url.startswith(("http://", "https://")):
        digests = origin.get("archive_info", {}).get("hashes", {})
        pin = f"#sha256={digests['sha256']}" if "sha256" in digests and not below else below
        return f"{name} @ {url}{pin}"
    if url.startswith("file:") and os.path.exists(unquote(urlsplit(url).path)):
        how = "editable, from" if origin.get("dir_info", {}).get("editable") else "from"
        return f"# {name}=={version} was installed {how} {unquote(urlsplit(url).path)}"
    public, local, _ = version.partition("+")
    # The index has a build such as 2.13.0+cpu under its public version, which each of its builds satisfies.
    return f"{name}=={public}" + (f"  # here {version}" if local else "")
