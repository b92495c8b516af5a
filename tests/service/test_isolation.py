"""What an attacker's model finds: with Landlock no token and no secret; without it the card warns, and it is right."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest

import labwright
from labwright.serving.plane.isolation import landlock
from tests import hostile
from tests.state_folder import StateFolder, own_state_folder

needs_landlock = pytest.mark.skipif(not landlock.abi(), reason="this kernel has no Landlock")
SECRET = "planted-%s-5f2c91"
FILES = (
    ".aws/credentials", ".jupyter/jupyter_server_config.json", ".ssh/id_ed25519", ".config/gh/hosts.yml", ".netrc",
    ".kube/config", "notebooks/.env",
)  # fmt: skip


@dataclass
class Planted:
    """Secrets that a user has, and servers that give theirs to whoever connects."""

    home: Path
    secrets: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    sockets: list[str] = field(default_factory=list)
    ports: list[int] = field(default_factory=list)
    pids: list[int] = field(default_factory=list)

    def new(self, name: str) -> str:
        secret = SECRET % name.replace("/", "-").replace(".", "")
        self.secrets.append(secret)
        return secret


@contextmanager
def planted(folder: Path) -> Iterator[Planted]:
    """Files in the user's home, another program of the user's with its memory, servers, a key, shared memory."""
    found = Planted(folder / "user")
    for name in FILES:
        path = found.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(found.new(name))
        found.files.append(str(path))
    program = (
        "import os, sys, time; kept = ['planted', 'memory', '5f2c91']; held = '-'.join(kept) * 1; "
        "file = open(os.environ['OPENED']); print(flush=True); time.sleep(600)"
    )
    opened = folder / "opened"
    opened.write_text(found.new("opened"))
    opened.chmod(0o600)
    found.secrets.append("planted-memory-5f2c91")
    environment = {"SECRET": found.new("environment"), "OPENED": str(opened)}
    other = subprocess.Popen(
        [sys.executable, "-c", program, found.new("argument")], env=environment, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    other.stdout.read(1)
    found.pids.append(other.pid)
    shared = Path(f"/dev/shm/labwright-test-{other.pid}")
    shared.write_text(found.new("shared"))
    listeners = [
        _giving(socket.AF_UNIX, str(folder / "other.sock"), found.new("socket")),
        _giving(socket.AF_UNIX, f"\0labwright-test-{other.pid}", found.new("abstract")),
        _giving(socket.AF_INET, ("127.0.0.1", 0), found.new("port")),
    ]
    found.sockets += [listeners[0].getsockname(), listeners[1].getsockname().decode()]
    found.ports.append(listeners[2].getsockname()[1])
    _add_key(found.new("key"))
    try:
        yield found
    finally:
        shared.unlink(missing_ok=True)
        other.kill()
        other.wait()
        for listener in listeners:
            listener.close()


def _giving(family: int, address: Any, secret: str) -> socket.socket:
    listener = socket.socket(family)
    listener.bind(address)
    listener.listen()

    def give() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                connection.sendall(secret.encode())

    threading.Thread(target=give, daemon=True).start()
    return listener


def _add_key(secret: str) -> None:
    """Into the session's keyring (add_key(2)), where Kerberos and others keep theirs."""
    numbers = {"x86_64": 248, "aarch64": 217}
    data = secret.encode()
    session = ctypes.c_long(-3)
    ctypes.CDLL(None).syscall(
        ctypes.c_long(numbers[os.uname().machine]), b"user", b"labwright-test", data, ctypes.c_long(len(data)), session
    )


def run_attack(state: StateFolder, user: Planted, folder: Path, **plan: Any) -> dict[str, Any]:
    """The attacker's findings, in a state folder of this user."""
    whole: dict[str, Any] = {
        "folders": [str(user.home), "/etc/shadow", str(folder / "opened")], "files": user.files,
        "sockets": user.sockets, "ports": user.ports, "pids": [*user.pids, *plan.pop("pids", [])],
        "landlock": True, "ways": hostile.WAYS, "answer": str(folder / "answer.json"), **plan,
    }  # fmt: skip
    (folder / "plan.json").write_text(json.dumps(whole))
    done = subprocess.run(
        [sys.executable, "-m", "tests.attack", str(folder / "plan.json")],
        env=os.environ | {"LABWRIGHT_HOME": str(state.home), "HOME": str(user.home)},
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=240, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads((folder / "answer.json").read_text())
    return found


def tokens_of(state: StateFolder) -> list[str]:
    """Every token that Labwright made, by the files that hold them."""
    paths = [state.home / "token", *state.home.glob("endpoints/*/token"), *state.home.glob("endpoints/*/admin")]
    return [path.read_text().strip() for path in paths]


@pytest.fixture(scope="module")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], list[str], Planted]]:
    """With isolation as it comes: findings, all secrets that there are, what was planted."""
    folder = tmp_path_factory.mktemp("attacked")
    with own_state_folder(folder / "home") as state, planted(folder) as user:
        found = run_attack(state, user, folder, pids=[os.getpid()])
        yield found, [*user.secrets, *tokens_of(state), found["consumer"]], user


@needs_landlock
def test_a_hostile_model_finds_no_token_and_no_secret(attacked: tuple[dict[str, Any], list[str], Planted]) -> None:
    found, secrets, _ = attacked
    assert len(secrets) > len(FILES) + 8
    for way in hostile.WAYS:
        assert found[way]["tried"] > 0, way
        text = json.dumps(found[way]["found"])
        assert [secret for secret in secrets if secret in text] == [], way
        assert ("root:" in text, "planted-in-a-log" in text) == (False, False), way
    for way in ("processes", "memory", "files", "shell", "sockets", "ports", "keys", "writes", "thread"):
        assert found[way]["found"] == [], way


@needs_landlock
def test_a_hostile_model_changes_nothing(attacked: tuple[dict[str, Any], list[str], Planted]) -> None:
    _, _, user = attacked
    for name in user.files:
        assert Path(name).read_text() in user.secrets
        assert Path(name).stat().st_mode & 0o777 == 0o644 & ~_umask()
    assert list(user.home.rglob("evil*")) == []
    assert psutil.Process(user.pids[0]).status() != psutil.STATUS_ZOMBIE


def _umask() -> int:
    before = os.umask(0o022)
    os.umask(before)
    return before


@needs_landlock
def test_models_of_three_kinds_serve_as_they_should(attacked: tuple[dict[str, Any], list[str], Planted]) -> None:
    found, _, _ = attacked
    assert set(found["answers"]) == {"sklearn", "torch", "code"}
    for kind, (given, expected) in found["answers"].items():
        assert given == expected, kind


@needs_landlock
def test_endpoint_and_card_say_what_holds(attacked: tuple[dict[str, Any], list[str], Planted]) -> None:
    found, _, _ = attacked
    (check,) = [each for each in found["card"]["checks"] if each["id"] == "isolation"]
    assert check["verdict"] == "pass"
    assert "Landlock" in check["words"]
    assert "cannot open network connections" in check["words"]
    assert found["endpoint"]["isolation"] == check["words"]


@needs_landlock
def test_the_network_opens_by_a_setting_and_nothing_else_does(
    attacked: tuple[dict[str, Any], list[str], Planted],
) -> None:
    found, secrets, user = attacked
    ports = json.dumps(found["opened"]["ports"]["found"])
    assert f"connected to port {user.ports[0]}" in ports
    mine = [secret for secret in secrets if secret in ports]
    assert mine == [SECRET % "port"], "what asks for no token gives its secret; all of Labwright's ask for one"
    assert (found["opened"]["sockets"]["found"], found["opened"]["files"]["found"]) == ([], [])
    assert "can open network connections" in found["said"]


def test_no_process_of_an_endpoint_holds_a_token(attacked: tuple[dict[str, Any], list[str], Planted]) -> None:
    found, secrets, _ = attacked
    of_endpoints = [each for each in found["seen"] if "labwright.serving.plane" in json.dumps(each)]
    assert len(of_endpoints) >= 8, "a data plane and a model process for each of the endpoints"
    text = json.dumps(of_endpoints)
    assert [secret for secret in secrets if secret in text] == []


def test_without_landlock_the_card_warns_and_it_is_right(tmp_path: Path) -> None:
    with own_state_folder(tmp_path / "home") as state, planted(tmp_path) as user:
        found = run_attack(state, user, tmp_path, landlock=False, ways=["processes", "memory", "files"])
        text = json.dumps([found[way]["found"] for way in ("processes", "memory", "files")])
        lost = [secret for secret in [*user.secrets, *tokens_of(state)] if secret in text]
    (check,) = [each for each in found["card"]["checks"] if each["id"] == "isolation"]
    assert (check["verdict"], check["details"]["kind"]) == ("warn", "none")
    assert check["words"].startswith("Nothing keeps the model's process from your files")
    assert found["endpoint"]["isolation"] == check["words"]
    assert len(lost) > len(FILES) + 3, "the same attacker would have found them"


CONFINED = """
import errno, importlib, json, os, platform, socket, sys
from pathlib import Path
from labwright.serving.plane import isolation
from labwright.serving.plane.isolation import landlock, seccomp
found, plan = {}, json.loads(sys.argv[1])
if not plan["landlock"]:
    seccomp.install(seccomp.program(platform.machine(), {landlock.CREATE_RULESET: errno.ENOSYS}))
    isolation.prepare(Path.cwd())
ours, theirs = socket.socketpair()
said = isolation.confine(ours.fileno(), network=plan["network"])
found["kind"], found["network"], found["uid"] = said.kind, said.network, os.getuid()
for path in plan["read"]:
    try:
        found[path] = open(path).read()
    except OSError as error:
        found[path] = type(error).__name__
for family, address in ((socket.AF_INET, ("127.0.0.1", plan["port"])), (socket.AF_UNIX, plan["socket"])):
    try:
        with socket.socket(family) as one:
            one.connect(address)
            found[family.name] = one.recv(1000).decode()
    except OSError as error:
        found[family.name] = type(error).__name__
if plan["pressed"]:  # the kernel forgets what it can of names and inodes
    print(flush=True)
    sys.stdin.readline()
found["own /proc"] = open("/proc/self/maps").read(1) + open("/proc/cpuinfo").read(1)
for name in plan["modules"]:
    found[name] = importlib.import_module(name).VALUE
open("own", "w").write(os.path.expanduser("~"))
found["own"] = open("own").read()
print(json.dumps(found))
"""


def plan_of(user: Planted) -> dict[str, Any]:
    return {
        "network": False, "read": user.files, "port": user.ports[0], "socket": user.sockets[0], "modules": [],
        "landlock": True, "pressed": False,
    }  # fmt: skip


def confined(
    user: Planted, work: Path, python: str = sys.executable, path: Sequence[str] = (), **plan: Any
) -> dict[str, Any]:
    """What a process finds that is confined and runs no model."""
    work.mkdir(mode=0o700, exist_ok=True)
    whole = plan_of(user) | plan
    done = subprocess.run(
        [python, "-P", "-c", CONFINED, json.dumps(whole)], cwd=work, capture_output=True, text=True, timeout=60,
        env=os.environ | {"HOME": str(user.home), "PYTHONPATH": ":".join(path)}, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def user(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Planted]:
    with planted(tmp_path_factory.mktemp("planted")) as found:
        yield found


@needs_landlock
def test_of_a_project_on_pythons_path_the_code_is_read_and_nothing_else(user: Planted, tmp_path: Path) -> None:
    project = user.home / "project"
    (project / "inside").mkdir(parents=True)
    (project / "flights_code.py").write_text("VALUE = 1")
    (project / "inside" / "__init__.py").write_text("VALUE = 2")
    (project / "inside" / "table.json").write_text("data of the package")
    (project / "space" / "part").mkdir(parents=True)
    (project / "space" / "part" / "__init__.py").write_text("VALUE = 5")
    others = [project / name for name in (".env", "keys.yaml", "space/notes.txt", "notebooks/a.ipynb")]
    (project / "notebooks").mkdir()
    for other in others:
        other.write_text("VALUE = 3")
    (user.home / "at_home.py").write_text("VALUE = 4")
    found = confined(
        user, tmp_path / "work", path=[str(project), str(user.home)], modules=["flights_code", "inside", "at_home"],
        read=[*user.files, *map(str, others), str(project / "inside" / "table.json")],
    )  # fmt: skip
    assert (found["flights_code"], found["inside"], found["at_home"]) == (1, 2, 4)
    assert {found[path] for path in [*user.files, *map(str, others)]} == {"PermissionError"}
    assert found[str(project / "inside" / "table.json")] == "data of the package"
    found = confined(user, tmp_path / "work", path=[str(project)], modules=["space.part"])
    assert found["space.part"] == 5


@needs_landlock
@pytest.mark.skipif(os.geteuid() != 0, reason="only root can press the kernel for memory")
def test_its_own_proc_is_there_when_the_kernel_was_short_of_memory(user: Planted, tmp_path: Path) -> None:
    """A rule of Landlock holds an inode, and /proc makes new ones: a model did not load for it."""
    whole = json.dumps({**plan_of(user), "pressed": True})
    with subprocess.Popen(
        [sys.executable, "-P", "-c", CONFINED, whole], cwd=tmp_path, text=True, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, env=os.environ | {"HOME": str(user.home)},
    ) as process:  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdout.readline()
        Path("/proc/sys/vm/drop_caches").write_text("2")
        found = json.loads(process.communicate("\n")[0])
    assert len(found["own /proc"]) == 2
    assert found["kind"] == "landlock"


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can make another user of a process")
def test_root_without_landlock_makes_it_a_user_of_its_own(user: Planted, tmp_path: Path) -> None:
    python = next((each for each in ("/usr/bin/python3", "/usr/local/bin/python3") if os.path.exists(each)), None)
    code = Path(labwright.__file__).parent.parent
    if python is None or subprocess.run([python, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"]).returncode:
        pytest.skip("this machine has no Python that every user may run")
    public = Path(tempfile.mkdtemp(dir="/tmp"))  # the folders of pytest are closed to others
    try:
        public.chmod(0o755)
        shutil.copytree(code / "labwright", public / "code" / "labwright", ignore=_only_what_isolates)
        found = confined(user, public / "work", python, path=[str(public / "code")], landlock=False)
        assert (found["kind"], found["network"]) == ("uid", False)
        assert found["uid"] >= 1000
        assert {found[path] for path in user.files} == {"PermissionError"}
        assert (found["AF_INET"], found["AF_UNIX"]) == ("PermissionError", "PermissionError")
        assert found["own"] == str(public / "work")
    finally:
        shutil.rmtree(public)


def _only_what_isolates(folder: str, names: list[str]) -> list[str]:
    return [name for name in names if name in ("__pycache__", "experiments", "drift", "features", "clusters", "door")]
