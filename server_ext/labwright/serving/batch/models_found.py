"""Which model is meant by an endpoint's name, models:/NAME/VERSION, models:/NAME@ALIAS or a run; its files here."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from labwright.errors import ConflictError, InvalidError, NotFoundError
from labwright.serving.folder import EndpointFolder, digest
from labwright.serving.values import words_of

BAR = "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR"


@dataclass(frozen=True)
class Found:
    """A model's files. Workers of this machine read them there; `digest` is what they load once."""

    words: str
    path: str
    digest: str


@contextmanager
def find(spec: str, endpoints: Path) -> Iterator[Found]:
    """The model, for as long as it is needed. Errors: NotFoundError, InvalidError, ConflictError (changed)."""
    folder = EndpointFolder(endpoints / spec) if "/" not in spec and not spec.startswith(".") else None
    if folder is not None and (folder.path / "config.json").exists():
        yield _served(spec, folder)
        return
    uri, words = _address(spec)
    with tempfile.TemporaryDirectory(prefix="labwright-score-") as place:
        path = _fetched(uri, words, place)
        yield Found(words, path, digest(Path(path)))


def _served(name: str, folder: EndpointFolder) -> Found:
    config = folder.config()
    if config.version is None:
        raise InvalidError(f"{name} has no live model yet; promote a run to it first.", code="no_model")
    path = folder.version(config.version) / "model"
    if not path.is_dir():
        raise NotFoundError(f"The files of {name}'s live version are gone; promote it again.", code="no_files")
    found = digest(path)
    if found != config.digest:
        raise ConflictError(
            f"The files of {name}'s live version were changed since its promotion; promote it again.", code="changed"
        )
    return Found(f"{name}, version {config.version}", str(path), found)


def _address(spec: str) -> tuple[str, str]:
    """Where MLflow has the model."""
    if spec.startswith(("models:/", "runs:/")):
        return spec, spec
    from labwright.experiments.api import find_run

    try:
        run = find_run(spec, with_model=True)
    except NotFoundError:
        raise NotFoundError(
            f"There is no endpoint and no run named {spec[:60]!r}; a registered model is models:/NAME/VERSION or "
            "models:/NAME@ALIAS.",
            code="no_model",
        ) from None
    names = sorted({model.name for model in run.models})
    if not names:
        raise InvalidError(f"The run {run.name or run.run_id} logged no model.", code="no_model")
    if len(names) > 1:
        uris = ", ".join(model.uri for model in run.models)
        raise InvalidError(f"This run has several models; name one of them: {uris}.", code="several_models")
    return run.models[-1].uri, f"the model of run {run.name or run.run_id}"


def _fetched(uri: str, words: str, place: str) -> str:
    from labwright.experiments.tracking import use_tracking

    use_tracking()
    import mlflow

    shown = os.environ.get(BAR)
    os.environ[BAR] = "false"  # the scoring's own progress is shown in that output
    try:
        path: str = mlflow.artifacts.download_artifacts(artifact_uri=uri, dst_path=place)
    except Exception as error:
        raise NotFoundError(f"The files of {words} cannot be had: {words_of(error)}", code="no_files") from None
    finally:
        if shown is None:
            del os.environ[BAR]
        else:
            os.environ[BAR] = shown
    if not (Path(path) / "MLmodel").exists():
        raise InvalidError(f"{words} is no MLflow model: it has no file MLmodel.", code="no_model")
    return path
