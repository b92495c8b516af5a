"""Experiments: a loop that logs (`experiments.log_metric`), and the table of many runs (`experiments.table`)."""

from __future__ import annotations

import importlib
import importlib.util

from tests.bench import experiments_log_metric


def run(pairs: int) -> None:
    """Measure both."""
    experiments_log_metric.run(pairs)
    if importlib.util.find_spec("tests.bench.experiments_table"):
        table = importlib.import_module("tests.bench.experiments_table")
        getattr(table, "run", lambda _: table.main())(pairs)
