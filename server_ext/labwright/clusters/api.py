"""`lw.clusters`: workers for this notebook.

cluster = lw.clusters.start(workers=2)   # the one that this notebook has already, if there is one
client = lw.clusters.client()            # a distributed.Client, the default one of this process
lw.clusters.scale(4)
lw.clusters.stop()
"""

from __future__ import annotations

import builtins
import hashlib
import importlib.util
import os
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import quote

from labwright.client import shared
from labwright.clusters.lineage import tell_runs
from labwright.clusters.models import Cluster, ClusterState, ScaleCluster, StartCluster
from labwright.errors import ConflictError, InvalidError, MissingExtraError, NotFoundError, UnavailableError

LIVE = (ClusterState.starting, ClusterState.running)
_connected: dict[str, Any] = {}


def start(
    workers: int = 2,
    threads: int = 1,
    memory: str = "auto",
    gpus: int = 0,
    name: str | None = None,
    wait: bool = True,
) -> Cluster:
    """Start a cluster, or find the one that runs; `memory` is per worker, such as 2GiB.

    Errors: InvalidError for what this machine cannot do, UnavailableError when the start fails.
    """
    name = name or default_name()
    try:
        asked = StartCluster(
            name=name, workers=workers, threads=threads, memory_limit=memory, gpus=gpus, notebook=notebook()
        )
    except ValueError as error:
        raise InvalidError(_readable(error)) from None
    cluster: Cluster = shared().post("/clusters", Cluster, body=asked)
    said = cluster.message
    while wait and cluster.state is ClusterState.starting:
        time.sleep(0.1)
        cluster = get(name)
    if wait and cluster.state is not ClusterState.running:
        raise UnavailableError(f"The cluster {name} did not start: {cluster.message or cluster.state}")
    return cluster.model_copy(update={"message": said or cluster.message})


def get(name: str | None = None) -> Cluster:
    """One cluster with its workers as they are now. Errors: NotFoundError."""
    found: Cluster = shared().get(f"/clusters/{quote(name or default_name(), safe='')}", Cluster)
    return found


def list() -> builtins.list[Cluster]:
    """All clusters but the stopped ones."""
    found: builtins.list[Cluster] = shared().get("/clusters", builtins.list[Cluster])
    return found


def scale(workers: int, name: str | None = None) -> Cluster:
    """Change the number of workers; comes back when they are there. Errors: as the service's."""
    name = name or default_name()
    try:
        asked = ScaleCluster(workers=workers)
    except ValueError as error:
        raise InvalidError(_readable(error)) from None
    cluster: Cluster = shared().request("PATCH", f"/clusters/{quote(name, safe='')}", kind=Cluster, body=asked)
    deadline = time.monotonic() + 60
    while cluster.state is ClusterState.running and len(cluster.workers) != workers and time.monotonic() < deadline:
        time.sleep(0.1)
        cluster = get(name)
    return cluster


def stop(name: str | None = None) -> Cluster:
    """End all processes of a cluster; its clients here are closed first. Errors: NotFoundError."""
    name = name or default_name()
    mine = _connected.pop(name, None)
    if mine is not None:
        mine.close()
    found: Cluster = shared().request("DELETE", f"/clusters/{quote(name, safe='')}", kind=Cluster)
    return found


def client(name: str | None = None) -> Any:
    """A `distributed.Client` of a running cluster, made the default of this process; the same one when asked again.

    Errors: NotFoundError, ConflictError when the cluster does not run, UnavailableError when it does not answer.
    """
    if importlib.util.find_spec("distributed") is None:
        raise MissingExtraError("clusters")
    name = name or default_name()
    cluster = get(name)
    if cluster.state is not ClusterState.running or cluster.address is None or cluster.credentials is None:
        raise ConflictError(f"The cluster {name} is {cluster.state}; start it with %cluster start. {cluster.message}")
    known = _connected.get(name)
    if known is not None and known.status == "running" and known.scheduler.address == cluster.address:
        return known
    if known is not None:
        known.close(timeout=1)
    from distributed import Client as DaskClient
    from distributed.security import Security

    ca, cert, key = (str(Path(cluster.credentials) / f"{part}.pem") for part in ("ca", "cert", "key"))
    security = Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)
    try:
        made = DaskClient(cluster.address, security=security, set_as_default=True, timeout=10, name=f"notebook-{name}")
    except (OSError, TimeoutError):
        raise UnavailableError(f"The cluster {name} does not answer at {cluster.address}; try again.") from None
    _connected[name] = made
    tell_runs(lambda: _connected, get)
    return made


def notebook() -> str | None:
    """Path of the notebook that this kernel runs, where Jupyter tells it."""
    return os.environ.get("JPY_SESSION_NAME")


def default_name() -> str:
    """The notebook's name, as a cluster's name; two notebooks of one name in two folders get two clusters."""
    path = notebook()
    if not path:
        return "notebook"
    name = re.sub(r"[^a-z0-9]+", "-", Path(path).stem.lower()).strip("-")[:33].strip("-") or "notebook"
    own = f"{name}-{hashlib.sha256(path.encode()).hexdigest()[:6]}"
    for candidate in (own, name):
        try:
            found = get(candidate)
        except NotFoundError:
            continue
        if found.state in LIVE:
            return candidate if _same(path, found.notebook) else own
    return name


def _same(path: str, other: str | None) -> bool:
    """The page knows a notebook by its path below the server's root, the kernel by the whole path."""
    return other is not None and (path == other or path.endswith(f"/{other}") or other.endswith(f"/{path}"))


def _readable(error: ValueError) -> str:
    from pydantic import ValidationError

    if not isinstance(error, ValidationError):
        return str(error)
    return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()[:3])
