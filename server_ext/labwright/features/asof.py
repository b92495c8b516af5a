"""A Feast offline store whose point-in-time join is pandas' `merge_asof`.

Feast's default store pairs every label with every row of its key and then throws away all but the newest: 2,000 flights
against a year of hourly weather take a minute and 4 GB. It also drops labels that share keys and time. Here each label
finds the newest feature row at or before its own time, within the view's ttl; no label is lost, and their order stays.
Used in a repository as `offline_store: {type: labwright.features.asof.AsofOfflineStore}`; the rest is Feast's own.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from feast import FeatureView, FileSource, RepoConfig
from feast.feature_view import DUMMY_ENTITY_ID
from feast.infra.offline_stores.dask import DaskOfflineStore, DaskOfflineStoreConfig, DaskRetrievalJob
from feast.infra.offline_stores.offline_store import RetrievalJob, RetrievalMetadata
from feast.infra.offline_stores.offline_utils import infer_event_timestamp_from_entity_df
from feast.infra.registry.base_registry import BaseRegistry
from feast.on_demand_feature_view import OnDemandFeatureView
from feast.utils import (
    _get_requested_feature_views_to_features_dict,
    _get_requested_on_demand_feature_views,
)

TIME, LABEL_TIME, CREATED, ORDER = "__lw_time", "__lw_label_time", "__lw_created", "__lw_order"


class AsofOfflineStoreConfig(DaskOfflineStoreConfig):  # type: ignore[misc] # Feast ships no types
    """The store has no settings."""

    type: str = "labwright.features.asof.AsofOfflineStore"


class AsofRetrievalJob(DaskRetrievalJob):  # type: ignore[misc] # as above
    """Runs in this process: Feast's own job would send its frames to the notebook's cluster."""

    def _to_df_internal(self, timeout: int | None = None) -> pd.DataFrame:
        frame: pd.DataFrame = self.evaluation_function()
        return frame

    def _to_arrow_internal(self, timeout: int | None = None) -> pa.Table:
        return pa.Table.from_pandas(self.evaluation_function(), preserve_index=False)


class AsofOfflineStore(DaskOfflineStore):  # type: ignore[misc] # as above
    """Feast's file store with another point-in-time join."""

    @staticmethod
    def get_historical_features(
        config: RepoConfig,
        feature_views: list[FeatureView],
        feature_refs: list[str],
        entity_df: Any,
        registry: BaseRegistry,
        project: str,
        full_feature_names: bool = False,
        **options: Any,
    ) -> RetrievalJob:
        """Join as Feast asks for it; without labels, or filtered by creation time, Feast's own store does it."""
        if not isinstance(entity_df, pd.DataFrame) or options.get("filter_by_created_timestamp"):
            return DaskOfflineStore.get_historical_features(
                config, feature_views, feature_refs, entity_df, registry, project, full_feature_names, **options
            )
        wanted, _ = _get_requested_feature_views_to_features_dict(
            feature_refs, feature_views, _get_requested_on_demand_feature_views(feature_refs, project, registry)
        )
        time = infer_event_timestamp_from_entity_df(dict(entity_df.dtypes))
        moments = pd.to_datetime(entity_df[time], utc=True)

        def join() -> pd.DataFrame:
            joined = entity_df.copy()
            joined[time] = moments
            for view, names in wanted.items():
                prefix = f"{view.projection.name_to_use()}__" if full_feature_names else ""
                rows, keys = read_rows(view, list(names), config)
                rows = rows.rename(columns={name: f"{prefix}{name}" for name in names})
                twice = sorted(set(rows.columns) & set(joined.columns) - set(keys))
                if twice:
                    raise ValueError(
                        f"The labels have a column {twice[0]} already, as has the feature view {view.name}."
                    )
                joined = join_view(joined, moments, rows, keys, view.ttl)
            return joined.reset_index(drop=True)

        return AsofRetrievalJob(
            evaluation_function=join,
            full_feature_names=full_feature_names,
            repo_path=str(config.repo_path),
            on_demand_feature_views=OnDemandFeatureView.get_requested_odfvs(feature_refs, project, registry),
            metadata=RetrievalMetadata(
                features=feature_refs,
                keys=[column for column in entity_df.columns if column != time],
                min_event_timestamp=moments.min(),
                max_event_timestamp=moments.max(),
            ),
        )


def read_rows(view: FeatureView, names: list[str], config: RepoConfig) -> tuple[pd.DataFrame, list[str]]:
    """A view's rows: its join keys as the labels name them, its features, `TIME` and (where it has one) `CREATED`."""
    source = view.batch_source
    if not isinstance(source, FileSource):
        raise ValueError(f"The feature view {view.name} reads from a {type(source).__name__}; a FileSource is needed.")
    uri = FileSource.get_uri_for_file_path(repo_path=config.repo_path, uri=source.file_options.uri)
    files, path = FileSource.create_filesystem_and_path(str(uri), source.file_options.s3_endpoint_override)
    back = {new: old for old, new in (source.field_mapping or {}).items()}
    keys = [column.name for column in view.entity_columns if column.name != DUMMY_ENTITY_ID]
    times = {TIME: source.timestamp_field, CREATED: source.created_timestamp_column}
    columns = {name: back.get(name, name) for name in [*keys, *names]}
    columns |= {name: back.get(field, field) for name, field in times.items() if field}
    table = pq.read_table(path, filesystem=files, columns=sorted(set(columns.values()))).to_pandas()
    rows = pd.DataFrame({name: table[column] for name, column in columns.items()})
    for name in (TIME, CREATED):
        if name in rows:
            rows[name] = pd.to_datetime(rows[name], utc=True).astype("datetime64[ns, UTC]")
    rename = view.projection.join_key_map or {}
    return rows.rename(columns=rename), [rename.get(key, key) for key in keys]


def join_view(
    labels: pd.DataFrame, moments: pd.Series[Any], rows: pd.DataFrame, keys: list[str], ttl: timedelta | None
) -> pd.DataFrame:
    """Give each label the newest row of its keys at or before its moment, at most `ttl` old (0: of any age).

    Of rows with the same keys and time, the one created last counts. Labels keep their rows, order and index.
    """
    rows = rows.dropna(subset=[TIME]).sort_values([TIME, CREATED] if CREATED in rows else [TIME], kind="stable")
    ordered = labels.assign(**{ORDER: range(len(labels))})
    ordered[LABEL_TIME] = moments.astype("datetime64[ns, UTC]").array  # by position: indexes may repeat
    known = ordered[ordered[LABEL_TIME].notna()].sort_values(LABEL_TIME, kind="stable")
    joined = pd.merge_asof(
        known,
        rows.drop(columns=CREATED, errors="ignore"),
        left_on=LABEL_TIME,
        right_on=TIME,
        by=keys or None,
        tolerance=pd.Timedelta(ttl) if ttl else None,
    )
    joined = pd.concat([joined, ordered[ordered[LABEL_TIME].isna()]]).sort_values(ORDER)
    joined.index = labels.index
    return joined.drop(columns=[LABEL_TIME, TIME, ORDER])
