"""`lw.features`: definitions and point-in-time joins, by Feast, in this process.

lw.features.apply([origin, weather])
train = lw.features.join(labels, ["weather", "carrier"], timestamp="departs")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from labwright.features.models import Applied, FeatureRepository

if TYPE_CHECKING:
    import pandas as pd


def store() -> Any:
    """The `feast.FeatureStore` that Labwright uses, for all that is not here. Errors: MissingExtraError."""
    from labwright.features.repository import open_store, repository_path

    return open_store(repository_path())


def apply(objects: Iterable[Any]) -> list[Applied]:
    """Register definitions (Entity, FeatureView, FileSource, …); what is registered just so is left alone.

    A relative path of a source means this process's folder. Errors: InvalidError.
    """
    from labwright.features import definitions

    return definitions.apply(store(), objects)


def join(
    labels: pd.DataFrame,
    views: Sequence[str],
    *,
    features: Sequence[str] | None = None,
    timestamp: str | None = None,
    full_names: bool = False,
) -> pd.DataFrame:
    """The labels with the features as they were known at each label's time: same rows, order and index.

    Errors: InvalidError names a view, a feature, a key or a time that is not there.
    """
    from labwright.features import lineage, point_in_time

    opened = store()
    joined = point_in_time.join(opened, labels, views, features=features, timestamp=timestamp, full_names=full_names)
    lineage.remember(opened, list(joined.attrs["labwright.features"]), joined)
    return joined


def views() -> FeatureRepository:
    """All feature views of the repository."""
    from labwright.features.describe import describe

    return describe(store())
