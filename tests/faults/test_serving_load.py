"""Promotions, broken ones among them, and rollbacks under load: no request fails, no broken model answers one.

`make test` runs a short form; with LABWRIGHT_ROUNDS (`make soak`) it is 20 promotions, 5 of them broken, and 5
rollbacks at 200 requests a second.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

import pytest

from labwright.client import Client
from labwright.service.models import Operation, OperationState
from labwright.serving import prediction_log
from labwright.serving.models import Rollback, SetSettings
from labwright.serving.settings_models import EndpointSettings
from tests.faults.load import load
from tests.service.promotions import endpoint, finish, folder, log_run, mlflow_of, promote

NAME = "under-load"
SOAK = int(os.environ.get("LABWRIGHT_ROUNDS", "0")) > 0
GOOD, ROLLBACKS, RATE = (15, 5, 200) if SOAK else (2, 1, 50)
BROKEN = {
    "does not load": "load_failed",
    "hangs": "load_failed",
    "gives NaN": "not_ready",
    "other schema": "not_ready",
    "segfault": "not_ready",
}
LOAD_SECONDS = 30 if SOAK else 12  # the hanging one is given up after that


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    with mlflow_of(client, "faults") as found:
        yield found


@pytest.mark.timeout(3600 if SOAK else 300)
def test_promotions_and_rollbacks_under_load_fail_no_request(client: Client, mlflow: Any) -> None:
    good = {factor: log_run(mlflow, factor) for factor in range(1, GOOD + 2)}
    broken = {how: log_run(mlflow, 1, how) for how in BROKEN}
    factors: dict[str, int] = {}

    def go_live(factor: int) -> None:
        operation = promote(client, NAME, run_id=good[factor])
        assert operation.state is OperationState.succeeded, operation.error
        factors[operation.result["version"]] = factor

    go_live(1)
    settings = EndpointSettings(load_seconds=LOAD_SECONDS)
    client.request("PUT", f"/serving/endpoints/{NAME}/settings", body=SetSettings(settings=settings))
    found = endpoint(client, NAME)
    assert found.url is not None
    with load(found.url, folder(client, NAME).secret("token"), RATE) as traffic:
        rollbacks = 0
        for place, factor in enumerate(range(2, GOOD + 2)):
            for how in list(BROKEN)[place * len(BROKEN) // GOOD : (place + 1) * len(BROKEN) // GOOD]:
                before = endpoint(client, NAME).live
                operation = promote(client, NAME, run_id=broken[how])
                assert (operation.state, operation.error and operation.error.code) == ("failed", BROKEN[how]), operation
                assert endpoint(client, NAME).live == before
            go_live(factor)
            if (place + 1) * ROLLBACKS // GOOD > rollbacks:
                rollbacks += 1
                back = finish(client, client.post(f"/serving/endpoints/{NAME}/rollback", Operation, Rollback()))
                assert back.state is OperationState.succeeded, back.error
                assert factors[back.result["version"]] == factor - 1
    assert rollbacks == ROLLBACKS
    assert len(traffic.replies) > (10_000 if SOAK else 500)
    assert traffic.failed(factors) == []
    log = list(prediction_log.lines(folder(client, NAME).log))
    assert {line["version"] for line in log} == set(factors), "the broken ones were never asked"
    assert {reply.id for reply in traffic.replies} <= {line["id"] for line in log if line["status"] == 200}
    assert {reply.version for reply in traffic.replies} == set(factors), "each one answered"
