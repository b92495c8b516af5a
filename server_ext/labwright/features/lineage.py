"""Which joins made a run's data: the joins of this process, told to the runs whose cells stand on them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from labwright.experiments.capture.contributions import Asked, contribute, number_of_this_cell

if TYPE_CHECKING:
    import pandas as pd

    from labwright.experiments.capture.models import RunContext

DIGEST_ROWS = 10_000  # as many as MLflow's own fingerprints look at
MOST = 200
_joins: list[Join] = []


@dataclass(frozen=True)
class Join:
    """A join that this process made, in which cell, and the fingerprint of what came out."""

    versions: tuple[tuple[str, str], ...]  # view, version
    cell: int | None
    digest: str
    rows: int
    columns: int


def remember(store: Any, views: Sequence[str], joined: pd.DataFrame) -> None:
    """Keep what a join did, for the runs that come of it."""
    known = {view.name: version_of(view) for view in store.list_feature_views()}
    versions = tuple((name, known[name]) for name in views if name in known)
    _joins.append(Join(versions, number_of_this_cell(), fingerprint(joined), *joined.shape))
    del _joins[:-MOST]
    contribute("features", _contribute)


def version_of(view: Any) -> str:
    """A digest of a view's definition: the same as long as nothing in it is changed."""
    spec = view.to_proto().spec
    for source in ("batch_source", "stream_source"):
        if spec.HasField(source) and "meta" in type(getattr(spec, source)).DESCRIPTOR.fields_by_name:
            getattr(spec, source).ClearField("meta")  # when it was registered is not what it says
    return hashlib.sha256(spec.SerializeToString(deterministic=True)).hexdigest()[:12]


def fingerprint(frame: pd.DataFrame) -> str:
    """A digest of a frame's shape, columns, and first rows."""
    import pandas as pd

    head = frame.head(DIGEST_ROWS)
    try:
        rows = pd.util.hash_pandas_object(head, index=False)
    except TypeError:  # cells that cannot be hashed, such as lists
        rows = pd.util.hash_pandas_object(head.astype(str), index=False)
    found = hashlib.sha256(rows.to_numpy().tobytes())
    found.update(repr((frame.shape, [str(name) for name in frame.columns])).encode())
    return found.hexdigest()[:8]


def _contribute(context: RunContext, asked: Asked) -> None:
    from labwright.experiments.capture.models import DataSet, FeatureViewUsed

    used = [join for join in _joins if asked.cells is None or join.cell in asked.cells]
    versions = dict.fromkeys(version for join in used for version in join.versions)
    context.feature_views = [FeatureViewUsed(name=name, version=version) for name, version in versions]
    for join in used:
        names = ", ".join(name for name, _ in join.versions)
        found = DataSet(
            name=f"join of {names}", digest=join.digest, source=f"point-in-time join of {names}", rows=join.rows,
            columns=join.columns,
        )  # fmt: skip
        if found not in context.data:
            context.data.append(found)
