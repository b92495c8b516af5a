"""A canary that is taken back after the service's last look at it, before the commit: it does not become live."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from typing import Any

import httpx
import pytest

import labwright as lw
from labwright.client import Client
from labwright.service.models import OperationState
from labwright.serving.backend import LocalRunner
from labwright.serving.traffic_models import Canary
from tests.service.promotions import begin, endpoint, finish, folder, log_run, mlflow_of, reach, succeed
from tests.state_folder import wait_until

LOOKED = 14.5  # seconds of a lease of 20 that is renewed every 4: who lets it come to this looks no more


@pytest.mark.parametrize(("taken_back", "code"), [("guard", "canary_failed"), ("lease", "endpoint_down")])
def test_what_was_taken_back_while_the_database_was_busy_is_not_committed(
    client: Client, taken_back: str, code: str
) -> None:
    name, runner = f"late-{taken_back}", LocalRunner(client.folders)
    with mlflow_of(client, "canary-commit") as mlflow:
        first, bad = log_run(mlflow, 1), log_run(mlflow, 2, "fails on 7")
    succeed(client, begin(client, name, run_id=first))
    before = endpoint(client, name)
    call = _caller(client, name)

    def status() -> dict[str, Any]:
        return runner.order(name, "status", timeout=10)

    operation = begin(client, name, run_id=bad, canary=Canary(percent=50, steps=[], seconds=0, calls=5))
    reach(client, operation, "Canary")
    wait_until(lambda: status()["traffic"]["canary"] is not None, "the canary gets calls")
    candidate = status()["traffic"]["canary"]
    with closing(sqlite3.connect(client.folders.home / "labwright.db", isolation_level=None)) as database:
        database.execute("BEGIN IMMEDIATE")  # the service can look, and neither write its next step nor commit
        wait_until(lambda: call(1.0) and status()["versions"][candidate]["calls"] >= 5, "enough good calls")
        wait_until(lambda: status()["traffic"]["lease"] < LOOKED, "the service's last look was")
        if taken_back == "guard":
            wait_until(lambda: call(7.0) and operation.id in status()["trips"], "the guard takes it back")
        else:
            runner.order(name, "traffic", {"weights": {"1": 100}})  # as at the end of a lease
        database.execute("ROLLBACK")
    found = finish(client, operation)
    assert (found.state, found.error and found.error.code) == (OperationState.failed, code), found.log
    after = endpoint(client, name)
    assert (after.live, after.revision) == (before.live, before.revision)
    assert [line.kind for line in lw.serving.history(name)] == ["promote"]
    assert status()["traffic"]["weights"] == {"1": 100}
    assert list(status()["versions"]) == ["1"]


def _caller(client: Client, name: str) -> Callable[[float], bool]:
    """Asks the endpoint; a canary's failure is answered by the live version."""
    headers = {"Authorization": f"Bearer {folder(client, name).secret('token')}"}
    url = f"{endpoint(client, name).url}/invocations"

    def call(value: float) -> bool:
        body = {"dataframe_split": {"columns": ["x"], "data": [[value]]}}
        return httpx.post(url, json=body, headers=headers, timeout=30).is_success

    return call
