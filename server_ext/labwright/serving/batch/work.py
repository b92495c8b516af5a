"""What runs on a worker: it loads the model once in its process, and predicts one part of the rows."""

from __future__ import annotations

import threading
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labwright.serving.values import words_of

if TYPE_CHECKING:
    import pandas as pd

_models: dict[str, Any] = {}  # digest → model, in this process
_loading = threading.Lock()
_predicting = threading.Lock()  # a model is anybody's code: no more than one thread is in it


@dataclass(frozen=True)
class Failed:
    """A part that the model could not predict: the error in a line, and its trace for who looks further."""

    words: str
    trace: str


def score(path: str, digest: str, rows: Any, keep: list[str]) -> Any:
    """Predictions of a part as a frame, with the columns `keep` of its rows before them; or `Failed`.

    `rows` is a frame, an array, or a part of a file that is read here.
    """
    try:
        given = rows.read() if hasattr(rows, "read") else rows
        model = load(path, digest)
        with _predicting:
            found = model.predict(prepared(_schema(model), given))
        return frame_of(found, given, keep)
    except Exception as error:
        return Failed(f"{type(error).__name__}: {words_of(error)}", traceback.format_exc()[-4000:])


def load(path: str, digest: str) -> Any:
    """The model, loaded at its first use in this process; the one before it goes."""
    with _loading:
        if digest not in _models:
            import mlflow.pyfunc

            _models.clear()
            _models[digest] = mlflow.pyfunc.load_model(path)
        return _models[digest]


def _schema(model: Any) -> Any:
    return model.metadata.get_input_schema() if model.metadata is not None else None


def prepared(schema: Any, given: Any) -> Any:
    """Rows as a model's signature has them, as the endpoint would make them of the same values."""
    from mlflow.utils import proto_json_utils

    if schema is None or not hasattr(given, "columns"):
        return given
    if schema.is_tensor_spec():
        if schema.has_input_names():
            types = dict(zip(schema.input_names(), schema.input_types(), strict=True))
            return {name: given[name].to_numpy(dtype=types[name]) for name in types}
        return given.to_numpy(dtype=schema.input_types()[0])
    known = [name for name in given.columns if name in set(schema.input_names())] if schema.has_input_names() else None
    cast: Any = proto_json_utils.cast_df_types_according_to_schema
    return cast(given[known].copy() if known is not None else given.copy(), schema)


def frame_of(found: Any, given: Any, keep: list[str]) -> pd.DataFrame:
    """What `predict` gave, as a frame of as many rows as it was given. Errors: ValueError."""
    import numpy as np
    import pandas as pd

    count = len(given)
    index = given.index if hasattr(given, "index") else None
    if isinstance(found, dict):
        found = pd.DataFrame({str(name): list(values) for name, values in found.items()})
    if isinstance(found, list) and found and isinstance(found[0], dict):
        found = pd.DataFrame(found)
    if not hasattr(found, "__len__") or isinstance(found, str) or len(found) != count:
        told = f"{len(found):,}" if hasattr(found, "__len__") else "one"
        raise ValueError(f"the model gave {told} predictions for {count:,} rows")
    if isinstance(found, pd.DataFrame):
        made = found.set_axis([str(name) for name in found.columns], axis=1)
    elif isinstance(found, np.ndarray) and found.ndim == 2:
        made = pd.DataFrame(found, columns=[f"prediction_{place}" for place in range(found.shape[1])])
    elif isinstance(found, np.ndarray) and found.ndim > 2:
        made = pd.DataFrame({"prediction": [item.tolist() for item in found]})
    else:
        values = found.array if isinstance(found, pd.Series) else found
        made = pd.DataFrame({"prediction": values})
    made.index = index if index is not None else pd.RangeIndex(count)
    if keep:
        taken = [name for name in made if name in keep]
        made = pd.concat([given[keep], made.rename(columns={name: f"predicted_{name}" for name in taken})], axis=1)
    return made
