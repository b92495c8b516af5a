"""`python -m labwright.serving.plane.model_process FD NETWORK`: a version, loaded by MLflow, behind the socket FD.

The model's code is not trusted: this process has an environment without secrets, a folder of its own as working
directory (the model's files are in `model/`), and one descriptor, the socket to its data plane; what else it could
reach it gives up first (see `isolation`; NETWORK is `network` or `closed`). It ends when its data plane ends.
MLflow is imported while the files may still be on their way; the first message says that they are there. Then each
batch in gives one reply out: a list with, for each request, its predictions (as JSON text, so that the data plane need
not parse them) or an error in words.
"""

from __future__ import annotations

import contextlib
import ctypes
import select
import signal
import socket
import sys
import time
import traceback

from labwright import lifeline
from labwright.serving.plane import isolation, wire
from labwright.serving.plane.scorer import Scorer
from labwright.serving.values import words_of

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

        if not select.select([connection], [], [], 0)[0]:
            _import_ahead()
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
        replies, parts = scorer.answer(*batch)
        wire.send(connection, replies, *parts)


def _import_ahead() -> None:
    """While the files are on their way, import what most models need: it is most of the time that a small one loads."""
    with contextlib.suppress(ImportError):
        import sklearn.ensemble  # noqa: F401


if __name__ == "__main__":
    main()
