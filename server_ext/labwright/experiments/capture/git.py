"""The git repository that a notebook lies in: commit, branch, remote, and the uncommitted changes of tracked files.

`git` is asked as a program: no pager, no prompt, no lock, no external diff, no textconv, and an end after seconds.
"""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass
from pathlib import Path

from labwright.experiments.capture.fit import LIMIT
from labwright.experiments.capture.models import GitState

SECONDS = 8.0
READ = LIMIT * 3 // 2  # of a diff; what is beyond is not even read


class NoGit(Exception):
    """There is nothing to tell, and this is why."""


@dataclass(frozen=True)
class Diff:
    """Uncommitted changes, unmasked. `whole` is false where the end was not read."""

    text: str
    whole: bool


def git_state(folder: Path) -> GitState:
    """Where the repository stands. Raises NoGit with the reason."""
    found = _ask(folder, "rev-parse", "--is-inside-work-tree")
    if found.strip() != "true":
        raise NoGit("the folder is no git work tree")
    commit = _maybe(folder, "rev-parse", "--verify", "--quiet", "HEAD")
    branch = _maybe(folder, "symbolic-ref", "--short", "--quiet", "HEAD")
    changed = _ask(folder, *_DIFF, "--name-only", "-z", "HEAD").count("\0") if commit else 0
    remote = _maybe(folder, "config", "--get", "remote.origin.url")
    return GitState(commit=commit, branch=branch, changed_files=changed, remote=remote)


_DIFF = (
    "diff", "--no-ext-diff", "--no-textconv", "--no-color", "--no-renames", "--submodule=short",
    "--ignore-submodules=dirty", "--src-prefix=a/", "--dst-prefix=b/",
)  # fmt: skip


def git_diff(folder: Path) -> Diff:
    """The changes of all tracked files of the repository against its last commit. Raises NoGit with the reason."""
    top = _ask(folder, "rev-parse", "--show-toplevel").rstrip("\n")
    raw, whole = _read(Path(top), *_DIFF, "HEAD")
    return Diff(raw.decode("utf-8", "replace"), whole)


def _maybe(folder: Path, *words: str) -> str | None:
    try:
        return _ask(folder, *words).strip() or None
    except NoGit as error:
        if "took longer" in str(error):
            raise
        return None


def _ask(folder: Path, *words: str) -> str:
    return _read(folder, *words)[0].decode("utf-8", "replace")


def _read(folder: Path, *words: str) -> tuple[bytes, bool]:
    """The program's output, at most READ bytes of it, and whether that was all."""
    command = [
        "git", "--no-pager", "-c", "core.fsmonitor=false", "-c", "core.quotePath=false",
        "-c", "core.hooksPath=/dev/null", "-c", "diff.noprefix=false", "-c", "diff.mnemonicPrefix=false", *words,
    ]  # fmt: skip
    try:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
    except FileNotFoundError:
        raise NoGit("git is not installed here" if folder.is_dir() else "the notebook's folder is not there") from None
    except OSError as error:
        raise NoGit(f"git did not start ({type(error).__name__})") from None
    slow = threading.Event()

    def end() -> None:
        slow.set()
        process.kill()

    timer = threading.Timer(SECONDS, end)
    timer.daemon = True
    timer.start()
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        raw = process.stdout.read(READ + 1)
        whole = len(raw) <= READ
        if not whole:
            process.kill()
        said = process.stderr.read(2000).decode("utf-8", "replace").strip()
        process.wait()
    finally:
        timer.cancel()
        process.stdout.close()
        process.stderr.close()
    if slow.is_set():
        raise NoGit(f"git took longer than {SECONDS:.0f} s")
    if process.returncode and whole:
        raise NoGit(_reason(said))
    return raw[:READ], whole


def _reason(said: str) -> str:
    line = said.splitlines()[0] if said else "git said no"
    if "not a git repository" in line:
        return "the folder is in no git repository"
    if "dubious ownership" in line:
        return "git does not trust this repository (it belongs to somebody else)"
    return line.removeprefix("fatal: ")[:200]


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    return kept | {
        "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_PAGER": "cat", "LC_ALL": "C", "GIT_ASKPASS": "true",
    }  # fmt: skip
