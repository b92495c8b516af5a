"""`python -m tests.bench NAME [--pairs N]`: run a benchmark; a JSON line per measure goes to standard output."""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from pathlib import Path


def main() -> None:
    """Find the benchmark by its name and run it."""
    names = sorted(
        module.name
        for module in pkgutil.iter_modules([str(Path(__file__).parent)])
        if module.name not in {"__main__", "measure", "many_runs", "experiments_worker", "loop_lag"}
        and not module.name.startswith("serving_")
    )
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=main.__doc__)
    parser.add_argument("name", choices=names)
    parser.add_argument("--pairs", type=int, default=20, help="paired measurements (default: 20)")
    options = parser.parse_args()
    importlib.import_module(f"tests.bench.{options.name}").run(options.pairs)


if __name__ == "__main__":
    main()
