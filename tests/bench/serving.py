"""Serving: an endpoint against MLflow's server, LitServe and BentoML, side by side (see `serving_peers`).

`serving.throughput` and `serving.p99`: one row a request, 16 connections, one worker each, Labwright's prediction log
on; answers are checked. `serving.overhead`: at one connection, the median latency over that of `model.predict` in this
process. `serving.csv`, `serving.tensor`: 100,000 rows of CSV; 4 MB of float32, through v2's binary form here and as
JSON for MLflow, which has no other. `serving.first_prediction`: from the click (for MLflow: the start of its server) to
the first answer. `serving.memory`: PSS of all processes.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

from tests.bench import serving_first, serving_model, serving_peers
from tests.bench.measure import paired, report
from tests.bench.serving_peers import Server

SECONDS = 3.0
CONNECTIONS = 16


def run(pairs: int) -> None:
    """Measure all."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # else the servers would outlive us
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        os.environ["LABWRIGHT_HOME"] = str(folder / "home")
        asked = serving_model.make(folder)
        servers = {"labwright": stack.enter_context(serving_peers.labwright(folder / "frames", asked.path))}
        peers: dict[str, AbstractContextManager[Server]] = {
            "mlflow": serving_peers.mlflow(asked.path),
            "litserve": serving_peers.litserve(asked.path),
            "bentoml": serving_peers.bentoml(asked.path),
        }
        for peer, context in peers.items():
            try:
                servers[peer] = stack.enter_context(context)
            except (RuntimeError, OSError, subprocess.CalledProcessError) as error:
                print(f"{peer} cannot be measured: {error}", file=sys.stderr)
        _many_small(pairs, asked, servers)
        few = max(3, pairs // 4)
        both: dict[str, Server] = {str(name): servers[name] for name in ("labwright", "mlflow") if name in servers}
        _overhead(few, asked, both)
        _csv(max(5, few), asked, both)
        with (
            serving_peers.labwright(folder / "tensors", folder / "tensor") as ours,
            serving_peers.mlflow(folder / "tensor") as theirs,
        ):
            _tensor(few, asked, {"labwright": ours, "mlflow": theirs})
        report("serving.memory", "MB", {name: [one.memory()] for name, one in both.items()}, lower_is_better=True)
    serving_first.run(few)


def _many_small(pairs: int, asked: serving_model.Asked, servers: dict[str, Server]) -> None:
    seen: dict[str, list[dict[str, Any]]] = {name: [] for name in servers}

    def measure(name: str) -> float:
        seen[name].append(_load(asked, servers[name], CONNECTIONS, SECONDS))
        return 0.0

    for name, server in servers.items():
        _load(asked, server, CONNECTIONS, 1)  # warm
        seen[name].clear()
    paired(pairs, {name: lambda name=name: measure(name) for name in servers})  # type: ignore[misc]
    for line, key, lower in (("serving.throughput", "per_second", False), ("serving.p99", "p99_ms", True)):
        values = {name: [one[key] for one in found] for name, found in seen.items()}
        report(line, "ms" if lower else "requests/s", values, lower_is_better=lower)


def _load(asked: serving_model.Asked, server: Server, connections: int, seconds: float) -> dict[str, Any]:
    """Load from a process of its own. Errors: RuntimeError when an answer was wrong."""
    order = {
        "port": server.port, "path": server.path, "headers": server.headers, "connections": connections,
        "bodies": [server.body(text) for text in asked.bodies], "expected": asked.expected, "seconds": seconds,
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.serving_load"], input=json.dumps(order), text=True, capture_output=True,
        timeout=seconds + 60, check=False,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(done.stderr[-500:])
    found: dict[str, Any] = json.loads(done.stdout)
    if found["wrong"]:
        raise RuntimeError(f"{found['wrong']} of {found['requests']} answers are wrong: {found['first_wrong']}")
    return found


def _overhead(pairs: int, asked: serving_model.Asked, servers: dict[str, Server]) -> None:
    import mlflow

    model = mlflow.pyfunc.load_model(str(asked.path))
    rows = [asked.table.iloc[[number]] for number in range(100)]

    def added(name: str) -> float:
        times = []
        for row in rows:
            begin = time.perf_counter()
            model.predict(row)
            times.append(time.perf_counter() - begin)
        plain = statistics.median(times) * 1000
        return float(_load(asked, servers[name], 1, 1.5)["p50_ms"]) - plain

    values = paired(pairs, {name: lambda name=name: added(name) for name in servers})  # type: ignore[misc]
    report("serving.overhead", "ms", values, lower_is_better=True)


def _csv(pairs: int, asked: serving_model.Asked, servers: dict[str, Server]) -> None:
    content = asked.table.to_csv(index=False).encode()
    answers: dict[str, list[float]] = {}

    def measure(name: str) -> float:
        begin = time.perf_counter()
        answer = servers[name].post(content, "text/csv")
        seconds = time.perf_counter() - begin
        answers[name] = json.loads(answer)["predictions"]
        return seconds

    for name in servers:
        measure(name)  # warm: what reads a CSV is imported by the first one
    values = paired(pairs, {name: lambda name=name: measure(name) for name in servers})  # type: ignore[misc]
    _same(answers)
    report("serving.csv", "s", values, lower_is_better=True)


def _tensor(pairs: int, asked: serving_model.Asked, servers: dict[str, Server]) -> None:
    import numpy as np

    answers: dict[str, list[float]] = {}
    values = asked.tensor
    tensor = {"name": "input", "datatype": "FP32", "shape": list(values.shape)}
    head = {"inputs": [tensor | {"parameters": {"binary_data_size": values.nbytes}}]}
    head["outputs"] = [{"name": "prediction", "parameters": {"binary_data": True}}]
    length = str(len(json.dumps(head).encode()))

    def measure(name: str) -> float:
        begin = time.perf_counter()
        if name == "labwright":
            body = json.dumps(head).encode() + values.tobytes()
            sizes = {"Inference-Header-Content-Length": length}
            reply = servers[name].post(body, "application/octet-stream", "/v2/models/late/infer", **sizes)
            seconds = time.perf_counter() - begin
            place = reply.index(b"}]}") + 3 if b"}]}" in reply else 0
            answers[name] = np.frombuffer(reply[-8 * len(values) :], dtype="<f8").tolist() if place else []
            return seconds
        answer = servers[name].post(json.dumps({"inputs": values.tolist()}).encode(), "application/json")
        seconds = time.perf_counter() - begin
        answers[name] = json.loads(answer)["predictions"]
        return seconds

    found = paired(pairs, {name: lambda name=name: measure(name) for name in servers})  # type: ignore[misc]
    _same(answers)
    report("serving.tensor", "s", found, lower_is_better=True)


def _same(answers: dict[str, list[float]]) -> None:
    """Errors: RuntimeError when two servers answer differently."""
    import numpy as np

    first, *others = answers.values()
    for other in others:
        if len(first) != len(other) or not np.allclose(first, other, rtol=1e-12, atol=0):
            raise RuntimeError("the servers answer differently")
