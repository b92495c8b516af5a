"""`%cluster`: workers for this notebook."""

from __future__ import annotations

from argparse import Namespace
from typing import Any, ClassVar

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments
from IPython.display import display

from labwright.errors import InvalidError, NotFoundError
from labwright_kernel.magic import LabwrightMagics, parsed


@magics_class
class ClusterMagics(LabwrightMagics):
    """Start, show, scale and stop the notebook's cluster."""

    capability = "clusters"
    verbs: ClassVar[dict[str, str]] = {
        "start": "cluster start",
        "show": "cluster show",
        "list": "cluster list",
        "scale": "cluster scale",
        "stop": "cluster stop",
    }

    @line_magic
    @parsed
    @magic_arguments()
    @argument(
        "verb", nargs="?", default="show", choices=["start", "show", "list", "scale", "stop"], help="what to do (show)"
    )
    @argument("count", nargs="?", type=int, help="scale: how many workers")
    @argument("--workers", "-w", type=int, help="start, scale: how many workers (2)")
    @argument("--threads", "-t", type=int, default=1, help="start: threads of each worker (1)")
    @argument("--memory", "-m", default="auto", help="start: memory of each worker, such as 2GiB (an equal share)")
    @argument("--gpus", "-g", type=int, default=0, help="start: GPUs of each worker (0)")
    @argument("--name", "-n", help="the cluster's name (the notebook's)")
    def cluster(self, args: Namespace) -> Any:
        """Workers for this notebook: a Dask cluster, and its `client`.

        `%cluster start --workers 4` starts it, or finds the one that this notebook has; then `client` is connected.
        """
        from labwright.clusters import api

        if args.count is not None and args.verb != "scale":
            raise InvalidError(f"%cluster {args.verb} takes no number; use --workers.")
        if args.verb == "list":
            return Clusters(api.list())
        name = args.name or api.default_name()
        if args.verb == "start":
            asked = {"threads": args.threads, "memory": args.memory, "gpus": args.gpus, "name": name}
            found = api.start(workers=2 if args.workers is None else args.workers, **asked)
            self.variables["client"] = api.client(name)
            return show(name, found)
        if args.verb == "stop":
            client = self.variables.get("client")
            found = api.stop(name)
            if client is not None and getattr(client, "status", "") == "closed":
                del self.variables["client"]
            print(found.message or f"The cluster {name} is stopped.")
            return None
        if args.verb == "scale":
            workers = args.workers if args.count is None else args.count
            if workers is None:
                raise InvalidError("How many workers? Such as %cluster scale 4.")
            return show(name, api.scale(workers, name))
        try:
            return show(name, api.get(name))
        except NotFoundError:
            print("This notebook has no cluster; %cluster start --workers 2 starts one.")
            return None

    def names(self, magic: str) -> list[str]:
        """The clusters that there are."""
        from labwright.state import folders

        home = folders(make=False).home / "clusters"
        return sorted(path.name for path in home.iterdir()) if home.is_dir() else []


def show(name: str, cluster: Any) -> None:
    """Display the live cluster, and below it a line that stays in the notebook when the kernel is gone."""
    from labwright.clusters import api
    from labwright_widgets.cluster import ClusterWidget
    from labwright_widgets.static import cluster_html, cluster_text

    widget = ClusterWidget(
        cluster,
        refresh=lambda: api.get(name),
        scale=lambda workers: api.scale(workers, name),
        stop=lambda: api.stop(name),
    )
    display(widget)
    display({"text/html": cluster_html(cluster), "text/plain": cluster_text(cluster)}, raw=True)


class Clusters:
    """A list of clusters, as a table."""

    def __init__(self, clusters: list[Any]) -> None:
        self.clusters = clusters

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        from labwright_widgets.static import clusters_html, clusters_text

        return {"text/html": clusters_html(self.clusters), "text/plain": clusters_text(self.clusters)}
