"""Which Python runs a version, as its data plane asks: the notebook's, or its own with a few files of Labwright."""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import labwright
from labwright.serving.folder import EndpointFolder

PARTS = ("*.py", "serving/*.py", "serving/plane/**/*.py")


@dataclass(frozen=True)
class Interpreter:
    """`own`: not the one that runs the data plane. `environment` is what its process has besides."""

    python: str = sys.executable
    own: bool = False
    environment: dict[str, str] = field(default_factory=dict)


def interpreter(folder: EndpointFolder, version: str) -> Interpreter:
    """A version's, as its card says."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        python = str(folder.card(version)["environment"]["python"])
        return Interpreter(python, True, {"PYTHONPATH": str(_face(folder.path.parent.parent / "environments"))})
    return Interpreter()


def _face(home: Path) -> Path:
    """A folder with what a model process imports of Labwright: it is not installed where the model's packages are."""
    source = Path(labwright.__file__).parent
    files = sorted({path for part in PARTS for path in source.glob(part) if path.is_file()})
    whole = hashlib.sha256()
    for path in files:
        whole.update(path.relative_to(source).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    there = home / f"labwright-{whole.hexdigest()[:20]}"
    if not there.exists():
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        made = Path(tempfile.mkdtemp(prefix=".face-", dir=home))
        for path in files:
            target = made / "labwright" / path.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
        try:
            os.replace(made, there)
        except OSError:  # another data plane was first
            shutil.rmtree(made, ignore_errors=True)
    return there
