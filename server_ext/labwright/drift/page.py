"""Evidently's own page: kept as a file, given away only with what keeps its script in a sandbox.

A column's name or a category becomes script in that page. So it is shown in an `<iframe sandbox="allow-scripts">` only,
and its policy goes with it twice: as a header, and in the page itself, for a page that reaches a frame by `srcdoc`.
"""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

POLICY = (
    "default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval'; style-src 'unsafe-inline'; img-src data:; "
    "font-src data:; base-uri 'none'; form-action 'none'"
)
HEADERS = {
    "Content-Security-Policy": f"sandbox allow-scripts; {POLICY}",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
}
META = f'<meta http-equiv="Content-Security-Policy" content="{POLICY}"><meta name="referrer" content="no-referrer">'


def with_policy(page: str) -> str:
    """The page with its policy as the first thing in its head, before any script of it."""
    before, head, after = page.partition("<head>")
    if not head or "<script" in before:
        raise ValueError("the page has no head to put a policy into")
    return f"{before}{head}{META}{after}"


def write(path: Path, page: str) -> None:
    """Write the page (with its policy, compressed, 0600) to `path`, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".page-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(gzip.compress(with_policy(page).encode(), compresslevel=6))
        os.replace(temporary, path)
    finally:
        Path(temporary).unlink(missing_ok=True)


def read(path: Path) -> bytes:
    """The page, uncompressed."""
    return gzip.decompress(path.read_bytes())
