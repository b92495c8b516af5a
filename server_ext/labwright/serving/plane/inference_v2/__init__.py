"""The Open Inference Protocol, version 2, over HTTP, with the binary data extension: KServe's and Triton's clients.

https://github.com/kserve/open-inference-protocol. A model's name here is the endpoint's; its versions are those that
answer calls now. Errors are {"error": a sentence, "code"}.
"""

from __future__ import annotations

import json
from typing import Any

from labwright.serving.plane.asking import Asker
from labwright.serving.plane.http import Call, Handler, Reply, busy, json_reply
from labwright.serving.plane.inference_v2 import reply, request
from labwright.serving.plane.inference_v2.datatypes import of_signature
from labwright.serving.plane.inference_v2.mapping import to_rows
from labwright.serving.plane.pool import Pool
from labwright.serving.plane.rows import BadRequest, Rows
from labwright.serving.plane.scoring import Schema
from labwright.serving.plane.waiting import Unavailable

PREFIX = "/v2"
KINDS = ("", "application/json", "application/octet-stream")  # Triton's client names none


def routes(asker: Asker) -> dict[str, dict[str, Handler]]:
    """Paths, and the handler of each method."""
    asked = Protocol(asker)
    model, version = "/v2/models/{model}", "/v2/models/{model}/versions/{version}"
    return {
        "/v2": {"GET": asked.server},
        "/v2/health/live": {"GET": asked.live},
        "/v2/health/ready": {"GET": asked.ready},
        model: {"GET": asked.metadata},
        f"{model}/ready": {"GET": asked.ready},
        f"{model}/infer": {"POST": asked.infer},
        version: {"GET": asked.metadata},
        f"{version}/ready": {"GET": asked.ready},
        f"{version}/infer": {"POST": asked.infer},
    }


def as_v2(found: Reply) -> Reply:
    """An error as this protocol has it, from a problem reply."""
    content = json.loads(found.body)
    body = json.dumps({"error": content["detail"], "code": content["code"]}).encode()
    return Reply(found.status, body, found.headers | {"content-type": "application/json"})


class Protocol:
    """The handlers."""

    def __init__(self, asker: Asker) -> None:
        self._asker = asker

    async def server(self, _call: Call) -> Reply:
        """What this server is."""
        from labwright import __version__

        return json_reply({"name": "labwright", "version": __version__, "extensions": ["binary_tensor_data"]})

    async def live(self, _call: Call) -> Reply:
        """It answers, so it lives."""
        return json_reply({"live": True})

    async def ready(self, call: Call) -> Reply:
        """Whether the model, or the version, can be asked now."""
        pool = self._pool(call)
        if pool is None or pool.state != "ready":
            return busy("The model is not ready yet." if pool else "Nothing is promoted to this endpoint yet.")
        named = {"name": self._asker.name} if "model" in call.parts else {}
        return json_reply(named | {"ready": True})

    async def metadata(self, call: Call) -> Reply:
        """Versions, inputs and outputs."""
        pool = self._pool(call)
        signature = pool.schema.card["signature"] if pool is not None else None
        return json_reply(
            {
                "name": self._asker.name,
                "versions": [share.pool.version for share in self._asker.traffic.shares],
                "platform": "mlflow",
                "inputs": [_tensor(one) for one in signature["inputs"]] if signature else [],
                "outputs": [_tensor(one) for one in signature["outputs"]] if signature else [],
            }
        )

    async def infer(self, call: Call) -> Reply:
        """Ask the model."""
        wanted: request.Request | None = None
        schemas: list[Schema] = []  # the last one is of the version that answers
        try:
            self._pool(call)
            call.version = call.parts.get("version")
            kind = call.headers.get("content-type", "").partition(";")[0].strip().lower()
            if kind not in KINDS:
                raise BadRequest("Send application/json, or application/octet-stream.", status=415, code="media_type")
            body = await call.body()
        except (BadRequest, Unavailable) as error:
            self._asker.refuse(call, error)
            raise

        def parse(schema: Schema) -> Rows:
            nonlocal wanted
            if wanted is None:
                wanted = request.read(body, call.headers.get("inference-header-content-length"))
            schemas.append(schema)
            reply.check_outputs(wanted, schema)
            return to_rows(wanted, schema)

        answer = await self._asker.ask(call, parse)
        assert wanted is not None
        return reply.to_reply(answer, wanted, self._asker.name, call.request_id, schemas[-1])

    def _pool(self, call: Call) -> Pool | None:
        """The version that is meant; the live one where none is named. Errors: BadRequest (404) for another name."""
        traffic = self._asker.traffic
        if call.parts.get("model", self._asker.name) != self._asker.name:
            raise BadRequest(f"The model here is {self._asker.name}.", status=404, code="no_model")
        version = call.parts.get("version")
        if version is None:
            return traffic.live
        found = next((share.pool for share in traffic.shares if share.pool.version == version), None)
        if found is None:
            names = ", ".join(share.pool.version for share in traffic.shares) or "none"
            raise BadRequest(f"Of this model these versions answer calls: {names}.", status=404, code="no_version")
        return found


def _tensor(column: dict[str, Any]) -> dict[str, Any]:
    datatype, shape = of_signature(column["type"])
    return {"name": column["name"], "datatype": datatype, "shape": shape}
