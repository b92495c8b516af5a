"""Applying feature definitions: what is registered already, just so, is left alone. Runs in the kernel, with Feast."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from labwright.errors import InvalidError
from labwright.features.models import Applied
from labwright.features.repository import first_line

WORDS = {"CREATE": "created", "UPDATE": "updated", "UNCHANGED": "unchanged"}
# Feast's name of a kind of object: where `RepoContents` takes it.
ROOMS = {
    "data source": "data_sources", "entity": "entities", "feature view": "feature_views",
    "on demand feature view": "on_demand_feature_views", "stream feature view": "stream_feature_views",
    "feature service": "feature_services",
}  # fmt: skip


def kind_of(value: Any) -> str | None:
    """Feast's name of the kind of a definition; None for what is none."""
    from feast import Entity, FeatureService, FeatureView, OnDemandFeatureView, StreamFeatureView
    from feast.data_source import DataSource

    kinds = {
        StreamFeatureView: "stream feature view", OnDemandFeatureView: "on demand feature view",
        FeatureView: "feature view", Entity: "entity", FeatureService: "feature service", DataSource: "data source",
    }  # fmt: skip
    return next((name for kind, name in kinds.items() if isinstance(value, kind)), None)


def apply(store: Any, objects: Iterable[Any]) -> list[Applied]:
    """Register definitions, and say of each whether it was created, updated or unchanged.

    Errors: InvalidError for what is no definition, an entity that nobody knows, a file that is not there.
    """
    from feast.errors import FeastError

    given = _with_sources(list(objects))
    for value in given:
        if kind_of(value) is None:
            raise InvalidError(f"{type(value).__name__} is no feature definition (Entity, FeatureView, FileSource, …).")
        _find_file(value, store)
    needed = _needed_entities(store, given)
    try:
        changes = _changes(store, [*given, *needed])
        applied = [
            Applied(name=value.name, kind=kind, change=changes.get((kind, value.name), "unchanged"))
            for value in given
            if (kind := kind_of(value)) is not None
        ]
        if any(entry.change != "unchanged" for entry in applied):
            store.apply([*given, *needed])
    except (FeastError, ValueError, TypeError, OSError) as error:
        raise InvalidError(f"Feast refuses these definitions: {first_line(error)}") from None
    return applied


def needed_names(objects: Iterable[Any]) -> set[str]:
    """Names of the entities that the views among the objects need."""
    names = {name for value in objects if kind_of(value) == "feature view" for name in value.entities}
    return names - {"__dummy"}


def _needed_entities(store: Any, given: list[Any]) -> list[Any]:
    """The registered entities that the views need beside those given."""
    known = {entity.name: entity for entity in store.list_entities()}
    missing = needed_names(given) - {value.name for value in given if kind_of(value) == "entity"}
    if unknown := missing - set(known):
        raise InvalidError(f"Apply these entities too, the views need them: {', '.join(sorted(unknown))}.")
    return [known[name] for name in sorted(missing)]


def _with_sources(objects: list[Any]) -> list[Any]:
    """A view's own source is applied with it, as Feast does."""
    found = list(objects)
    for value in objects:
        source = getattr(value, "batch_source", None)
        if source is not None and not any(source is other for other in found):
            found.append(source)
    return found


def _find_file(value: Any, store: Any) -> None:
    """A relative path in a notebook means the notebook's folder; Feast would look in the repository."""
    options = getattr(value, "file_options", None)
    if options is None or "://" in str(options.uri):
        return
    for folder in (Path(store.repo_path), Path.cwd()):
        if (folder / options.uri).exists():
            options.uri = str(folder / options.uri)
            return
    raise InvalidError(f"The file of the source {value.name} is not there: {options.uri}")


def _changes(store: Any, objects: list[Any]) -> dict[tuple[str, str], str]:
    """What applying would change, by kind and name; what is registered and not named here stays as it is."""
    from feast.feature_store import RepoContents
    from feast.project import Project

    rooms: dict[str, list[Any]] = {room: [] for room in (*ROOMS.values(), "label_views", "permissions")}
    for value in objects:
        rooms[ROOMS[kind_of(value) or ""]].append(value)
    difference, _, _ = store.plan(RepoContents(projects=[Project(name=store.project)], **rooms))
    return {
        (change.feast_object_type.value, change.name): WORDS[change.transition_type.name]
        for change in difference.feast_object_diffs
        if change.transition_type.name in WORDS
    }
