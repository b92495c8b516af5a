"""While a run goes on, the kernel looks after the service: MLflow's own client cannot start it again, we can."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType

SECONDS = 3.0


class Keeper:
    """Calls `look` every few seconds from a thread, until the block ends."""

    def __init__(self, look: Callable[[], object]) -> None:
        self._look = look
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="labwright-keeper", daemon=True)

    def _run(self) -> None:
        while not self._ended.wait(SECONDS):
            with suppress(Exception):  # the next look may find more; without this thread nobody would
                self._look()

    def __enter__(self) -> Keeper:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
