"""Features: real Feast repositories, definitions, joins, and what the service shows of them."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from labwright.client import Client, connection
from labwright.errors import InvalidError, NotFoundError
from labwright.features import api, slices
from labwright.features.models import FeatureRepository, FeatureViewDetail
from labwright.service.models import Changed

HOURS = 24 * 30


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Hourly weather of three places with holes, and daily punctuality of two carriers."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    hours = pd.date_range("2013-01-01", periods=HOURS, freq="h", tz="UTC")
    weather = pd.concat(
        [
            pd.DataFrame(
                {"origin": origin, "at": hours, "temp": rng.normal(size=HOURS), "wind": rng.normal(size=HOURS)}
            )
            for origin in ("EWR", "JFK", "LGA")
        ]
    ).sample(frac=0.8, random_state=1)
    weather.to_parquet(folder / "weather.parquet", index=False)
    days = pd.date_range("2013-01-01", periods=30, freq="D", tz="UTC")
    punctual = pd.concat(
        [
            pd.DataFrame({"carrier": carrier, "at": days, "made": days + pd.Timedelta(hours=1), "late": rng.random(30)})
            for carrier in ("AA", "B6")
        ]
    )
    corrected = punctual.assign(made=punctual["made"] + pd.Timedelta(hours=5), late=punctual["late"] + 1)
    pd.concat([corrected, punctual]).to_parquet(folder / "carrier.parquet", index=False)
    return folder


@pytest.fixture(scope="module")
def definitions(data: Path) -> list[Any]:
    """Two entities and two views over that data."""
    from feast import Entity, FeatureView, Field, FileSource, ValueType
    from feast.types import Float64

    origin = Entity(name="origin", join_keys=["origin"], value_type=ValueType.STRING)
    carrier = Entity(name="carrier", join_keys=["carrier"], value_type=ValueType.STRING)
    weather = FeatureView(
        name="weather", entities=[origin], ttl=timedelta(hours=3),
        schema=[Field(name="temp", dtype=Float64), Field(name="wind", dtype=Float64)],
        source=FileSource(path=str(data / "weather.parquet"), timestamp_field="at"),
    )  # fmt: skip
    punctuality = FeatureView(
        name="carrier", entities=[carrier], schema=[Field(name="late", dtype=Float64)],
        source=FileSource(
            path=str(data / "carrier.parquet"), timestamp_field="at", created_timestamp_column="made"
        ),
    )  # fmt: skip
    return [origin, carrier, weather, punctuality]


@pytest.fixture(scope="module")
def labels() -> pd.DataFrame:
    """Labels in no order, with an index of their own, equal keys and times, and some that find nothing."""
    rng = np.random.default_rng(2)
    count = 400
    minutes = rng.integers(-600, HOURS * 60, count)
    frame = pd.DataFrame(
        {
            "origin": rng.choice(["EWR", "JFK", "LGA", "XXX"], count),
            "carrier": rng.choice(["AA", "B6", "ZZ"], count),
            "departs": pd.Timestamp("2013-01-01", tz="UTC") + pd.to_timedelta(minutes, unit="min"),
            "late_arrival": rng.integers(0, 2, count),
        },
        index=pd.Index(rng.permutation(count) * 10, name="flight"),
    )
    return pd.concat([frame, frame.iloc[:50]])


@pytest.fixture(scope="module")
def applied(definitions: list[Any], state_folder: Path) -> list[Any]:
    return api.apply(definitions)


def expected(labels: pd.DataFrame, data: Path) -> pd.DataFrame:
    """The same join by pandas."""
    weather = pd.read_parquet(data / "weather.parquet").sort_values("at")
    carrier = pd.read_parquet(data / "carrier.parquet").sort_values(["at", "made"])
    left = labels.reset_index().assign(order=range(len(labels))).sort_values("departs", kind="stable")
    left["departs"] = left["departs"].astype(weather["at"].dtype)
    left = pd.merge_asof(
        left, weather, left_on="departs", right_on="at", by="origin", tolerance=pd.Timedelta(hours=3)
    ).drop(columns="at")
    left = pd.merge_asof(left, carrier.drop(columns="made"), left_on="departs", right_on="at", by="carrier")
    return left.sort_values("order").set_index("flight")


@pytest.mark.parametrize(("store", "pairs"), [("ours", 1), ("dask", 400_000), ("dask", 2_000)])
def test_join_equals_merge_asof_row_by_row(
    applied: list[Any],
    definitions: list[Any],
    labels: pd.DataFrame,
    data: Path,
    store: str,
    pairs: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if store == "dask":  # a repository of somebody's own, with Feast's default store
        (tmp_path / "feature_store.yaml").write_text(
            "project: own\nprovider: local\nregistry: registry.db\noffline_store: {type: dask}\n"
            "online_store: {type: sqlite, path: online.db}\nentity_key_serialization_version: 3\n"
        )
        monkeypatch.setenv("LABWRIGHT_FEATURE_REPOSITORY", str(tmp_path))
        api.apply(definitions)
        monkeypatch.setattr(slices, "PAIRS", pairs)
    before = labels.copy(deep=True)
    joined = api.join(labels, ["weather", "carrier"])
    pd.testing.assert_frame_equal(labels, before)
    pd.testing.assert_index_equal(joined.index, labels.index)
    pd.testing.assert_frame_equal(joined[list(labels.columns)], labels)
    wanted = expected(labels, data)
    for name in ("temp", "wind", "late"):
        np.testing.assert_array_equal(joined[name].to_numpy(), wanted[name].to_numpy())
    assert 0 < joined["temp"].isna().sum() < len(labels)
    assert joined.attrs["labwright.features"] == {"weather": ["temp", "wind"], "carrier": ["late"]}


def test_a_correction_wins_over_what_it_corrects(applied: list[Any]) -> None:
    label = pd.DataFrame({"carrier": ["AA"], "event_timestamp": [pd.Timestamp("2013-01-05 12:00")]})
    assert api.join(label, ["carrier"])["late"].iloc[0] > 1


def test_times_without_zone_and_in_other_zones(applied: list[Any], labels: pd.DataFrame) -> None:
    utc = api.join(labels, ["weather"])
    naive = labels.assign(departs=labels["departs"].dt.tz_localize(None))
    there = labels.assign(departs=labels["departs"].dt.tz_convert("America/New_York"))
    for frame in (naive, there):
        joined = api.join(frame, ["weather"])
        np.testing.assert_array_equal(joined["temp"].to_numpy(), utc["temp"].to_numpy())
        assert joined["departs"].dtype == frame["departs"].dtype


def test_only_some_features_and_full_names(applied: list[Any], labels: pd.DataFrame) -> None:
    joined = api.join(labels, [], features=["weather:wind"], full_names=True)
    assert list(joined.columns) == [*labels.columns, "weather__wind"]


def test_a_distributed_client_is_no_hindrance(applied: list[Any], labels: pd.DataFrame) -> None:
    from distributed import Client as DaskClient

    with DaskClient(processes=False, n_workers=1, threads_per_worker=1, dashboard_address=None, set_as_default=True):
        joined = api.join(labels.head(20), ["weather"])
    np.testing.assert_array_equal(joined["temp"], api.join(labels, ["weather"])["temp"].head(20))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"views": ["wether"]}, "no feature view wether. There are: carrier, weather"),
        ({"views": []}, "Which feature views.*carrier, weather"),
        ({"views": ["weather"], "timestamp": "when"}, "no column when.*departs"),
        ({"views": ["weather"], "timestamp": "origin"}, "holds no times"),
        ({"views": [], "features": ["weather:snow"]}, "no feature snow; it has temp, wind"),
        ({"views": [], "features": ["temp"]}, "view:feature"),
    ],
)
def test_clear_errors(applied: list[Any], labels: pd.DataFrame, options: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidError, match=words):
        api.join(labels, **options)


def test_clear_errors_about_the_labels(applied: list[Any], labels: pd.DataFrame) -> None:
    with pytest.raises(InvalidError, match="no column origin, which the view weather is joined by"):
        api.join(labels.drop(columns="origin"), ["weather"])
    with pytest.raises(InvalidError, match="Which column holds the time"):
        api.join(labels.drop(columns="departs"), ["weather"])
    with pytest.raises(InvalidError, match="1 labels have no time"):
        api.join(labels.head(3).assign(departs=[pd.NaT, *labels["departs"].iloc[1:3]]), ["weather"])
    with pytest.raises(InvalidError, match="More than one column would be called temp"):
        api.join(labels.assign(temp=1), ["weather"])


def test_applying_again_changes_nothing(applied: list[Any], definitions: list[Any], state_folder: Path) -> None:
    registry = state_folder / "features" / "registry.db"
    before = registry.stat().st_mtime_ns
    again = api.apply(definitions)
    assert {entry.change for entry in again} == {"unchanged"}
    assert registry.stat().st_mtime_ns == before
    assert [entry.change for entry in api.apply([definitions[2]])] == ["unchanged", "unchanged"]


def test_a_changed_view_is_updated(applied: list[Any], definitions: list[Any], data: Path) -> None:
    from feast import FeatureView

    weather = definitions[2]
    changed = FeatureView(
        name="weather", entities=[definitions[0]], ttl=timedelta(hours=5), schema=weather.schema, source=weather.source
    )
    assert api.apply([changed])[0].change == "updated"
    assert {view.name: view.ttl_seconds for view in api.views().views}["weather"] == 5 * 3600
    assert api.apply([weather])[0].change == "updated"


def test_what_cannot_be_applied(applied: list[Any], data: Path) -> None:
    from feast import Entity, FeatureView, FileSource, ValueType

    stranger = Entity(name="stranger", join_keys=["who"], value_type=ValueType.STRING)
    source = FileSource(path=str(data / "weather.parquet"), timestamp_field="at")
    with pytest.raises(InvalidError, match="stranger"):
        api.apply([FeatureView(name="odd", entities=[stranger], source=source)])
    with pytest.raises(InvalidError, match="not there"):
        api.apply([FileSource(name="gone", path=str(data / "gone.parquet"), timestamp_field="at")])
    with pytest.raises(InvalidError, match="no feature definition"):
        api.apply([42])
    assert "odd" not in {view.name for view in api.views().views}


def test_a_relative_path_means_the_folder_of_the_notebook(
    data: Path, definitions: list[Any], applied: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from feast import FileSource

    monkeypatch.chdir(data)
    source = FileSource(name="relative", path="weather.parquet", timestamp_field="at")
    api.apply([source])
    assert source.file_options.uri == str(data / "weather.parquet")


def test_the_service_shows_the_views(client: Client, applied: list[Any], data: Path, state_folder: Path) -> None:
    found: FeatureRepository = client.get("/features", FeatureRepository)
    assert found.path == str(state_folder / "features")
    assert [view.name for view in found.views] == ["carrier", "weather"]
    detail: FeatureViewDetail = client.get("/features/views/weather", FeatureViewDetail)
    assert detail.view.join_keys == ["origin"]
    assert [feature.name for feature in detail.view.features] == ["temp", "wind"]
    assert detail.preview is not None
    assert detail.preview.columns == ["origin", "at", "temp", "wind"]
    assert detail.preview.total_rows == len(pd.read_parquet(data / "weather.parquet"))
    first = pd.read_parquet(data / "weather.parquet").iloc[0]
    assert detail.preview.rows[0][0] == first["origin"]
    assert float(detail.preview.rows[0][2]) == first["temp"]
    assert len(detail.preview.rows) == 20
    with pytest.raises(NotFoundError, match="carrier, weather"):
        client.get("/features/views/nothing", FeatureViewDetail)


def test_the_service_notices_what_a_kernel_applied(
    client: Client, applied: list[Any], definitions: list[Any], data: Path
) -> None:
    from feast import FeatureView, FileSource

    assert len(client.get("/features", FeatureRepository).views) == 2
    source = FileSource(name="other", path=str(data / "weather.parquet"), timestamp_field="at")
    third = FeatureView(name="third", entities=[definitions[0]], source=source)
    told: list[Changed] = []
    listening = threading.Event()

    def listen() -> None:
        with connection(client.service(), client.folders) as http, http.stream("GET", "/events") as events:
            for line in events.iter_lines():
                listening.set()
                if line:
                    told.append(Changed.model_validate_json(line))
                    if told[-1].capability == "features":
                        return

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    assert listening.wait(20)
    api.apply([third])
    listener.join(20)
    assert "features" in {event.capability for event in told}
    assert "third" in {view.name for view in client.get("/features", FeatureRepository).views}
    api.store().delete_feature_view("third")
    assert "third" not in {view.name for view in client.get("/features", FeatureRepository).views}


def test_a_repository_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LABWRIGHT_FEATURE_REPOSITORY", str(tmp_path))
    with pytest.raises(InvalidError, match="has no feature_store"):
        api.views()
    (tmp_path / "feature_store.yaml").write_text("project: [not a name]\n")
    with pytest.raises(InvalidError, match=r"cannot be used.* project"):
        api.views()
