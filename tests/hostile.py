"""A model that looks for what is not its own, by every way that its authors could think of, and returns what it found.

The class travels with the model (cloudpickle), as an attacker's would. It is told where to look: an attacker could
guess no better. `tried` counts the ways, so that a test knows that it did look.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import cloudpickle
import mlflow
import mlflow.pyfunc
import pandas as pd

WAYS = ["own", "descriptors", "processes", "memory", "files", "shell", "sockets", "ports", "keys", "writes", "thread"]


class Hostile(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # MLflow's class has no types
    """For each row's `way` and `hints` (JSON) all it found, as JSON of texts."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        import json

        answers = []
        for way, hints in zip(model_input["way"], model_input["hints"], strict=True):
            found: list[str] = []
            tried = getattr(Looking(found), way)(**json.loads(hints)) if way in WAYS else 0
            answers.append(json.dumps({"tried": tried, "found": found}))
        return answers


class Looking:
    """Each way adds texts to `found` and gives how many things it tried."""

    def __init__(self, found: list[str]) -> None:
        self.found = found

    def others(self, pids: list[int]) -> list[int]:
        """Without itself: it may look at that."""
        import os

        return [pid for pid in pids if pid != os.getpid()]

    def keep(self, data: Any) -> None:
        text = data.decode("utf-8", "replace") if isinstance(data, bytes) else str(data)
        if text:
            self.found.append(text[:200_000])

    def read(self, path: str) -> int:
        """A file whole, or everything below a folder."""
        import os

        with suppress(OSError):
            if os.path.isdir(path):
                return 1 + sum(self.read(os.path.join(path, name)) for name in os.listdir(path))
            with open(path, "rb") as file:
                self.keep(file.read(200_000))
        return 1

    def own(self, **_: Any) -> int:
        """Environment, arguments, what Python holds, /proc/self."""
        import os

        self.keep(dict(os.environ))
        self.keep(sys.argv)
        self.keep(sys.orig_argv)
        for name in ("environ", "cmdline", "mounts", "maps"):
            self.read(f"/proc/self/{name}")
        import gc
        import re

        held = [value for each in gc.get_objects() if isinstance(each, dict) for value in list(each.values())]
        self.keep({each for each in held if isinstance(each, str) and re.fullmatch(r"[\w-]{20,100}", each)})
        return 7 + len(held)

    def descriptors(self, **_: Any) -> int:
        """What is open, and what can be opened again through it."""
        import os

        tried = 0
        for number in range(256):
            try:
                self.keep(os.readlink(f"/proc/self/fd/{number}"))
            except OSError:
                continue
            tried += 1
            for again in (f"/proc/self/fd/{number}", f"/dev/fd/{number}"):
                with suppress(OSError):
                    handle = os.open(again, os.O_RDONLY | os.O_NONBLOCK)
                    self.keep(os.read(handle, 100_000))
                    os.close(handle)
            with suppress(OSError):
                self.keep(os.pread(number, 100_000, 0))
        return tried

    def processes(self, pids: list[int], every_pid: bool, **_: Any) -> int:
        """/proc of all others: their environment, arguments, descriptors, folders."""
        import os

        every = {*pids, *range(1, max(*pids, os.getpid()) + 50 if every_pid else 1)} - {os.getpid()}
        for pid in every:
            for name in ("environ", "cmdline", f"task/{pid}/environ", f"task/{pid}/cmdline"):
                self.read(f"/proc/{pid}/{name}")
        for pid in self.others(pids):
            for name in ("fd", "cwd", "root/etc/shadow", "map_files", "auxv"):
                self.read(f"/proc/{pid}/{name}")
        self.read("/proc/self/root/etc/shadow")
        return len(every) * 4

    def memory(self, pids: list[int], **_: Any) -> int:
        """The memory of others: /proc/PID/mem, ptrace, process_vm_readv, pidfd_getfd."""
        import ctypes
        import os

        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace.restype = ctypes.c_long
        for pid in self.others(pids):
            regions = []
            with suppress(OSError), open(f"/proc/{pid}/maps") as maps:
                regions = [line.split() for line in maps if "rw-p" in line]
            libc.syscall(ctypes.c_long(101), ctypes.c_long(16), ctypes.c_long(pid), 0, 0)  # PTRACE_ATTACH
            for region in regions:
                begin, end = (int(each, 16) for each in region[0].split("-"))
                with suppress(OSError), open(f"/proc/{pid}/mem", "rb", 0) as memory:
                    memory.seek(begin)
                    self._secrets(memory.read(min(end - begin, 64 << 20)))
            libc.syscall(ctypes.c_long(101), ctypes.c_long(17), ctypes.c_long(pid), 0, 0)  # PTRACE_DETACH
            pidfd = libc.syscall(434, pid, 0)
            if pidfd >= 0:
                for number in range(64):
                    stolen = libc.syscall(438, pidfd, number, 0)
                    if stolen >= 0:
                        self.keep(f"stole descriptor {number} of {pid}")
                        with suppress(OSError):
                            self.keep(os.pread(stolen, 100_000, 0))
                        os.close(stolen)
                os.close(pidfd)
        return len(pids) * 4

    def _secrets(self, data: bytes) -> None:
        """Of a large memory only what looks like the planted ones."""
        import re

        for hit in set(re.findall(rb"planted-[\w-]{8,80}", data)):
            self.keep(hit)

    def files(self, folders: list[str], **_: Any) -> int:
        """Everything below the folders, directly and by symbolic and hard links, and by a rename into its own."""
        import os

        tried = sum(self.read(folder) for folder in folders)
        for number, folder in enumerate(folders):
            for way in (os.symlink, os.link, os.rename):
                try:
                    way(folder, f"way{number}{way.__name__}")
                except OSError:
                    continue
                tried += self.read(f"way{number}{way.__name__}")
                if way is os.rename:
                    os.rename(f"way{number}{way.__name__}", folder)
        return tried

    def shell(self, folders: list[str], **_: Any) -> int:
        """The same by programs that it starts, and with powers that it might get."""
        import ctypes
        import os
        import subprocess

        libc = ctypes.CDLL(None)
        for name, arguments in {
            "setuid": (0,),
            "setresuid": (0, 0, 0),
            "unshare": (0x10020000,),
            "setns": (3, 0),
        }.items():
            getattr(libc, name)(*arguments)
        libc.mount(b"/", b".", None, 4096, None)
        libc.chroot(b"/")
        for folder in folders:
            for command in (["grep", "-r", "", folder], ["cp", "-r", folder, "copy"], ["tar", "cO", folder]):
                with suppress(OSError):
                    read = subprocess.run(command, capture_output=True, timeout=30, check=False).stdout
                    self.keep(read.strip(b"\0"))
            self.read("copy")
        if os.fork() == 0:  # a grandchild of nobody
            try:
                os.setsid()
                second = Looking([])
                for folder in folders:
                    second.read(folder)
                with open("grandchild", "w") as file:
                    file.write("\n".join(second.found))
            finally:
                os._exit(0)
        os.wait()
        self.read("grandchild")
        return len(folders) * 4

    def sockets(self, paths: list[str], **_: Any) -> int:
        """Every socket with a path or an abstract name that there is: connects and asks."""
        import socket

        names = set(paths)
        with suppress(OSError), open("/proc/self/net/unix") as table:
            names |= {line.split()[7].replace("@", "\0", 1) for line in table if len(line.split()) > 7}
        for name in names:
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_SEQPACKET):
                with suppress(OSError), socket.socket(socket.AF_UNIX, kind) as one:
                    one.settimeout(2)
                    one.connect(name)
                    self._ask(one, name)
        return len(names)

    def ports(self, ports: list[int], **_: Any) -> int:
        """Loopback by TCP and UDP, the neighbours' packets, another network."""
        import socket

        listening = set(ports)
        with suppress(OSError), open("/proc/self/net/tcp") as table:
            rows = [line.split() for line in table][1:]
            listening |= {int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A"}
        for port in listening:
            for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
                with suppress(OSError), socket.socket(family) as one:
                    one.settimeout(2)
                    one.connect((address, port))
                    self._ask(one, f"port {port}")
        for family, kind in ((socket.AF_INET, socket.SOCK_DGRAM), (socket.AF_INET, socket.SOCK_RAW),
                             (socket.AF_PACKET, socket.SOCK_RAW), (socket.AF_NETLINK, socket.SOCK_RAW),
                             (socket.AF_VSOCK, socket.SOCK_STREAM)):  # fmt: skip
            with suppress(OSError):
                socket.socket(family, kind, 1 if kind == socket.SOCK_RAW else 0).close()
                self.keep(f"opened a socket of family {family}")
        with suppress(OSError), socket.socket(socket.AF_INET) as one:
            one.bind(("127.0.0.1", 0))
            self.keep("bound a port")
        return len(listening)

    def _ask(self, one: Any, name: str) -> None:
        self.keep(f"connected to {name}")
        one.sendall(b"GET /status HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
        self.keep(one.recv(100_000))

    def keys(self, **_: Any) -> int:
        """The session's keyring and the memory that programs share."""
        import ctypes

        libc = ctypes.CDLL(None)
        key = libc.syscall(ctypes.c_long(249), b"user", b"labwright-test", None, 0)  # request_key
        text = ctypes.create_string_buffer(1000)
        for each in (key, -3, -4, -5):
            if libc.syscall(ctypes.c_long(250), ctypes.c_long(11), ctypes.c_long(each), text, ctypes.c_long(1000)) > 0:
                self.keep(text.value)
        return 4 + self.read("/dev/shm") + self.read("/dev/mqueue")

    def writes(self, folders: list[str], files: list[str], pids: list[int], **_: Any) -> int:
        """Changes what is not its own: the test looks whether it did."""
        import os
        import signal

        for folder in folders:
            for change in (
                lambda folder=folder: Path(folder, "evil").touch(),
                lambda folder=folder: os.mkdir(os.path.join(folder, "evil.d")),
                lambda folder=folder: os.symlink("/", os.path.join(folder, "evil.l")),
                lambda folder=folder: os.chmod(folder, 0o777),
            ):
                with suppress(OSError):
                    change()
        for file in files:
            for change in (
                lambda file=file: os.chmod(file, 0o666),
                lambda file=file: os.truncate(file, 0),
                lambda file=file: Path(file).write_text("evil"),
                lambda file=file: os.setxattr(file, "user.evil", b"1"),
                lambda file=file: os.unlink(file),
            ):
                with suppress(OSError):
                    change()
        for pid in self.others(pids):
            with suppress(OSError):
                os.kill(pid, signal.SIGUSR2 if pid == os.getppid() else signal.SIGTERM)
                self.keep(f"sent a signal to {pid}")
        return len(folders) * 4 + len(files) * 5

    def thread(self, folders: list[str], **_: Any) -> int:
        """From threads of its own, and from all that ran before it: Landlock holds threads one by one."""
        import ctypes
        import os
        import signal
        import threading

        libc = ctypes.CDLL(None)

        def handler(_signal: int) -> None:
            for folder in folders:
                self.read(folder)

        kept = ctypes.CFUNCTYPE(None, ctypes.c_int)(handler)
        tried = 0
        for task in os.listdir("/proc/self/task"):  # a handler of C's runs in the thread that the signal is for
            libc.signal(signal.SIGUSR1, kept)
            libc.syscall(ctypes.c_long(234), ctypes.c_long(os.getpid()), ctypes.c_long(int(task)), signal.SIGUSR1)
            tried += 1
        one = threading.Thread(target=handler, args=[0])
        one.start()
        one.join()
        return tried


# The model's process knows nothing of the tests: the class travels with the model.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def hostile() -> dict[str, Any]:
    """How to save or log it."""
    frame = pd.DataFrame({"way": ["none"], "hints": ["{}"]})
    return {
        "python_model": Hostile(),
        "signature": mlflow.models.infer_signature(frame, ["{}"]),
        "input_example": frame,
        "pip_requirements": ["pandas"],  # MLflow would load it in a process to find out
    }
