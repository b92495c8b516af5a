"""The offline store gives the rows that Feast's default store gives, and keeps those that it loses."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

STORES = ("dask", "labwright.features.asof.AsofOfflineStore")
START = pd.Timestamp("2013-01-01", tz="UTC")


def hours(values: list[float]) -> list[pd.Timestamp]:
    return [START + pd.Timedelta(hours=value) for value in values]


@pytest.fixture
def stores(tmp_path: Path) -> dict[str, Any]:
    """One registry with two views, read through each of the two stores."""
    from feast import Entity, FeatureStore, FeatureView, Field, FileSource, RepoConfig
    from feast.types import Float64
    from feast.value_type import ValueType

    weather = pd.DataFrame(
        {
            "origin": ["EWR", "EWR", "JFK", "JFK", "EWR", "JFK"],
            "measured_at": hours([0, 5, 0, 4, 5, 30]),
            "loaded_at": hours([1, 6, 1, 6, 9, 31]),  # the two EWR rows of hour 5: the later load counts
            "temp": [1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
        }
    )
    carriers = pd.DataFrame({"code": ["UA", "AA", "UA"], "known_at": hours([1, 2, 6]), "share": [0.1, 0.2, 0.3]})
    weather.to_parquet(tmp_path / "weather.parquet")
    carriers.to_parquet(tmp_path / "carriers.parquet")
    origin = Entity(name="origin", join_keys=["origin"], value_type=ValueType.STRING)
    carrier = Entity(name="carrier", join_keys=["carrier"], value_type=ValueType.STRING)
    views = [
        FeatureView(
            name="weather",
            entities=[origin],
            ttl=timedelta(hours=6),
            schema=[Field(name="temp", dtype=Float64)],
            source=FileSource(
                path=str(tmp_path / "weather.parquet"),
                timestamp_field="measured_at",
                created_timestamp_column="loaded_at",
            ),
        ),
        FeatureView(
            name="carriers",
            entities=[carrier],
            ttl=timedelta(0),
            schema=[Field(name="share", dtype=Float64)],
            source=FileSource(
                path=str(tmp_path / "carriers.parquet"), timestamp_field="known_at", field_mapping={"code": "carrier"}
            ),
        ),
    ]
    found = {}
    for kind in STORES:
        found[kind] = FeatureStore(
            config=RepoConfig(
                project="flights",
                provider="local",
                registry=str(tmp_path / "registry.db"),
                online_store={"type": "sqlite", "path": str(tmp_path / "online.db")},
                offline_store={"type": kind},
                entity_key_serialization_version=3,
            )
        )
    found["dask"].apply([origin, carrier, *views])
    return found


def join(store: Any, labels: pd.DataFrame) -> pd.DataFrame:
    frame: pd.DataFrame = store.get_historical_features(
        entity_df=labels, features=["weather:temp", "carriers:share"]
    ).to_df()
    return frame.sort_values("flight").reset_index(drop=True)[["flight", "temp", "share"]]


def test_gives_the_rows_of_feasts_own_store(stores: dict[str, Any]) -> None:
    labels = pd.DataFrame(
        {
            "flight": range(5),
            "event_timestamp": hours([5, 5.5, 4, 3, 7.25]),
            "origin": ["EWR", "JFK", "JFK", "EWR", "EWR"],
            "carrier": ["UA", "AA", "AA", "UA", "UA"],
        }
    )
    theirs, ours = (join(stores[kind], labels) for kind in STORES)
    pd.testing.assert_frame_equal(theirs, ours, check_dtype=False)
    assert ours.temp.tolist() == [5.0, 4.0, 4.0, 1.0, 5.0]
    assert ours.share.tolist() == [0.1, 0.2, 0.2, 0.1, 0.3]


def test_keeps_labels_that_share_keys_and_time_and_those_too_early_or_too_late(stores: dict[str, Any]) -> None:
    labels = pd.DataFrame(
        {
            "flight": range(4),
            "event_timestamp": hours([5, 5, 0.5, 20]),
            "origin": ["EWR", "EWR", "EWR", "EWR"],
            "carrier": ["UA", "UA", "UA", "UA"],
        }
    )
    ours = join(stores[STORES[1]], labels)
    assert ours.flight.tolist() == [0, 1, 2, 3]
    assert ours.temp.tolist()[:3] == [5.0, 5.0, 1.0]
    assert pd.isna(ours.temp[3])  # 15 hours old, with a ttl of 6
    assert pd.isna(ours.share[2])  # nothing was known yet
