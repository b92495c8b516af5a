"""In the model's process: a few rows are not worth threads.

Libraries that are built on OpenMP, such as scikit-learn's gradient boosting, wake all threads for every tree, whatever
the number of rows; on a machine that has other work this costs more than the rows. Only the number of OpenMP's threads
is limited, by which rows are divided, and not BLAS's, by which sums may be; and not where torch is, which uses OpenMP
for both. So the bits stay those of `model.predict`.
"""

from __future__ import annotations

import importlib
import sys
from contextlib import AbstractContextManager, nullcontext
from typing import Any

FEW = 64


class Threads:
    """Found once: looking for the libraries takes longer than a prediction. Make one after the first prediction."""

    def __init__(self) -> None:
        self._controller: Any = None
        if "torch" in sys.modules:
            return
        try:
            threadpoolctl: Any = importlib.import_module("threadpoolctl")
        except ImportError:
            return
        try:
            found = threadpoolctl.ThreadpoolController().select(user_api="openmp")
        except OSError:  # what this process may read does not say which libraries it has
            return
        self._controller = found if found.info() else None

    def for_rows(self, count: int) -> AbstractContextManager[Any]:
        """The threads for so many rows."""
        if self._controller is None or count > FEW:
            return nullcontext()
        limited: AbstractContextManager[Any] = self._controller.limit(limits=1)
        return limited
