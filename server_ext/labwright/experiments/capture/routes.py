"""Routes of what runs recorded."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends

from labwright.actor import Actor
from labwright.errors import InvalidError
from labwright.experiments.capture.models import Recorded, Restore, Restored
from labwright.experiments.capture.reading import recorded as read_recorded
from labwright.experiments.capture.restore import restore as write
from labwright.service import auth
from labwright.service.context import Context

router = APIRouter(prefix="/experiments/runs/{run_id}", tags=["experiments"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.get("/recorded")
def recorded(context: In, actor: By, run_id: str) -> Recorded:
    """The cells and the environment that a run recorded."""
    return read_recorded(context, actor, run_id)


@router.post("/restore")
def restore(context: In, actor: By, run_id: str, body: Restore) -> Restored:
    """Write the recorded cells as a notebook beside the original, with the environment; never over another file."""
    root = Path(body.root).expanduser() if body.root else Path.home()
    if not root.is_absolute() or not root.is_dir():
        raise InvalidError("The root must be a folder of this machine, with its whole path.")
    found = write(read_recorded(context, actor, run_id), [root], root)
    path = Path(found.path)
    below = path.is_relative_to(root.resolve())
    return found.model_copy(update={"relative": path.relative_to(root.resolve()).as_posix() if below else None})
