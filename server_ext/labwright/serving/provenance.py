"""From an endpoint back to the notebook, its data and features; and from a run forward to the endpoints."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.errors import NotFoundError
from labwright.experiments import core as experiments
from labwright.experiments.overview.core import origin
from labwright.service.context import Context
from labwright.serving import records, shares
from labwright.serving.lineage_models import Lineage, ServedRun, VersionOrigin
from labwright.serving.models import Version
from labwright.serving.tables import EndpointRow, PromotionRow
from labwright.serving.traffic_models import Role


def of_endpoint(context: Context, actor: Actor, name: str) -> Lineage:
    """What made the versions that serve, and the one before. Errors: NotFoundError."""
    with context.store.session() as session:
        row = records.get(session, actor, name)
        lines = list(session.scalars(_query(actor).where(PromotionRow.endpoint == name)))
    versions = list(shares.wanted(row).values())
    before = next((line for line in reversed(lines) if line.version["version"] == row.card.get("previous")), None)
    if before is not None and before.version["version"] not in shares.wanted(row):
        versions.append(Version.model_validate(before.version))
    return Lineage(endpoint=name, versions=[_origin(context, actor, row, version) for version in versions])


def of_run(context: Context, actor: Actor, run_id: str) -> list[ServedRun]:
    """The endpoints that serve a run's model, or did, the newest first."""
    with context.store.session() as session:
        query = sa.select(EndpointRow).where(EndpointRow.owner == actor.owner)
        endpoints = {row.name: row for row in session.scalars(query)}
        lines = list(session.scalars(_query(actor)))
    found = []
    for name, group in groupby(sorted(lines, key=lambda line: line.endpoint), key=lambda line: line.endpoint):
        own = list(group)
        for version in dict.fromkeys(line.version["version"] for line in own if line.version["run_id"] == run_id):
            same = [line for line in own if line.version["version"] != version or line.version["run_id"] == run_id]
            row = endpoints.get(name)
            found.append(_served(name, version, run_id, same, row))
    return sorted(found, key=lambda one: one.first, reverse=True)


def _query(actor: Actor) -> sa.Select[PromotionRow]:
    return sa.select(PromotionRow).where(PromotionRow.owner == actor.owner).order_by(PromotionRow.sequence)


def _served(
    name: str, version: str, run_id: str, lines: list[PromotionRow], row: EndpointRow | None
) -> ServedRun:  # fmt: skip
    """`lines` has none of another run that had this number once."""
    first = next(place for place, line in enumerate(lines) if line.version["version"] == version)
    now = shares.wanted(row).get(version) if row is not None else None
    role, percent = _role(row, version) if row is not None and now and now.run_id == run_id else (None, 0.0)
    last = None
    if role is None:  # it ended with the first line after its last one that has it no more
        having = [place for place, line in enumerate(lines) if _has(line, version)]
        after = having[-1] + 1
        last = lines[after].created if after < len(lines) else row.updated if row is not None else None
    return ServedRun(
        endpoint=name, version=version, role=role, percent=percent, first=lines[first].created, last=last,
        exists=row is not None,
    )  # fmt: skip


def _has(line: PromotionRow, version: str) -> bool:
    return version in line.traffic or line.version["version"] == version


def _role(row: EndpointRow, version: str) -> tuple[Role | None, float]:
    """What a version does now, and its percent of the calls."""
    copied = shares.shadow(row)
    if row.live is not None and row.live["version"] == version:
        return Role.live, shares.percents(row)[version]
    if version in shares.percents(row):
        return Role.share, shares.percents(row)[version]
    return (Role.shadow, 100.0) if copied is not None and copied.version == version else (None, 0.0)


def _origin(context: Context, actor: Actor, row: EndpointRow, version: Version) -> VersionOrigin:
    role, percent = _role(row, version.version)
    about: dict[str, Any] = {
        "version": version.version, "role": role, "percent": percent, "model": version.model,
        "digest": version.digest, "run_id": version.run_id, "run_name": version.run_name,
    }  # fmt: skip
    if version.run_id is None:
        return VersionOrigin(**about, note="This version was registered without a run.")
    try:
        run = experiments.get_run(context, actor, version.run_id).run
        made = origin(context, actor, version.run_id)
    except NotFoundError:
        return VersionOrigin(**about, note="Its run was deleted; what it recorded went with it.")
    recorded = made.context
    note = "" if recorded else "Its run recorded no context: it was made by a script, or before Labwright did so."
    return VersionOrigin(
        **about, experiment=run.experiment, notebook=made.notebook, cell=made.cell, cell_id=made.cell_id,
        commit=made.commit, branch=made.branch, user=made.user, recorded=made.recorded,
        data=recorded.data if recorded else [], feature_views=recorded.feature_views if recorded else [], note=note,
    )  # fmt: skip
