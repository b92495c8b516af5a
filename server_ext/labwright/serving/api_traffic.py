"""`lw.serving.traffic`: how an endpoint's calls are spread over versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from labwright.client import follow, shared
from labwright.errors import InvalidError
from labwright.service.models import Operation
from labwright.serving.naming import path
from labwright.serving.traffic_models import SetTraffic

if TYPE_CHECKING:
    from labwright.serving.api import EndpointCard

__all__ = ["traffic"]


def traffic(
    name: str, weights: Mapping[Any, float], shadow: str | int | None = None, *, reason: str | None = None,
    wait: bool = True, progress: Callable[[Operation], None] | None = None,
) -> EndpointCard | Operation:  # fmt: skip
    """Spread the calls of the endpoint `name` over versions that were promoted to it, such as {"3": 80, "4": 20}.

    Weights are percent and add up to 100; the live version is among them. `shadow` is a version that gets a copy of
    every call and never answers; without it there is none. It holds until it is set again; the version that is live
    changes by promote and rollback only. Gives the endpoint; with `wait=False` the operation that goes on.
    """
    from labwright.serving.api import endpoint

    try:
        body = SetTraffic(
            weights={_version(version): float(percent) for version, percent in weights.items()},
            shadow=None if shadow is None else _version(shadow), reason=reason,
        )  # fmt: skip
    except (TypeError, ValueError):
        raise InvalidError('Weights are percent by version, such as {"3": 80, "4": 20}.', code="weights") from None
    url = f"/serving/endpoints/{path(name)}/traffic"
    operation: Operation = shared().request("PUT", url, kind=Operation, body=body)
    if not wait:
        return operation
    operation = follow(operation, progress, cancelled="It was cancelled; nothing was changed.")
    spread = ", ".join(f"version {version} {percent:g} %" for version, percent in operation.result["traffic"].items())
    note = f"{spread[0].upper()}{spread[1:]}." if operation.result["changed"] else operation.log[-1]
    return endpoint(name).model_copy(update={"note": note})


def _version(version: str | int) -> str:
    return str(version).removeprefix("v")
