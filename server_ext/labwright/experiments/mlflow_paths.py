"""What may be sent to MLflow a second time when nobody knows whether the first was done."""

from __future__ import annotations

# Reads; and writes after which the store is the same, done once or twice: a metric's point is keyed by run, name,
# step, time and value, a parameter and a tag by name.
_AGAIN = (
    "/search", "/get", "/get-history", "/search-datasets", "/log-batch", "/log-metric", "/log-parameter", "/set-tag",
    "/delete-tag", "/set-experiment-tag", "/runs/update", "/runs/delete", "/runs/restore", "/experiments/update",
    "/experiments/delete", "/experiments/restore", "/registered-models/alias", "/get-latest-versions",
)  # fmt: skip


def repeatable(method: str, path: str) -> bool:
    """Whether sending this twice does no more than sending it once."""
    return method in {"GET", "HEAD"} or (method in {"POST", "PATCH", "DELETE"} and path.endswith(_AGAIN))
