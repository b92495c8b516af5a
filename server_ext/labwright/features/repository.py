"""The Feast repository that Labwright uses: a folder with a feature_store.yaml. Only `open_store` imports Feast."""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import Any

from labwright.errors import InvalidError, MissingExtraError
from labwright.state import folders, write_private

SETTING = "LABWRIGHT_FEATURE_REPOSITORY"
CONFIGURATION = "feature_store.yaml"
# Parts for one machine: a registry in a file, files read by an as-of join, a SQLite online store.
DEFAULT = """\
project: labwright
provider: local
registry: registry.db
offline_store:
  type: labwright.features.asof.AsofOfflineStore
online_store:
  type: sqlite
  path: online.db
entity_key_serialization_version: 3
"""


def repository_path(named: str | None = None) -> Path:
    """The repository's folder: what is named (else LABWRIGHT_FEATURE_REPOSITORY), else one in the state folder."""
    named = named or os.environ.get(SETTING)
    return Path(named).expanduser().absolute() if named else folders().home / "features"


def ensure_repository(path: Path) -> None:
    """Make the default repository at first use. Errors: InvalidError when the named folder is no Feast repository."""
    if (path / CONFIGURATION).exists():
        return
    if path != folders().home / "features":
        raise InvalidError(f"{path} has no {CONFIGURATION}; make it with `feast init`, or unset {SETTING}.")
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_private(path / CONFIGURATION, DEFAULT, only_if_new=True)


def open_store(path: Path) -> Any:
    """The `feast.FeatureStore` of the repository. Errors: MissingExtraError, InvalidError."""
    if importlib.util.find_spec("feast") is None:
        raise MissingExtraError("features")
    ensure_repository(path)
    from feast import FeatureStore
    from feast.errors import FeastError
    from feast.repo_config import FeastConfigError
    from yaml import YAMLError  # type: ignore[import-untyped] # PyYAML ships no types

    try:
        return FeatureStore(repo_path=str(path))
    except FeastConfigError as error:
        # The second line names the field; those after it would show what is written there, perhaps a password.
        where = " ".join(line.strip() for line in str(error).splitlines()[:2])
        raise InvalidError(f"{path / CONFIGURATION} cannot be used: {where[:300]}") from None
    except (FeastError, YAMLError, ValueError, TypeError, OSError) as error:
        raise InvalidError(f"{path / CONFIGURATION} cannot be used: {first_line(error)}") from None


def first_line(error: BaseException) -> str:
    """The first line of an error of a library, shortened."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[0][:300] if lines else type(error).__name__
