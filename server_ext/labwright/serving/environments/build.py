"""A job (see `service.children`): make an environment under a temporary name, then give it its own, by rename."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from labwright.errors import InvalidError, UnavailableError

PR_SET_PDEATHSIG = 1
SECONDS = 3600


def build(
    program: str, target: str, part: str, requirements: list[str], python: str, environment: dict[str, str]
) -> dict[str, str]:  # fmt: skip
    """Make `target` of these requirements; `part` is its name until it is whole. Only wheels: none builds here.

    uv's words go to `part`.log as they come. Errors: InvalidError (environment_failed), UnavailableError.
    """
    made = Path(part)
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True, mode=0o700)
    listed = made / "requirements.txt"
    listed.write_text("\n".join(requirements) + "\n")
    env = {**os.environ, **environment, "UV_NO_PROGRESS": "1", "NO_COLOR": "1"}
    ours = ".".join(map(str, sys.version_info[:2])) == python
    interpreter = getattr(sys, "_base_executable", sys.executable) if ours else python
    venv = made / "venv"
    _run([program, "venv", "--no-config", "--relocatable", "--python", interpreter, str(venv)], env, part)
    install = [
        program,
        "pip",
        "install",
        "--no-config",
        "--python",
        str(venv / "bin" / "python"),
        "--only-binary",
        ":all:",
    ]
    # Two indexes are one store to pip; to uv the first that has a package wins, unless it is told.
    install += ["--index-strategy", "unsafe-best-match", "--requirement", str(listed)]
    _run(install, env, part)
    (venv / "made.json").write_text(json.dumps({"requirements": requirements, "python": python}))
    os.replace(venv, target)
    shutil.rmtree(made, ignore_errors=True)
    Path(f"{part}.log").unlink(missing_ok=True)
    return {"python": str(Path(target) / "bin" / "python")}


def _run(command: list[str], env: dict[str, str], part: str) -> None:
    log = Path(f"{part}.log")
    with open(log, "ab") as words:
        process = subprocess.Popen(
            command, env=env, stdin=subprocess.DEVNULL, stdout=words, stderr=words, preexec_fn=_end_with_us
        )
        try:
            code = process.wait(SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            raise UnavailableError("Building the environment took more than an hour; it was ended.") from None
    if code:
        words_of_uv = log.read_text(errors="replace")
        raise InvalidError(f"The model's environment cannot be built: {_why(words_of_uv)}", code="environment_failed")


def _end_with_us() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _why(text: str) -> str:
    """uv's last paragraph in a line: what it begins with × or error."""
    lines = [line.strip(" ×╰─▶│├") for line in text.splitlines() if line.strip()]
    starts = [place for place, line in enumerate(lines) if line.lower().startswith(("error", "no solution", "failed"))]
    words = " ".join(lines[starts[-1] :] if starts else lines[-3:])
    return words[:400].removeprefix("error: ") or "uv gave no reason."
