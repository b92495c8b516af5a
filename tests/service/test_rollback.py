"""Decision, rollback, history and settings of an endpoint, through the real service, MLflow and data planes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import psutil
import pytest

import labwright as lw
from labwright.client import Client
from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError
from labwright.service.models import Operation, OperationState
from labwright.serving.lineage_models import ServedRun
from labwright.serving.models import Decide, Rollback, SetSettings
from labwright.serving.promotion.decision import WAITING, Decision
from labwright.serving.readiness.models import ReadinessCard
from labwright.serving.settings_models import EndpointSettings
from labwright.serving.traffic_models import Canary
from labwright.state import running_service
from tests.service.promotions import (
    Callers,
    begin,
    endpoint,
    finish,
    folder,
    log_linear,
    look,
    mlflow_of,
    processes,
    reach,
    succeed,
)
from tests.state_folder import wait_until

NAME = "late"


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    with mlflow_of(client, "rollback") as found:
        yield found


@pytest.fixture(scope="module")
def runs(client: Client, mlflow: Any) -> dict[str, str]:
    """Two runs whose models go together, and one that callers could not go on with."""
    return {
        "first": log_linear(mlflow, "first"),
        "second": log_linear(mlflow, "second", -1.0),
        "narrow": log_linear(mlflow, "narrow", columns=2),
    }


@pytest.fixture(scope="module")
def live(client: Client, runs: dict[str, str]) -> str:
    """The endpoint, with version 1 live."""
    succeed(client, begin(client, NAME, run_id=runs["first"]))
    return NAME


def version(client: Client) -> str:
    found = endpoint(client, NAME).live
    assert found is not None
    return found.version


def card(client: Client, operation: Operation) -> ReadinessCard:
    found: ReadinessCard = client.get(f"/serving/promotions/{operation.id}/readiness", ReadinessCard)
    return found


def go(client: Client, operation: Operation, reason: str | None = None) -> Operation:
    found: Operation = client.post(f"/serving/promotions/{operation.id}/go", Operation, Decide(reason=reason))
    return found


def aliases(mlflow: Any) -> dict[str, str]:
    found = mlflow.MlflowClient().get_registered_model(NAME).aliases
    return {alias: str(number) for alias, number in found.items()}


def versions(mlflow: Any) -> list[str]:
    return sorted(one.version for one in mlflow.MlflowClient().search_model_versions(f"name='{NAME}'"))


def both(first: Callable[[], Any], second: Callable[[], Any]) -> list[Any]:
    """Two at once; each gives what it found or its error."""

    def run(call: Callable[[], Any]) -> Any:
        try:
            return call()
        except LabwrightError as error:
            return error

    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(run, (first, second)))


def test_a_card_is_made_and_all_is_taken_back(client: Client, live: str, runs: dict[str, str], mlflow: Any) -> None:
    operation = succeed(client, begin(client, NAME, run_id=runs["second"], check_only=True))
    assert (operation.result["changed"], operation.result["verdict"]) == (False, card(client, operation).verdict)
    assert (version(client), versions(mlflow), len(processes(client, NAME))) == ("1", ["1"], 1)
    assert not folder(client, NAME).version("2").exists()


def test_a_promotion_waits_for_a_decision_and_a_cancel_takes_all_back(
    client: Client, live: str, runs: dict[str, str], mlflow: Any
) -> None:
    before = endpoint(client, NAME)
    operation = begin(client, NAME, run_id=runs["second"], ask="always")
    reach(client, operation, WAITING)
    found = card(client, operation)
    assert (found.live, found.decided, found.run_name) == ("1", None, "second")
    assert {"signature", "example_scored", "schema"} <= {check.id for check in found.checks}
    assert (version(client), len(processes(client, NAME))) == ("1", 2)
    for refused in (
        lambda: lw.serving.stop(NAME), lambda: lw.serving.rollback(NAME), lambda: lw.serving.configure(NAME, replicas=2)
    ):  # fmt: skip
        with pytest.raises(ConflictError) as caught:
            refused()
        assert caught.value.code == "promotion_running"
    client.post(f"/operations/{operation.id}/cancel", Operation)
    assert finish(client, operation).state is OperationState.cancelled
    assert card(client, operation).decided == "stop"
    with pytest.raises(ConflictError) as caught:
        go(client, operation)
    assert caught.value.code == "not_waiting"
    after = endpoint(client, NAME)
    assert (after.live, after.revision) == (before.live, before.revision)
    assert (versions(mlflow), len(processes(client, NAME))) == (["1"], 1)
    assert not folder(client, NAME).version("2").exists()


def test_what_failed_a_check_needs_a_reason_which_is_kept(client: Client, live: str, runs: dict[str, str]) -> None:
    refused = finish(client, begin(client, NAME, run_id=runs["narrow"]))
    assert refused.error is not None
    assert (refused.error.code, version(client)) == ("not_ready", "1")
    assert "is gone" in refused.error.detail
    operation = begin(client, NAME, run_id=runs["narrow"], ask="warnings")
    reach(client, operation, WAITING)
    with pytest.raises(InvalidError) as caught:
        go(client, operation)
    assert caught.value.code == "reason_needed"
    found = both(lambda: go(client, operation, "callers send two"), lambda: go(client, operation, "callers send two"))
    assert [one.code for one in found if isinstance(one, LabwrightError)] == ["not_waiting"]
    narrow = succeed(client, operation).result["version"]
    assert (card(client, operation).decided, card(client, operation).reason) == ("go", "callers send two")
    newest = lw.serving.history(NAME)[0]
    assert (newest.version.version, newest.reason, newest.verdict) == (narrow, "callers send two", "fail")
    lw.serving.rollback(NAME, reason="callers send four after all")
    assert version(client) == "1"


def test_a_rollback_loses_no_request_and_a_second_one_goes_forth_again(
    client: Client, live: str, runs: dict[str, str], mlflow: Any
) -> None:
    second = succeed(client, begin(client, NAME, run_id=runs["second"])).result["version"]
    assert endpoint(client, NAME).previous == "1"
    wait_until(lambda: aliases(mlflow) == {"champion": second, "previous": "1"}, "the aliases follow")
    with Callers(client, NAME) as callers:
        found = lw.serving.rollback(NAME, reason="too many complaints")
        assert (found.live.version, found.previous, found.note) == ("1", second, "Version 1 is live again.")
        forth = lw.serving.rollback(NAME)
        assert (forth.live.version, forth.previous) == (second, "1")
    assert set(callers.codes) == {200}
    assert set(callers.versions) == {"1", second}
    wait_until(lambda: len(processes(client, NAME)) == 1, "the one left is unloaded")
    wait_until(lambda: aliases(mlflow) == {"champion": second, "previous": "1"}, "the aliases follow")
    newest, before = lw.serving.history(NAME)[:2]
    assert [(one.kind, one.version.version, one.reason) for one in (newest, before)] == [
        ("rollback", second, None), ("rollback", "1", "too many complaints"),
    ]  # fmt: skip
    assert newest.traffic == {second: 100}


def test_where_a_rollback_cannot_go_it_says_so(client: Client, live: str) -> None:
    with pytest.raises(NotFoundError, match="was never live at late; those that were: 1, "):
        lw.serving.rollback(NAME, "99")
    with pytest.raises(ConflictError) as caught:
        client.post(f"/serving/endpoints/{NAME}/rollback", Operation, Rollback(expected_revision=1))
    assert caught.value.code == "changed"
    same = lw.serving.rollback(NAME, version(client))
    assert "is live already; nothing was changed" in same.note


def test_a_shadow_needs_somebody_to_answer(client: Client, live: str, runs: dict[str, str]) -> None:
    with pytest.raises(ConflictError, match="Nothing is live at fresh yet") as caught:
        begin(client, "fresh", run_id=runs["second"], shadow=True)
    assert caught.value.code == "no_live"
    with pytest.raises(NotFoundError):
        endpoint(client, "fresh")
    with pytest.raises(InvalidError, match="choose one of the two"):
        begin(client, NAME, run_id=runs["second"], shadow=True, canary=Canary(percent=10))


def test_nobody_decides_for_ever() -> None:
    with pytest.raises(ConflictError, match="so nothing was changed") as caught:
        Decision(needs_reason=False).wait(lambda: None, 0.2)
    assert caught.value.code == "not_decided"


def test_of_two_at_once_one_is_told_so(client: Client, live: str, runs: dict[str, str]) -> None:
    def back() -> Operation:
        found: Operation = Client().post(f"/serving/endpoints/{NAME}/rollback", Operation, Rollback())
        return found

    for other in (back, lambda: begin(Client(), NAME, run_id=runs["narrow"], reason="to be cancelled")):
        found = both(back, other)
        (accepted,) = [one for one in found if isinstance(one, Operation)]
        (refused,) = [one for one in found if isinstance(one, LabwrightError)]
        assert (refused.status, refused.code) in {(409, "rollback_running"), (409, "promotion_running")}
        client.post(f"/operations/{accepted.id}/cancel", Operation)
        assert finish(client, accepted).state in {OperationState.cancelled, OperationState.succeeded}


def test_what_answered_then(client: Client, live: str) -> None:
    lines = list(lw.serving.history(NAME))
    for newer, line in zip([None, *lines], lines, strict=False):
        found = lw.serving.served(NAME, line.at + timedelta(microseconds=1))
        assert (found.live, found.since, found.traffic) == (line.version, line.at, line.traffic)
        assert found.until == (newer.at if newer else None)
    assert lw.serving.served(NAME, datetime.now(UTC).replace(tzinfo=None).isoformat()).live.version == version(client)
    with pytest.raises(NotFoundError, match="Nothing was promoted to late yet at that time"):
        lw.serving.served(NAME, "2001-01-01")
    with pytest.raises(InvalidError, match="at: a time such as"):
        lw.serving.served(NAME, "yesterday")
    html = lw.serving.history(NAME)._repr_mimebundle_()["text/html"]
    assert "too many complaints" in html
    frame = lw.serving.history(NAME).to_frame()
    assert frame.kind.tolist() == [line.kind for line in lines]


def test_settings_hold_at_once_without_a_failed_request(client: Client, live: str) -> None:
    with Callers(client, NAME) as callers:
        found = lw.serving.configure(NAME, batching="off", replicas=2, log={"retention_days": None, "hashed": ["temp"]})
        wait_until(lambda: len(processes(client, NAME)) == 2, "a second process")
        assert lw.serving.configure(NAME, replicas="1").replicas == 1
        wait_until(lambda: len(processes(client, NAME)) == 1, "one process again")
    assert set(callers.codes) == {200}
    assert (found.batching, found.log.retention_days, found.log.hashed) == ("off", None, ["temp"])
    assert endpoint(client, NAME).settings == EndpointSettings.model_validate(found.model_dump() | {"replicas": 1})
    assert folder(client, NAME).config().settings["batching"] == "off"
    revision = endpoint(client, NAME).revision
    lw.serving.configure(NAME, batching="off")
    assert endpoint(client, NAME).revision == revision, "the same again changes nothing"
    with pytest.raises(InvalidError, match=r"no setting 'replica'\. Did you mean replicas\?"):
        lw.serving.configure(NAME, replica=2)
    with pytest.raises(InvalidError, match=r"Did you mean log\.retention_days\?"):
        lw.serving.configure(NAME, retention_days=2)
    with pytest.raises(InvalidError, match="replicas: input should be less than or equal to 16"):
        lw.serving.configure(NAME, replicas=99)
    assert "log.retention_days" in lw.serving.configure(NAME)._repr_mimebundle_()["text/plain"]


def test_of_two_who_saw_the_same_settings_one_sets_them(client: Client, live: str) -> None:
    revision = endpoint(client, NAME).revision

    def put(deadline: float) -> Any:
        body = SetSettings(settings=EndpointSettings(deadline_seconds=deadline), expected_revision=revision)
        return Client().request("PUT", f"/serving/endpoints/{NAME}/settings", json=body.model_dump(mode="json"))

    found = both(lambda: put(20), lambda: put(25))
    (refused,) = [one for one in found if isinstance(one, LabwrightError)]
    assert (refused.status, refused.code) == (409, "changed")


def test_lineage_goes_back_and_forth(client: Client, live: str, runs: dict[str, str], mlflow: Any) -> None:
    found = lw.serving.lineage(NAME).versions
    newest = endpoint(client, NAME).live
    assert newest is not None
    assert (found[0].version, found[0].role, found[0].run_id) == (newest.version, "live", newest.run_id)
    assert found[0].experiment == "rollback"
    assert (found[1].role, found[1].version) == (None, endpoint(client, NAME).previous)
    for name in ("first", "second"):
        (served,) = client.get(f"/serving/runs/{runs[name]}/endpoints", list[ServedRun])
        assert (served.endpoint, served.exists) == (NAME, True)
        assert (served.role, served.last) == ("live", None) if runs[name] == newest.run_id else served.role is None
    assert lw.serving.served_runs("0" * 32) == []


def test_a_service_that_dies_while_nobody_decides_leaves_nothing(
    client: Client, live: str, runs: dict[str, str], mlflow: Any
) -> None:
    before, registered = endpoint(client, NAME), versions(mlflow)
    operation = begin(client, NAME, run_id=log_linear(mlflow, "third"), ask="always")
    reach(client, operation, WAITING)
    state = running_service(client.folders)
    assert state is not None
    psutil.Process(state.pid).kill()
    wait_until(lambda: running_service(client.folders) is None, "the service is gone")
    found = look(client, operation)
    assert (found.state, found.error.code if found.error else None) == (OperationState.failed, "interrupted")
    wait_until(lambda: len(processes(client, NAME)) == 1, "the candidate is unloaded")
    after = endpoint(client, NAME)
    assert (after.live, after.revision, after.state) == (before.live, before.revision, "ready")
    client.get("/experiments")  # MLflow is used, so what was registered can be taken back
    wait_until(lambda: versions(mlflow) == registered, "it is no longer registered")
    there = {path.name for path in (folder(client, NAME).path / "versions").iterdir()}
    assert there == {version(client), after.previous}
    assert not list((client.folders.home / "promotions").iterdir())
