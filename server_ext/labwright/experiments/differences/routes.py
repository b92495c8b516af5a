"""Routes of the comparison tab."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from labwright.actor import Actor
from labwright.experiments.differences import core
from labwright.experiments.differences.curves import View
from labwright.experiments.differences.models import Axis, CurveWindow, Differences, LoggedFiles, LoggedTable
from labwright.service import auth
from labwright.service.context import Context

router = APIRouter(prefix="/experiments/differences", tags=["experiments"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]
RunIds = Annotated[list[str], Query(alias="run", min_length=1, max_length=100)]
Path = Annotated[str, Query(max_length=2000)]


@router.get("/curves")
def curves(
    context: In,
    actor: By,
    run: RunIds,
    metric: Annotated[str, Query(max_length=250)],
    axis: Axis = Axis.step,
    low: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    high: Annotated[float | None, Query(allow_inf_nan=False)] = None,
    points: Annotated[int, Query(ge=20, le=5000, description="At most about so many points a run")] = 400,
    smoothing: Annotated[float, Query(ge=0, lt=1, description="Weight of the moving average; 0 for none")] = 0,
    log_x: bool = False,
) -> CurveWindow:
    """A metric of many runs over a range of x, thinned to what a chart can show; all points where they are few."""
    view = View(axis=axis, low=low, high=high, points=points, smoothing=smoothing, log_x=log_x)
    return core.curve_window(context, actor, run, metric, view)


@router.get("/parts")
def parts(context: In, actor: By, base: str, other: str, fold: bool = True) -> Differences:
    """Cells, environment, data and uncommitted changes of two runs, side by side."""
    return core.differences(context, actor, base, other, fold=fold)


@router.get("/files")
def files(context: In, actor: By, run: RunIds) -> LoggedFiles:
    """Images and tables that runs logged, by name."""
    return core.logged_files(context, actor, run)


@router.get("/table")
def table(context: In, actor: By, run: str, path: Path) -> LoggedTable:
    """The beginning of a table that a run logged."""
    return core.logged_table(context, actor, run, path)


@router.get("/file", response_class=Response)
def file(context: In, actor: By, run: str, path: Path) -> Response:
    """A file that a run logged. Whatever is in it: nothing runs from this reply."""
    content, kind = core.logged_file(context, actor, run, path)
    headers = {
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "X-Content-Type-Options": "nosniff",
        "Content-Disposition": "attachment",
        "Cache-Control": "private, max-age=10",
    }
    return Response(content, media_type=kind, headers=headers)
