"""Routes of the runs table."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Annotated, TypeVar

from fastapi import APIRouter, Depends, Query, Response
from fastapi.responses import FileResponse, StreamingResponse
from pydantic import BaseModel, ValidationError
from starlette.background import BackgroundTask

from labwright.actor import Actor
from labwright.errors import InvalidError
from labwright.experiments.table.models import BulkChange, TableExport, TableQuery, TableWindow
from labwright.service import auth
from labwright.service.context import Context
from labwright.service.models import Operation

router = APIRouter(prefix="/experiments", tags=["experiments"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]
Offset = Annotated[int, Query(ge=0, le=10_000_000)]
Limit = Annotated[int, Query(ge=0, le=500)]
Asked = Annotated[str, Query(max_length=60_000, description="A TableQuery as JSON")]


@router.get("/{experiment_id}/table", response_model=TableWindow)
def table(
    context: In, actor: By, experiment_id: str, q: Asked = "{}", offset: Offset = 0, limit: Limit = 200
) -> Response:
    """Some rows of the runs table."""
    return _window(context, actor, experiment_id, _parsed(TableQuery, q), offset, limit)


@router.post("/{experiment_id}/table", response_model=TableWindow)
def ask_table(
    context: In, actor: By, experiment_id: str, body: TableQuery, offset: Offset = 0, limit: Limit = 200
) -> Response:
    """The same, for queries that are too long for an address."""
    return _window(context, actor, experiment_id, body, offset, limit)


@router.get("/{experiment_id}/table/export", response_class=StreamingResponse)
def export_table(
    context: In,
    actor: By,
    experiment_id: str,
    q: Annotated[str, Query(max_length=60_000, description="A TableExport as JSON")] = "{}",
) -> Response:
    """All rows that a query finds, as a file."""
    return _export(context, actor, experiment_id, _parsed(TableExport, q))


@router.post("/{experiment_id}/table/export", response_class=StreamingResponse)
def ask_export(context: In, actor: By, experiment_id: str, body: TableExport) -> Response:
    """The same, for queries that are too long for an address."""
    return _export(context, actor, experiment_id, body)


@router.post("/runs/bulk", status_code=202)
def change_runs(context: In, actor: By, body: BulkChange) -> Operation:
    """Tag, untag, archive or restore many runs."""
    from labwright.experiments.table import core

    return core.change(context, actor, body)


def _window(context: Context, actor: Actor, experiment_id: str, query: TableQuery, offset: int, limit: int) -> Response:
    from labwright.experiments.table import core  # NumPy is loaded when a table is first looked at

    found = core.window(context, actor, experiment_id, query, offset, limit)
    return Response(found.model_dump_json(warnings=False), media_type="application/json")


def _export(context: Context, actor: Actor, experiment_id: str, body: TableExport) -> Response:
    from labwright.experiments.table import core

    found = core.export(context, actor, experiment_id, body)
    name = f"runs-{experiment_id}.{body.format}"  # the id is a number, or there would be no such experiment
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    if body.format == "parquet":
        stack = ExitStack()
        path = stack.enter_context(core.parquet(context, found))
        return FileResponse(
            path, headers=headers, media_type="application/vnd.apache.parquet", background=BackgroundTask(stack.close)
        )
    if body.format == "json":
        return StreamingResponse(found.json(), headers=headers, media_type="application/json")
    return StreamingResponse(found.csv(), headers=headers, media_type="text/csv; charset=utf-8")


Model = TypeVar("Model", bound=BaseModel)


def _parsed(model: type[Model], text: str) -> Model:
    try:
        return model.model_validate_json(text)
    except ValidationError as error:
        # Where and what, never the value that was given.
        parts = [f"{'.'.join(map(str, item['loc'])) or 'q'}: {item['msg']}" for item in error.errors()[:5]]
        raise InvalidError("; ".join(parts)) from None
