"""What a model's process must read to run: Python, its libraries, and what those ask the system. Nothing of the user's
own: of the home folder only what Python's path names, entry by entry.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

# Of an environment's folder. Not `etc` and `var`: Jupyter's configuration, with its tokens, may be there.
OF_A_PREFIX = (
    "bin", "lib", "lib32", "lib64", "libexec", "include", "share", "ssl", "nvvm", "targets", "conda-meta",
    "pyvenv.cfg",
)  # fmt: skip
SYSTEM = (
    "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/usr/bin", "/usr/sbin", "/usr/lib", "/usr/lib32", "/usr/lib64",
    "/usr/libexec", "/usr/share", "/usr/include", "/nix/store", "/gnu/store", "/opt/nvidia", "/opt/rocm", "/opt/intel",
    "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/ld.so.preload", "/etc/alternatives",
    "/etc/localtime", "/etc/timezone", "/etc/nsswitch.conf", "/etc/passwd", "/etc/group", "/etc/os-release",
    "/etc/mime.types", "/etc/fonts", "/etc/OpenCL", "/etc/vulkan",
    "/etc/ssl/certs", "/etc/ssl/openssl.cnf", "/etc/ca-certificates", "/etc/pki/tls/certs", "/etc/pki/ca-trust",
    "/proc/self", "/proc/cpuinfo", "/proc/meminfo", "/proc/stat", "/proc/loadavg", "/proc/uptime", "/proc/version",
    "/proc/filesystems", "/proc/devices", "/proc/modules", "/proc/driver/nvidia", "/proc/sys/vm", "/proc/sys/kernel",
    "/sys/devices", "/sys/bus/pci", "/sys/class", "/sys/module", "/sys/fs/cgroup",
    "/sys/kernel/mm/transparent_hugepage", "/dev/urandom", "/dev/random", "/dev/zero",
)  # fmt: skip
FOR_NETWORK = ("/etc/hosts", "/etc/resolv.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/services", "/etc/protocols")
# What Python imports, and what it knows of a package that was installed.
MODULES = (".py", ".so", ".pyd", ".zip", ".egg", ".egg-info", ".dist-info")
NAMESPACES = 2
DEVICES = ("/dev/null", "/dev/full", "/dev/kfd", "/dev/dri", "/dev/nvidia-caps")


@dataclass
class Readable:
    """`whole` may be read with all that is below; of `listed` only the names."""

    whole: list[Path] = field(default_factory=list)
    listed: list[Path] = field(default_factory=list)


def readable(work: Path, *, network: bool) -> Readable:
    """What may be read. `work` is the process's own folder."""
    found = Readable([Path(each) for each in SYSTEM + (FOR_NETWORK if network else ())])
    prefixes = {Path(each) for each in (sys.prefix, sys.base_prefix, sys.exec_prefix, "/usr", "/usr/local")}
    found.whole += [prefix / name for prefix in prefixes for name in OF_A_PREFIX]
    guarded = [work.resolve(), Path.home().resolve()]
    for entry in (Path(each).resolve() for each in sys.path if each):
        if not any(entry.is_relative_to(prefix / "lib") for prefix in prefixes):
            _add(entry, guarded, found)
    for entry in (Path(each).resolve() for each in _editable()):  # a package, or a module
        (found.listed if _holds(entry, guarded) else found.whole).append(entry)
    for name in ("LD_LIBRARY_PATH", "SSL_CERT_FILE"):
        paths = [Path(each) for each in os.environ.get(name, "").split(":") if each]
        found.whole += [path for path in paths if not _holds(path, guarded)]
    return found


def devices() -> list[Path]:
    """Devices to read and write."""
    return [*map(Path, DEVICES), *Path("/dev").glob("nvidia*")]


def _add(entry: Path, guarded: list[Path], found: Readable) -> None:
    """An entry of Python's path. A project's folder, or the user's home, also holds what is not code: keys, data.
    Of it only what Python itself would import.
    """
    if not _holds(entry, guarded) and (entry.name in ("site-packages", "dist-packages") or not entry.is_dir()):
        found.whole.append(entry)
    else:
        _add_modules(entry, guarded, found, NAMESPACES)


def _add_modules(folder: Path, guarded: list[Path], found: Readable, deeper: int) -> None:
    """Modules and packages in a folder, and those in packages without an `__init__.py` (namespaces), so deep."""
    found.listed.append(folder)
    with suppress(OSError):
        for each in folder.iterdir():
            if each.name.startswith(".") or _holds(each, guarded):
                continue
            if each.suffix in MODULES or (each / "__init__.py").exists():
                found.whole.append(each)
            elif deeper and each.name.isidentifier() and each.is_dir() and not each.is_symlink():
                _add_modules(each, guarded, found, deeper - 1)


def _holds(folder: Path, guarded: list[Path]) -> bool:
    """Whether one of `guarded` is it or below it."""
    return any(each.is_relative_to(folder.resolve()) for each in guarded)


def _editable() -> Iterator[str]:
    """Where setuptools' finders of editable installs lead: they are not on Python's path."""
    for name, module in list(sys.modules.items()):
        if name.startswith("__editable__"):
            yield from map(str, getattr(module, "MAPPING", {}).values())
