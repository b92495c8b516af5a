"""A cluster as a plain table and as text: what stays of the live widget in a saved notebook."""

from __future__ import annotations

import html
from collections.abc import Sequence

from labwright.clusters.models import Cluster, ClusterState

CELL = "text-align: left; padding: 2px 10px 2px 0"


def gibibytes(count: int) -> str:
    """Bytes for people."""
    return f"{count / 1024**3:.1f} GiB" if count >= 1024**3 else f"{count / 1024**2:.0f} MiB"


def headline(cluster: Cluster) -> str:
    """The cluster in one line."""
    words = f"Cluster {cluster.name}: {cluster.state}"
    if cluster.state is ClusterState.running:
        threads = f" of {cluster.threads} threads" if cluster.threads > 1 else ""
        words += f", {len(cluster.workers)} {'worker' if len(cluster.workers) == 1 else 'workers'}{threads}"
    return f"{words}. {cluster.message}".rstrip() if cluster.message else words


def _rows(cluster: Cluster) -> list[tuple[str, ...]]:
    return [
        (
            worker.name,
            f"{gibibytes(worker.memory)} of {gibibytes(worker.memory_limit)}"
            if worker.memory_limit
            else gibibytes(worker.memory),
            f"{worker.cpu:.0f} %",
            str(worker.executing),
        )
        for worker in cluster.workers
    ]


def cluster_html(cluster: Cluster) -> str:
    """A heading and a plain table; every text is escaped, nothing but inline styles."""
    return f"<div><strong>{html.escape(headline(cluster))}</strong></div>" + _table(
        ("worker", "memory", "CPU", "tasks now"), _rows(cluster)
    )


def cluster_text(cluster: Cluster) -> str:
    """The same in plain text."""
    return "\n".join([headline(cluster), *("  ".join(row) for row in _rows(cluster))])


def clusters_html(clusters: Sequence[Cluster]) -> str:
    """A list of clusters as a table."""
    if not clusters:
        return "<div>No clusters; %cluster start --workers 2 starts one.</div>"
    rows = [(cluster.name, str(cluster.state), str(len(cluster.workers)), cluster.message) for cluster in clusters]
    return _table(("cluster", "state", "workers", ""), rows)


def clusters_text(clusters: Sequence[Cluster]) -> str:
    """A list of clusters as text."""
    return "\n".join(headline(cluster) for cluster in clusters) or "No clusters; %cluster start --workers 2 starts one."


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return ""

    def line(values: Sequence[str], before: str = "", after: str = "") -> str:
        cells = (f'<td style="{CELL}">{before}{html.escape(value)}{after}</td>' for value in values)
        return f"<tr>{''.join(cells)}</tr>"

    # td only: nbconvert's sanitizer shows th and thead as code.
    return f"<table>{line(head, '<b>', '</b>')}{''.join(line(row) for row in rows)}</table>"
