"""Routes of the runs table."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import ValidationError

from labwright.actor import Actor
from labwright.errors import InvalidError
from labwright.experiments.table.models import TableQuery, TableWindow
from labwright.service import auth
from labwright.service.context import Context

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
    return _window(context, actor, experiment_id, _query(q), offset, limit)


@router.post("/{experiment_id}/table", response_model=TableWindow)
def ask_table(
    context: In, actor: By, experiment_id: str, body: TableQuery, offset: Offset = 0, limit: Limit = 200
) -> Response:
    """The same, for queries that are too long for an address."""
    return _window(context, actor, experiment_id, body, offset, limit)


def _window(context: Context, actor: Actor, experiment_id: str, query: TableQuery, offset: int, limit: int) -> Response:
    from labwright.experiments.table import core  # NumPy is loaded when a table is first looked at

    found = core.window(context, actor, experiment_id, query, offset, limit)
    return Response(found.model_dump_json(warnings=False), media_type="application/json")


def _query(text: str) -> TableQuery:
    try:
        return TableQuery.model_validate_json(text)
    except ValidationError as error:
        # Where and what, never the value that was given.
        parts = [f"{'.'.join(map(str, item['loc'])) or 'q'}: {item['msg']}" for item in error.errors()[:5]]
        raise InvalidError("; ".join(parts)) from None
