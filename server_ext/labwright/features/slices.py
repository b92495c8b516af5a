"""The feature rows that can matter for a part of the labels, so that Feast's join of that part stays small.

Only rows that no label of the part can get are left out: later than its last label, older than the ttl before its
first one, (without a ttl) older than another row of the same entity that is before its first label, or corrected by
one of the same entity and time that was created later. What is left is Feast's to decide.
"""

from __future__ import annotations

import copy
import tempfile
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pandas as pd

PAIRS = 400_000  # label × feature rows that Feast holds at once; measured: fewer cost calls, more cost memory and time
MOST_PARTS = 512


def historical(
    store: Any, view: Any, names: list[str], keys: list[str], labels: pd.DataFrame, at: str
) -> Iterator[pd.DataFrame]:
    """Feast's answer for distinct labels (the keys, and the time in column `at`), in parts."""
    if labels.empty:
        return
    file = _parquet(store, view)
    if file is None or not keys:
        references = [f"{view.name}:{name}" for name in names]
        entity_df = labels.rename(columns={at: "event_timestamp"})
        found = store.get_historical_features(entity_df=entity_df, features=references).to_df()
        yield found.rename(columns={"event_timestamp": at})
        return
    from feast import FileSource
    from feast.infra.offline_stores.dask import DaskOfflineStore

    source = view.batch_source
    order = [source.timestamp_field, *([source.created_timestamp_column] if source.created_timestamp_column else [])]
    rows = pd.read_parquet(file).rename(columns=source.field_mapping or {})[[*keys, *dict.fromkeys([*order, *names])]]
    for column in order:
        rows[column] = pd.to_datetime(rows[column], utc=True)
    rows = rows.sort_values(order, na_position="first", kind="stable")
    # Feast sorts by creation and then, not stably, by time: where a row was corrected it may take the wrong one.
    rows = rows.drop_duplicates([*keys, order[0]], keep="last").reset_index(drop=True)
    with tempfile.TemporaryDirectory(prefix="labwright-join-") as folder:
        for part, slice_ in _parts(labels, rows, keys, at, order[0], view.ttl):
            path = Path(folder) / "slice.parquet"
            slice_.to_parquet(path, index=False)
            cut = copy.copy(view)
            cut.batch_source = FileSource(
                path=str(path), timestamp_field=order[0], created_timestamp_column=source.created_timestamp_column
            )
            job = DaskOfflineStore.get_historical_features(
                config=store.config, feature_views=[cut], feature_refs=[f"{view.name}:{name}" for name in names],
                entity_df=part.rename(columns={at: "event_timestamp"}), registry=store.registry, project=store.project,
            )  # fmt: skip
            yield job.to_df().rename(columns={"event_timestamp": at})


def _parquet(store: Any, view: Any) -> Path | None:
    """The view's Parquet data, where Feast's Dask store reads it from this machine; else None."""
    from feast.infra.offline_stores.dask import DaskOfflineStoreConfig

    from labwright.features.asof import AsofOfflineStoreConfig

    if isinstance(store.config.offline_store, AsofOfflineStoreConfig):
        return None  # pairs nothing: takes all labels at once
    options = getattr(view.batch_source, "file_options", None)
    if not isinstance(store.config.offline_store, DaskOfflineStoreConfig) or options is None:
        return None
    if "://" in str(options.uri) or view.projection.join_key_map:
        return None
    return Path(store.repo_path, options.uri)


def _parts(
    labels: pd.DataFrame, rows: pd.DataFrame, keys: list[str], at: str, time: str, ttl: Any
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Labels by time, each part with its rows; as many parts as keep the pairs of each below `PAIRS`."""
    labels = labels.sort_values(at, kind="stable").reset_index(drop=True)
    count = 1
    while True:
        edges = [len(labels) * index // count for index in range(count + 1)]
        parts = [
            (labels.iloc[start:end], _slice(rows, keys, labels[at].iloc[start], labels[at].iloc[end - 1], time, ttl))
            for start, end in pairwise(edges)
            if end > start
        ]
        if count >= min(MOST_PARTS, len(labels)) or max(_pairs(part, cut, keys) for part, cut in parts) <= PAIRS:
            break
        count *= 2
    yield from parts


def _slice(rows: pd.DataFrame, keys: list[str], first: Any, last: Any, time: str, ttl: Any) -> pd.DataFrame:
    times = rows[time]
    end = int(times.searchsorted(last, side="right"))
    if ttl:
        return rows.iloc[int(times.searchsorted(first - ttl, side="left")) : end]
    start = int(times.searchsorted(first, side="right"))
    latest = rows.iloc[:start].drop_duplicates([*keys], keep="last")
    return pd.concat([latest, rows.iloc[start:end]]) if len(latest) else rows.iloc[start:end]


def _pairs(part: pd.DataFrame, cut: pd.DataFrame, keys: list[str]) -> int:
    left, right = part.groupby(keys).size(), cut.groupby(keys).size()
    return int((left * right).sum())
