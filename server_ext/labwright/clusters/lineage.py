"""The cluster that a run's notebook was connected to, told to the run."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from labwright.clusters.models import Cluster
from labwright.errors import LabwrightError
from labwright.experiments.capture.contributions import Asked, contribute

if TYPE_CHECKING:
    from labwright.experiments.capture.models import ClusterUsed, RunContext


def tell_runs(connected: Callable[[], dict[str, Any]], look: Callable[[str], Cluster]) -> None:
    """From now on, runs say which cluster their notebook had; `connected` gives the clients, `look` a cluster."""

    def fill(context: RunContext, asked: Asked) -> None:
        for name, client in connected().items():
            if getattr(client, "status", "") == "running":
                with suppress(LabwrightError):
                    context.cluster = _own(look(name))
                    return

    contribute("cluster", fill)


def _own(cluster: Cluster) -> ClusterUsed:
    from labwright.experiments.capture.models import ClusterUsed

    workers = len(cluster.workers)
    threads = sum(worker.threads for worker in cluster.workers)
    return ClusterUsed(name=cluster.name, workers=workers, threads=threads, gpus=cluster.gpus * workers)
