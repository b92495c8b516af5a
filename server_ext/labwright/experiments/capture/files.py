"""The files that are recorded with a run, each made on its own: what cannot be made is left out, with a reason."""

from __future__ import annotations

import platform
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labwright.experiments.capture import names
from labwright.experiments.capture.cells import cells_json
from labwright.experiments.capture.fit import LIMIT, cut_text, dumped
from labwright.experiments.capture.git import NoGit, git_diff, git_state
from labwright.experiments.capture.lock import environment_lock
from labwright.experiments.capture.masking import Masker
from labwright.experiments.capture.models import ExecutedCell, Price, RunContext
from labwright.experiments.capture.notebook import (
    NoNotebook,
    find_notebook,
    metadata_of,
    notebook_copy,
    read_notebook,
    sources_of,
)
from labwright.experiments.capture.place import Place
from labwright.experiments.capture.settings import CODE, PARTS, CaptureSettings

PINNED = re.compile(r"[A-Za-z0-9._-]+==[\w.!+-]+(?:  # here [\w.!+-]+)?")


@dataclass
class Collected:
    """What was found so far: the context, and files (path in the run's artifacts → content)."""

    context: RunContext
    files: dict[str, bytes] = field(default_factory=dict)


class Collector:
    """Collects for one run, in a thread of its own: reads everything first, so that secrets are known, then masks."""

    def __init__(self, place: Place, settings: CaptureSettings, masker: Masker) -> None:
        self.path, self.settings, self.masker = place.notebook, settings, masker
        self.context = RunContext(notebook=place.notebook, cell=place.cell)
        self.reasons: dict[str, str] = {}
        for part in PARTS:
            if part not in settings.parts:
                self.reasons[part] = "switched off" + (" (no code)" if part in CODE else "")

    def collect(self, cells: Sequence[ExecutedCell], folder: Path) -> Collected:
        """All that does not depend on how the run goes. Never raises."""
        files: dict[str, bytes] = {}
        notebook = self._part("notebook", lambda: read_notebook(find_notebook(self.path)))
        where = folder
        if self.path and notebook is not None:
            where = find_notebook(self.path).resolve().parent
        diff = self._part("diff", lambda: git_diff(where))
        for cell in cells:
            self.masker.learn(cell.source[:LIMIT])
        for source in sources_of(notebook) if notebook else []:
            self.masker.learn(source[:LIMIT])
        self.masker.learn_from(metadata_of(notebook) if notebook else [])
        if diff:
            self.masker.learn(diff.text)
        if notebook is not None and (found := self._part("notebook", lambda: notebook_copy(notebook, self.masker))):
            files[names.NOTEBOOK_FILE], was_cut = found
            if was_cut:
                self.reasons["notebook"] = "cut to 1 MB"
        if diff is not None and diff.text:
            self._part("diff", lambda: self._diff(diff.text, diff.whole, files))
        lock = self._part("environment", environment_lock)
        if lock is not None:
            # A pinned version is none, though asttokens==3.0 looks like it.
            lines = [line if PINNED.fullmatch(line) else self.masker.mask(line) for line in lock[0].split("\n")]
            text = "\n".join(lines)
            files[names.LOCK_FILE] = cut_text(text, LIMIT, "# … cut here by Labwright")[0].encode("utf-8", "replace")
            self.context.packages = lock[1]
        self.context.python, self.context.platform = platform.python_version(), platform.platform()
        self.context.git = self._part("git", lambda: git_state(where))
        if self.settings.per_cpu_hour or self.settings.per_gpu_hour:
            self.context.price = Price(
                per_cpu_hour=self.settings.per_cpu_hour,
                per_gpu_hour=self.settings.per_gpu_hour,
                currency=self.settings.currency,
            )
        self.add_cells(cells, files)
        files[names.CONTEXT_FILE] = self.context_file()
        return Collected(self.context, files)

    def add_cells(self, cells: Sequence[ExecutedCell], files: dict[str, bytes]) -> None:
        """Write the cells as they are now."""
        if not cells and "cells" in self.settings.parts:
            self.reasons["cells"] = "this is no notebook's kernel"
        elif found := self._part("cells", lambda: cells_json(cells, self.masker)):
            files[names.CELLS_FILE], dropped = found
            if dropped:
                self.reasons["cells"] = f"the first {dropped} left out: more than 1 MB"

    def context_file(self) -> bytes:
        """The context as it is stored, masked."""
        self.context.left_out = [f"{part}: {why}" for part, why in self.reasons.items()]
        self.context.masked = self.masker.places
        self.context.data = self.context.data[:200]
        self.context.feature_views = self.context.feature_views[:200]
        masked = self.masker.mask_all(self.context.model_dump(mode="json"))
        return dumped(_clipped(masked))

    def note(self, part: str, reason: str) -> None:
        """Say that a part is missing, and why."""
        self.reasons[part] = reason

    def _part(self, part: str, make: Callable[[], Any]) -> Any:
        if part not in self.settings.parts:
            return None
        try:
            return make()
        except (NoGit, NoNotebook) as reason:
            self.reasons[part] = str(reason)
        except Exception as error:  # a part must never fail the person's cell
            self.reasons[part] = f"could not be read ({type(error).__name__})"
        return None

    def _diff(self, text: str, whole: bool, files: dict[str, bytes]) -> None:
        masked = self.masker.mask(text)
        most = LIMIT
        if not whole:
            # The last lines may hold half of a secret, which no pattern knows.
            most = min(LIMIT, int(len(masked.encode("utf-8", "replace")) * 0.9))
        short, was_cut = cut_text(masked, most, "# … cut here by Labwright: the changes are more than 1 MB")
        files[names.DIFF_FILE] = short.encode("utf-8", "replace")
        if was_cut:
            self.reasons["diff"] = "cut to 1 MB"


def _clipped(value: Any, most: int = 2000) -> Any:
    if isinstance(value, str):
        return value if len(value) <= most else f"{value[:most]}…"
    if isinstance(value, list):
        return [_clipped(one, most) for one in value]
    return {key: _clipped(one, most) for key, one in value.items()} if isinstance(value, dict) else value
