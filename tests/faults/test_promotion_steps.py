"""kill -9 at every step of a promotion: of the service, of the data plane, of the candidate. Wholly old or wholly new.

Each step has two rounds here; `make soak` runs the file 20 times, and ends the data plane at more steps.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from typing import Any

import psutil
import pytest

from labwright.client import Client
from labwright.experiments.models import Experiment
from labwright.service.models import Operation, OperationState
from labwright.serving.models import Decide, Endpoint, Promote, Promotion
from labwright.serving.promotion.decision import WAITING
from labwright.state import processes as all_processes
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
SOAK = bool(os.environ.get("LABWRIGHT_ROUNDS"))
ROUNDS = range(1 if SOAK else 2)
SLOW = {"canary": {"percent": 50, "steps": [], "seconds": 3, "calls": 0}}
STEPS: dict[str, dict[str, Any]] = {
    "Waiting": {},
    "Registering": {},
    "Fetching": {},
    "Loading": {},
    "Checking": {},
    WAITING: {"ask": "always"},
    "Warming up": {},
    "Canary": SLOW,
    "Making it live": {},
}


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    with mlflow_of(client, "steps") as found:
        yield found


@pytest.fixture(scope="module")
def runs(client: Client, mlflow: Any) -> list[str]:
    """Two runs; the first one's model is live."""
    found = [log_linear(mlflow, "old"), log_linear(mlflow, "new", -1.0)]
    succeed(client, begin(client, NAME, run_id=found[0]))
    return found


def kill_service(client: Client) -> None:
    state = running_service(client.folders)
    assert state is not None
    psutil.Process(state.pid).kill()
    wait_until(lambda: running_service(client.folders) is None, "the service is gone")


def candidate(client: Client, runs: list[str]) -> str:
    """The run that is not live."""
    live = endpoint(client, NAME).live
    assert live is not None
    return next(run for run in runs if run != live.run_id)


def get_there(client: Client, operation: Operation, step: str) -> None:
    """Wait until a promotion is at a step, or is past its last one."""

    def there() -> bool:
        found = look(client, operation)
        return found.state is not OperationState.running or any(line.startswith(step) for line in found.log)

    if step != "Waiting":
        wait_until(there, step, 60)


def is_whole(client: Client, mlflow: Any, before: Endpoint, registered: set[str], operation: Operation) -> bool:
    """Whether all is as before, or all is as promoted. It waits for that, 30 s at most; gives whether it is new."""
    found = endpoint(client, NAME)
    client.get("/experiments", list[Experiment])  # somebody uses MLflow, so the service may
    lines = client.get(f"/serving/endpoints/{NAME}/promotions", list[Promotion])
    new = found.live != before.live
    assert new == (lines[0].operation == operation.id)
    assert found.revision == before.revision + new
    assert found.live is not None
    assert look(client, operation).state is not OperationState.running

    def state() -> dict[str, Any]:
        registry = mlflow.MlflowClient()
        there = registry.get_registered_model(NAME).aliases
        return {
            "registered": {one.version for one in registry.search_model_versions(f"name='{NAME}'")},
            "aliases": {alias: str(number) for alias, number in there.items()},
            "files beside": {path.name for path in (folder(client, NAME).path / "versions").iterdir()} - kept,
            "notes": list((client.folders.home / "promotions").glob("*")),
            "processes": len(processes(client, NAME)),
            "state": endpoint(client, NAME).state,
            "strays": strays(client),
        }

    kept = {found.live.version, found.previous}
    wanted = {
        "registered": registered | ({found.live.version} if new else set()),
        "aliases": {name: one for name, one in (("champion", found.live.version), ("previous", found.previous)) if one},
        "files beside": set(), "notes": [], "processes": 1, "state": "ready", "strays": [],
    }  # fmt: skip
    deadline = time.monotonic() + 30
    while (seen := state()) != wanted and time.monotonic() < deadline:
        time.sleep(0.1)
    assert seen == wanted
    with Callers(client, NAME) as callers:
        wait_until(lambda: len(callers.codes) > 2, "it answers")
    assert (set(callers.codes), set(callers.versions)) == ({200}, {found.live.version})
    return new


def strays(client: Client) -> list[list[str]]:
    """Model processes and jobs that belong to nobody."""
    own = {process.pid for process in processes(client, NAME)}
    found = []
    for process in all_processes(client.folders):
        try:
            command = process.cmdline()
        except psutil.Error:
            continue
        model = "labwright.serving.plane.model_process" in command and process.pid not in own
        if (model or "labwright.service.job" in command) and process.status() != psutil.STATUS_ZOMBIE:
            found.append(command)
    return found


def registered(mlflow: Any) -> set[str]:
    return {one.version for one in mlflow.MlflowClient().search_model_versions(f"name='{NAME}'")}


@pytest.mark.parametrize("_", ROUNDS)
@pytest.mark.parametrize("step", STEPS)
def test_the_service_dies_at_a_step(client: Client, runs: list[str], mlflow: Any, step: str, _: int) -> None:
    before, versions = endpoint(client, NAME), registered(mlflow)
    operation = begin(client, NAME, run_id=candidate(client, runs), **STEPS[step])
    get_there(client, operation, step)
    with Callers(client, NAME) as callers:
        kill_service(client)
        ended = look(client, operation)
    assert set(callers.codes) <= {200}, "calls go on"
    new = is_whole(client, mlflow, before, versions, operation)
    if step in ("Registering", "Fetching", "Loading", WAITING, "Canary"):
        assert not new
        assert ended.error is not None
        assert ended.error.code == "interrupted"


@pytest.mark.parametrize("_", ROUNDS)
@pytest.mark.parametrize("step", ["Loading", WAITING, "Canary"] if SOAK else [WAITING])
def test_the_data_plane_dies_at_a_step(client: Client, runs: list[str], mlflow: Any, step: str, _: int) -> None:
    before, versions = endpoint(client, NAME), registered(mlflow)
    operation = begin(client, NAME, run_id=candidate(client, runs), **STEPS[step])
    get_there(client, operation, step)
    card = folder(client, NAME).process()
    assert card is not None
    psutil.Process(card.pid).kill()
    if step == WAITING:
        wait_until(lambda: folder(client, NAME).process() is not None, "it is started again while nobody decided")
        client.post(f"/serving/promotions/{operation.id}/go", Operation, Decide())
    finish(client, operation)
    is_whole(client, mlflow, before, versions, operation)


def test_the_candidates_process_dies(client: Client, runs: list[str], mlflow: Any) -> None:
    before, versions = endpoint(client, NAME), registered(mlflow)
    own = {process.pid for process in processes(client, NAME)}
    operation = begin(client, NAME, run_id=candidate(client, runs), ask="always")
    get_there(client, operation, "Loading")
    (process,) = [found for found in processes(client, NAME) if found.pid not in own]
    process.kill()
    ended = finish(client, operation)
    assert ended.error is not None
    assert ended.error.code == "load_failed"
    assert is_whole(client, mlflow, before, versions, operation) is False

    operation = begin(client, NAME, run_id=candidate(client, runs), ask="always")
    reach(client, operation, WAITING)
    (process,) = [found for found in processes(client, NAME) if found.pid not in own]
    process.kill()
    client.post(f"/serving/promotions/{operation.id}/go", Operation, Decide())
    assert finish(client, operation).state is OperationState.succeeded, "it is loaded again"
    assert is_whole(client, mlflow, before, versions, operation)


def test_a_first_promotion_that_dies_leaves_no_endpoint(client: Client, runs: list[str], mlflow: Any) -> None:
    body = Promote(run_id=runs[0], ask="always")
    operation: Operation = client.post("/serving/endpoints/fresh/promotions", Operation, body)
    get_there(client, operation, WAITING)
    kill_service(client)
    client.get("/experiments", list[Experiment])
    assert [one.name for one in client.get("/serving/endpoints", list[Endpoint])] == [NAME]
    assert not folder(client, "fresh").path.exists()
    wait_until(lambda: not mlflow.MlflowClient().search_registered_models("name='fresh'"), "it is not registered", 30)
    wait_until(lambda: not strays(client), "no process is left", 30)
