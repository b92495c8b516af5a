"""Clusters of processes on this machine: a Dask scheduler and its workers, on 127.0.0.1 and by TLS.

They are detached: they outlive kernel, Jupyter server and service.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

from labwright.clusters import scheduler
from labwright.clusters.backend import Processes, Save, Spec
from labwright.clusters.gpus import gpus_here
from labwright.clusters.models import Worker
from labwright.clusters.processes import MARK, end_marked
from labwright.errors import InvalidError, MissingExtraError
from labwright.service import children
from labwright.state import is_process

LOGS = {"scheduler": "scheduler.log", "workers": "workers.log"}
DEATH_SECONDS = 60  # a worker that sees no scheduler for so long ends itself
SMALLEST_WORKER = 128 * 1024**2


class LocalBackend:
    """See `backend.Backend`."""

    name = "local"

    def check(self, spec: Spec) -> None:
        """GPUs that are there, threads that the cores can carry, memory that a worker can live with."""
        if importlib.util.find_spec("distributed") is None or importlib.util.find_spec("cryptography") is None:
            raise MissingExtraError("clusters")
        cores = cores_here()
        if spec.workers * spec.threads > 4 * cores:
            raise InvalidError(
                f"This machine has {cores} cores: ask for at most {4 * cores} worker threads in all "
                f"(workers × threads), not {spec.workers * spec.threads}."
            )
        if spec.memory_limit != "auto":
            limit, whole = in_bytes(spec.memory_limit), psutil.virtual_memory().total
            if not SMALLEST_WORKER <= limit <= whole:
                raise InvalidError(
                    f"A worker's memory must be between 128MiB and the {whole / 1024**3:.0f}GiB of this machine, "
                    "such as 2GiB; auto shares what there is."
                )
        if spec.gpus:
            here = len(gpus_here())
            if here == 0:
                raise InvalidError("This machine has no NVIDIA GPU (nvidia-smi lists none); start it with gpus=0.")
            if spec.workers * spec.gpus > here:
                raise InvalidError(
                    f"This machine has {here} GPUs, and {spec.workers} workers with {spec.gpus} each need "
                    f"{spec.workers * spec.gpus}; ask for fewer workers."
                )

    def start(self, spec: Spec, folder: Path, processes: Processes, save: Save) -> None:
        """Scheduler and workers start side by side: workers wait for the scheduler's file."""
        for name in (scheduler.SCHEDULER_FILE, *LOGS.values()):
            (folder / name).unlink(missing_ok=True)
        scheduler.write_credentials(folder)
        pid, started = children.start_detached(
            scheduler_command(folder),
            log=folder / LOGS["scheduler"], cwd=folder, env=environment(processes["id"], notebook=spec.notebook),
        )  # fmt: skip
        processes["scheduler"] = {"pid": pid, "started": started}
        save(processes)
        self._start_workers(spec, spec.workers, folder, processes, save)

    def address(self, folder: Path) -> str | None:
        """From the file that the scheduler wrote."""
        return scheduler.address(folder)

    def alive(self, processes: Processes) -> bool:
        """The scheduler's process is the one that was started."""
        found = processes.get("scheduler") or {}
        return is_process(found.get("pid"), found.get("started"))

    def failure(self, processes: Processes, folder: Path) -> str | None:
        """A process that was started ended: say so with the last words of its log."""
        children.reap()
        if not self.alive(processes):
            return f"The scheduler ended at once: {last_words(folder / LOGS['scheduler'])}"
        if not all(is_process(group["pid"], group["started"]) for group in processes["groups"]):
            return f"The workers ended at once: {last_words(folder / LOGS['workers'])}"
        return None

    def workers(self, folder: Path) -> list[Worker]:
        """By one TLS request to the scheduler."""
        return list(scheduler.workers(folder).values())

    def scale(self, spec: Spec, folder: Path, processes: Processes, save: Save) -> None:
        """More: start a group. Fewer: the scheduler moves results away from the idlest workers, then closes them."""
        children.reap()
        processes["groups"] = [group for group in processes["groups"] if is_process(group["pid"], group["started"])]
        save(processes)
        there = scheduler.workers(folder)
        if spec.workers > len(there):
            self._start_workers(spec, spec.workers - len(there), folder, processes, save)
        elif spec.workers < len(there):
            idlest = sorted(there, key=lambda where: (there[where].executing, there[where].memory))
            scheduler.ask(
                folder, "retire_workers", timeout=60.0, workers=idlest[: len(there) - spec.workers], close_workers=True
            )

    def stop(self, processes: Processes, folder: Path, *, grace: float) -> None:
        """By PID and start time, then whatever carries the cluster's mark."""
        workers = [(group["pid"], group["started"]) for group in processes.get("groups", [])]
        heads = [(head["pid"], head["started"]) for head in [processes.get("scheduler")] if head]
        # Workers first: one that still has its scheduler says good-bye and ends at once.
        end_marked(processes["id"], workers, heads, grace=grace)
        for name in (*scheduler.FILES.values(), scheduler.SCHEDULER_FILE):
            (folder / name).unlink(missing_ok=True)
        shutil.rmtree(folder / "files", ignore_errors=True)

    def _start_workers(self, spec: Spec, count: int, folder: Path, processes: Processes, save: Save) -> None:
        processes.setdefault("groups", [])
        for size, devices in groups(spec, count, processes["groups"]):
            number = processes["next"] = int(processes.get("next", 0)) + 1
            pid, started = children.start_detached(
                worker_command(spec, folder, number, size),
                log=folder / LOGS["workers"], cwd=folder,
                env=environment(processes["id"], devices=devices, notebook=spec.notebook),
            )  # fmt: skip
            processes["groups"].append({"pid": pid, "started": started, "gpus": devices})
            save(processes)


def groups(spec: Spec, count: int, running: list[dict[str, Any]]) -> list[tuple[int, list[str]]]:
    """How `count` more workers are started: all by one process; with GPUs, each by its own, with GPUs nobody has."""
    if not spec.gpus:
        return [(count, [])]
    taken = {device for group in running for device in group["gpus"]}
    free = [device for device in gpus_here() if device not in taken]
    if len(free) < count * spec.gpus:
        raise InvalidError(f"{len(free)} GPUs are free here, and {count} more workers need {count * spec.gpus}.")
    return [(1, free[index * spec.gpus : (index + 1) * spec.gpus]) for index in range(count)]


def scheduler_command(folder: Path) -> list[str]:
    """The scheduler's command line."""
    return [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", *_common(folder)]


def worker_command(spec: Spec, folder: Path, number: int, size: int) -> list[str]:
    """The command line of one group of `size` workers."""
    resources = ["--resources", f"GPU={spec.gpus}"] if spec.gpus else []
    limit = in_bytes(spec.memory_limit) if spec.memory_limit != "auto" else _share(spec)
    return [
        sys.executable, "-m", "distributed.cli.dask_worker", "--name", f"worker-{number}", "--nworkers", str(size),
        "--nthreads", str(spec.threads), "--memory-limit", str(limit), "--death-timeout", str(DEATH_SECONDS),
        "--local-directory", str(folder / "files"), *resources, *_common(folder),
    ]  # fmt: skip


def _common(folder: Path) -> list[str]:
    # Without a dashboard Dask still opens an HTTP port, on all interfaces: it gets loopback, and no routes (below).
    return [
        "--protocol", "tls", "--host", "127.0.0.1", "--no-dashboard", "--dashboard-address", "127.0.0.1:0",
        "--scheduler-file", str(folder / scheduler.SCHEDULER_FILE),
        "--tls-ca-file", str(folder / scheduler.FILES["ca"]), "--tls-cert", str(folder / scheduler.FILES["cert"]),
        "--tls-key", str(folder / scheduler.FILES["key"]),
    ]  # fmt: skip


def environment(mark: str, *, devices: list[str] | None = None, notebook: str | None = None) -> dict[str, str]:
    """A scrubbed environment with the cluster's mark. Modules beside the notebook can be imported, as in it."""
    extra = {
        MARK: mark,
        "DASK_DISTRIBUTED__SCHEDULER__HTTP__ROUTES": "[]",
        "DASK_DISTRIBUTED__WORKER__HTTP__ROUTES": "[]",
        "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "true",
    }
    if devices:
        extra["CUDA_VISIBLE_DEVICES"] = ",".join(devices)
    paths = [os.environ.get("PYTHONPATH", "")]
    if notebook and os.path.isabs(notebook) and os.path.isdir(os.path.dirname(notebook)):
        paths.append(os.path.dirname(notebook))
    if any(paths):
        extra["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return children.environment(**extra)


def last_words(log: Path) -> str:
    """The last line of a log that says something, shortened."""
    with suppress(OSError):
        lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
        if lines:
            return f"{lines[-1][:300]} (log: {log})"
    return f"its log is empty ({log})"


def cores_here() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def in_bytes(text: str) -> int:
    """Bytes of `2GiB`, `1.5G`, `500 MB`."""
    number = text.rstrip("BKMGTi ")
    unit = text[len(number) :].strip().rstrip("B")
    base = 1024 if unit.endswith("i") else 1000
    return int(float(number) * base ** "KMGT".find(unit[:1]) * base) if unit else int(float(number))


def _share(spec: Spec) -> int:
    """Memory for each worker where none was named: an equal share for as many as there are, or as the cores carry."""
    from distributed.system import MEMORY_LIMIT  # knows of cgroups

    return int(MEMORY_LIMIT / max(spec.workers, cores_here() // spec.threads, 1))
