"""What a run has recorded, read back by the service. Artifacts are anybody's, so nothing in them is taken on trust."""

from __future__ import annotations

import json
import re
from typing import Any

from pydantic import TypeAdapter, ValidationError

from labwright.actor import Actor
from labwright.errors import InvalidError, LabwrightError, NotFoundError
from labwright.experiments import core, mlflow_rest
from labwright.experiments.capture import names
from labwright.experiments.capture.models import ExecutedCell, Recorded, RunContext
from labwright.service.context import Context

LARGEST = 4_000_000  # bytes; ours are a quarter of that
CELLS = TypeAdapter(list[ExecutedCell])
KERNEL = re.compile(r"[A-Za-z0-9._-]{1,100}")


def recorded(context: Context, actor: Actor, run_id: str) -> Recorded:
    """What can be restored of a run. Errors: NotFoundError, where there is no run, or it has no cells."""
    run = core.get_run(context, actor, run_id).run
    there = _files(context, run_id)
    if names.CELLS_FILE not in there:
        raise NotFoundError(
            "This run recorded no cells: it was made by a script, with --no-code, or before Labwright did so."
        )
    try:
        cells = CELLS.validate_json(_read(context, run_id, names.CELLS_FILE))
        about = RunContext()
        if names.CONTEXT_FILE in there:
            about = RunContext.model_validate_json(_read(context, run_id, names.CONTEXT_FILE))
    except ValidationError:
        raise InvalidError("What this run recorded cannot be read; it is not as Labwright writes it.") from None
    lock = ""
    if names.LOCK_FILE in there:
        lock = _read(context, run_id, names.LOCK_FILE).decode("utf-8", "replace")
    return Recorded(
        run_id=run_id, run=run.name, experiment=run.experiment, notebook=run.notebook or about.notebook,
        commit=about.git.commit if about.git else None, branch=about.git.branch if about.git else None,
        python=about.python, kernel=_kernel(context, run_id) if names.NOTEBOOK_FILE in there else "python3",
        has_diff=names.DIFF_FILE in there, cells=cells, lock=lock,
    )  # fmt: skip


def _files(context: Context, run_id: str) -> set[str]:
    """The recorded files of a run; those that are too large to be ours are not among them."""
    params: dict[str, Any] = {"run_id": run_id, "path": names.FOLDER}
    reply = core.call_mlflow(context, "GET", "/api/2.0/mlflow/artifacts/list", params=params)
    return {
        item["path"]
        for item in reply.get("files", [])
        if not item.get("is_dir") and int(item.get("file_size") or 0) <= LARGEST
    }


def _read(context: Context, run_id: str, path: str) -> bytes:
    return mlflow_rest.send(context, "GET", "/get-artifact", params={"run_uuid": run_id, "path": path}).content


def _kernel(context: Context, run_id: str) -> str:
    try:
        notebook = json.loads(_read(context, run_id, names.NOTEBOOK_FILE))
        name = str(notebook["metadata"]["kernelspec"]["name"])
    except (LabwrightError, ValueError, KeyError, TypeError):
        return "python3"
    return name if KERNEL.fullmatch(name) else "python3"
