"""What this process knows of runs: that they are there, and which parameters they have."""

# mypy: disable-error-code="no-untyped-call"
# MLflow has few types.
from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from mlflow.entities import LifecycleStage, Param, Run
from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import INVALID_PARAMETER_VALUE
from mlflow.utils.rest_utils import http_request, verify_rest_response

SECONDS = 5
_RUNS = 10_000


class Known:
    """Runs that were seen, each with the parameters that this process knows of."""

    def __init__(self) -> None:
        self._runs: OrderedDict[str, dict[str, str]] = OrderedDict()

    def __contains__(self, run_id: str) -> bool:
        return run_id in self._runs

    def see(self, run: Run) -> None:
        """A run as MLflow gave it."""
        if run.info.lifecycle_stage == LifecycleStage.ACTIVE:
            self._params(run.info.run_id).update(run.data.params if run.data else {})

    def forget(self, run_id: str) -> None:
        """What is known of this run may not hold any longer."""
        self._runs.pop(run_id, None)

    def check(self, run_id: str, credentials: Any) -> None:
        """Ask MLflow for a run that was not seen here. Errors: MLflow's own, when it is not there or was deleted.

        Where MLflow does not answer it is taken on trust: the service reports what is refused.
        """
        try:
            reply = http_request(
                credentials, "/api/2.0/mlflow/runs/get", "GET", max_retries=0, timeout=SECONDS, raise_on_status=False,
                params={"run_id": run_id},
            )  # fmt: skip
        except MlflowException:
            reply = None
        if reply is not None and reply.status_code < 500 and reply.status_code not in (401, 403, 429):
            stage = verify_rest_response(reply, "/api/2.0/mlflow/runs/get").json()["run"]["info"]["lifecycle_stage"]
            if stage != LifecycleStage.ACTIVE:
                raise MlflowException(
                    f"The run {run_id} must be in the 'active' state. Current state is {stage}.",
                    INVALID_PARAMETER_VALUE,
                )
        self._params(run_id)

    def take_param(self, run_id: str, param: Param) -> None:
        """Errors: MLflow's own, where the run has another value of this parameter."""
        old = self._params(run_id).setdefault(param.key, param.value)
        if old != param.value:
            raise MlflowException(
                f"Changing param values is not allowed. Param with key='{param.key}' was already"
                f" logged with value='{old}' for run ID='{run_id}'. Attempted logging new value"
                f" '{param.value}'.",
                INVALID_PARAMETER_VALUE,
            )

    def take_params(self, run_id: str, params: Sequence[Param]) -> None:
        """The same for a batch: all are taken, or none."""
        there = self._params(run_id)
        changed = [
            {"key": param.key, "old_value": there[param.key], "new_value": param.value}
            for param in params
            if there.get(param.key, param.value) != param.value
        ]
        if changed:
            raise MlflowException(
                f"Changing param values is not allowed. Params were already logged='{changed}' for run ID='{run_id}'.",
                INVALID_PARAMETER_VALUE,
            )
        there.update({param.key: param.value for param in params})

    def _params(self, run_id: str) -> dict[str, str]:
        found = self._runs.setdefault(run_id, {})
        if len(self._runs) > _RUNS:
            self._runs.popitem(last=False)
        return found
