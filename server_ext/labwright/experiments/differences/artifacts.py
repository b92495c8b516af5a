"""What runs logged as files: from the artifact folder of our own where it is there, by MLflow's REST else."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from labwright.errors import InvalidError, LabwrightError, NotFoundError
from labwright.experiments import mlflow_rest
from labwright.service.context import Context

ENTRIES = 2000  # of a run, at most
FOLDERS = 40  # of a run on another server, at most: each is a request
MODELS = "MLmodel"  # a folder with this file is a model's

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A file of a run; its path is relative to the run's artifacts."""

    path: str
    size: int


class TooLargeError(LabwrightError):
    """The file is larger than what can be shown."""

    status = 413
    code = "too_large"


def read(context: Context, run: Json, path: str, limit: int) -> bytes:
    """A file of a run (MLflow's JSON of it). Errors: NotFoundError, InvalidError for a path that leaves the run,
    TooLargeError past `limit` bytes.
    """
    inside = _contained(path)
    root = _folder(context, run)
    if root is None:
        return _read_remote(context, run["info"]["run_id"], inside, limit)
    file = (root / inside).resolve()
    if not file.is_relative_to(root):  # a link
        raise InvalidError("This path leaves the run's artifacts.")
    if not file.is_file():
        raise NotFoundError("This run has no such file.")
    with open(file, "rb") as opened:
        return _limited(opened.read(limit + 1), limit)


def listed(context: Context, run: Json) -> tuple[list[Entry], bool]:
    """The files of a run in the order of their paths, those of models left out; and whether these are all."""
    root = _folder(context, run)
    found: list[Entry] = []
    whole = True
    for entry in _walk(root) if root is not None else _walk_remote(context, run["info"]["run_id"]):
        if entry is None or len(found) >= ENTRIES:
            whole = False
            break
        found.append(entry)
    return sorted(found, key=lambda one: one.path), whole


def _contained(path: str) -> str:
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or "\0" in path or ".." in parts:
        raise InvalidError("This path leaves the run's artifacts.")
    return "/".join(parts)


def _folder(context: Context, run: Json) -> Path | None:
    """The run's artifacts on this machine; None where another server keeps them."""
    location = str(run["info"].get("artifact_uri", ""))
    mlflow = mlflow_rest.server(context)
    root = (mlflow.folder / "artifacts").resolve()
    if not mlflow.embedded or not location.startswith("mlflow-artifacts:/") or "//" in location or not root.is_dir():
        return None
    path = (root / location.removeprefix("mlflow-artifacts:/")).resolve()
    return path if path.is_relative_to(root) else None


def _walk(root: Path) -> Iterator[Entry]:
    for folder, folders, files in os.walk(root):
        if MODELS in files:
            folders.clear()
            continue
        folders.sort()
        for name in files:
            file = Path(folder, name)
            if not file.is_symlink() and file.is_file():
                yield Entry(file.relative_to(root).as_posix(), file.stat().st_size)


def _walk_remote(context: Context, run_id: str) -> Iterator[Entry | None]:
    """The last is None where there are more folders than are looked at."""
    left = [""]
    for _ in range(FOLDERS):
        if not left:
            return
        entries = _children(context, run_id, left.pop(0))
        if any(item["path"].rpartition("/")[2] == MODELS for item in entries):
            continue
        for item in entries:
            if item.get("is_dir"):
                left.append(item["path"])
            else:
                yield Entry(item["path"], int(item.get("file_size", 0)))
    if left:
        yield None


def _children(context: Context, run_id: str, folder: str) -> list[Json]:
    params = {"run_id": run_id} | ({"path": folder} if folder else {})
    found: list[Json] = mlflow_rest.call(context, "GET", "/api/2.0/mlflow/artifacts/list", params=params).get(
        "files", []
    )
    return found


def _read_remote(context: Context, run_id: str, path: str, limit: int) -> bytes:
    entries = _children(context, run_id, path.rpartition("/")[0])
    entry = next((item for item in entries if item["path"] == path and not item.get("is_dir")), None)
    if entry is None:
        raise NotFoundError("This run has no such file.")
    if int(entry.get("file_size", 0)) > limit:
        raise _too_large(limit)
    reply = mlflow_rest.send(context, "GET", "/get-artifact", params={"run_uuid": run_id, "path": path})
    return _limited(reply.content, limit)


def _limited(content: bytes, limit: int) -> bytes:
    if len(content) > limit:
        raise _too_large(limit)
    return content


def _too_large(limit: int) -> TooLargeError:
    return TooLargeError(f"This file is larger than the {limit / 1e6:g} MB that are shown here; download it in MLflow.")
