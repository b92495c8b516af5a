"""The live cluster in a cell: its workers, and buttons that scale and stop it.

What it does comes from the magic as functions; here is only what is shown. The page asks (`refresh`, `scale`, `stop`)
while it is visible, in messages: a kernel that is busy answers when it can, and nothing piles up meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from labwright.clusters.models import Cluster
from labwright.errors import LabwrightError


class ClusterWidget(anywidget.AnyWidget):
    """Shows a cluster. `refresh` gives it as it is now, `scale` and `stop` change it; all may raise LabwrightErrors."""

    _esm = Path(__file__).parent / "cluster.js"
    cluster = traitlets.Dict().tag(sync=True)
    busy = traitlets.Unicode("").tag(sync=True)
    problem = traitlets.Unicode("").tag(sync=True)

    def __init__(
        self,
        cluster: Cluster,
        *,
        refresh: Callable[[], Cluster],
        scale: Callable[[int], Cluster],
        stop: Callable[[], Cluster],
    ) -> None:
        super().__init__(cluster=cluster.model_dump(mode="json"))
        self._refresh, self._scale, self._stop = refresh, scale, stop
        self._one = threading.Lock()
        self.on_msg(self._answer)

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        found = super()._repr_mimebundle_(**options)
        data, metadata = found if isinstance(found, tuple) else (found or {}, {})
        # What stays without a kernel is an output of its own (see `static`): where the page knows the widget and its
        # kernel is gone, Jupyter shows an error in place of these.
        return {**data, "text/html": "", "text/plain": ""}, metadata

    def _answer(self, _: Any, message: Any, __: Any) -> None:
        """A message of the page. Scaling and stopping take seconds: they get a thread, cells go on meanwhile."""
        if not isinstance(message, dict):
            return
        action = message.get("action")
        if action == "refresh":
            if not self.busy:
                self._do(self._refresh)
            self.send({"answered": "refresh"})
        elif action == "stop":
            self._start("Stopping …", self._stop)
        elif action == "scale" and isinstance(message.get("workers"), int) and 1 <= message["workers"] <= 64:
            workers: int = message["workers"]
            self._start(f"Scaling to {workers} …", lambda: self._scale(workers))

    def _start(self, words: str, work: Callable[[], Cluster]) -> None:
        if not self._one.acquire(blocking=False):
            return
        self.busy = words

        def run() -> None:
            try:
                self._do(work)
            finally:
                self.busy = ""
                self._one.release()

        threading.Thread(target=run, name="labwright-cluster", daemon=True).start()

    def _do(self, work: Callable[[], Cluster]) -> None:
        try:
            self.cluster = work().model_dump(mode="json")
            self.problem = ""
        except LabwrightError as error:
            self.problem = error.message
