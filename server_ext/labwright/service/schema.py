"""`python -m labwright.service.schema`: print the OpenAPI of the service; TypeScript's types are generated from it."""

from __future__ import annotations

import json
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from labwright.drift.models import DriftReport
from labwright.experiments.capture.models import RunOutput
from labwright.experiments.models import Comparison
from labwright.experiments.table.models import BulkChange, TableExport
from labwright.service.app import CAPABILITIES
from labwright.service.models import Changed, Problem
from labwright.service.routes import router


def schema() -> dict[str, Any]:
    """The OpenAPI document, with the models that reach the page by other ways (events, outputs, queries)."""
    app = FastAPI(title="Labwright", version="1", separate_input_output_schemas=False)
    app.include_router(router)
    for capability in CAPABILITIES:
        app.include_router(capability.router)
    document = get_openapi(title=app.title, version=app.version, routes=app.routes, separate_input_output_schemas=False)
    for model in (Changed, Comparison, DriftReport, Problem, RunOutput, TableExport, BulkChange):
        whole = model.model_json_schema(ref_template="#/components/schemas/{model}")
        definitions = whole.pop("$defs", {})
        document["components"]["schemas"].update(definitions | {model.__name__: whole})
    return document


if __name__ == "__main__":
    print(json.dumps(schema(), indent=2, sort_keys=True))
