"""In the model's process: batches become what the model takes, and what it gives becomes replies.

Requests of a batch are run as one frame or tensor; apart, when the model fails on them together or does not give one
prediction a row. What is answered is `model.predict` of what was run, bit for bit.
"""

from __future__ import annotations

import json
import traceback
from typing import Any

from labwright.serving.plane.rows import BadRequest
from labwright.serving.plane.threads import Threads
from labwright.serving.values import Unsendable, jsonable, note_of, number_texts, words_of


class Scorer:
    """A loaded model."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._schema: Any = model.metadata.get_input_schema() if model.metadata is not None else None
        self._together = True
        self._threads: Threads | None = None

    def answer(self, head: dict[str, Any], body: bytearray) -> tuple[list[dict[str, Any]], list[bytes]]:
        """A reply for each request, and the bytes of raw answers.

        A reply: {"predictions": JSON text, "result": how to rebuild it, "rows"}, or {"tensors": heads of the raw
        answer, "result", "rows"}, or {"error", "status", "code"}.
        """
        self._parts: list[bytes] = []
        counts = head["counts"]
        try:
            values = self._values(head, body)
        except Exception as error:
            return [self._refusal(error)] * len(counts), []
        if len(counts) > 1 and self._together:
            try:
                found = self._predict(head, values)
                return self._split(head, found, counts), self._parts
            except _NotByRow:
                self._together = False
            except Exception:  # noqa: S110 # one bad request must not fail its neighbours: each is run apart, below
                pass
            self._parts.clear()
        if len(counts) == 1:
            return [self._one(head, values)], self._parts
        replies, first = [], 0
        for count in counts:
            replies.append(self._one(head, values[first : first + count]))
            first += count
        return replies, self._parts

    def _one(self, head: dict[str, Any], values: Any) -> dict[str, Any]:
        try:
            return self._reply(head, self._predict(head, values), _length(head, values))
        except Exception as error:
            return self._refusal(error)

    def _refusal(self, error: Exception) -> dict[str, Any]:
        if isinstance(error, BadRequest):
            return {"error": error.detail, "status": error.status, "code": error.code}
        if isinstance(error, Unsendable):
            return {"error": f"What the model gave cannot be sent: {error}.", "status": 500, "code": "unsendable"}
        # MLflow's own refusal is its check of the input against the signature.
        if isinstance(error, _BadInput) or type(error).__module__.startswith("mlflow"):
            return {"error": words_of(error), "status": 422}
        traceback.print_exception(error)
        return {"error": words_of(error), "status": 500}

    def _predict(self, head: dict[str, Any], values: Any) -> Any:
        found = self._input(head, values)
        params = head.get("params")
        if self._threads is not None:
            self._threads.suit(sum(head["counts"]))
        answer = self._model.predict(found, params=params) if params else self._model.predict(found)
        if self._threads is None:
            self._threads = Threads()  # libraries are loaded at the first prediction
        return answer

    def _split(self, head: dict[str, Any], found: Any, counts: list[int]) -> list[dict[str, Any]]:
        if not hasattr(found, "__len__") or isinstance(found, (dict, str)) or len(found) != sum(counts):
            raise _NotByRow
        if (texts := number_texts(found, counts)) is not None and not head.get("raw"):
            note = note_of(found)
            return [{"predictions": text, "result": note, "rows": n} for text, n in zip(texts, counts, strict=True)]
        replies, first = [], 0
        for count in counts:
            part = found.iloc[first : first + count] if hasattr(found, "iloc") else found[first : first + count]
            replies.append(self._reply(head, part, count))
            first += count
        return replies

    def _reply(self, head: dict[str, Any], found: Any, count: int) -> dict[str, Any]:
        if head.get("raw"):
            tensors = _tensors(found)
            if tensors is not None:
                heads = []
                for name, values in tensors.items():
                    self._parts.append(values.tobytes())
                    heads.append({"name": name, "dtype": str(values.dtype), "shape": list(values.shape)})
                return {"tensors": heads, "result": json.dumps({"kind": "tensors"}), "rows": count}
        return jsonable(found) | {"rows": count}

    def _values(self, head: dict[str, Any], body: bytearray) -> Any:
        """The batch's rows, which can be cut where one request ends: a list, an array, or what cannot be cut."""
        import numpy as np

        form = head["form"]
        if form == "doubles":
            return np.frombuffer(body, dtype=np.float64).reshape(sum(head["counts"]), -1)
        if form == "rows" or form == "named":
            return json.loads(bytes(body))
        if form == "csv":
            from labwright.serving.plane.bulk import read_csv

            return read_csv(head, body)
        arrays, first = {}, 0
        for tensor in head["tensors"]:
            kind = np.dtype(tensor["dtype"])
            size = kind.itemsize * int(np.prod(tensor["shape"], dtype=np.int64))
            values = np.frombuffer(memoryview(body)[first : first + size], dtype=kind)
            arrays[tensor["name"]] = values.reshape(tensor["shape"])
            first += size
        return next(iter(arrays.values())) if list(arrays) == [""] else arrays

    def _input(self, head: dict[str, Any], values: Any) -> Any:
        """What the model takes."""
        import numpy as np
        import pandas as pd
        from mlflow.utils import proto_json_utils

        schema: Any = self._schema
        cast: Any = proto_json_utils.cast_df_types_according_to_schema
        form, kind, columns = head["form"], head["kind"], head["columns"]
        tensors = schema is not None and schema.is_tensor_spec()
        try:
            if kind == "named" or (kind == "raw" and tensors and schema.has_input_names()):
                types = dict(zip(schema.input_names(), schema.input_types(), strict=True))
                pairs = zip(columns, values, strict=True) if kind == "named" else values.items()
                return {name: np.asarray(items, dtype=types[name]) for name, items in pairs}
            if kind == "tensor":
                known = tensors and not schema.has_input_names()
                return np.array(values, dtype=schema.input_types()[0] if known else None)
            if kind == "csv" and tensors:
                return values.to_numpy(dtype=schema.input_types()[0])
            if kind == "raw" and not isinstance(values, dict):
                return values
            if kind == "raw":
                values = {name: list(items) if items.ndim > 1 else items for name, items in values.items()}
            frame = pd.DataFrame(values) if kind in ("csv", "raw") else pd.DataFrame(values, columns=columns)
            fits = schema is None or (form == "doubles" and head.get("exact"))
            return frame if fits else cast(frame, schema)
        except Exception as error:
            raise _BadInput(words_of(error)) from error


def _length(head: dict[str, Any], values: Any) -> int:
    """How many rows a request has that is run by itself."""
    if head["kind"] == "named":
        return len(values[0])
    if isinstance(values, dict):
        values = next(iter(values.values()))
    return len(values) if getattr(values, "ndim", 1) else 1


def _tensors(found: Any) -> dict[str, Any] | None:
    """A model's answer as arrays of numbers; None when it is something else."""
    import numpy as np
    import pandas as pd

    if isinstance(found, pd.Series):
        found = {"": found.to_numpy()}
    elif isinstance(found, pd.DataFrame):
        found = {str(name): found[name].to_numpy() for name in found.columns} if found.columns.is_unique else None
    elif isinstance(found, np.ndarray):
        found = {"": found}
    if not isinstance(found, dict) or not found:
        return None
    good = all(isinstance(values, np.ndarray) and values.dtype.kind in "biuf" for values in found.values())
    return {str(name): np.ascontiguousarray(values) for name, values in found.items()} if good else None


class _NotByRow(Exception):
    """The model does not give one prediction a row."""


class _BadInput(Exception):
    """The request's values are not what the signature asks for."""
