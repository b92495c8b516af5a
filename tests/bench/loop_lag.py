"""A Jupyter server extension for benchmarks: the longest wait of the server's event loop, written to LOOP_LAG_FILE."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

PAUSE_SECONDS = 0.002


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.bench.loop_lag"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.io_loop.add_callback(_watch, Path(os.environ["LOOP_LAG_FILE"]))


async def _watch(file: Path) -> None:
    """Sleep for a moment, again and again; what it takes longer is a wait. Where the file is gone, begin anew."""
    longest = 0.0
    while True:
        begin = time.perf_counter()
        await asyncio.sleep(PAUSE_SECONDS)
        late = time.perf_counter() - begin - PAUSE_SECONDS
        if late > longest or not file.exists():
            longest = late if file.exists() else 0.0
            file.write_text(f"{longest:.6f}")
