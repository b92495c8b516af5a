"""Point-in-time joins by Feast, with every label row out as it came in. Runs in the kernel.

Feast's Dask offline store joins all feature rows of an entity to each label and filters afterwards, drops labels that
find nothing, and keeps one of the labels with equal keys and time. So it is asked for each distinct key and time once,
one view at a time, in parts by time with the feature rows that can matter for the part (`slices`), and what it finds is
put beside the labels. Which row a label gets is Feast's own decision throughout: the latest one of its entity that
is not after the label's time and not older than the view's ttl; of two of the same time, the one created last.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from labwright.errors import InvalidError
from labwright.features import slices
from labwright.features.repository import first_line

AT = "__labwright_at"  # a column name that no label has


def join(
    store: Any,
    labels: pd.DataFrame,
    views: Sequence[str],
    *,
    features: Sequence[str] | None = None,
    timestamp: str | None = None,
    full_names: bool = False,
) -> pd.DataFrame:
    """The labels with the features as they were known at each label's time; same rows, order and index.

    A time without a zone is UTC. `features` narrows what is taken ("view:feature"). With `full_names` the columns are
    called `view__feature`. `.attrs["labwright.features"]` names what was joined. Errors: InvalidError.
    """
    if not isinstance(labels, pd.DataFrame):
        raise InvalidError("The labels must be a pandas DataFrame.")
    timestamp = timestamp_column(labels, timestamp)
    chosen = choose(store, views, features)
    columns = _columns(labels, chosen, full_names)
    at = in_utc(labels[timestamp], timestamp)
    found = labels.copy()
    found.attrs = dict(labels.attrs)
    for view, names in chosen.items():
        keys = join_keys(view)
        if missing := [key for key in keys if key not in labels.columns]:
            raise InvalidError(
                f"The labels have no column {', '.join(missing)}, which the view {view.name} is joined by."
            )
        wanted = labels[keys].assign(**{AT: at})
        values = _look_up(store, view, names, keys, wanted)
        for name in names:
            found[columns[view.name, name]] = values[name].to_numpy()
    found.attrs["labwright.features"] = {view.name: list(names) for view, names in chosen.items()}
    return found


def timestamp_column(labels: pd.DataFrame, named: str | None) -> str:
    """The column with each label's time. Errors: InvalidError when it is not there, or not clear."""
    times = [str(name) for name in labels.columns if pd.api.types.is_datetime64_any_dtype(labels[name])]
    if named is not None:
        if named not in labels.columns:
            raise InvalidError(
                f"The labels have no column {named}; those with times are: {', '.join(times) or 'none'}."
            )
        if named not in times:
            raise InvalidError(f"The column {named} holds no times; convert it with pandas.to_datetime.")
        return named
    if "event_timestamp" in times:
        return "event_timestamp"
    if len(times) != 1:
        seen = ", ".join(times) or "none"
        raise InvalidError(
            f"Which column holds the time of each label? Name it (timestamp=…); with times here: {seen}."
        )
    return times[0]


def choose(store: Any, views: Sequence[str], features: Sequence[str] | None) -> Mapping[Any, list[str]]:
    """The views, each with the features to take. Errors: InvalidError names what does not exist, and what does."""
    known = {view.name: view for view in store.list_feature_views()}
    narrowed: dict[str, list[str]] = {}
    for reference in features or []:
        view, _, feature = reference.partition(":")
        if not feature:
            raise InvalidError(f"Name features as view:feature; {reference[:60]} has no view.")
        narrowed.setdefault(view, []).append(feature)
    names = list(dict.fromkeys([*views, *narrowed]))
    if not names:
        raise InvalidError(f"Which feature views? There are: {', '.join(sorted(known)) or 'none; apply some first'}.")
    if unknown := [name for name in names if name not in known]:
        there = ", ".join(sorted(known)) or "none; apply some first"
        raise InvalidError(f"There is no feature view {', '.join(unknown)[:200]}. There are: {there}.")
    chosen = {}
    for name in names:
        have = [field.name for field in known[name].features]
        if unknown := [feature for feature in narrowed.get(name, []) if feature not in have]:
            raise InvalidError(f"The view {name} has no feature {', '.join(unknown)[:200]}; it has {', '.join(have)}.")
        chosen[known[name]] = narrowed.get(name) or have
    return chosen


def join_keys(view: Any) -> list[str]:
    """The columns that a view is joined by."""
    return [column.name for column in view.entity_columns if column.name != "__dummy_id"]


def in_utc(times: pd.Series[Any], name: str) -> pd.Series[Any]:
    """Times in UTC, in nanoseconds."""
    if times.isna().any():
        raise InvalidError(f"{int(times.isna().sum())} labels have no time in {name}; drop or fill them first.")
    utc = times.dt.tz_localize("UTC") if times.dt.tz is None else times.dt.tz_convert("UTC")
    nanoseconds: pd.Series[Any] = utc.astype("datetime64[ns, UTC]")
    return nanoseconds


def _columns(labels: pd.DataFrame, chosen: Mapping[Any, list[str]], full: bool) -> dict[tuple[str, str], str]:
    columns = {
        (view.name, name): f"{view.name}__{name}" if full else name for view, names in chosen.items() for name in names
    }
    seen = [*map(str, labels.columns), *columns.values()]
    if twice := sorted({name for name in columns.values() if seen.count(name) > 1}):
        raise InvalidError(f"More than one column would be called {', '.join(twice)}; use full names (view__feature).")
    return columns


def _look_up(store: Any, view: Any, names: list[str], keys: list[str], wanted: pd.DataFrame) -> pd.DataFrame:
    """One row of features for each row that is wanted, in its order; empty where Feast finds none."""
    import dask
    from feast.errors import FeastError

    distinct = wanted.dropna().drop_duplicates().reset_index(drop=True)
    try:
        # In this process: a distributed client, which would be the default, cannot see what lies in this one's memory.
        with dask.config.set(scheduler="synchronous"):
            parts = [part[[*keys, AT, *names]] for part in slices.historical(store, view, names, keys, distinct, AT)]
    except (FeastError, ValueError, TypeError, KeyError, OSError) as error:
        raise InvalidError(f"Feast cannot join the view {view.name}: {_reason(error)}") from None
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=[*keys, AT, *names])
    found[AT] = found[AT].astype(distinct[AT].dtype)
    for key in keys:
        found[key] = found[key].astype(distinct[key].dtype)
    return wanted.merge(found.drop_duplicates([*keys, AT]), on=[*keys, AT], how="left")


def _reason(error: BaseException) -> str:
    return re.sub(r"\s+", " ", first_line(error))
