"""uv: where it is, and where it is told to get packages from."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator

from labwright.errors import MissingExtraError

# Where pip's ways to say so differ from uv's own.
FROM_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
}
PASSED_ON = ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "NETRC")


def find() -> str:
    """The program. Errors: MissingExtraError."""
    try:
        import uv

        return str(uv.find_uv_bin())
    except (ImportError, FileNotFoundError):
        found = shutil.which("uv")
    if found is None:
        raise MissingExtraError("environments")
    return found


def environment() -> dict[str, str]:
    """What uv needs of the environment: its own settings, proxies, and the indexes that pip uses where uv has none."""
    kept = {name: value for name, value in os.environ.items() if name.startswith("UV_") or name.upper() in PASSED_ON}
    return dict(_of_pip()) | kept


def _of_pip() -> Iterator[tuple[str, str]]:
    """pip's settings as uv's; where there is no pip, its variables only."""
    found = {
        name.removeprefix("PIP_").lower().replace("_", "-"): value
        for name, value in os.environ.items()
        if name.startswith("PIP_")
    }
    for option, value in (_configured() | found).items():
        name = FROM_PIP.get(option)
        if name is not None and value.strip():
            yield name, ",".join(value.split()) if name == "UV_FIND_LINKS" else " ".join(value.split())


def _configured() -> dict[str, str]:
    """What pip's configuration files say, such as {"index-url": "…"}."""
    try:
        reply = subprocess.run(
            [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, timeout=30, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return {}
    found: dict[str, str] = {}
    for line in reply.stdout.splitlines():
        name, sign, value = line.partition("=")
        section, _, option = name.rpartition(".")
        if sign and section in ("global", "install"):
            try:
                found[option] = str(ast.literal_eval(value))
            except (ValueError, SyntaxError):
                continue
    return found
