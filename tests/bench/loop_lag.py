"""A Jupyter server extension for benchmarks: the longest wait of the server's event loop, written to LOOP_LAG_FILE.

What the machine's other processes took of the CPU meanwhile is not the loop's: it is taken off, as Linux counts it.
"""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

PAUSE_SECONDS = 0.002
SCHEDULER = Path("/proc/thread-self/schedstat")  # nanoseconds on a CPU, waiting for one, and turns


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "tests.bench.loop_lag"}]


def _load_jupyter_server_extension(server: Any) -> None:
    server.io_loop.add_callback(_watch, Path(os.environ["LOOP_LAG_FILE"]))


async def _watch(file: Path) -> None:
    """Sleep for a moment, again and again; what it takes longer is a wait. Where the file is gone, begin anew."""
    longest = 0.0
    while True:
        begin, queued = time.perf_counter(), _queued()
        await asyncio.sleep(PAUSE_SECONDS)
        late = time.perf_counter() - begin - PAUSE_SECONDS - (_queued() - queued)
        if not file.exists():
            longest = 0.0
            file.write_text("0")
        elif late > longest:
            longest = late
            file.write_text(f"{longest:.6f}")


def _queued() -> float:
    """Seconds that this thread could have run and had no CPU; 0 where the system does not say."""
    try:
        return int(SCHEDULER.read_text().split()[1]) / 1e9
    except OSError:
        return 0.0
