"""Routes of spools: a process says that it has one, or that it waits for what is in it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from labwright.experiments.spool.drain import drain
from labwright.experiments.spool.folder import NAME
from labwright.service import auth
from labwright.service.context import Context

router = APIRouter(prefix="/experiments/spools", tags=["experiments"])


@router.post("/{name}", status_code=204, include_in_schema=False)
async def announce(
    context: Annotated[Context, Depends(auth.context)], name: Annotated[str, Path(pattern=f"^{NAME.pattern}$")]
) -> None:
    """Bring what is in the spool to MLflow, from now until its process is gone."""
    drain(context).announce()
