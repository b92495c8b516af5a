"""A model process as its data plane holds it: a folder of its own, a socket of frames, and its end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path

from labwright.service.children import environment
from labwright.serving.environments.interpreter import Interpreter
from labwright.serving.folder import EndpointFolder
from labwright.serving.plane import isolation, wire
from labwright.serving.plane.said import Said

# What would lead a model to Labwright's own sockets and state.
HIDDEN = ("LABWRIGHT_HOME", "XDG_RUNTIME_DIR")


@dataclass
class ModelProcess:
    """It imports MLflow at once, and loads the model in `work`/model when it is told to."""

    work: Path
    process: asyncio.subprocess.Process
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    said: Said

    @classmethod
    async def start(cls, folder: EndpointFolder, python: Interpreter | None = None) -> ModelProcess:
        """Start one, on the Python that its version's model needs; without one on the data plane's."""
        python = python or Interpreter()
        work = Path(tempfile.mkdtemp(dir=isolation.work_parent(folder.work)))
        process: asyncio.subprocess.Process | None = None
        ours, theirs = socket.socketpair()
        said = Said()
        network = "network" if folder.config().settings.get("network") else "closed"
        try:
            isolation.prepare(work)
            process = await asyncio.create_subprocess_exec(
                python.python, "-P", "-m", "labwright.serving.plane.model_process", str(theirs.fileno()), network,
                stdin=asyncio.subprocess.PIPE, stdout=said.theirs, stderr=said.theirs, pass_fds=[theirs.fileno()],
                cwd=work, env=_environment(work) | python.environment,
            )  # fmt: skip
            said.begin(process.pid)
            return cls(work, process, *await asyncio.open_connection(sock=ours, limit=1 << 22), said)
        except BaseException:
            ours.close()
            await _end(process, work, said)
            raise
        finally:
            theirs.close()

    def load(self) -> None:
        """Tell it that its files are there."""
        isolation.hand_over(self.work / "model")
        self.writer.write(wire.pack(b'"load"'))

    async def end(self) -> None:
        """Kill it, and remove its folder."""
        self.writer.close()
        await _end(self.process, self.work, self.said)


async def _end(process: asyncio.subprocess.Process | None, work: Path, said: Said) -> None:
    if process is not None:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        _kill_group(process)
        await asyncio.shield(process.wait())
    said.close()
    await asyncio.shield(asyncio.to_thread(shutil.rmtree, work, ignore_errors=True))  # it may be large


def _kill_group(process: asyncio.subprocess.Process) -> None:
    """It leads a session, if it came so far: what it started goes with it."""
    with contextlib.suppress(OSError):
        if process.returncode is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(process.pid, 0)
                return  # the number is somebody else's by now
        os.killpg(process.pid, signal.SIGKILL)


def _environment(work: Path) -> dict[str, str]:
    env = {name: value for name, value in environment().items() if name not in HIDDEN}
    # Threads of a parallel predict that wait in a busy loop would starve the next request on a shared machine.
    return {"OMP_WAIT_POLICY": "passive"} | env | {
        "TMPDIR": str(work), "PYTHONUNBUFFERED": "1", "MLFLOW_DISABLE_TELEMETRY": "true",
    }  # fmt: skip
