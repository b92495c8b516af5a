"""The service's own routes: status, shutdown, operations, events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.responses import StreamingResponse

import labwright
from labwright.actor import Actor
from labwright.service import auth
from labwright.service.context import Context
from labwright.service.models import Operation, Shutdown, Status

router = APIRouter(tags=["service"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


# Its own threads: whoever asks whether the service lives is answered, also when all others wait for something.
_looking = ThreadPoolExecutor(max_workers=2, thread_name_prefix="status")


@router.get("/status")
async def status(context: In, actor: By, request: Request) -> Status:
    """What the service is, and what goes on without it."""
    return await asyncio.get_running_loop().run_in_executor(_looking, _status, context, actor, request.app)


def _status(context: Context, actor: Actor, app: FastAPI) -> Status:
    return Status(
        version=labwright.__version__,
        owner=actor.owner,
        namespace=actor.namespace,
        started=app.state.started,
        mlflow=app.state.mlflow_state(context),
        tracking=context.settings.tracking.uri if context.settings.tracking is not None else "",
        going_on=[item for capability in app.state.capabilities for item in capability.going_on(context)],
        notes=context.notes,
    )


@router.post("/shutdown")
def shutdown(context: In, body: Shutdown, request: Request) -> Status:
    """End the service; with `everything`, endpoints and clusters first. Gives what still goes on."""
    if body.everything:
        for capability in reversed(request.app.state.capabilities):
            capability.stop_everything(context)
    last = _status(context, context.actor, request.app)
    context.folders.stopped.touch(mode=0o600)
    request.app.state.end()
    return last


@router.get("/operations")
def operations(
    context: In, actor: By, kind: str | None = None, subject: str | None = None, limit: int = 50
) -> list[Operation]:
    """The newest operations first."""
    return context.operations.list(actor, kind=kind, subject=subject, limit=min(max(limit, 1), 500))


@router.get("/operations/{operation_id}")
def operation(context: In, actor: By, operation_id: str) -> Operation:
    """One operation."""
    return context.operations.get(actor, operation_id)


@router.post("/operations/{operation_id}/cancel")
def cancel(context: In, actor: By, operation_id: str) -> Operation:
    """Ask an operation to stop at its next step."""
    return context.operations.cancel(actor, operation_id)


@router.delete("/operations/{operation_id}", status_code=204)
def forget(context: In, actor: By, operation_id: str) -> Response:
    """Put away an operation that failed or was cancelled, with those like it before."""
    context.operations.forget(actor, operation_id)
    return Response(status_code=204)


@router.get("/events", response_class=StreamingResponse)
async def events(context: In) -> StreamingResponse:
    """Changed events as lines of JSON; an empty line now and then keeps the connection honest."""

    # Before the reply begins: whoever reads it looks at everything then, and hears of all that comes after.
    found = context.events.listen()

    async def lines() -> AsyncIterator[bytes]:
        yield b"\n"
        async for event in found:
            yield (event.model_dump_json() if event else "").encode() + b"\n"

    return StreamingResponse(lines(), media_type="application/x-ndjson")
