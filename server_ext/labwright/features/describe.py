"""What a Feast repository holds, as JSON. These run in a job or in a kernel: they import Feast or pyarrow."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from labwright.features.lineage import version_of
from labwright.features.models import Feature, FeatureRepository, FeatureView, Preview
from labwright.features.repository import open_store

PREVIEW_COLUMNS = 60
CELL_CHARACTERS = 200


def describe(store: Any) -> FeatureRepository:
    """All feature views of an open store, by name."""
    views = [view_model(view, store) for view in store.list_feature_views()]
    return FeatureRepository(path=str(store.repo_path), views=sorted(views, key=lambda view: view.name))


def describe_job(path: str) -> dict[str, Any]:
    """The repository and where its files are, so that the service sees a change without Feast."""
    store = open_store(Path(path))
    found = describe(store)
    registry = Path(path, store.config.registry.path) if "://" not in str(store.config.registry.path) else None
    files = {view.name: local_file(view, store) for view in store.list_feature_views()}
    return {
        "repository": found.model_dump(mode="json"),
        "registry": str(registry) if registry is not None else None,
        "files": {name: str(file) for name, file in files.items() if file is not None},
    }


def view_model(view: Any, store: Any) -> FeatureView:
    """A Feast feature view, as others see it."""
    source = view.batch_source
    return FeatureView(
        name=view.name,
        project=store.project,
        entities=[name for name in view.entities if name != "__dummy"],
        join_keys=[column.name for column in view.entity_columns if column.name != "__dummy_id"],
        features=[
            Feature(name=field.name, dtype=str(field.dtype), description=field.description or "")
            for field in view.features
        ],
        source=source_words(source),
        timestamp_field=(source.timestamp_field if source is not None else "") or "",
        ttl_seconds=view.ttl.total_seconds() if view.ttl else None,
        description=view.description or "",
        owner=view.owner or "",
        tags=dict(view.tags or {}),
        created=_utc(view.created_timestamp),
        updated=_utc(view.last_updated_timestamp),
        version=version_of(view),
        online=bool(view.online),
        materialized=_utc(view.most_recent_end_time),
    )


def _utc(time: datetime | None) -> datetime | None:
    return time.replace(tzinfo=UTC) if time is not None and time.tzinfo is None else time


def source_words(source: Any) -> str:
    """Where a source's rows come from."""
    if source is None:
        return ""
    options = getattr(source, "file_options", None)
    return str(options.uri) if options is not None else f"{type(source).__name__} {source.name}".strip()


def local_file(view: Any, store: Any) -> Path | None:
    """The file (or folder) of a view's rows, where it is on this machine."""
    options = getattr(view.batch_source, "file_options", None)
    if options is None or "://" in str(options.uri):
        return None
    return Path(store.repo_path, options.uri)


def preview(file: str, rows: int = 20) -> dict[str, Any] | None:
    """The first rows of Parquet data, cells as text; None where it cannot be read as Parquet."""
    import pyarrow as pa
    import pyarrow.dataset as ds

    try:
        data = ds.dataset(file, format="parquet")
        columns = data.schema.names[:PREVIEW_COLUMNS]
        head = data.head(rows, columns=columns, batch_size=rows)
        total = data.count_rows()
    except (OSError, pa.ArrowException):
        return None
    cells = [[_text(value) for value in row.values()] for row in head.to_pylist()]
    return Preview(columns=columns, rows=cells, total_rows=total).model_dump(mode="json")


def _text(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= CELL_CHARACTERS else text[: CELL_CHARACTERS - 1] + "…"
