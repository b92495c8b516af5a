"""`python -m tests.attack PLAN`: promote an attacker's model in this state folder, and write down what it found.

PLAN is a JSON file: {"ways", "folders", "files", "sockets", "ports", "pids", "landlock", "answer"}. Without
`landlock` the process, and all that it starts, is where there is none and where nobody may become another user.
"""

from __future__ import annotations

import errno
import json
import os
import platform
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from labwright.serving.plane.isolation import identity, landlock, seccomp


def main() -> None:
    """Take away Landlock if the plan says so, then work as a user does."""
    plan = json.loads(Path(sys.argv[1]).read_text())
    if not plan["landlock"]:
        machine = platform.machine()
        seccomp.install(seccomp.program(machine, {landlock.CREATE_RULESET: errno.ENOSYS}))
        if os.geteuid() == 0:
            identity.drop_capabilities()
    found = attack(plan)
    Path(plan["answer"]).write_text(json.dumps(found))


def attack(plan: dict[str, Any]) -> dict[str, Any]:
    """Card, endpoint and findings."""
    from labwright.client import Client
    from labwright.experiments.models import Tracking
    from labwright.serving.models import ConsumerToken, Endpoint, NewConsumer, Promote, SetSettings
    from labwright.serving.readiness.models import ReadinessCard
    from labwright.state import folders, processes

    client = Client()
    os.environ["MLFLOW_TRACKING_URI"] = client.get("/experiments/tracking", Tracking).uri
    os.environ["MLFLOW_TRACKING_TOKEN"] = client.token
    import mlflow

    from tests import hostile

    mlflow.set_experiment("attack")
    found: dict[str, Any] = {"answers": _normal_models(client) if plan["landlock"] else {}}
    with mlflow.start_run() as run:
        mlflow.pyfunc.log_model(name="model", **hostile.hostile())
    operation = _promote(client, "hostile", Promote(run_id=run.info.run_id))
    card: ReadinessCard = client.get(f"/serving/promotions/{operation.id}/readiness", ReadinessCard)
    endpoint: Endpoint = client.get("/serving/endpoints/hostile", Endpoint)
    consumer: ConsumerToken = client.post(
        "/serving/endpoints/hostile/consumers", ConsumerToken, NewConsumer(name="ana")
    )
    where = folders()
    of_labwright = [process.pid for process in processes(where)]
    found["seen"] = [_seen(pid) for pid in of_labwright]
    hints = {
        "folders": [*plan["folders"], str(where.home), str(where.runtime)],
        "files": plan["files"],
        "paths": [*plan["sockets"], *map(str, where.runtime.glob("*.sock"))],
        "ports": [*plan["ports"], int(str(endpoint.url).rsplit(":", 1)[1])],
        "pids": [*plan["pids"], *(of_labwright if plan["landlock"] else [])],
        "every_pid": plan["landlock"],
    }
    import pandas as pd

    import labwright as lw

    def ask(way: str) -> Any:
        (answer,) = lw.serving.predict("hostile", pd.DataFrame({"way": [way], "hints": [json.dumps(hints)]}))
        return json.loads(answer)

    found |= {way: ask(way) for way in plan["ways"]}
    if plan["landlock"]:
        settings = endpoint.settings.model_copy(update={"network": True})
        client.request("PUT", "/serving/endpoints/hostile/settings", body=SetSettings(settings=settings))
        end = time.monotonic() + 60
        while not (opened := ask("ports"))["found"] and time.monotonic() < end:
            time.sleep(0.1)
        found["opened"] = {"ports": opened, "sockets": ask("sockets"), "files": ask("files")}
        found["said"] = client.get("/serving/endpoints/hostile", Endpoint).isolation
    found |= {"card": card.model_dump(mode="json"), "endpoint": endpoint.model_dump(mode="json")}
    found["consumer"] = consumer.token
    return found


def _seen(pid: int) -> dict[str, Any]:
    """What anybody may read of a process's start, and what its user may."""
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return {"arguments": process.cmdline(), "environment": process.environ()}
    return {}


def _normal_models(client: Any) -> dict[str, Any]:
    """What models of three kinds answer, and what they should; the first one's log holds a value of the user's."""
    import mlflow
    import numpy as np
    import pandas as pd
    import torch

    import labwright as lw
    from labwright.serving.models import Promote
    from tests import models

    answers = {}
    with mlflow.start_run() as linear:
        model, keywords = models.linear()
        mlflow.sklearn.log_model(model, name="model", **keywords)
    _promote(client, "linear", Promote(run_id=linear.info.run_id))
    frame = models.flights()[0].head(3)
    answers["sklearn"] = [lw.serving.predict("linear", frame).tolist(), model.predict(frame).tolist()]

    layers = torch.nn.Sequential(torch.nn.Linear(4, 64), torch.nn.ReLU(), torch.nn.Linear(64, 1))
    values = frame.to_numpy().astype("float32")
    expected = layers(torch.from_numpy(values)).detach().numpy()
    with mlflow.start_run() as net:
        signature = mlflow.models.infer_signature(values, expected)
        mlflow.pytorch.log_model(
            layers, name="model", signature=signature, input_example=values, pip_requirements=["torch"]
        )
    _promote(client, "net", Promote(run_id=net.info.run_id))
    given = np.array(lw.serving.predict("net", values))
    answers["torch"] = [given.round(5).tolist(), expected.round(5).tolist()]

    code = Path(tempfile.mkdtemp())
    (code / "shouting").mkdir()
    (code / "shouting" / "__init__.py").write_text("from shouting.words import loud\n")
    (code / "shouting" / "words.py").write_text("def loud(text):\n    return text.upper()\n")
    (code / "model.py").write_text(
        "import mlflow\n\nclass Loud(mlflow.pyfunc.PythonModel):\n"
        "    def predict(self, context, model_input, params=None):\n        import shouting\n"
        "        return [shouting.loud(each) for each in model_input['text']]\n\n"
        "mlflow.models.set_model(Loud())\n"
    )
    texts = pd.DataFrame({"text": ["planted-in-a-log"]})
    with mlflow.start_run() as loud:
        mlflow.pyfunc.log_model(
            name="model", python_model=str(code / "model.py"), code_paths=[str(code / "shouting")],
            signature=mlflow.models.infer_signature(texts, ["X"]), input_example=texts, pip_requirements=["pandas"],
        )  # fmt: skip
    _promote(client, "loud", Promote(run_id=loud.info.run_id))
    answers["code"] = [list(lw.serving.predict("loud", texts)), ["PLANTED-IN-A-LOG"]]
    return answers


def _promote(client: Any, name: str, body: Any) -> Any:
    from labwright.client import follow
    from labwright.service.models import Operation

    operation = client.post(f"/serving/endpoints/{name}/promotions", Operation, body)
    return follow(operation, cancelled="It was cancelled.")


if __name__ == "__main__":
    main()
