"""The one output of a tracked cell: says that the run goes on, and is replaced by its summary when it ended."""

from __future__ import annotations

import uuid
from typing import Any

from IPython.display import display

from labwright.errors import LabwrightError
from labwright.experiments import api


class Summary:
    """An output updated in place."""

    def __init__(self) -> None:
        self._display_id = uuid.uuid4().hex
        self._run_id = ""

    def begin(self, run_id: str) -> None:
        """Show that the run goes on."""
        self._run_id = run_id
        self._show(update=False)

    def end(self) -> None:
        """Show what became of the run; it reads without a kernel."""
        if self._run_id:
            self._show(update=True)

    def _show(self, *, update: bool) -> None:
        try:
            bundle: dict[str, Any] = api.run_bundle(self._run_id, going_on=not update)
        except LabwrightError as error:
            bundle = {"text/plain": f"Run {self._run_id}: {error.message}"}
        display(bundle, raw=True, display_id=self._display_id, update=update)
