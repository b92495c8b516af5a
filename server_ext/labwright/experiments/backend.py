"""MLflow's runs, experiments and models as our models, read by its REST API."""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labwright.errors import LabwrightError
from labwright.experiments import mlflow_rest
from labwright.experiments.capture.names import COSTS
from labwright.experiments.models import Experiment, LoggedModel, Metric, Number, Run
from labwright.service.context import Context

NOTEBOOK_TAG = "labwright.notebook"
SQL_INFINITY = 1.7976931348623157e308  # MLflow's SQL store keeps infinity as the largest double.

Json = dict[str, Any]


def time_of(milliseconds: Any) -> datetime | None:
    """MLflow's milliseconds since the epoch."""
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC) if milliseconds else None


def number(value: Any) -> tuple[Number, str]:
    """A metric's value as JSON can have it, and as text."""
    found = float(value)  # MLflow writes NaN as a string
    if math.isnan(found):
        return None, "nan"
    if abs(found) >= SQL_INFINITY:
        return None, "inf" if found > 0 else "-inf"
    return found, f"{found:.6g}"


def experiment_of(found: Json) -> Experiment:
    """An experiment from MLflow's JSON."""
    return Experiment(
        experiment_id=found["experiment_id"], name=found["name"], updated=time_of(found.get("last_update_time"))
    )


def run_of(found: Json, experiment: str, models: list[LoggedModel]) -> Run:
    """A run from MLflow's JSON."""
    info, data = found["info"], found.get("data", {})
    tags = {item["key"]: item.get("value", "") for item in data.get("tags", [])}
    metrics = {}
    for item in data.get("metrics", []):
        value, text = number(item["value"])
        metrics[item["key"]] = Metric(value=value, text=text, step=int(item.get("step", 0)))
    return Run(
        run_id=info["run_id"],
        name=info.get("run_name") or tags.get("mlflow.runName", ""),
        experiment_id=info["experiment_id"],
        experiment=experiment,
        status=info["status"],
        started=time_of(info.get("start_time")),
        ended=time_of(info.get("end_time")),
        params={item["key"]: item.get("value", "") for item in data.get("params", [])},
        metrics=metrics,
        tags={name: value for name, value in tags.items() if not name.startswith(("mlflow.", "labwright."))},
        notebook=tags.get(NOTEBOOK_TAG),
        source=tags.get("mlflow.source.name"),
        models=models,
        costs=_costs(tags),
    )


def _costs(tags: dict[str, str]) -> dict[str, float]:
    """The numbers of the cost tags, by the last part of their names; a tag that is no finite number is none."""
    found = {}
    for name in COSTS:
        try:
            value = float(tags.get(name, "nan"))
        except ValueError:
            continue
        if math.isfinite(value):
            found[name.rpartition(".")[2]] = value
    return found


def models_of(context: Context, runs: list[Json]) -> dict[str, list[LoggedModel]]:
    """The models of each run: MLflow 3's logged models, else the older ones inside the run's artifacts."""
    wanted = {
        run["info"]["run_id"]: run["info"]["experiment_id"]
        for run in runs
        if run.get("outputs", {}).get("model_outputs")
    }
    found: dict[str, list[LoggedModel]] = {run["info"]["run_id"]: _older_models(run) for run in runs}
    for item in _logged_models(context, wanted):
        info = item["info"]
        found[info["source_run_id"]].append(
            LoggedModel(
                name=info["name"],
                model_id=info["model_id"],
                uri=f"models:/{info['model_id']}",
                has_signature=_has_signature(context, info),
            )
        )
    return found


def _logged_models(context: Context, wanted: dict[str, str]) -> list[Json]:
    """Logged models of runs (run id → experiment id), oldest first; only those that were logged whole."""
    if not wanted:
        return []
    names = ", ".join(f"'{run_id}'" for run_id in wanted)
    body: Json = {
        "experiment_ids": sorted(set(wanted.values())),
        "filter": f"source_run_id IN ({names})",
        "max_results": 1000,
    }
    found: list[Json] = []
    while True:
        reply = mlflow_rest.call(context, "POST", "/api/2.0/mlflow/logged-models/search", body=body)
        found += reply.get("models", [])
        if not reply.get("next_page_token"):
            break
        body["page_token"] = reply["next_page_token"]
    ready = [item for item in found if item["info"]["status"] == "LOGGED_MODEL_READY"]
    return sorted(ready, key=lambda item: int(item["info"]["creation_timestamp_ms"]))


def _older_models(run: Json) -> list[LoggedModel]:
    tags = {item["key"]: item.get("value", "") for item in run.get("data", {}).get("tags", [])}
    try:
        history = json.loads(tags.get("mlflow.log-model.history", "[]"))
        return [
            LoggedModel(
                name=str(entry["artifact_path"]),
                model_id=None,
                uri=f"runs:/{run['info']['run_id']}/{entry['artifact_path']}",
                has_signature=bool(entry.get("signature")),
            )
            for entry in history
            if not entry.get("model_id")
        ]
    except (ValueError, KeyError, TypeError, AttributeError):
        return []


_signatures: dict[str, bool] = {}  # by model id; a logged model does not change


def _has_signature(context: Context, info: Json) -> bool:
    model_id = info["model_id"]
    if model_id not in _signatures:
        try:
            text = _model_file(context, info)
        except (LabwrightError, OSError):
            return False
        _signatures[model_id] = "\nsignature:" in f"\n{text}"
    return _signatures[model_id]


def _model_file(context: Context, info: Json) -> str:
    """The model's MLmodel file: from our own artifact folder where it is there, else by MLflow."""
    location = str(info.get("artifact_uri", ""))
    mlflow = mlflow_rest.server(context)
    if mlflow.embedded and location.startswith("mlflow-artifacts:/") and "//" not in location:
        root = (mlflow.folder / "artifacts").resolve()
        path = (root / location.removeprefix("mlflow-artifacts:/") / "MLmodel").resolve()
        if path.is_relative_to(root) and path.exists():
            return Path(path).read_text()
    path_of = f"/ajax-api/2.0/mlflow/logged-models/{info['model_id']}/artifacts/files"
    return mlflow_rest.send(context, "GET", path_of, params={"artifact_file_path": "MLmodel"}).text
