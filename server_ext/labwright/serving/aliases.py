"""MLflow's aliases `champion`, `challenger` and `previous`: the mirror of what the service's records say.

MLflow's aliases have no compare-and-set, so they are never read to decide something. They are set after a commit, and
again later when that was not possible; MLflow is never started for it.
"""

from __future__ import annotations

import logging
import threading

from labwright.actor import Actor
from labwright.errors import LabwrightError
from labwright.experiments import core as experiments
from labwright.service.context import Context
from labwright.serving import records, registry, shares
from labwright.serving.tables import EndpointRow

log = logging.getLogger(__name__)


def wanted(row: EndpointRow) -> dict[str, str | None]:
    """Alias → version; None where there shall be none."""
    live = row.live["version"] if row.live else None
    previous = row.card.get("previous")
    return {
        "champion": live,
        "challenger": shares.challenger(row),
        "previous": previous if previous != live else None,
    }


def current(row: EndpointRow) -> bool:
    """Whether MLflow was told."""
    return bool(row.card.get("mirrored") == wanted(row))


def mirror(context: Context, actor: Actor, name: str) -> None:
    """Set the aliases and note that it is done. Errors: LabwrightError."""
    room = records.room(context)
    with room.mirroring[name]:
        with context.store.session() as session:
            row = records.get(session, actor, name)
            aliases = wanted(row)
            if row.live is None or current(row):
                return
        registry.mirror(context, name, aliases)
        with room.busy[name], context.store.session() as session:
            row = records.get(session, actor, name)
            row.card = row.card | {"mirrored": aliases}


def mirror_soon(context: Context, actor: Actor, name: str, seconds: float) -> None:
    """The same, waiting for MLflow `seconds` at most; then it goes on beside. What fails is done later."""

    def run() -> None:
        try:
            mirror(context, actor, name)
        except LabwrightError as error:
            log.warning("endpoint %s: aliases were not set: %s", name, error.message)

    thread = threading.Thread(target=run, name="aliases", daemon=True)
    thread.start()
    thread.join(seconds)


def catch_up(context: Context, actor: Actor, name: str) -> None:
    """Mirror what could not be mirrored before, once MLflow runs. Errors: LabwrightError."""
    lock = records.room(context).mirroring[name]
    if experiments.mlflow_state(context) != "running" or name in records.room(context).works or lock.locked():
        return
    mirror(context, actor, name)
