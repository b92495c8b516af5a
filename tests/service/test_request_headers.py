"""Feast's plug-in to MLflow costs nothing where Feast is not used, and works where it is."""

from __future__ import annotations

import subprocess
import sys

FIRST_REQUEST = """
import sys
from labwright.experiments.request_headers import import_lazily
before = len(sys.meta_path)
import_lazily()
import_lazily()
assert len(sys.meta_path) == before + 1

class Witness:
    seen = []
    def find_spec(self, name, path=None, target=None):
        self.seen.append(name)

sys.meta_path.insert(1, Witness())
from mlflow.tracking.request_header.registry import resolve_request_headers as headers
assert "mlflow.tracking.request_header.registry" in Witness.seen, "who comes after us is asked too"
assert "User-Agent" in headers()
assert not {"feast", "torch"} & set(sys.modules), "neither is imported by a request"
from feast.infra.data_sources.mlflow.auth import mlflow_token_scope
with mlflow_token_scope("of-feast"):
    assert headers()["Authorization"] == "Bearer of-feast"
assert "Authorization" not in headers()
before = len(sys.meta_path)
import_lazily()
assert len(sys.meta_path) == before, "too late for it"
"""


def test_feast_is_not_imported_by_mlflows_first_request_and_adds_its_header_where_it_is() -> None:
    subprocess.run([sys.executable, "-W", "error::UserWarning:mlflow", "-c", FIRST_REQUEST], check=True, timeout=120)
