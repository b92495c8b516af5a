"""What a capability brings to the service. `service.app.CAPABILITIES` is the service's list of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import APIRouter

from labwright.service.context import Context
from labwright.service.models import GoingOn


def _nothing(_context: Context) -> None:
    return None


def _not_busy(_context: Context) -> bool:
    return False


def _none_going_on(_context: Context) -> list[GoingOn]:
    return []


@dataclass(frozen=True)
class Capability:
    """A capability's room in the service.

    `recover` runs once at the service's start and makes processes match the records; `going_on` lists what outlives
    the service; `busy` says whether the service should stay for more than those; `stop_everything` ends all that goes
    on; `close` ends what must not outlive the service.
    """

    name: str
    router: APIRouter
    recover: Callable[[Context], None] = _nothing
    going_on: Callable[[Context], list[GoingOn]] = _none_going_on
    busy: Callable[[Context], bool] = _not_busy
    stop_everything: Callable[[Context], None] = _nothing
    close: Callable[[Context], None] = _nothing
