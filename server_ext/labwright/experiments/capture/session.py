"""What is recorded of one run, from its begin to its end: collected and sent by a thread while the cell works."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from labwright.experiments import spool
from labwright.experiments.capture import names, outbox
from labwright.experiments.capture.cells import executed_cells, this_shell
from labwright.experiments.capture.contributions import Asked, contributors
from labwright.experiments.capture.cost import Cost, Meter
from labwright.experiments.capture.data import datasets_of, log_datasets
from labwright.experiments.capture.files import Collector
from labwright.experiments.capture.lineage import leading_cells
from labwright.experiments.capture.masking import Masker
from labwright.experiments.capture.models import ExecutedCell
from labwright.experiments.capture.place import Place
from labwright.experiments.capture.secret_values import secret_variables, secrets_of
from labwright.experiments.capture.settings import CaptureSettings

FLUSH_SECONDS = 5.0  # how long a cell's end waits for what is on its way
SCRIPT_SECONDS = 30.0  # a script's end: what is not sent by then waits for the next run
LONGEST_TAG = 4000  # characters; MLflow takes 5000 at least


def new_masker() -> Masker:
    """A masker that knows this process's secrets as they are now."""
    masker = Masker(secrets_of(os.environ))
    shell = this_shell()
    if shell is not None:
        masker.add(secret_variables(shell.user_ns))
    return masker


class Capture:
    """Of one run. What goes wrong in it is noted in the run's context, and never fails the cell."""

    def __init__(self, run: Any, place: Place, settings: CaptureSettings, masker: Masker, *, ours: bool) -> None:
        self.run_id: str = run.info.run_id
        self.ours = ours
        self.settings = settings
        self.cost: Cost | None = None
        self.money: float | None = None
        self.recorded: list[str] = []  # the files that arrived
        self.cell_count = 0
        self.trouble: str | None = None
        self._masker = masker
        self._collector = Collector(place, settings, masker)
        self.context = self._collector.context
        self._box = outbox.Box(self.run_id, run.info.artifact_uri, ours=ours)
        self._meter = Meter()
        self._began = time.time()
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="labwright-capture", daemon=True)

    def begin(self) -> None:
        """Start to collect and to send."""
        if not self.settings.parts:
            self._done.set()
            return
        with suppress(Exception):
            self._meter.start()
        cells = executed_cells() if "cells" in self.settings.parts else []
        self._work.put(lambda: self._collect(cells))
        self._thread.start()

    def measure(self) -> None:
        """Stop the clock, and tag the run, which must not have ended yet, with what it took."""
        if "cost" not in self.settings.parts:
            return
        try:
            self.cost = self._meter.stop()
            self._tag(_cost_tags(self.cost))
        except Exception as error:
            self._collector.note("cost", f"could not be measured ({type(error).__name__})")

    def end(self, *, ok: bool) -> None:
        """Send what is known now that the run has ended; wait for it a few seconds, no more."""
        if not self.settings.parts:
            return
        self._meter.stop()
        cells = executed_cells() if "cells" in self.settings.parts else []
        if cells:
            seconds = time.time() - cells[-1].started.timestamp() if cells[-1].started else None
            cells[-1] = cells[-1].model_copy(update={"seconds": seconds, "ok": ok})
        self.cell_count = len(cells)
        shell = this_shell()
        variables = dict(shell.user_ns) if shell is not None else {}
        self._masker.add(secrets_of(os.environ))
        self._masker.add(secret_variables(variables))
        self._work.put(lambda: self._finish(cells, variables))
        self._work.put(None)
        # The run's end has waited for MLflow already: where that was in vain, this would be, too.
        patience = FLUSH_SECONDS if shell is not None else SCRIPT_SECONDS
        if not self._done.wait(patience if not self.ours or spool.flush(0.0) else 0.5):
            self.trouble = "What was recorded of the notebook is still on its way to MLflow; it arrives later."

    def _run(self) -> None:
        while (job := self._work.get()) is not None:
            try:
                job()
            except Exception as error:
                self._collector.note("context", f"not complete ({type(error).__name__})")
        gone = self._box.close(wait=False)  # before we say so: a script may end at once, with this thread
        self._done.set()
        if (gone or self._box.close(wait=True)) and self.ours:
            outbox.send_old()

    def _collect(self, cells: list[ExecutedCell]) -> None:
        found = self._collector.collect(cells, Path.cwd())
        if found.context.git is not None:
            self._tag({names.COMMIT: found.context.git.commit, names.BRANCH: found.context.git.branch})
        self._send(found.files)

    def _finish(self, cells: list[ExecutedCell], variables: Mapping[str, Any]) -> None:
        for cell in cells:
            self._masker.learn(cell.source)
        files: dict[str, bytes] = {}
        self._contribute(cells, variables)
        if "cells" in self.settings.parts:
            self._collector.add_cells(cells, files)
        files[names.CONTEXT_FILE] = self._collector.context_file()
        self._price()
        self._send(files)

    def _contribute(self, cells: list[ExecutedCell], variables: Mapping[str, Any]) -> None:
        context = self.context
        known = cells or executed_cells()
        shell = this_shell()
        places = leading_cells(known, getattr(shell, "transform_cell", None))
        counts = frozenset(count for place in places if (count := known[place].execution_count) is not None)
        asked = Asked(
            [known[place].source for place in sorted(places)], counts if known else None, variables, self._began
        )
        for part, contribute in contributors().items():
            if part in self.settings.parts:
                try:
                    contribute(context, asked)
                except Exception as error:
                    self._collector.note(part, f"could not be read ({type(error).__name__})")
        if "data" not in self.settings.parts:
            context.data = []
            return
        try:
            logged = datasets_of(self.run_id)
            log_datasets(self.run_id, [one for one in context.data if one.digest not in {d.digest for d in logged}])
            context.data = [*logged, *(one for one in context.data if one.digest not in {d.digest for d in logged})]
        except Exception as error:
            self._collector.note("data", f"MLflow did not give the run's data sets ({type(error).__name__})")

    def _price(self) -> None:
        if self.cost is None:
            return
        cluster = self.context.cluster
        self.money = self.cost.money(
            self.settings.per_cpu_hour, self.settings.per_gpu_hour,
            threads=cluster.threads if cluster else 0, gpus=cluster.gpus if cluster else 0,
        )  # fmt: skip
        if self.money is not None:
            self._tag({names.MONEY: f"{self.money:.6g}"})

    def _tag(self, tags: Mapping[str, str | None]) -> None:
        import mlflow
        from mlflow.entities import RunTag

        found = [RunTag(key, self._masker.mask(value)[:LONGEST_TAG]) for key, value in tags.items() if value]
        if found:
            mlflow.MlflowClient().log_batch(self.run_id, tags=found)

    def _send(self, files: Mapping[str, bytes]) -> None:
        self._box.put(files)
        if self._box.send():
            self.recorded = sorted({*self.recorded, *files})


def _cost_tags(cost: Cost) -> dict[str, str | None]:
    tags: dict[str, str | None] = {
        names.WALL_SECONDS: f"{cost.wall_seconds:.3f}",
        names.CPU_SECONDS: f"{cost.cpu_seconds:.3f}",
        names.PEAK_MEMORY_MB: f"{cost.peak_memory_mb:.1f}",
    }
    if cost.gpu_seconds is not None:
        tags[names.GPU_SECONDS] = f"{cost.gpu_seconds:.3f}"
        tags[names.PEAK_GPU_MEMORY_MB] = f"{cost.peak_gpu_memory_mb or 0:.1f}"
    return tags
