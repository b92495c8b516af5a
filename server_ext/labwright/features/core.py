"""Features in the service: what the repository holds, read by a job (Feast takes seconds to import) and kept until it
changes. Nothing is kept that cannot be read again.
"""

from __future__ import annotations

import importlib.util
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from labwright.actor import Actor
from labwright.errors import MissingExtraError, NotFoundError
from labwright.features.models import FeatureRepository, FeatureView, FeatureViewDetail, Preview
from labwright.features.repository import CONFIGURATION, repository_path
from labwright.service.children import run_job
from labwright.service.context import Context

__all__ = ["repository", "view"]

WATCH_SECONDS = 2.0
WATCH_FOR_SECONDS = 900.0  # after the last look
UNSEEN_SECONDS = 30.0  # a registry that is no file on this machine is asked again after so long

Fingerprint = tuple[tuple[int, int, int], ...] | None


@dataclass
class Known:
    """What the last look found, of one repository."""

    fingerprint: Fingerprint = None
    at: float = 0.0
    answer: dict[str, Any] | None = None
    previews: dict[str, tuple[Fingerprint, Preview | None]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_known: dict[Path, Known] = {}
_watch_lock = threading.Lock()
_watched: dict[Path, float] = {}


def repository(context: Context, actor: Actor) -> FeatureRepository:
    """All feature views. Errors: MissingExtraError, InvalidError when the repository cannot be read."""
    return FeatureRepository.model_validate(_look(context)["repository"])


def view(context: Context, actor: Actor, name: str) -> FeatureViewDetail:
    """One view with the first rows of its source. Errors: NotFoundError, and as `repository`."""
    answer = _look(context)
    views = {found["name"]: found for found in answer["repository"]["views"]}
    if name not in views:
        there = ", ".join(views) or "none yet"
        raise NotFoundError(f"There is no such feature view. There are: {there}.")
    found = FeatureView.model_validate(views[name])
    file = answer["files"].get(name)
    if file is None:
        return FeatureViewDetail(view=found, preview=None, note="Its rows are not in a file on this machine.")
    if not Path(file).exists():
        return FeatureViewDetail(view=found, preview=None, note=f"Its file is not there any more: {file}")
    seen = _preview(context, _path(context), file)
    note = "" if seen is not None else f"Its file cannot be read as Parquet: {file}"
    return FeatureViewDetail(view=found, preview=seen, note=note)


def _path(context: Context) -> Path:
    return repository_path(context.settings.feature_repository)


def _look(context: Context) -> dict[str, Any]:
    path = _path(context)
    if not (path / CONFIGURATION).exists():
        _watch(context, path)
        return {"repository": {"path": str(path), "views": []}, "registry": None, "files": {}}
    if importlib.util.find_spec("feast") is None:
        raise MissingExtraError("features")
    known = _known.setdefault(path, Known())
    with known.lock:
        fingerprint = _fingerprint(path, known.answer)
        fresh = known.answer is not None and known.fingerprint == fingerprint
        if fresh and known.answer is not None and known.answer["registry"] is None:
            fresh = time.monotonic() - known.at < UNSEEN_SECONDS
        if not fresh:
            known.answer = run_job(
                "labwright.features.describe:describe_job",
                {"path": str(path)},
                log=context.folders.logs / "features.log",
                timeout=120,
            )
            known.at, known.fingerprint = time.monotonic(), _fingerprint(path, known.answer)
        assert known.answer is not None
        answer = known.answer
    _watch(context, path)
    return answer


def _preview(context: Context, path: Path, file: str) -> Preview | None:
    known = _known.setdefault(path, Known())
    with known.lock:
        fingerprint = _stat(Path(file))
        last = known.previews.get(file)
        if last is None or last[0] != fingerprint:
            found = run_job(
                "labwright.features.describe:preview",
                {"file": file},
                log=context.folders.logs / "features.log",
                timeout=60,
            )
            last = known.previews[file] = (fingerprint, Preview.model_validate(found) if found is not None else None)
        return last[1]


def _fingerprint(path: Path, answer: dict[str, Any] | None) -> Fingerprint:
    registry = Path(answer["registry"]) if answer is not None and answer["registry"] is not None else None
    return _stat(path / CONFIGURATION, *([registry] if registry is not None else []))


def _stat(*files: Path) -> Fingerprint:
    found = []
    for file in files:
        try:
            stat = file.stat()
            found.append((stat.st_mtime_ns, stat.st_size, stat.st_ino))
        except OSError:
            found.append((0, 0, 0))
    return tuple(found)


def _watch(context: Context, path: Path) -> None:
    """Tell the listeners when the registry changes, for a while after somebody looked."""
    with _watch_lock:
        running = path in _watched
        _watched[path] = time.monotonic() + WATCH_FOR_SECONDS
    if not running:
        threading.Thread(target=_tell, args=(context, path), name="features-watch", daemon=True).start()


def _tell(context: Context, path: Path) -> None:
    last = _fingerprint(path, _known.setdefault(path, Known()).answer)
    while True:
        time.sleep(WATCH_SECONDS)
        with _watch_lock:
            if time.monotonic() > _watched[path]:
                del _watched[path]
                return
        now = _fingerprint(path, _known[path].answer)
        if now != last:
            last = now
            context.events.publish("features", path.name)
