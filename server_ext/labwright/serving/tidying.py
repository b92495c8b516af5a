"""Files and registered versions that nobody needs: of candidates that came to nothing, of versions long gone."""

from __future__ import annotations

import shutil
import time

from labwright.errors import LabwrightError
from labwright.experiments import core as experiments
from labwright.service.context import Context
from labwright.serving import records, shares
from labwright.serving.environments import keeping
from labwright.serving.promotion import journal
from labwright.serving.tables import EndpointRow

AGAIN_SECONDS = 15.0


def kept(row: EndpointRow) -> set[str]:
    """The versions whose files stay: those that answer or get copies, and the one that a rollback goes back to."""
    previous = row.card.get("previous")
    return {*shares.wanted(row), *([previous] if previous else [])}


def tidy(context: Context, name: str, versions: set[str]) -> None:
    """Keep the files of these versions; the others can be fetched again. Call it where no promotion goes on."""
    folder = records.room(context).runner.folder(name).path / "versions"
    for path in folder.iterdir() if folder.is_dir() else []:
        if path.name not in versions:
            shutil.rmtree(path, ignore_errors=True)
    keeping.sweep(context)


def settle(context: Context, waits: dict[str, float]) -> None:
    """Take back in MLflow what promotions registered that died. MLflow is never started for this."""
    for entry in journal.left(context):
        waiting = waits.get(entry.operation, 0) > time.monotonic()
        if waiting or context.operations.goes_on(entry.operation) or experiments.mlflow_state(context) != "running":
            continue
        try:
            journal.settle(context, entry)
        except LabwrightError:
            waits[entry.operation] = time.monotonic() + AGAIN_SECONDS
