"""A version's number may come again in MLflow with another model; real service, MLflow and data planes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import labwright as lw
from labwright.client import Client
from labwright.errors import ConflictError, InvalidError
from labwright.service.models import OperationState
from labwright.serving.registry import TAG
from tests.service.promotions import begin, endpoint, finish, folder, log_run, mlflow_of, promote, succeed
from tests.state_folder import wait_until


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    with mlflow_of(client, "identity") as found:
        yield found


@pytest.fixture(scope="module")
def runs(mlflow: Any) -> dict[int, str]:
    """Factor → the run of a model that multiplies by it."""
    return {factor: log_run(mlflow, factor) for factor in (2, 3, 5)}


def answer(client: Client, name: str) -> float:
    """What the endpoint makes of 1."""
    body = {"dataframe_split": {"columns": ["x"], "data": [[1.0]]}}
    headers = {"Authorization": f"Bearer {folder(client, name).secret('token')}"}
    reply = httpx.post(f"{endpoint(client, name).url}/invocations", json=body, headers=headers, timeout=30)
    return float(reply.raise_for_status().json()["predictions"][0])


def serve(client: Client, name: str, run: str, factor: int) -> str:
    """Promote a run, which then answers; gives its version."""
    operation = succeed(client, begin(client, name, run_id=run))
    assert operation.result["changed"], operation.log
    live = endpoint(client, name).live
    assert live is not None
    assert (live.version, live.run_id, answer(client, name)) == (operation.result["version"], run, factor)
    return live.version


def versions(mlflow: Any, name: str) -> dict[str, str]:
    """Version → run, in MLflow."""
    return {str(one.version): one.run_id for one in mlflow.MlflowClient().search_model_versions(f"name='{name}'")}


def make_anew(mlflow: Any, name: str, run: str, *, with_run: bool = True) -> None:
    """Delete the registered model, and make one whose version 1 is this run's."""
    registry = mlflow.MlflowClient()
    if registry.search_registered_models(f"name='{name}'"):
        registry.delete_registered_model(name)
    registry.create_registered_model(name, tags={TAG: name})
    (model,) = mlflow.search_logged_models(filter_string=f"source_run_id='{run}'", output_format="list")
    if not with_run:  # such as one that was uploaded by a script
        files = mlflow.artifacts.download_artifacts(model.model_uri)
        model = registry.create_logged_model(model.experiment_id)
        registry.log_model_artifacts(model.model_id, files)
        registry.finalize_logged_model(model.model_id, "READY")
    made = registry.create_model_version(
        name, model.model_uri, run_id=run if with_run else None, model_id=model.model_id
    )  # fmt: skip
    assert (str(made.version), made.run_id or None) == ("1", run if with_run else None)


def test_a_run_is_promoted_though_its_number_would_be_that_of_the_live_one(
    client: Client, mlflow: Any, runs: dict[int, str]
) -> None:
    name = "alive"
    assert serve(client, name, runs[2], 2) == "1"
    mlflow.MlflowClient().delete_registered_model(name)
    second = serve(client, name, runs[3], 3)
    assert second != "1"
    assert versions(mlflow, name) == {second: runs[3]}, "what had the old number for a moment is gone"
    wait_until(
        lambda: mlflow.MlflowClient().get_registered_model(name).aliases.get("champion") == second, "the alias follows"
    )
    assert promote(client, name, run_id=runs[3]).result["changed"] is False
    lw.serving.rollback(name)
    assert answer(client, name) == 2, "the files of the version before were kept"


def test_a_number_that_means_another_run_now_is_refused_and_its_run_is_promoted(
    client: Client, mlflow: Any, runs: dict[int, str]
) -> None:
    name = "by-number"
    serve(client, name, runs[2], 2)
    make_anew(mlflow, name, runs[3])
    before = endpoint(client, name)
    with pytest.raises(ConflictError, match="deleted in MLflow and made anew") as caught:
        begin(client, name, version="1")
    assert caught.value.code == "renumbered"
    assert (endpoint(client, name), versions(mlflow, name)) == (before, {"1": runs[3]})
    second = serve(client, name, runs[3], 3)  # as the sentence says
    assert versions(mlflow, name) == {"1": runs[3], second: runs[3]}
    assert promote(client, name, run_id=runs[3]).result == {"changed": False, "version": second, "endpoint": name}


def test_a_promotion_that_fails_leaves_no_version_behind(client: Client, mlflow: Any, runs: dict[int, str]) -> None:
    name = "taken-back"
    serve(client, name, runs[2], 2)
    mlflow.MlflowClient().delete_registered_model(name)
    found = promote(client, name, run_id=log_run(mlflow, 7, "does not load"))
    assert found.state is OperationState.failed
    assert mlflow.MlflowClient().search_registered_models(f"name='{name}'") == []
    assert answer(client, name) == 2


def test_a_new_run_is_promoted_to_the_name_of_an_endpoint_that_was_deleted_with_its_model(
    client: Client, mlflow: Any, runs: dict[int, str]
) -> None:
    name = "gone"
    serve(client, name, runs[2], 2)
    client.request("DELETE", f"/serving/endpoints/{name}")
    mlflow.MlflowClient().delete_registered_model(name)
    second = serve(client, name, runs[3], 3)
    lines = [(line.version.version, line.version.run_id) for line in lw.serving.history(name)]
    assert lines == [(second, runs[3]), ("1", runs[2])]
    assert second != "1"


def test_a_version_that_was_made_anew_is_promoted_to_a_new_endpoint(
    client: Client, mlflow: Any, runs: dict[int, str]
) -> None:
    name = "new-life"
    serve(client, name, runs[2], 2)
    client.request("DELETE", f"/serving/endpoints/{name}")
    make_anew(mlflow, name, runs[3])
    succeed(client, begin(client, name, version="1"))
    assert answer(client, name) == 3
    assert [(one.endpoint, one.role) for one in lw.serving.served_runs(runs[2]) if one.endpoint == name] == [
        (name, None)
    ]


def test_without_a_run_it_is_the_files_that_tell(client: Client, mlflow: Any, runs: dict[int, str]) -> None:
    name = "no-run"
    make_anew(mlflow, name, runs[2], with_run=False)
    succeed(client, begin(client, name, version="1"))
    same = succeed(client, begin(client, name, version="1"))
    assert (same.result["changed"], "is live already" in same.log[-1]) == (False, True)
    make_anew(mlflow, name, runs[3], with_run=False)
    refused = finish(client, begin(client, name, version="1"))
    assert refused.error is not None
    assert (refused.error.code, "made anew" in refused.error.detail) == ("files_changed", True)
    assert (answer(client, name), folder(client, name).version("1").exists()) == (2, True)
    serve(client, name, log_run(mlflow, 5), 5)  # as the sentence says
    lw.serving.rollback(name)
    assert answer(client, name) == 2
    lw.serving.stop(name)
    with pytest.raises(ConflictError, match="start it first"):
        begin(client, name, version="1")


def test_a_rollback_fetches_no_other_run_by_the_old_number(client: Client, mlflow: Any, runs: dict[int, str]) -> None:
    name = "way-back"
    for factor in (2, 3, 5):
        serve(client, name, runs[factor], factor)
    wait_until(lambda: not folder(client, name).version("1").exists(), "the oldest is tidied away")
    make_anew(mlflow, name, runs[3])
    with pytest.raises((ConflictError, InvalidError), match="deleted in MLflow and made anew"):
        lw.serving.rollback(name, "1")
    assert answer(client, name) == 5
