"""Clusters as plain HTML and as text: what stays of the live widget in a saved notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence

from labwright.clusters.models import Cluster, ClusterState
from labwright.output import table


def gibibytes(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1024**3:.1f} GiB" if count >= 1024**3 else f"{count / 1024**2:.0f} MiB"


def cluster_text(cluster: Cluster) -> str:
    """The cluster as it was when a cell showed it, in a line: below the live widget it repeats little of that."""
    return f"Cluster {cluster.name} when this cell ran: {_standing(cluster)}"


def cluster_html(cluster: Cluster) -> str:
    """The same, escaped; pale in light and in dark."""
    return f'<div style="opacity: 0.75; font-size: 13px">{html.escape(cluster_text(cluster))}</div>'


def _standing(cluster: Cluster) -> str:
    """State, workers and what there is to say."""
    words = str(cluster.state)
    if cluster.state is ClusterState.running:
        count = len(cluster.workers)
        limits = {worker.memory_limit for worker in cluster.workers}
        words += f", {count} {'worker' if count == 1 else 'workers'}"
        words += f" of {cluster.threads} threads" if cluster.threads > 1 else ""
        words += f" with {gibibytes(max(limits))} each" if len(limits) == 1 and max(limits) else ""
    return f"{words}. {cluster.message}".rstrip()


def clusters_html(clusters: Sequence[Cluster]) -> str:
    """A list of clusters as a table."""
    if not clusters:
        return "<div>No clusters; %cluster start --workers 2 starts one.</div>"
    rows = [(cluster.name, str(cluster.state), str(len(cluster.workers)), cluster.message) for cluster in clusters]
    return table(("cluster", "state", "workers", ""), rows)


def clusters_text(clusters: Sequence[Cluster]) -> str:
    """A list of clusters as text."""
    lines = [f"Cluster {cluster.name}: {_standing(cluster)}" for cluster in clusters]
    return "\n".join(lines) or "No clusters; %cluster start --workers 2 starts one."
