"""A job (see `service.children`): fetch a model version's files by MLflow's own client, and write its card."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

from labwright.errors import InvalidError
from labwright.serving.folder import digest
from labwright.serving.model_files import describe, requirements
from labwright.serving.values import Unsendable, column_names, plain, words_of


def fetch(uri: str, target: str, environment: dict[str, str]) -> dict[str, Any]:
    """Fetch `uri` into `target`/model and give the card, which is written beside it. Errors: InvalidError."""
    os.environ.update(environment)
    import mlflow
    from mlflow.models import Model

    folder = Path(target)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        found = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=str(folder / "fetched"))
    except Exception as error:
        raise InvalidError(f"The model's files cannot be fetched: {words_of(error)}", code="no_files") from error
    if not (Path(found) / "MLmodel").exists():
        raise InvalidError("The version's files are not an MLflow model: they have no MLmodel file.", code="no_model")
    os.replace(found, folder / "model")
    shutil.rmtree(folder / "fetched", ignore_errors=True)
    model = Model.load(str(folder / "model"))
    about = describe(folder / "model")
    card = {
        "signature": _signature(model),
        "params": _params(model),
        "tensor": bool(model.signature and model.signature.inputs and _is_tensor(model.signature.inputs)),
        "example": _example(model, folder / "model"),
        "digest": digest(folder / "model"),
        "flavors": sorted(model.flavors),
        "size": about.size,
        "formats": about.formats,
        "pickles": about.pickles,
        "requirements": requirements(folder / "model"),
    }
    (folder / "card.json").write_text(json.dumps(card))
    return card


def _is_tensor(schema: Any) -> bool:
    return bool(schema.is_tensor_spec() and not schema.has_input_names())


def _signature(model: Any) -> dict[str, Any] | None:
    if model.signature is None or model.signature.inputs is None:
        return None
    outputs = model.signature.outputs
    return {
        "inputs": _columns(model.signature.inputs, "input"),
        "outputs": [] if outputs is None else _columns(outputs, "prediction"),
    }


def _params(model: Any) -> list[dict[str, Any]]:
    schema = None if model.signature is None else model.signature.params
    return [
        {"name": spec.name, "type": spec.dtype.name, "default": plain(spec.default), "shape": spec.shape}
        for spec in (schema.params if schema is not None else [])
    ]


def _columns(schema: Any, unnamed: str) -> list[dict[str, Any]]:
    columns = []
    for place, spec in enumerate(schema.inputs):
        shape = getattr(spec, "shape", None)
        kind = getattr(spec.type, "name", str(spec.type))
        columns.append(
            {
                "name": spec.name or (unnamed if len(schema.inputs) == 1 else f"{unnamed}_{place}"),
                "type": kind if shape is None else f"tensor of {kind} {list(shape)}",
                "required": bool(getattr(spec, "required", True)),
            }
        )
    return columns


def _example(model: Any, path: Path) -> dict[str, Any] | None:
    """The first rows of the input example, as the data plane takes them; None where there is none that it could."""
    try:
        example = model.load_input_example(str(path))
    except Exception as error:
        raise InvalidError(
            f"The model's input example cannot be read: {words_of(error)}", code="bad_example"
        ) from error
    try:
        return _sendable(example)
    except Unsendable as error:
        words = f"The model's input example cannot be sent: {error}. Log the model with another one."
        raise InvalidError(words, code="bad_example") from None


def _sendable(example: Any) -> dict[str, Any] | None:
    import numpy as np
    import pandas as pd

    if isinstance(example, pd.DataFrame):
        rows = example.head(5)
        data = [[plain(value) for value in row] for row in rows.astype(object).itertuples(index=False)]
        return {"kind": "frame", "columns": column_names(rows), "data": data}
    if isinstance(example, np.ndarray):
        return {"kind": "tensor", "columns": [], "data": plain(example[:5])}
    return None
