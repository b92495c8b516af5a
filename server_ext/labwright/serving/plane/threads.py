"""In the model's process: a few rows are not worth threads.

Libraries that are built on OpenMP, such as scikit-learn's gradient boosting, wake all threads for every tree, whatever
the number of rows; on a machine that has other work this costs more than the rows. Only the number of OpenMP's threads
is limited, by which rows are divided, and not BLAS's, by which sums may be; and not where torch is, which uses OpenMP
for both. So the bits stay those of `model.predict`.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Iterator
from pathlib import Path

FEW = 64
SHARED = ("libgomp.so.1", "libomp.so", "libomp.so.5", "libiomp5.so")


class Threads:
    """The OpenMP libraries that this process has; make one after the first prediction, which loads them."""

    def __init__(self) -> None:
        found = [] if "torch" in sys.modules else list(_loaded())
        self._libraries = [(library, int(library.omp_get_max_threads())) for library in found]
        self._few = False

    def suit(self, rows: int) -> None:
        """One thread for a few rows, as many as there were at first for more."""
        few = rows <= FEW
        if few != self._few:
            for library, threads in self._libraries:
                library.omp_set_num_threads(1 if few else threads)
            self._few = few


def _loaded() -> Iterator[ctypes.CDLL]:
    """OpenMP's libraries: the system's, and those that wheels bring along, in folders such as scikit_learn.libs."""
    sites = [Path(site) for site in sys.path if site.endswith("-packages")]
    brought = [path for site in sites for path in site.glob("*.libs/lib*omp*.so*")]
    for path in (*SHARED, *map(str, brought)):
        try:
            yield ctypes.CDLL(path, mode=os.RTLD_NOLOAD)  # only if it is loaded already
        except OSError:
            continue
