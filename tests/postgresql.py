"""A PostgreSQL server of a test's own: a cluster in a folder of its own, on a loopback port, with a password."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

START_SECONDS = 60.0


@dataclass
class PostgreSQL:
    """A running server. It is killed and started by its process; the data stay."""

    folder: Path
    port: int
    password: str
    _process: subprocess.Popen[bytes] | None = field(default=None)

    def url(self, database: str = "postgres") -> str:
        """SQLAlchemy's address of a database in it, with the password."""
        return f"postgresql+psycopg://labwright:{self.password}@127.0.0.1:{self.port}/{database}"

    def database(self, name: str) -> str:
        """Make a database; gives its address."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(self.url().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
        return self.url(name)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = [
            *_as_somebody(), f"{programs()}/postgres", "-D", str(self.folder / "data"), "-p", str(self.port),
            "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={self.folder}",
            "-c", "fsync=off", "-c", "shared_buffers=16MB", "-c", "max_connections=60",
        ]  # fmt: skip
        with open(self.folder / "log", "ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder)
        deadline = time.monotonic() + START_SECONDS
        while subprocess.run([f"{programs()}/pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]).returncode:
            log_text = (self.folder / "log").read_text()
            assert self._process.poll() is None, log_text
            assert time.monotonic() < deadline, log_text
            time.sleep(0.05)

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End it: SIGINT closes the connections, SIGQUIT is a crash."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None


def programs() -> Path:
    """The folder of the newest PostgreSQL; Debian keeps it off the path."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("postgres")
    if not found and on_path is None:
        raise RuntimeError("These tests need PostgreSQL: tests/system.sh test installs it, or says how.")
    return found[-1] if found else Path(str(on_path)).parent


@contextmanager
def postgresql() -> Iterator[PostgreSQL]:
    """A fresh server; ended, and its folder removed, after."""
    folder = Path(tempfile.mkdtemp(prefix="lw-pg-"))
    password = secrets.token_hex(8)
    (folder / "password").write_text(password)
    if os.getuid() == 0:  # PostgreSQL refuses to run as root
        owner = pwd.getpwnam("postgres")
        for path in (folder, folder / "password"):
            os.chown(path, owner.pw_uid, owner.pw_gid)
    subprocess.run(
        [*_as_somebody(), f"{programs()}/initdb", "-D", str(folder / "data"), "-U", "labwright", "--no-sync",
         "--auth=scram-sha-256", f"--pwfile={folder / 'password'}", "--no-locale", "-E", "UTF8"],
        check=True, capture_output=True, cwd=folder,
    )  # fmt: skip
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = PostgreSQL(folder, port, password)
    try:
        found.start()
        yield found
    finally:
        found.stop()
        shutil.rmtree(folder, ignore_errors=True)


def _as_somebody() -> list[str]:
    if os.getuid() != 0:
        return []
    return ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"]
