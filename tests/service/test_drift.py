"""Drift reports of a real endpoint, by the service's routes."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from labwright.client import Client, connection
from labwright.drift.core import KEPT
from labwright.drift.models import DriftReport, MakeReport
from labwright.errors import InvalidError, NotFoundError
from labwright.service.models import Operation, OperationState
from tests.service.served import promote, send, train, wait, weather

NAME = "drift-weather"


@pytest.fixture(scope="module")
def endpoint(client: Client) -> Iterator[str]:
    """An endpoint whose traffic is warmer than what its model learnt from."""
    promote(client, train("drift"), NAME)
    with pytest.raises(InvalidError, match="answered no request yet; send it some: %predict drift-weather FRAME"):
        client.post("/drift/reports", Operation, body=MakeReport(endpoint=NAME))
    send(client, NAME, weather(600, 2, warmer=10))
    yield NAME
    client.request("DELETE", f"/serving/endpoints/{NAME}")


@pytest.fixture(scope="module")
def report(client: Client, endpoint: str) -> DriftReport:
    return make(client, MakeReport(endpoint=endpoint, window="7d"))


def make(client: Client, body: MakeReport) -> DriftReport:
    operation = wait(client, client.post("/drift/reports", Operation, body=body))
    assert operation.state is OperationState.succeeded, operation.error
    assert (operation.kind, operation.subject, operation.progress) == ("drift.report", body.endpoint, 1.0)
    found: DriftReport = client.get(f"/drift/reports/{operation.result['report_id']}", DriftReport)
    return found


def pages(state_folder: Path) -> set[str]:
    folder = state_folder / "drift"
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def log_of(state_folder: Path) -> Path:
    (path,) = (state_folder / "endpoints" / NAME / "log").glob("*.jsonl")
    return path


def test_the_column_that_moved_is_named(report: DriftReport) -> None:
    assert [column.name for column in report.columns if column.drifted] == ["temp"]
    assert (report.drifted, report.compared) == (1, 3)
    assert report.share == pytest.approx(1 / 3, abs=1e-3)
    assert (report.reference_rows, report.current_rows) == (2000, 600)
    assert (report.endpoint, report.version, report.window) == (NAME, "1", "7d")
    temp = report.columns[0]
    assert temp.reference_mean == pytest.approx(15, abs=0.5)
    assert temp.current_mean == pytest.approx(25, abs=0.7)
    assert [column.name for column in report.not_compared] == ["late"]


def test_reports_are_found_again_newest_first(client: Client, report: DriftReport) -> None:
    newer = make(client, MakeReport(endpoint=NAME))
    found = client.get("/drift/reports", list[DriftReport], params={"endpoint": NAME})
    assert [each.id for each in found][:2] == [newer.id, report.id]
    assert [column.drifted for column in found[1].columns] == [column.drifted for column in report.columns]
    assert client.get("/drift/reports", list[DriftReport], params={"endpoint": "another"}) == []


def test_the_page_is_evidently_s_and_is_given_under_a_sandboxing_policy(
    client: Client, report: DriftReport, state_folder: Path
) -> None:
    with connection(client.service(), client.folders) as http:
        reply = http.get(f"/drift/reports/{report.id}/page")
        assert http.get("/drift/reports/none/page").status_code == 404
    assert reply.status_code == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    policy = reply.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-scripts; default-src 'none';")
    assert "allow-same-origin" not in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "no-store"
    head = reply.text.partition("<head>")[2]
    assert head.startswith('<meta http-equiv="Content-Security-Policy" content="default-src \'none\';')
    assert "Wasserstein" in reply.text
    (path,) = (path for path in (state_folder / "drift").iterdir() if report.id in path.name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_page_refuses_without_the_token(client: Client, report: DriftReport) -> None:
    with httpx.Client(base_url=client.service().url) as http:
        assert http.get(f"/drift/reports/{report.id}/page").status_code == 401


def test_a_window_counts_from_now(client: Client, endpoint: str, report: DriftReport, state_folder: Path) -> None:
    """Yesterday's rows are in the last two days and not in the last two hours."""
    today = log_of(state_folder)
    lines = today.read_text().splitlines()
    at = datetime.now(UTC) - timedelta(days=1)
    earlier = today.with_name(f"{at:%Y-%m-%d}.jsonl")
    try:
        earlier.write_text("".join(json.dumps(json.loads(line) | {"at": at.isoformat()}) + "\n" for line in lines))
        assert make(client, MakeReport(endpoint=endpoint, window="2d")).current_rows == 1200
        assert make(client, MakeReport(endpoint=endpoint, window="2h")).current_rows == 600
        today.rename(today.with_suffix(".kept"))
        operation = wait(client, client.post("/drift/reports", Operation, body=MakeReport(endpoint=NAME, window="2h")))
    finally:
        earlier.unlink(missing_ok=True)  # the endpoint may have made Parquet of it by now
        shutil.rmtree(today.with_name(f"date={at:%Y-%m-%d}"), ignore_errors=True)
        if today.with_suffix(".kept").exists():
            today.with_suffix(".kept").rename(today)
    assert operation.state is OperationState.failed
    assert operation.error.code == "no_traffic"
    assert "answered no request in the last 2h; take a longer window" in operation.error.detail


def test_a_report_that_is_cancelled_leaves_nothing(client: Client, endpoint: str, state_folder: Path) -> None:
    before = pages(state_folder), client.get("/drift/reports", list[DriftReport])
    operation = client.post("/drift/reports", Operation, body=MakeReport(endpoint=endpoint))
    client.post(f"/operations/{operation.id}/cancel", Operation)
    operation = wait(client, operation)
    assert operation.state is OperationState.cancelled
    assert (pages(state_folder), client.get("/drift/reports", list[DriftReport])) == before


def test_too_few_rows_say_how_many_are_needed(client: Client, endpoint: str, state_folder: Path) -> None:
    log = log_of(state_folder)
    whole = log.read_bytes()
    first = json.loads(whole.splitlines()[0])
    first["data"] = first["data"][:7]
    before = pages(state_folder)
    kept = log.with_suffix(".kept")
    log.rename(kept)
    try:
        log.write_text(json.dumps(first) + "\n")
        operation = wait(client, client.post("/drift/reports", Operation, body=MakeReport(endpoint=endpoint)))
    finally:
        kept.replace(log)
    assert operation.state is OperationState.failed
    assert operation.error.code == "too_few_rows"
    assert (
        "The data to compare has 7 rows, and a drift report takes at least 30 on each side. Send 23 more"
        in operation.error.detail
    )
    assert pages(state_folder) == before


def test_what_is_missing_is_said_and_makes_no_operation(client: Client, state_folder: Path) -> None:
    before = len(client.get("/operations", list[Operation], params={"kind": "drift.report", "limit": 500}))
    with pytest.raises(NotFoundError):
        client.post("/drift/reports", Operation, body=MakeReport(endpoint="nobody"))
    for wrong in ("7", "7y", "-1d", "99999d"):
        with connection(client.service(), client.folders) as http:
            reply = http.post("/drift/reports", json={"endpoint": NAME, "window": wrong})
        assert reply.status_code == 422
        assert wrong not in reply.json()["detail"].replace("^[0-9]{1,4}[mhdw]$", "")
    with pytest.raises(NotFoundError):
        client.get("/drift/reports/nothing", DriftReport)
    assert len(client.get("/operations", list[Operation], params={"kind": "drift.report", "limit": 500})) == before


def test_a_run_without_its_training_sample_says_how_to_log_it(client: Client, endpoint: str) -> None:
    name = "drift-blind"
    promote(client, train("drift-blind", reference=False), name)
    try:
        send(client, name, weather(60, 3))
        operation = wait(client, client.post("/drift/reports", Operation, body=MakeReport(endpoint=name)))
    finally:
        client.request("DELETE", f"/serving/endpoints/{name}")
    assert operation.state is OperationState.failed
    assert operation.error.code == "no_reference"
    assert "Add lw.experiments.log_reference(frame) to its %%track cell" in operation.error.detail


def test_the_newest_reports_are_kept(client: Client, endpoint: str, report: DriftReport, state_folder: Path) -> None:
    """Older rows are written to the database as the service writes them; the next report makes room."""
    import sqlalchemy as sa

    from labwright.drift.tables import ReportRow
    from labwright.service.store import Store

    store = Store(state_folder)
    with store.session() as session:
        owner = session.get_one(ReportRow, report.id).owner
        old = datetime.now(UTC) - timedelta(days=9)
        for number in range(KEPT + 3):
            found = report.model_copy(update={"id": f"old{number:03}"}).model_dump(mode="json")
            session.add(
                ReportRow(
                    id=f"old{number:03}", endpoint=endpoint, report=found, owner=owner,
                    created=old + timedelta(minutes=number),
                )
            )  # fmt: skip
            (state_folder / "drift" / f"old{number:03}.html.gz").touch()
    newest = make(client, MakeReport(endpoint=endpoint))
    with store.session() as session:
        kept = session.scalars(
            sa.select(ReportRow.id).where(ReportRow.endpoint == endpoint).order_by(ReportRow.created.desc())
        ).all()
    store.close()
    assert len(kept) == KEPT
    assert kept[0] == newest.id
    assert "old000" not in kept
    assert pages(state_folder) == {f"{report_id}.html.gz" for report_id in kept}
