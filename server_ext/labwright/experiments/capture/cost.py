"""What a run took: wall and CPU seconds of this process and its children, memory, GPUs, and money by the price.

Only what is there is asked: psutil, torch's own figures where it has touched a GPU, NVML where it is imported.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import psutil

SECONDS = 1.0  # between two looks; a look takes about a millisecond
MB = 1e6


@dataclass(frozen=True)
class Cost:
    """GPU seconds are seconds in which a GPU's memory was held, one for each GPU; None where there is no GPU."""

    wall_seconds: float
    cpu_seconds: float
    peak_memory_mb: float
    gpu_seconds: float | None = None
    peak_gpu_memory_mb: float | None = None

    def money(self, per_cpu_hour: float, per_gpu_hour: float, *, threads: int = 0, gpus: int = 0) -> float | None:
        """The estimate: used CPU seconds and held GPUs here, and a cluster's threads and GPUs for the whole time."""
        if not per_cpu_hour and not per_gpu_hour:
            return None
        cpu = self.cpu_seconds + threads * self.wall_seconds
        gpu = (self.gpu_seconds or 0.0) + gpus * self.wall_seconds
        return (cpu * per_cpu_hour + gpu * per_gpu_hour) / 3600


class Meter:
    """Measures from `start` to `stop`, with a look every second from a thread."""

    def __init__(self) -> None:
        self._process = psutil.Process()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._gpu_seconds = self._gpu_peak = 0.0
        self._peak = 0.0
        self._has_gpu = False
        self._seen = self._began = time.monotonic()
        self._cpu: dict[tuple[int, float], float] = {}
        self._cpu_before: dict[tuple[int, float], float] = {}
        self._own_before = self._own()
        self._high_before = _highest()
        self._gpu_high_before = _torch_peak()
        self._thread = threading.Thread(target=self._run, name="labwright-meter", daemon=True)

    def start(self) -> Meter:
        """Begin."""
        self._look()
        self._cpu_before = dict(self._cpu)
        self._thread.start()
        return self

    def now(self) -> Cost:
        """What it took until now."""
        with self._lock:
            with suppress(psutil.Error, OSError):
                self._look()
            children = sum(used - self._cpu_before.get(key, 0.0) for key, used in self._cpu.items())
            peak = max(self._peak, high if (high := _highest()) > self._high_before else 0.0)
            gpu = max(self._gpu_peak, high if (high := _torch_peak()) > self._gpu_high_before else 0.0)
            return Cost(
                wall_seconds=time.monotonic() - self._began,
                cpu_seconds=max(self._own() - self._own_before + children, 0.0),
                peak_memory_mb=peak / MB,
                gpu_seconds=self._gpu_seconds if self._has_gpu else None,
                peak_gpu_memory_mb=gpu / MB if self._has_gpu else None,
            )

    def stop(self) -> Cost:
        """End, and give what it took."""
        self._ended.set()
        return self.now()

    def _run(self) -> None:
        while not self._ended.wait(SECONDS):
            with self._lock, suppress(Exception):  # a look that fails is one that is missing
                self._look()

    def _own(self) -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    def _look(self) -> None:
        now = time.monotonic()
        memory = float(self._process.memory_info().rss)
        for child in self._process.children(recursive=True):
            with suppress(psutil.Error):
                used = child.cpu_times()
                # A child that ended since is counted as it was seen last.
                self._cpu[child.pid, child.create_time()] = used.user + used.system
                memory += child.memory_info().rss
        self._peak = max(self._peak, memory)
        held, used_bytes = _gpus()
        if held:
            self._has_gpu = True
            self._gpu_seconds += held * (now - self._seen)
            self._gpu_peak = max(self._gpu_peak, used_bytes)
        self._seen = now


def _highest() -> float:
    """The most memory that this process ever had, in bytes."""
    high = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return float(high) if sys.platform == "darwin" else high * 1024.0


def _torch_cuda() -> Any:
    """torch.cuda, where torch is imported and has touched a GPU."""
    cuda = getattr(sys.modules.get("torch"), "cuda", None)
    started: Callable[[], bool] = getattr(cuda, "is_initialized", lambda: False)
    return cuda if started() else None


def _torch_peak() -> float:
    cuda = _torch_cuda()
    if cuda is None:
        return 0.0
    with suppress(Exception):
        return float(sum(cuda.max_memory_reserved(device) for device in range(cuda.device_count())))
    return 0.0


def _gpus() -> tuple[int, float]:
    """How many GPUs hold memory of this process, and how many bytes."""
    cuda = _torch_cuda()
    if cuda is not None:
        with suppress(Exception):
            held = [float(cuda.memory_reserved(device)) for device in range(cuda.device_count())]
            return sum(one > 0 for one in held), sum(held)
    return _nvml()


def _nvml() -> tuple[int, float]:
    """The same by NVML, for other libraries; where its Python package is imported already."""
    nvml = sys.modules.get("pynvml")
    if nvml is None:
        return 0, 0.0
    with suppress(Exception):
        nvml.nvmlInit()
        count, used = 0, 0.0
        for index in range(nvml.nvmlDeviceGetCount()):
            device = nvml.nvmlDeviceGetHandleByIndex(index)
            mine = [one for one in nvml.nvmlDeviceGetComputeRunningProcesses(device) if one.pid == os.getpid()]
            count += bool(mine)
            used += sum(float(one.usedGpuMemory or 0) for one in mine)
        return count, used
    return 0, 0.0
