"""`python -m labwright.lifeline MODULE ARGUMENTS…`: run a module that ends when its parent does, however that died.

The parent holds the write end of the pipe that is our standard input. When it is gone the pipe is closed, a thread
notices and ends this process. It works on every POSIX system, and needs no signal from the parent's death.
"""

from __future__ import annotations

import os
import runpy
import signal
import sys
import threading
import time


def watch(grace: float = 5.0) -> None:
    """End this process (SIGTERM, then for sure) when standard input closes."""

    def wait() -> None:
        while os.read(0, 1024):
            pass
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(grace)
        os._exit(1)

    threading.Thread(target=wait, name="lifeline", daemon=True).start()


if __name__ == "__main__":
    watch()
    sys.argv = sys.argv[1:]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
