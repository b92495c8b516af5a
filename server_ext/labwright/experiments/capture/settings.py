"""What is recorded, and at what price, by the environment of the kernel (which it has from the Jupyter server).

| variable | means |
| --- | --- |
| LABWRIGHT_CAPTURE | 0: nothing is recorded beside what the cell logs |
| LABWRIGHT_CAPTURE_NOTEBOOK, _CELLS, _DIFF, _GIT, _ENVIRONMENT, _DATA, _FEATURES, _CLUSTER, _COST | 0: not this part |
| LABWRIGHT_PRICE_PER_CPU_HOUR, LABWRIGHT_PRICE_PER_GPU_HOUR | the price of one core, of one GPU, for an hour |
| LABWRIGHT_PRICE_CURRENCY | the word beside the estimated cost, such as EUR |
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

PARTS = ("notebook", "cells", "diff", "git", "environment", "data", "features", "cluster", "cost")
CODE = frozenset({"notebook", "cells", "diff"})  # what --no-code leaves out
OFF = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class CaptureSettings:
    """Which parts are recorded, and the prices of an hour."""

    parts: frozenset[str] = frozenset(PARTS)
    per_cpu_hour: float = 0.0
    per_gpu_hour: float = 0.0
    currency: str = ""

    def without_code(self) -> CaptureSettings:
        """The same, but no code."""
        return CaptureSettings(self.parts - CODE, self.per_cpu_hour, self.per_gpu_hour, self.currency)


def capture_settings(environment: Mapping[str, str] | None = None) -> CaptureSettings:
    """The settings that hold now."""
    env = os.environ if environment is None else environment
    on = frozenset(part for part in PARTS if not _off(env, f"LABWRIGHT_CAPTURE_{part.upper()}"))
    return CaptureSettings(
        frozenset() if _off(env, "LABWRIGHT_CAPTURE") else on,
        _price(env, "LABWRIGHT_PRICE_PER_CPU_HOUR"),
        _price(env, "LABWRIGHT_PRICE_PER_GPU_HOUR"),
        env.get("LABWRIGHT_PRICE_CURRENCY", "").strip()[:12],
    )


def _off(env: Mapping[str, str], name: str) -> bool:
    return env.get(name, "").strip().lower() in OFF


def _price(env: Mapping[str, str], name: str) -> float:
    try:
        found = float(env.get(name, "") or 0)
    except ValueError:
        return 0.0
    return found if 0 <= found < 1e9 else 0.0
