"""`import labwright` is lazy, and the service imports no ML library to begin with."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("mlflow", "pandas", "numpy", "pyarrow", "dask", "distributed", "feast", "evidently", "torch", "sklearn")


def loaded_after(code: str) -> set[str]:
    """Top-level modules that a fresh Python has after `code`."""
    script = f"{code}\nimport sys\nprint(' '.join({{name.partition('.')[0] for name in sys.modules}}))"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    return set(output.split())


def test_import_labwright_loads_next_to_nothing() -> None:
    loaded = loaded_after("import labwright")
    assert not loaded & {*HEAVY, "pydantic", "httpx", "fastapi", "sqlalchemy", "IPython"}


def test_the_service_application_imports_no_ml_library() -> None:
    code = "import labwright.service.app, labwright.serving.readiness.running"
    assert not loaded_after(code) & set(HEAVY)


def test_the_door_imports_no_ml_library() -> None:
    assert not loaded_after("import labwright.extension") & {*HEAVY, "fastapi", "sqlalchemy"}
