"""What a cluster runs on. The local adapter is in `clusters.local`; dask-kubernetes comes as another one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from labwright.clusters.models import Worker

# What a backend needs to find a cluster again; JSON, kept in the database. It holds an `id` that no other start has.
Processes = dict[str, Any]
Save = Callable[[Processes], None]


@dataclass(frozen=True)
class Spec:
    """What was asked for."""

    name: str
    workers: int
    threads: int
    memory_limit: str
    gpus: int
    notebook: str | None


class Backend(Protocol):
    """Starts, reads, scales and stops clusters. `folder` is the cluster's own; errors are LabwrightErrors."""

    name: str

    def check(self, spec: Spec) -> None:
        """Refuse what cannot run here, before anything is changed. Errors: InvalidError, MissingExtraError."""

    def start(self, spec: Spec, folder: Path, processes: Processes, save: Save) -> None:
        """Start scheduler and workers without waiting for them; `save` is called after each that was started."""

    def address(self, folder: Path) -> str | None:
        """The scheduler's address, once it listens."""

    def alive(self, processes: Processes) -> bool:
        """Whether the scheduler's process lives. Quick."""

    def failure(self, processes: Processes, folder: Path) -> str | None:
        """Why the start cannot succeed any more, from the logs; None while it can."""

    def workers(self, folder: Path) -> list[Worker]:
        """The workers as the scheduler knows them. Errors: UnavailableError when it does not answer."""

    def scale(self, spec: Spec, folder: Path, processes: Processes, save: Save) -> None:
        """Make it `spec.workers` workers: start more, or retire some after their results have moved."""

    def stop(self, processes: Processes, folder: Path, *, grace: float) -> None:
        """End every process of the cluster, politely for `grace` seconds, and delete its credentials."""
