"""Clusters: what can be done with them. The records are in the database; each write of one name waits for the last."""

from __future__ import annotations

import threading
import time
import uuid
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import sqlalchemy as sa

from labwright.actor import Actor
from labwright.clusters.backend import Backend, Processes, Spec
from labwright.clusters.local import LocalBackend
from labwright.clusters.models import Cluster, ClusterState, ScaleCluster, StartCluster
from labwright.clusters.records import find, folder_of, model, row_of, save, update
from labwright.clusters.tables import ClusterRow
from labwright.errors import ConflictError, LabwrightError, UnavailableError
from labwright.service.context import Context
from labwright.service.models import GoingOn
from labwright.service.operations import CancelledByUser, Handle

__all__ = ["get", "going_on", "list_clusters", "recover", "scale", "start", "stop", "stop_everything"]

BACKENDS: dict[str, Backend] = {backend.name: backend for backend in (LocalBackend(),)}
START_SECONDS = 90.0
LIVE = (ClusterState.starting, ClusterState.running)
LOST = "The cluster's scheduler ended by itself or was killed; its workers were stopped. Start it again."
_locks: defaultdict[str, threading.RLock] = defaultdict(threading.RLock)


def start(context: Context, actor: Actor, request: StartCluster) -> Cluster:
    """Start a cluster and come back at once; the one that runs with this name already is given back unchanged.

    Errors: InvalidError for what this machine cannot do, ConflictError when the name is somebody else's.
    """
    spec = Spec(**request.model_dump())
    backend = BACKENDS["local"]
    with _locks[spec.name]:
        row = find(context, actor, spec.name)
        if row is not None and row.state in LIVE:
            cluster = _read(context, row)
            if cluster.state in LIVE:
                return cluster.model_copy(update={"message": _already(cluster, spec)})
        if row is not None and row.processes:
            _clean(context, spec.name, row.processes)
        backend.check(spec)
        processes: Processes = {"id": uuid.uuid4().hex}
        with context.store.session() as session:
            row = session.get(ClusterRow, row.id) if row is not None else None
            if row is None:
                row = ClusterRow(name=spec.name, owner=actor.owner, namespace=actor.namespace, revision=0)
                session.add(row)
            row.backend, row.state, row.message, row.address = backend.name, ClusterState.starting, "", None
            row.wanted, row.threads, row.gpus = spec.workers, spec.threads, spec.gpus
            row.memory_limit, row.notebook, row.processes = spec.memory_limit, spec.notebook, processes
            row.revision += 1
        context.operations.start(
            actor, "clusters.start", spec.name, lambda handle: _start(context, spec, dict(processes), handle)
        )
    context.events.publish("clusters", spec.name)
    return get(context, actor, spec.name)


def list_clusters(context: Context, actor: Actor) -> list[Cluster]:
    """All but the stopped ones, by name."""
    query = sa.select(ClusterRow).where(ClusterRow.owner == actor.owner, ClusterRow.state != ClusterState.stopped)
    with context.store.session() as session:
        rows = list(session.scalars(query.order_by(ClusterRow.name)))
    return [_read(context, row) for row in rows]


def get(context: Context, actor: Actor, name: str) -> Cluster:
    """One cluster with its workers as they are now. Errors: NotFoundError."""
    return _read(context, row_of(context, actor, name))


def scale(context: Context, actor: Actor, name: str, request: ScaleCluster) -> Cluster:
    """Change the number of workers. Errors: NotFoundError, ConflictError, InvalidError, UnavailableError."""
    with _locks[name]:
        row = row_of(context, actor, name)
        cluster = _read(context, row)
        if cluster.state is not ClusterState.running:
            raise ConflictError(f"The cluster {name} is {cluster.state}; only a running one can be scaled.")
        _check_revision(name, cluster.revision, request.expected_revision)
        if request.workers == cluster.wanted == len(cluster.workers):
            return cluster.model_copy(update={"message": f"It has {cluster.wanted} workers already."})
        backend = BACKENDS[row.backend]
        spec = Spec(name, request.workers, row.threads, row.memory_limit, row.gpus, row.notebook)
        backend.check(spec)
        backend.scale(spec, folder_of(context, name), dict(row.processes), lambda found: save(context, name, found))
        update(context, name, wanted=request.workers, revision=row.revision + 1)
        return get(context, actor, name)


def stop(context: Context, actor: Actor, name: str, expected: int | None = None) -> Cluster:
    """End all processes of a cluster and forget it. Errors: NotFoundError, ConflictError."""
    row_of(context, actor, name)
    with _locks[name]:
        row = row_of(context, actor, name)
        _check_revision(name, row.revision, expected)
        if row.state == ClusterState.stopped:
            return model(context, row, []).model_copy(update={"message": "It was stopped already."})
        update(context, name, state=ClusterState.stopping, message="")
        _clean(context, name, row.processes, grace=5.0)
        update(context, name, state=ClusterState.stopped, message="", address=None, revision=row.revision + 1)
        return get(context, actor, name)


def recover(context: Context) -> None:
    """At the service's start: keep what lives, end what is half dead, and say so."""
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(ClusterRow)))
    for row in rows:
        backend = BACKENDS[row.backend]
        if row.state == ClusterState.running:
            if not backend.alive(row.processes):
                _lose(context, row)
        elif row.processes or row.state in (ClusterState.starting, ClusterState.stopping):
            _clean(context, row.name, row.processes)
            if row.state == ClusterState.starting:
                message = "The service ended while this cluster was starting; it was stopped. Start it again."
                update(context, row.name, state=ClusterState.failed, message=message)
                _note(context, f"Cluster {row.name}: {message}")
            elif row.state == ClusterState.stopping:
                update(context, row.name, state=ClusterState.stopped, message="")


def going_on(context: Context) -> list[GoingOn]:
    """Clusters that outlive the service. One whose scheduler died meanwhile is cleaned up."""
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(ClusterRow).where(ClusterRow.state.in_(LIVE))))
    found = []
    for row in rows:
        if row.state == ClusterState.running and not BACKENDS[row.backend].alive(row.processes):
            _lose(context, row)
            continue
        what = f"{row.wanted} worker{'' if row.wanted == 1 else 's'}" + (
            f" at {row.address}" if row.address else ", starting"
        )
        found.append(GoingOn(capability="clusters", name=row.name, what=what, stop=f"labwright stop {row.name}"))
    return found


def stop_everything(context: Context) -> None:
    """Stop all clusters."""
    with context.store.session() as session:
        rows = list(session.scalars(sa.select(ClusterRow).where(ClusterRow.state != ClusterState.stopped)))
    for row in rows:
        stop(context, Actor(owner=row.owner, namespace=row.namespace), row.name)


def _start(context: Context, spec: Spec, processes: Processes, handle: Handle) -> dict[str, str]:
    backend, folder = BACKENDS["local"], folder_of(context, spec.name)
    try:
        handle.step("Starting the scheduler and the workers", 0.1)
        backend.start(spec, folder, processes, lambda found: _keep(context, spec.name, found))
        handle.step("Waiting for the workers", 0.5)
        deadline = time.monotonic() + START_SECONDS
        while not _is_up(backend, spec, folder, processes):
            handle.check()
            _check_still_wanted(context, spec.name, processes)
            if time.monotonic() > deadline:
                raise UnavailableError(f"The workers did not come within {START_SECONDS:.0f} s; their log is {folder}.")
            time.sleep(0.1)
        with _locks[spec.name]:
            _check_still_wanted(context, spec.name, processes)
            update(context, spec.name, state=ClusterState.running, address=backend.address(folder))
    except BaseException as error:
        with _locks[spec.name]:
            if _is_ours(context, spec.name, processes):
                _clean(context, spec.name, processes, grace=0.5)
                message = error.message if isinstance(error, LabwrightError) else "The start did not succeed."
                if isinstance(error, CancelledByUser):
                    message = "The start was cancelled."
                elif isinstance(error, OSError):
                    message = f"The start did not succeed: {error.strerror or type(error).__name__}."
                update(context, spec.name, state=ClusterState.failed, message=message)
            else:  # stopped meanwhile, perhaps before our last process was written down
                backend.stop(processes, folder, grace=0.5)
        raise
    return {"name": spec.name}


def _is_up(backend: Backend, spec: Spec, folder: Path, processes: Processes) -> bool:
    problem = backend.failure(processes, folder)
    if problem is not None:
        raise UnavailableError(problem, code="start_failed")
    if backend.address(folder) is None:
        return False
    with suppress(UnavailableError):
        return len(backend.workers(folder)) >= spec.workers
    return False


def _is_ours(context: Context, name: str, processes: Processes) -> bool:
    with context.store.session() as session:
        row = session.scalars(sa.select(ClusterRow).where(ClusterRow.name == name)).one()
        return row.state == ClusterState.starting and row.processes.get("id") == processes["id"]


def _check_still_wanted(context: Context, name: str, processes: Processes) -> None:
    if not _is_ours(context, name, processes):
        raise CancelledByUser


def _keep(context: Context, name: str, processes: Processes) -> None:
    """Write down what was started, unless the cluster was stopped meanwhile: then end the start."""
    with _locks[name]:
        _check_still_wanted(context, name, processes)
        save(context, name, processes)


def _read(context: Context, row: ClusterRow) -> Cluster:
    """The cluster as it is now; a scheduler that is dead is noticed here."""
    backend = BACKENDS[row.backend]
    if row.state != ClusterState.running:
        return model(context, row, [])
    if not backend.alive(row.processes):
        return _lose(context, row)
    try:
        workers = backend.workers(folder_of(context, row.name))
    except UnavailableError as error:
        if not backend.alive(row.processes):
            return _lose(context, row)
        return model(context, row, []).model_copy(update={"message": error.message})
    cluster = model(context, row, workers)
    if len(workers) < row.wanted:
        cluster.message = f"{len(workers)} of {row.wanted} workers are there."
    return cluster


def _lose(context: Context, row: ClusterRow) -> Cluster:
    with _locks[row.name]:
        with context.store.session() as session:
            now = session.get_one(ClusterRow, row.id)
        if now.state == ClusterState.running and now.processes.get("id") == row.processes.get("id"):
            _clean(context, row.name, row.processes)
            update(context, row.name, state=ClusterState.lost, message=LOST, address=None)
            _note(context, f"Cluster {row.name} was lost. {LOST}")
        with context.store.session() as session:
            return model(context, session.get_one(ClusterRow, row.id), [])


def _check_revision(name: str, revision: int, expected: int | None) -> None:
    if expected not in (None, revision):
        raise ConflictError(f"The cluster {name} was changed by somebody else meanwhile; look again and repeat.")


def _clean(context: Context, name: str, processes: Processes, grace: float = 0.5) -> None:
    if processes:
        BACKENDS["local"].stop(processes, folder_of(context, name), grace=grace)
        save(context, name, {})


def _note(context: Context, sentence: str) -> None:
    if sentence not in context.notes:
        context.notes.append(sentence)


def _already(cluster: Cluster, spec: Spec) -> str:
    words = f"It was {cluster.state} already, with {cluster.wanted} {'worker' if cluster.wanted == 1 else 'workers'}"
    return f"{words}; scale it to have {spec.workers}." if spec.workers != cluster.wanted else f"{words}."
