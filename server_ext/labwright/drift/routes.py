"""Routes of drift."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import HTMLResponse

from labwright.actor import Actor
from labwright.drift import core, readiness
from labwright.drift.models import DriftReport, MakeReport
from labwright.drift.page import HEADERS
from labwright.service import auth
from labwright.service.capability import Capability
from labwright.service.context import Context
from labwright.service.models import Operation

router = APIRouter(prefix="/drift", tags=["drift"])
In = Annotated[Context, Depends(auth.context)]
By = Annotated[Actor, Depends(auth.actor)]


@router.post("/reports", status_code=202)
def make_report(context: In, actor: By, body: MakeReport) -> Operation:
    """Compare what an endpoint was sent with its model's training sample; the result is {"report_id"}."""
    return core.make_report(context, actor, body)


@router.get("/reports")
def reports(context: In, actor: By, endpoint: Annotated[str | None, Query(max_length=40)] = None) -> list[DriftReport]:
    """The newest reports first, without their histograms."""
    return core.list_reports(context, actor, endpoint)


@router.get("/reports/{report_id}")
def report(context: In, actor: By, report_id: str) -> DriftReport:
    """One report."""
    return core.get_report(context, actor, report_id)


@router.get("/reports/{report_id}/page", response_class=HTMLResponse)
def page(context: In, actor: By, report_id: str) -> HTMLResponse:
    """Evidently's own page: only for an iframe with sandbox="allow-scripts"."""
    return HTMLResponse(core.get_page(context, actor, report_id), headers=HEADERS)


readiness.bring()
capability = Capability(name="drift", router=router, recover=core.recover)
