"""The page's types are those of the service."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from labwright.service.schema import schema

TYPES = Path(__file__).parents[2] / "extension" / "src" / "api" / "schema.d.ts"
COMMAND = "cd extension && jlpm types"


def test_types_are_up_to_date() -> None:
    document = json.dumps(schema(), indent=2, sort_keys=True) + "\n"
    digest = hashlib.sha256(document.encode()).hexdigest()
    first = TYPES.read_text().partition("\n")[0]
    assert digest in first, f"extension/src/api/schema.d.ts is not made from these routes and models: {COMMAND}"
