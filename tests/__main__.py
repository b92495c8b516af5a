"""`python -m tests`: all test files, each in a process of its own, and one closing line.

A notebook's kernel is a process that Labwright, MLflow and IPython keep state in (the tracking address, the active
experiment, the shell). The files' tests play kernels of their own, so no file shares a process with another; inside a
file, servers are shared. Much of a test is waiting for processes to start, so three files run at a time; what a file
printed is shown when it ended. With arguments it is pytest: `python -m tests tests/service -k name`.
`LABWRIGHT_ROUNDS=20` runs the fault tests only, that often, one file at a time (`make soak`).
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# With LABWRIGHT_ROUNDS these are long by themselves, and run once.
LONG = {"test_serving_load.py", "test_serving_pairs.py"}


def main() -> int:
    """Run all files; 0 when all passed."""
    if len(sys.argv) > 1:
        return subprocess.run([sys.executable, "-m", "pytest", *sys.argv[1:]], check=False).returncode
    passed = failed = skipped = 0
    broken: list[str] = []
    begin = time.monotonic()
    rounds = int(os.environ.get("LABWRIGHT_ROUNDS", "0"))
    with ThreadPoolExecutor(1 if rounds else 3) as lanes:
        for name, code, printed, counts in lanes.map(_run, _files(rounds)):
            print(f"{name}\n{printed}", flush=True)
            passed, failed, skipped = passed + counts[0], failed + counts[1], skipped + counts[2]
            if code != 0:
                broken.append(name)
                failed += counts[1] == 0  # the process died before it could say what failed
    for name in broken:
        print(f"FAILED {name}")
    print(f"in {(time.monotonic() - begin) / 60:.1f} minutes")
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if broken or not passed else 0


def _run(file: Path) -> tuple[str, int, str, tuple[int, int, int]]:
    """Run one file; its name, exit status, output, and counts."""
    name = str(file.relative_to(Path.cwd())) if file.is_relative_to(Path.cwd()) else str(file)
    with tempfile.TemporaryDirectory() as folder:
        report, printed = Path(folder) / "report.xml", Path(folder) / "printed"
        command = [sys.executable, "-m", "pytest", "-q", "--no-header", f"--junitxml={report}", name]
        # Into a file, not a pipe: a pipe stays open as long as any process that a test left behind.
        with open(printed, "wb") as output:
            code = subprocess.run(command, stdout=output, stderr=output, check=False).returncode
        return name, code, printed.read_text(errors="replace"), _counts(report)


def _files(rounds: int) -> list[Path]:
    here = Path(__file__).resolve().parent
    if not rounds:
        # Browsers take longest: begun last, one of them would keep all other lanes waiting.
        return sorted(here.rglob("test_*.py"), key=lambda file: (file.parent.name != "ui", file))
    faults = sorted((here / "faults").glob("test_*.py"))
    often = [file for file in faults if file.name not in LONG]
    return [file for file in faults if file.name in LONG] + often * rounds


def _counts(report: Path) -> tuple[int, int, int]:
    """Tests that passed, that failed, that were skipped, by pytest's own report."""
    if not report.exists():
        return 0, 0, 0
    suite = next(ET.parse(report).iter("testsuite"))
    tests, skipped = int(suite.get("tests", 0)), int(suite.get("skipped", 0))
    wrong = int(suite.get("failures", 0)) + int(suite.get("errors", 0))
    return max(tests - wrong - skipped, 0), wrong, skipped


if __name__ == "__main__":
    sys.exit(main())
