"""Two promotions at once: one is accepted, the other is told so at once; the one that goes on ends as if it were alone.

LABWRIGHT_ROUNDS (`make soak`) makes it 1,000 pairs that are cancelled, and 20 that run to the end.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from labwright.client import Client
from labwright.errors import LabwrightError
from labwright.service.models import Operation, OperationState
from labwright.serving.models import Promote
from tests.service.promotions import begin, endpoint, finish, folder, log_linear, mlflow_of, processes, succeed
from tests.state_folder import wait_until

NAME = "late"
SOAK = bool(os.environ.get("LABWRIGHT_ROUNDS"))
PAIRS, TO_THE_END = (1000, 20) if SOAK else (25, 2)


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    with mlflow_of(client, "pairs") as found:
        yield found


@pytest.fixture(scope="module")
def runs(client: Client, mlflow: Any) -> list[str]:
    """Three runs; the first one's model is live."""
    found = [log_linear(mlflow, f"run {number}", sign) for number, sign in enumerate((1.0, -1.0, 2.0))]
    succeed(client, begin(client, NAME, run_id=found[0]))
    return found


@pytest.fixture(scope="module")
def pair() -> Iterator[Any]:
    """Sends two requests from two clients of their own at the same moment; gives the accepted one and the refused."""
    clients = (Client(), Client())
    with ThreadPoolExecutor(2) as threads:

        def send(first: str, second: str) -> tuple[Operation, LabwrightError]:
            def one(asked: tuple[Client, str]) -> Operation | LabwrightError:
                body = Promote(run_id=asked[1])
                try:
                    found: Operation = asked[0].post(f"/serving/endpoints/{NAME}/promotions", Operation, body)
                    return found
                except LabwrightError as error:
                    return error

            found = list(threads.map(one, zip(clients, (first, second), strict=True)))
            (accepted,) = [each for each in found if isinstance(each, Operation)]
            (refused,) = [each for each in found if isinstance(each, LabwrightError)]
            return accepted, refused

        yield send
    for client in clients:
        client.close()


def versions(mlflow: Any) -> list[str]:
    return sorted(one.version for one in mlflow.MlflowClient().search_model_versions(f"name='{NAME}'"))


def test_of_each_pair_one_is_accepted_and_nothing_is_left_of_it(
    client: Client, runs: list[str], pair: Any, mlflow: Any
) -> None:
    before, registered = endpoint(client, NAME), versions(mlflow)
    for _ in range(PAIRS):
        accepted, refused = pair(runs[1], runs[2])
        assert (refused.status, refused.code) == (409, "promotion_running")
        client.post(f"/operations/{accepted.id}/cancel", Operation)
        assert finish(client, accepted).state is OperationState.cancelled
    after = endpoint(client, NAME)
    assert (after.live, after.revision, after.state) == (before.live, before.revision, "ready")
    assert versions(mlflow) == registered
    wait_until(lambda: len(processes(client, NAME)) == 1, "no process is left of them")
    assert [path.name for path in (folder(client, NAME).path / "versions").iterdir()] == registered


def test_pairs_that_run_to_the_end_make_one_live_each(client: Client, runs: list[str], pair: Any, mlflow: Any) -> None:
    live = 0
    for _ in range(TO_THE_END):
        first, second = [place for place in range(3) if place != live]
        before = endpoint(client, NAME)
        accepted, refused = pair(runs[first], runs[second])
        assert (refused.status, refused.code) == (409, "promotion_running")
        assert finish(client, accepted).state is OperationState.succeeded
        after = endpoint(client, NAME)
        assert before.live is not None
        assert after.live is not None
        assert after.previous == before.live.version
        assert after.live.run_id in (runs[first], runs[second])
        assert after.revision == before.revision + 1
        live = runs.index(after.live.run_id)
        aliases = mlflow.MlflowClient().get_registered_model(NAME).aliases
        assert str(aliases["champion"]) == after.live.version
    wait_until(lambda: len(processes(client, NAME)) == 1, "one version is loaded")
