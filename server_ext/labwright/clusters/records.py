"""Records of clusters: rows of the database, and clusters as others see them."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.clusters.backend import Processes
from labwright.clusters.models import Cluster, ClusterState, Worker
from labwright.clusters.tables import ClusterRow
from labwright.errors import ConflictError, NotFoundError
from labwright.service.context import Context


def save(context: Context, name: str, processes: Processes) -> None:
    """Write down what was started."""
    # A copy, or SQLAlchemy takes the changed JSON for the one that it knows.
    with context.store.session() as session:
        row = session.scalars(sa.select(ClusterRow).where(ClusterRow.name == name)).one()
        row.processes = {**processes, "groups": list(processes["groups"])} if "groups" in processes else {**processes}


def update(context: Context, name: str, **values: object) -> None:
    """Change a record and tell the listeners."""
    with context.store.session() as session:
        session.execute(sa.update(ClusterRow).where(ClusterRow.name == name).values(**values))
    context.events.publish("clusters", name)


def find(context: Context, actor: Actor, name: str) -> ClusterRow | None:
    """The record of this name, if there is one. Errors: ConflictError when it is somebody else's."""
    with context.store.session() as session:
        row = session.scalars(sa.select(ClusterRow).where(ClusterRow.name == name)).one_or_none()
    if row is not None and row.owner != actor.owner:
        raise ConflictError("This name belongs to a cluster of somebody else; choose another.")
    return row


def row_of(context: Context, actor: Actor, name: str) -> ClusterRow:
    """The actor's record of this name. Errors: NotFoundError."""
    with context.store.session() as session:
        query = sa.select(ClusterRow).where(ClusterRow.name == name, ClusterRow.owner == actor.owner)
        row = session.scalars(query).one_or_none()
    if row is None:
        raise NotFoundError("There is no cluster of this name; start it, or see which there are with %cluster list.")
    return row


def folder_of(context: Context, name: str) -> Path:
    """The cluster's folder: credentials, logs, the workers' files."""
    folder = context.folders.home / "clusters" / name
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def model(context: Context, row: ClusterRow, workers: list[Worker]) -> Cluster:
    """The cluster as others see it."""
    running = row.state == ClusterState.running
    return Cluster(
        name=row.name, backend=row.backend, state=ClusterState(row.state), message=row.message, wanted=row.wanted,
        threads=row.threads, memory_limit=row.memory_limit, gpus=row.gpus, workers=workers,
        address=row.address if running else None, credentials=str(folder_of(context, row.name)) if running else None,
        notebook=row.notebook, created=row.created, revision=row.revision,
    )  # fmt: skip
