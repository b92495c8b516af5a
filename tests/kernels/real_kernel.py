"""A real kernel, as Jupyter starts it, and what its cells answer."""

from __future__ import annotations

import os
import queue
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_client.manager import KernelManager

LOAD = "%load_ext labwright\n%colors NoColor"


@dataclass
class Ran:
    """What a cell gave: its messages by type, in order."""

    messages: list[dict[str, Any]] = field(default_factory=list)

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message["content"] for message in self.messages if message["msg_type"] == kind]

    @property
    def error(self) -> str:
        """The trace as it is shown; empty where the cell went well."""
        return "\n".join("\n".join(content["traceback"]) for content in self.of("error"))

    @property
    def text(self) -> str:
        return "".join(content["text"] for content in self.of("stream"))


class Kernel:
    """A kernel as JupyterLab starts it, with the magics loaded."""

    def __init__(self, folder: Path, first: str = LOAD, **environment: str) -> None:
        env = {name: value for name, value in os.environ.items() if name != "MLFLOW_TRACKING_URI"}
        self.manager = KernelManager(kernel_name="python3")
        self.manager.start_kernel(cwd=str(folder), env=env | environment)
        self.client = self.manager.client()
        self.client.start_channels()
        self.client.wait_for_ready(60)
        assert not self.run(first).error

    def start(self, code: str, cell_id: str | None = None) -> str:
        """Run a cell, as JupyterLab does where the cell has an id; gives the message's id."""
        if cell_id is None:
            found: str = self.client.execute(code)
            return found
        content = {"code": code, "silent": False, "store_history": True, "user_expressions": {}, "allow_stdin": False}
        message = self.client.session.msg("execute_request", content, metadata={"cellId": cell_id})
        self.client.shell_channel.send(message)
        sent: str = message["header"]["msg_id"]
        return sent

    def finish(self, message_id: str, timeout: float = 120) -> Ran:
        ran = Ran()
        deadline = time.monotonic() + timeout
        while time.monotonic() < deadline:
            try:
                message = self.client.get_iopub_msg(timeout=1)
            except queue.Empty:
                continue
            if message["parent_header"].get("msg_id") != message_id:
                continue
            if message["msg_type"] == "status" and message["content"]["execution_state"] == "idle":
                return ran
            ran.messages.append(message)
        raise TimeoutError(code_of(ran))

    def run(self, code: str, cell_id: str | None = None) -> Ran:
        return self.finish(self.start(code, cell_id))

    def close(self) -> None:
        self.client.stop_channels()
        self.manager.shutdown_kernel(now=True)


def code_of(ran: Ran) -> str:
    return str([message["msg_type"] for message in ran.messages])
