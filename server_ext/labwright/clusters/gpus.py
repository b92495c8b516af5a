"""The NVIDIA GPUs of this machine."""

from __future__ import annotations

import os
import subprocess


def gpus_here() -> list[str]:
    """Ids of the GPUs that may be used: CUDA_VISIBLE_DEVICES where it is set, else all that nvidia-smi lists."""
    try:
        listed = subprocess.run(
            ["nvidia-smi", "--query-gpu=index", "--format=csv,noheader"],
            capture_output=True, text=True, timeout=10, check=True,
        ).stdout.split()  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return []
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    return listed if visible is None else [entry.strip() for entry in visible.split(",") if entry.strip()]
