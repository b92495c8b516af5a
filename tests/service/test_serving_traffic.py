"""Canaries, lasting splits and shadows, through the real service: under calls, and when something dies meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

import labwright as lw
from labwright.client import Client
from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError
from labwright.service.models import Operation, OperationState, Status
from labwright.serving import prediction_log
from labwright.serving.models import Endpoint, Promote, Promotion
from labwright.serving.traffic_models import Canary, Role, SetTraffic
from labwright.state import running_service
from tests.faults.load import load
from tests.service.promotions import endpoint, finish, folder, log_run, mlflow_of, promote
from tests.state_folder import wait_until

NAME = "by-steps"
LONG = Canary(percent=20, steps=[50], seconds=600)


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    with mlflow_of(client, "faults") as found:
        yield found


@pytest.fixture(scope="module")
def runs(mlflow: Any) -> dict[str, str]:
    """A run for each model; version n multiplies by n."""
    return {str(factor): log_run(mlflow, factor) for factor in (1, 2)} | {"bad": log_run(mlflow, 3, "fails on 7")}


@pytest.fixture(scope="module")
def first(client: Client, runs: dict[str, str]) -> Endpoint:
    """Version 1 is live."""
    operation = promote(client, NAME, run_id=runs["1"])
    assert operation.state is OperationState.succeeded, operation.error
    return endpoint(client, NAME)


@pytest.fixture
def second(client: Client, first: Endpoint, runs: dict[str, str]) -> str:
    """Version 2, whatever its number is, is live and answers all calls."""
    operation = promote(client, NAME, run_id=runs["2"])
    assert operation.state is OperationState.succeeded, operation.error
    number: str = operation.result["version"]
    lw.serving.traffic(NAME, {number: 100})
    return number


def begin(client: Client, run: str, canary: Canary) -> Operation:
    body = Promote(run_id=run, canary=canary)
    found: Operation = client.post(f"/serving/endpoints/{NAME}/promotions", Operation, body)
    return found


def roles(client: Client) -> dict[str, tuple[str, float]]:
    return {one.version: (one.role.value, one.percent) for one in endpoint(client, NAME).traffic}


def wait_for_canary(client: Client, operation: Operation) -> None:
    def there() -> bool:
        found: Operation = client.get(f"/operations/{operation.id}", Operation)
        assert found.state is OperationState.running, found.error
        return "canary" in {role for role, _ in roles(client).values()}

    wait_until(there, "the canary gets calls", 90)


def test_a_cancelled_canary_is_taken_back(client: Client, first: Endpoint, runs: dict[str, str]) -> None:
    operation = begin(client, runs["2"], LONG)
    wait_for_canary(client, operation)
    (canary,) = [one for one in endpoint(client, NAME).traffic if one.role is Role.canary]
    assert (canary.percent, canary.run_name, canary.state) == (20, "times 2", "ready")
    with pytest.raises(LabwrightError, match="goes on"):
        lw.serving.traffic(NAME, {"1": 100})
    client.post(f"/operations/{operation.id}/cancel", Operation)
    assert finish(client, operation).state is OperationState.cancelled
    wait_until(lambda: roles(client) == {"1": ("live", 100)}, "all calls go as before")
    found = endpoint(client, NAME)
    assert (found.live, found.revision) == (first.live, first.revision)


def test_a_bad_canary_goes_back_by_itself_and_no_call_fails(
    client: Client, first: Endpoint, runs: dict[str, str]
) -> None:
    assert first.url is not None
    with load(first.url, folder(client, NAME).secret("token"), 25) as calls:
        operation = finish(client, begin(client, runs["bad"], LONG))
    assert operation.error is not None
    assert (operation.state, operation.error.code) == ("failed", "canary_failed")
    assert "calls failed, and 0 of the" in operation.error.detail
    assert {reply.status for reply in calls.replies} == {200}
    assert endpoint(client, NAME).live == first.live
    assert roles(client) == {"1": ("live", 100)}


def test_a_canary_outlives_its_data_plane_and_goes_by_steps_to_all_calls(
    client: Client, first: Endpoint, runs: dict[str, str]
) -> None:
    assert first.url is not None
    operation = begin(client, runs["2"], Canary(percent=30, steps=[60], seconds=3, calls=10))
    wait_for_canary(client, operation)
    card = folder(client, NAME).process()
    assert card is not None
    psutil.Process(card.pid).kill()
    wait_until(lambda: endpoint(client, NAME).state == "ready", "the data plane is back", 60)
    with load(first.url, folder(client, NAME).secret("token"), 25) as calls:
        operation = finish(client, operation)
    assert operation.state is OperationState.succeeded, operation.error
    number = operation.result["version"]
    assert [line for line in operation.log if line.startswith("Canary")] == [
        f"Canary: {percent} % of the calls go to version {number}, for 3 s and at least 10 calls"
        for percent in (30, 60)
    ]
    assert calls.failed({"1": 1, number: 2}) == []
    assert {"1", number} == {reply.version for reply in calls.replies}
    log = [line for line in prediction_log.lines(folder(client, NAME).log) if line["version"] == number]
    assert {line["role"] for line in log} >= {"canary"}
    assert roles(client) == {number: ("live", 100)}


def test_calls_are_spread_for_good_and_copied(client: Client, second: str, mlflow: Any) -> None:
    found = endpoint(client, NAME)
    card = lw.serving.traffic(NAME, {f"v{second}": 70, "1": 30}, reason="compare them")
    assert card.note == f"Version {second} 70 %, version 1 30 %."
    assert roles(client) == {second: ("live", 70), "1": ("share", 30)}
    assert endpoint(client, NAME).revision == found.revision + 1
    assert found.url is not None
    with load(found.url, folder(client, NAME).secret("token"), 25) as calls:
        time.sleep(4)
    assert calls.failed({"1": 1, second: 2}) == []
    count = Counter(reply.version for reply in calls.replies)
    assert count["1"] / len(calls.replies) == pytest.approx(0.3, abs=0.05)
    history = client.get(f"/serving/endpoints/{NAME}/promotions", list[Promotion])
    assert (history[0].kind, history[0].traffic, history[0].reason) == (
        "traffic",
        {second: 70, "1": 30},
        "compare them",
    )
    registry = mlflow.MlflowClient()
    wait_until(lambda: registry.get_registered_model(NAME).aliases.get("challenger") == "1", "the alias is set")

    again = lw.serving.traffic(NAME, {"1": 30, second: 70})
    assert "nothing was changed" in again.note
    assert again.revision == found.revision + 1

    lw.serving.traffic(NAME, {second: 100}, shadow=1)
    assert roles(client) == {second: ("live", 100), "1": ("shadow", 100)}
    lw.serving.predict(NAME, [{"x": 2.0}])
    wait_until(
        lambda: any(line.get("role") == "shadow" for line in prediction_log.lines(folder(client, NAME).log)),
        "the copy is logged",
    )
    lw.serving.traffic(NAME, {second: 100})
    assert roles(client) == {second: ("live", 100)}
    wait_until(lambda: "challenger" not in registry.get_registered_model(NAME).aliases, "the alias is gone")


def test_what_cannot_be_spread_says_why_and_changes_nothing(client: Client, second: str) -> None:
    before = endpoint(client, NAME)
    cases: list[tuple[dict[str, float], dict[str, Any], type[LabwrightError], str]] = [
        ({second: 60, "1": 30}, {}, InvalidError, "add up to 90"),
        ({"1": 100}, {}, InvalidError, f"Version {second} is live and needs a share"),
        ({second: 0.001, "1": 100}, {}, InvalidError, "needs a share, 0.1 % at least"),
        ({second: 0.5, "1": 99.9}, {}, InvalidError, "add up to 100.4"),
        ({second: 60, "99": 40}, {}, NotFoundError, "never promoted"),
        ({second: 110, "1": -10}, {}, InvalidError, "from 0 to 100"),
        ({second: float("nan"), "1": 50}, {}, InvalidError, "percent by version"),
        ({second: 60, "1": 40}, {"shadow": 1}, InvalidError, "give it no share"),
        ({second: "many"}, {}, InvalidError, "percent by version"),  # type: ignore[dict-item]
        ({}, {}, InvalidError, "percent by version"),
    ]
    for weights, options, kind, words in cases:
        with pytest.raises(kind, match=words) as caught:
            lw.serving.traffic(NAME, weights, **options)
        assert "\n" not in caught.value.message
    with pytest.raises(NotFoundError, match="no endpoint"):
        lw.serving.traffic("nowhere", {"1": 100})
    body = {"weights": {second: 50, "1": 50}, "expected_revision": before.revision + 1}
    with pytest.raises(ConflictError, match="changed in the meantime"):
        client.request("PUT", f"/serving/endpoints/{NAME}/traffic", body=SetTraffic(**body))
    assert (endpoint(client, NAME).revision, roles(client)) == (before.revision, {second: ("live", 100)})


def test_a_split_survives_the_data_plane_and_a_canary_dies_with_the_service(
    client: Client, second: str, runs: dict[str, str]
) -> None:
    lw.serving.traffic(NAME, {second: 60, "1": 40})
    card = folder(client, NAME).process()
    assert card is not None
    psutil.Process(card.pid).kill()
    wait_until(lambda: roles(client) == {second: ("live", 60), "1": ("share", 40)}, "it is spread as before", 60)
    operation = begin(client, runs["bad"], LONG)
    wait_for_canary(client, operation)
    assert dict(roles(client).values()) == {"live": 48, "share": 40, "canary": 12}
    state = running_service(client.folders)
    assert state is not None
    psutil.Process(state.pid).kill()
    wait_until(lambda: running_service(client.folders) is None, "the service is gone")
    client.get("/status", Status)
    assert client.get(f"/operations/{operation.id}", Operation).state is OperationState.failed
    wait_until(lambda: roles(client) == {second: ("live", 60), "1": ("share", 40)}, "the canary is taken back", 40)
    versions = folder(client, NAME).path / "versions"
    wait_until(lambda: {path.name for path in versions.iterdir()} == {"1", second}, "its files are gone", 20)


def test_a_share_that_cannot_be_served_is_said_and_its_calls_are_answered(client: Client, second: str) -> None:
    lw.serving.traffic(NAME, {second: 60, "1": 40})
    (folder(client, NAME).version("1") / "model" / "extra.py").write_text("import os")
    card = folder(client, NAME).process()
    assert card is not None
    psutil.Process(card.pid).kill()
    wait_until(lambda: endpoint(client, NAME).state == "ready", "it is back", 60)
    wait_until(lambda: "Version 1, a share, cannot be served" in endpoint(client, NAME).message, "it is said", 60)
    assert "digest differs" in endpoint(client, NAME).message
    assert [float(found) for found in lw.serving.predict(NAME, [{"x": 3.0}] * 4)] == [6.0] * 4
    (folder(client, NAME).version("1") / "model" / "extra.py").unlink()
    lw.serving.traffic(NAME, {second: 100})
    assert endpoint(client, NAME).message == ""


def test_a_shadow_is_promoted_and_then_takes_all_calls(client: Client, second: str) -> None:
    operation = promote(client, NAME, version="1", shadow=True, reason="its rows are of another scale")
    assert operation.state is OperationState.succeeded, operation.error
    assert roles(client) == {second: ("live", 100), "1": ("shadow", 100)}
    newest = client.get(f"/serving/endpoints/{NAME}/promotions", list[Promotion])[0]
    assert (newest.kind, newest.version.version, newest.traffic) == ("shadow", "1", {second: 100})
    before = [line for line in prediction_log.lines(folder(client, NAME).log) if line["version"] == "1"]
    lw.serving.predict(NAME, [{"x": 2.0}])
    wait_until(
        lambda: len([x for x in prediction_log.lines(folder(client, NAME).log) if x["version"] == "1"]) > len(before),
        "the copy is logged",
    )
    operation = promote(client, NAME, version="1", reason="its rows are of another scale")
    assert operation.state is OperationState.succeeded, operation.error
    assert roles(client) == {"1": ("live", 100)}
