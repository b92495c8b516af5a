"""Drift: make a report on an endpoint, and find the reports again."""

from __future__ import annotations

import uuid
from pathlib import Path

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.drift import page
from labwright.drift.models import DriftReport, MakeReport
from labwright.drift.tables import ReportRow
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments import core as experiments
from labwright.service.children import run_job
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.service.operations import Handle
from labwright.service.store import now
from labwright.serving import core as serving
from labwright.serving import prediction_log

__all__ = ["get_page", "get_report", "list_reports", "make_report"]

KEPT = 50  # Reports of an endpoint; a page is a megabyte.


def make_report(context: Context, actor: Actor, wanted: MakeReport) -> Operation:
    """Compare an endpoint's recent inputs with its live model's training sample; the result is {"report_id"}.

    Errors at once: no such endpoint, no live model, no traffic. Errors of the operation: no training sample, no row in
    the window, fewer than 30 rows.
    """
    name = wanted.endpoint
    endpoint = serving.get_endpoint(context, actor, name)
    if endpoint.live is None:
        raise InvalidError(f"{name} has no live model yet; promote a run to it first.", code="no_model")
    run_id = endpoint.live.run_id  # of the same look as its version
    if run_id is None:
        raise InvalidError(
            f"The live model of {name} comes from no run, so it has no training sample; promote a run instead.",
            code="no_reference",
        )
    log_folder = serving.log_folder(context, name)
    if prediction_log.is_empty(log_folder):
        raise InvalidError(
            f"{name} has answered no request yet; send it some: %predict {name} FRAME.", code="no_traffic"
        )
    version = endpoint.live.version
    return context.operations.start(
        actor, "drift.report", name,
        lambda handle: _make(context, actor, wanted, version, run_id, log_folder, handle),
    )  # fmt: skip


def _make(
    context: Context,
    actor: Actor,
    wanted: MakeReport,
    version: str,
    run_id: str,
    log_folder: Path,
    handle: Handle,
) -> dict[str, str]:
    handle.step("Looking for the training sample", 0.1)
    artifact = experiments.get_run(context, actor, run_id).reference
    if artifact is None:
        raise InvalidError(
            f"The run behind {wanted.endpoint} logged no training sample. Add lw.experiments.log_reference(frame) to "
            "its %%track cell, run it again and promote that run.",
            code="no_reference",
        )
    handle.step("Comparing the columns with Evidently", 0.3)
    report_id = uuid.uuid4().hex
    final = _page(context, report_id)
    final.parent.mkdir(exist_ok=True, mode=0o700)
    try:
        report = run_job(
            "labwright.drift.job:make",
            {
                "report_id": report_id,
                "endpoint": wanted.endpoint,
                "version": version,
                "window": wanted.window,
                "since": (now() - prediction_log.parse_window(wanted.window)).isoformat() if wanted.window else None,
                "log_folder": str(log_folder),
                "run_id": run_id,
                "artifact": artifact,
                "environment": experiments.mlflow_environment(context),
                "page": str(final),
            },
            log=context.folders.logs / "drift.log",
            check=handle.check,
        )
        handle.step("Keeping the report", 0.95)
        with context.store.session() as session:
            session.add(
                ReportRow(
                    id=report_id, endpoint=wanted.endpoint, report=report,
                    owner=actor.owner, namespace=actor.namespace,
                )
            )  # fmt: skip
    except BaseException:
        final.unlink(missing_ok=True)  # Both or none: a page without its row is no report.
        raise
    _forget_old(context, actor, wanted.endpoint)
    context.events.publish("drift", wanted.endpoint)
    return {"report_id": report_id}


def list_reports(context: Context, actor: Actor, endpoint: str | None = None) -> list[DriftReport]:
    """The reports, newest first, without their histograms: a list is looked at for its verdicts."""
    query = sa.select(ReportRow).where(ReportRow.owner == actor.owner, ReportRow.namespace == actor.namespace)
    if endpoint is not None:
        query = query.where(ReportRow.endpoint == endpoint)
    with context.store.session() as session:
        rows = session.scalars(query.order_by(ReportRow.created.desc()).limit(KEPT))
        reports = [DriftReport.model_validate(row.report) for row in rows]
    for report in reports:
        for column in report.columns:
            column.histogram = None
    return reports


def get_report(context: Context, actor: Actor, report_id: str) -> DriftReport:
    """One report. Errors: NotFoundError."""
    with context.store.session() as session:
        row = session.get(ReportRow, report_id)
        if row is None or (row.owner, row.namespace) != (actor.owner, actor.namespace):
            raise NotFoundError("There is no such drift report; the newest 50 of an endpoint are kept.")
        return DriftReport.model_validate(row.report)


def get_page(context: Context, actor: Actor, report_id: str) -> bytes:
    """Evidently's own page (HTML). It runs script that the data may have written. Errors: NotFoundError."""
    report = get_report(context, actor, report_id)
    try:
        return page.read(_page(context, report.id))
    except OSError:
        raise NotFoundError("The full page of this report is gone; make a new report.", code="no_page") from None


def recover(context: Context) -> None:
    """At the service's start: remove pages that have no row, left by a service that was killed in between."""
    folder = context.folders.home / "drift"
    if not folder.is_dir():
        return
    with context.store.session() as session:
        known = {f"{report_id}.html.gz" for report_id in session.scalars(sa.select(ReportRow.id))}
    for path in folder.iterdir():
        if path.name not in known:
            path.unlink(missing_ok=True)


def _forget_old(context: Context, actor: Actor, endpoint: str) -> None:
    with context.store.session() as session:
        rows = session.scalars(
            sa.select(ReportRow)
            .where(ReportRow.owner == actor.owner, ReportRow.endpoint == endpoint)
            .order_by(ReportRow.created.desc())
            .offset(KEPT)
        ).all()
        for row in rows:
            session.delete(row)
    for row in rows:
        _page(context, row.id).unlink(missing_ok=True)


def _page(context: Context, report_id: str) -> Path:
    return context.folders.home / "drift" / f"{report_id}.html.gz"
