"""The one output of a tracked cell: shows how the run goes while it goes, and is replaced by its summary at the end."""

from __future__ import annotations

import contextvars
import threading
import time
import uuid
from contextlib import suppress
from typing import Any

from IPython.display import display

from labwright.experiments import api

SECONDS = 1.0  # between two looks
LONGEST = 5.0  # without news: then only the time is shown anew


class Summary:
    """An output updated in place, from a thread while the cell runs. What it cannot find out, it does not show."""

    def __init__(self, shell: Any) -> None:
        self._shell = shell
        self._display_id = uuid.uuid4().hex
        self._output: api.CellOutput | None = None
        self._cleared = False
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None
        # Only a front end of Jupyter's updates an output; a terminal would print each one below the other.
        self._lives = hasattr(shell, "kernel")

    def begin(self, run: Any, capture: Any, experiment: str) -> None:
        """Show that the run goes on, and go on showing how."""
        self._output = api.CellOutput(run, capture, experiment)
        if self._lives:
            with suppress(AttributeError):
                self._shell.display_pub.register_hook(self._hook)
            self._show(self._output.live(), update=False)
            copied = contextvars.copy_context()  # the output belongs to this cell, whichever runs later
            self._thread = threading.Thread(target=copied.run, args=(self._run,), name="labwright-output", daemon=True)
            self._thread.start()

    def end(self, status: str) -> None:
        """Show what became of the run; it reads without a kernel."""
        self._ended.set()
        if self._output is None:
            return
        if self._thread is not None:
            self._thread.join(5)
        with suppress(AttributeError):
            self._shell.display_pub.unregister_hook(self._hook)
        # Where the cell has cleared its outputs, there is none to be updated.
        self._show(self._output.ended(status), update=self._lives and not self._cleared)

    def _run(self) -> None:
        shown, at = "", time.monotonic()
        while not self._ended.wait(SECONDS):
            with suppress(Exception):  # an output that is not updated once is no reason to disturb a training
                assert self._output is not None
                if self._cleared:
                    continue
                news = self._output.news()
                if news != shown or time.monotonic() - at > LONGEST:
                    shown, at = news, time.monotonic()
                    self._show(self._output.live(), update=True)

    def _hook(self, message: dict[str, Any]) -> dict[str, Any]:
        if message["header"]["msg_type"] == "clear_output":
            self._cleared = True
        return message

    def _show(self, bundle: dict[str, Any], *, update: bool) -> None:
        display(bundle, raw=True, display_id=self._display_id, update=update)
