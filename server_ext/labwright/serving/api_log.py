"""`lw.serving`: the prediction log, and what came true."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from labwright.client import shared
from labwright.errors import InvalidError, from_problem
from labwright.serving import prediction_log, request_ids, values
from labwright.serving.folder import EndpointFolder
from labwright.serving.naming import path, unknown

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["feedback", "log", "request_id"]


def log(
    name: str, since: str | datetime | None = None, *, columns: Collection[str] | None = None, role: str | None = None
) -> pd.DataFrame:  # fmt: skip
    """The prediction log: a row per answered row, with inputs, `prediction` and `feedback`.

    `since`: 30m, 12h, 1d, or a time (UTC where it names no zone). `columns`: only these inputs. `role`: only rows of
    live, share, canary or shadow, or all; without it all but the shadow's. The log is read here, in the kernel.
    """
    if isinstance(since, str):
        try:
            since = datetime.now(UTC) - prediction_log.parse_window(since)
        except ValueError as error:
            raise InvalidError(f"since: {error}.") from None
    if since is not None and since.tzinfo is None:
        since = since.replace(tzinfo=UTC)
    if role is not None and role not in (*ROLES, "all"):
        raise InvalidError(f"role is one of {', '.join(ROLES)}, or all.")
    folder = EndpointFolder(shared().folders.home / "endpoints" / path(name))
    if not folder.path.exists():
        raise unknown(name)
    return prediction_log.frame(folder.log, since, columns=columns, role=role)


ROLES = ("live", "share", "canary", "shadow")


def request_id(predictions: Any) -> str:
    """The id of the request that gave these predictions, as `predict` returned them; the log has it."""
    found = request_ids.of(predictions)
    if found is None:
        raise InvalidError("This is not what predict gave; the ids of all requests are in lw.serving.log(NAME).")
    return found


def feedback(name: str, request: Any, outcome: Any) -> int:
    """Tell an endpoint what came true: for a request's id, for many ids, or for what `predict` gave.

    `outcome` is a value, or one for each row of the request (one for each id, where there are many). The log joins it
    as `feedback`; of two for the same request the later holds. Gives how many were taken.
    """
    from labwright.serving import api

    body = [{"request_id": one, "outcome": found} for one, found in _items(request, outcome)]
    reply = api.post(name, "feedback", body)
    if reply.is_error:
        problem = reply.json()
        raise from_problem(reply.status_code, problem["code"], problem["detail"])
    accepted: int = reply.json()["accepted"]
    return accepted


def _items(request: Any, outcome: Any) -> list[tuple[str, Any]]:
    try:
        found = values.plain(outcome)
    except values.Unsendable as error:
        raise InvalidError(f"The outcome cannot be sent: {error}.", code="unsendable") from None
    if isinstance(request, str):
        return [(request, found)]
    if (known := request_ids.of(request)) is not None:
        return [(known, found)]
    ids = request.tolist() if hasattr(request, "tolist") else list(request) if isinstance(request, Iterable) else []
    if not ids or not all(isinstance(one, str) for one in ids):
        raise InvalidError("Of which request? Give its id, a list of ids, or what predict gave.")
    if not isinstance(found, list) or len(found) != len(ids):
        raise InvalidError(f"For {len(ids):,} requests give a list of as many outcomes.")
    return list(zip(ids, found, strict=True))
