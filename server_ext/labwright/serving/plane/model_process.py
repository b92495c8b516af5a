"""`python -m labwright.serving.plane.model_process FD NETWORK`: a version, loaded by MLflow, behind the socket FD.

The model's code is not trusted: this process has an environment without secrets, a folder of its own as working
directory (the model's files are in `model/`), and one descriptor, the socket to its data plane; what else it could
reach it gives up first (see `isolation`; NETWORK is `network` or `closed`). It ends when its data plane ends.
MLflow is imported while the files may still be on their way; the first message says that they are there. Then each
batch in gives one reply out: a list with, for each request, its predictions (as JSON text, so that the data plane need
not parse them) or an error in words.
"""

from __future__ import annotations

import ctypes
import signal
import socket
import sys
import time
import traceback
from typing import Any

from labwright import lifeline
from labwright.serving.plane import isolation, wire
from labwright.serving.values import Unsendable, jsonable, words_of

PR_SET_PDEATHSIG = 1


def main() -> None:
    """Load, say so, then answer batches until the data plane is gone."""
    connection = socket.socket(fileno=int(sys.argv[1]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        isolation.confine(connection.fileno(), network=sys.argv[2] == "network")
        if sys.platform == "linux":  # besides the lifeline: a model that never gives the GIL back ends as well
            ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        lifeline.watch()
        import mlflow.pyfunc

        if wire.receive(connection) is None:  # it was started ahead, and is not needed
            return
        begin = time.monotonic()
        model = mlflow.pyfunc.load_model("model")
    except BaseException as error:
        traceback.print_exc()
        wire.send(connection, {"error": words_of(error)})
        return
    wire.send(connection, {"ready": True, "load_seconds": time.monotonic() - begin})
    scorer = Scorer(model)
    while (batch := wire.receive(connection)) is not None:
        wire.send(connection, scorer.answer(batch["kind"], batch["columns"], batch["requests"]))


class Scorer:
    """Runs batches. Requests of a batch are run as one frame, and apart when they cannot be told apart afterwards."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._schema: Any = model.metadata.get_input_schema() if model.metadata is not None else None
        self._together = True

    def answer(self, kind: str, columns: list[str], requests: list[list[Any]]) -> list[dict[str, Any]]:
        """One reply per request: {"predictions": JSON text, "result": how to rebuild it} or {"error", "status"}."""
        if len(requests) > 1 and self._together:
            rows = [row for request in requests for row in request]
            try:
                found = self._model.predict(self._input(kind, columns, rows))
                return self._split(found, [len(request) for request in requests])
            except _NotByRow:
                self._together = False
            except Exception:  # noqa: S110 # one bad request must not fail its neighbours: each is run apart, below
                pass
        return [self._one(kind, columns, request) for request in requests]

    def _one(self, kind: str, columns: list[str], rows: list[Any]) -> dict[str, Any]:
        try:
            return jsonable(self._model.predict(self._input(kind, columns, rows)))
        except Unsendable as error:
            return {"error": f"What the model gave cannot be sent: {error}.", "status": 500, "code": "unsendable"}
        except Exception as error:
            # MLflow's own refusal is its check of the input against the signature.
            if isinstance(error, _BadInput) or type(error).__module__.startswith("mlflow"):
                return {"error": words_of(error), "status": 422}
            traceback.print_exc()
            return {"error": words_of(error), "status": 500}

    def _split(self, found: Any, sizes: list[int]) -> list[dict[str, Any]]:
        if not hasattr(found, "__len__") or isinstance(found, (dict, str)) or len(found) != sum(sizes):
            raise _NotByRow
        replies, first = [], 0
        for size in sizes:
            part = found.iloc[first : first + size] if hasattr(found, "iloc") else found[first : first + size]
            replies.append(jsonable(part))
            first += size
        return replies

    def _input(self, kind: str, columns: list[str], rows: list[Any]) -> Any:
        import numpy as np
        import pandas as pd
        from mlflow.utils import proto_json_utils

        schema: Any = self._schema
        cast: Any = proto_json_utils.cast_df_types_according_to_schema
        try:
            if kind == "tensor":
                known = schema is not None and schema.is_tensor_spec() and not schema.has_input_names()
                return np.array(rows, dtype=schema.input_types()[0] if known else None)
            frame = pd.DataFrame(rows, columns=columns)
            return frame if schema is None else cast(frame, schema)
        except Exception as error:
            raise _BadInput(words_of(error)) from error


class _NotByRow(Exception):
    """The model does not give one prediction a row."""


class _BadInput(Exception):
    """The request's values are not what the signature asks for."""


if __name__ == "__main__":
    main()
