"""GET /openapi.json: what the live version takes and gives, as OpenAPI 3.1 made from its signature; GET /docs: a page.

The page needs no script and nothing from elsewhere. It asks for the token like all paths do, which a browser does not
send; Labwright's service gives it to the owner's browser (`GET /serving/endpoints/NAME/docs`).
"""

from __future__ import annotations

import asyncio
from typing import Any

from labwright.serving.plane import docs_page
from labwright.serving.plane.asking import Asker
from labwright.serving.plane.http import Call, Handler, Reply, json_reply
from labwright.serving.plane.inference_v2.datatypes import DATATYPES, of_signature

TYPES: dict[str, dict[str, Any]] = {
    "double": {"type": ["number", "null"], "format": "double"},
    "float": {"type": ["number", "null"], "format": "float"},
    "long": {"type": "integer", "format": "int64"},
    "integer": {"type": "integer", "format": "int32"},
    "boolean": {"type": "boolean"},
    "string": {"type": ["string", "null"]},
    "datetime": {"type": ["string", "null"], "format": "date-time"},
    "binary": {"type": ["string", "null"], "contentEncoding": "base64"},
}
Json = dict[str, Any]


def routes(asker: Asker) -> dict[str, dict[str, Handler]]:
    """Paths, and the handler of each method."""

    async def found(call: Call) -> Json:
        live = asker.live
        card = await asyncio.to_thread(live.folder.card, live.version) if live is not None else {}
        return document(asker.name, live.version if live else None, card, f"http://{call.headers.get('host', '')}")

    async def as_json(call: Call) -> Reply:
        return json_reply(await found(call))

    async def as_page(call: Call) -> Reply:
        return Reply(200, docs_page.page(await found(call)).encode(), docs_page.HEADERS)

    return {"/openapi.json": {"GET": as_json}, "/docs": {"GET": as_page}}


def document(name: str, version: str | None, card: Json, url: str) -> Json:
    """The OpenAPI document of a version with this card."""
    signature = card.get("signature") or {"inputs": [], "outputs": []}
    inputs, outputs, tensor = signature["inputs"], signature["outputs"], bool(card.get("tensor"))
    bodies, examples = _bodies(inputs, tensor, card)
    params = {one["name"]: _type(one["type"]) for one in card.get("params") or []}
    for body in bodies.values():
        body["properties"]["params"] = {
            "type": "object", "properties": params, "additionalProperties": False,
            "description": "Of the model's predict",
        }  # fmt: skip
    row = _row(outputs) if len(outputs) > 1 else _item(outputs[0]["type"]) if outputs else {}
    words = f"Version {version} of the model {name} answers here." if version else "Nothing is live yet."
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Endpoint {name}",
            "version": version or "none",
            "description": words,
        },
        "servers": [{"url": url}],
        "security": [{"token": []}],
        "paths": _paths(name, bodies, examples, inputs),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "schemas": {
                **bodies,
                "Row": _row(inputs) if inputs and not tensor else {},
                "Prediction": row,
                "Predictions": _object({"predictions": {"type": "array", "items": _ref("Prediction")}}),
                "InferenceRequest": _object({"id": {"type": "string"}, "inputs": _listed(_v2_inputs(inputs)),
                    "outputs": _listed(_object({"name": {"type": "string"}})), "parameters": {"type": "object"}},
                    ["inputs"]),
                "InferenceReply": _object({"model_name": {"const": name}, "model_version": {"type": "string"},
                    "id": {"type": "string"}, "outputs": _listed(_v2_tensor(None))}),
                "Feedback": _object({"request_id": {"type": "string", "pattern": "^[0-9a-f]{32}$"}, "outcome": {}}),
                "Problem": _object({"type": {"type": "string"}, "title": {"type": "string"},
                    "status": {"type": "integer"}, "code": {"type": "string"}, "detail": {"type": "string"}}),
                "Error": _object({"error": {"type": "string"}, "code": {"type": "string"}}),
            },
        },
    }  # fmt: skip


def _paths(name: str, bodies: Json, examples: Json, inputs: list[Json]) -> Json:
    infer = {"application/json": {"schema": _ref("InferenceRequest"), "examples": _v2_example(inputs, examples)}}
    invoke: Json = {
        "application/json": {"schema": {"oneOf": [_ref(body) for body in bodies]}, "examples": examples},
        "text/csv": {"schema": {"type": "string", "description": "A header that names the columns, then rows"}},
    }
    fed = {"application/json": {"schema": _ref("Feedback")}}
    ready, text = {"description": "It can be asked"}, {"text/plain": {"schema": {"type": "string"}}}
    model = f"/v2/models/{name}"
    return {
        "/invocations": {"post": _verb("Predict, by MLflow’s scoring protocol", "Predictions", invoke)},
        f"{model}/infer": {"post": _verb("Predict, by the Open Inference Protocol", "InferenceReply", infer, v2=True)},
        model: {"get": _verb("The model's inputs and outputs", None, v2=True)},
        f"{model}/ready": {"get": _verb("Whether the model can be asked", None, v2=True)},
        "/feedback": {"post": _verb("Say what came true, by the request id of a reply", None, fed, status="202")},
        "/ping": {"get": _verb("Whether the model can be asked", None) | {"responses": _replies({"200": ready})}},
        "/version": {"get": _verb("The version that is live", None)},
        "/metrics": {
            "get": _verb("Counts and latencies for Prometheus", None)
            | {"responses": _replies({"200": {"description": "Its text format", "content": text}})}
        },
    }


def _verb(
    words: str, gives: str | None, content: Json | None = None, *, v2: bool = False, status: str = "200"
) -> Json:  # fmt: skip
    done: Json = {
        "description": "What the model said" if gives else "As asked",
        "content": {"application/json": {"schema": _ref(gives) if gives else {"type": "object"}}},
        "headers": {"x-request-id": {"schema": {"type": "string"}, "description": "For feedback, and in the log"}},
    }
    found: Json = {"summary": words, "responses": _replies({status: done}, v2=v2)}
    return found | ({"requestBody": {"required": True, "content": content}} if content else {})


def _replies(done: Json, *, v2: bool = False) -> Json:
    kind, schema = ("application/json", "Error") if v2 else ("application/problem+json", "Problem")
    body = {"content": {kind: {"schema": _ref(schema)}}}
    return done | {
        "401": {"description": "The token is missing, wrong or revoked"} | body,
        "4XX": {"description": "The request cannot be answered; a sentence says why"} | body,
        "500": {"description": "The model failed on this input"} | body,
        "503": {"description": "Not now: try again after Retry-After seconds"} | body,
    }


def _bodies(inputs: list[Json], tensor: bool, card: Json) -> tuple[Json, Json]:
    """The forms of MLflow's protocol that the model takes, and the input example in each."""
    example = card.get("example") or {}
    data, columns = example.get("data", [])[:2], example.get("columns", [])
    if tensor:
        bodies = {"Inputs": _object({"inputs": _type(inputs[0]["type"])})}
        return bodies, {"example": {"value": {"inputs": data}}} if data else {}
    if inputs and all(one["type"].startswith("tensor of ") for one in inputs):
        named = _object({one["name"]: _type(one["type"]) for one in inputs})
        return {"Named": _object({"inputs": named})}, {}
    names = {"enum": [one["name"] for one in inputs]} if inputs else {}
    split = _object({"columns": _listed({"type": "string"} | names), "data": _listed({"type": "array"})})
    bodies = {
        "Split": _object({"dataframe_split": split}),
        "Records": _object({"dataframe_records": _listed(_ref("Row"))}),
        "Instances": _object({"instances": _listed(_ref("Row"))}),
        "Columns": _object({"inputs": {"type": "object", "properties": {
            one["name"]: _listed(_type(one["type"])) for one in inputs}}}),
    }  # fmt: skip
    if example.get("kind") != "frame" or not data:
        return bodies, {}
    records = [dict(zip(columns, row, strict=True)) for row in data]
    return bodies, {
        "split": {"value": {"dataframe_split": {"columns": columns, "data": data}}},
        "records": {"value": {"dataframe_records": records}},
    }


def _v2_inputs(inputs: list[Json]) -> Json:
    return {"oneOf": [_v2_tensor(one) for one in inputs]} if inputs else _v2_tensor(None)


def _v2_tensor(one: Json | None) -> Json:
    datatype = {"const": of_signature(one["type"])[0]} if one else {"enum": list(DATATYPES)}
    return _object(
        {
            "name": {"const": one["name"]} if one else {"type": "string"},
            "shape": _listed({"type": "integer"}),
            "datatype": datatype,
            "parameters": {"type": "object"},
            "data": {"type": "array"},
        },
        ["name", "shape", "datatype"],
    )


def _v2_example(inputs: list[Json], examples: Json) -> Json:
    if not inputs or not examples:
        return {}
    if "example" in examples:
        data = examples["example"]["value"]["inputs"]
        columns = [(inputs[0], _shape(data), data)]
    else:
        rows = examples["records"]["value"]["dataframe_records"]
        columns = [(one, [len(rows)], [row.get(one["name"]) for row in rows]) for one in inputs]
    tensors = [
        {"name": one["name"], "shape": shape, "datatype": of_signature(one["type"])[0], "data": data}
        for one, shape, data in columns
    ]
    return {"example": {"value": {"inputs": tensors}}}


def _shape(data: Any) -> list[int]:
    return [len(data), *(_shape(data[0]) if data else [])] if isinstance(data, list) else []


def _row(columns: list[Json]) -> Json:
    required = [one["name"] for one in columns if one.get("required", True)]
    return _object({one["name"]: _type(one["type"]) for one in columns}, required)


def _type(kind: str) -> Json:
    """A JSON schema of an MLflow type, or of a tensor."""
    if not kind.startswith("tensor of "):
        return {**TYPES.get(kind, {}), "description": kind}
    datatype, shape = of_signature(kind)
    found: Json = {"BOOL": {"type": "boolean"}, "BYTES": {"type": "string"}}.get(
        datatype, {"type": "number" if datatype.startswith("FP") else "integer"}
    )
    for length in reversed(shape):
        found = {"type": "array", "items": found} | ({"minItems": length, "maxItems": length} if length > 0 else {})
    return found | {"description": kind}


def _item(kind: str) -> Json:
    """The schema of one prediction: of a tensor, an item of its first axis."""
    found = _type(kind)
    return found["items"] | {"description": found["description"]} if found.get("type") == "array" else found


def _object(properties: Json, required: list[str] | None = None) -> Json:
    return {
        "type": "object", "properties": properties, "required": list(properties) if required is None else required,
        "additionalProperties": False,
    }  # fmt: skip


def _listed(items: Json) -> Json:
    return {"type": "array", "items": items, "minItems": 1}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}
