"""What the files of a model are: told from their contents and names, without loading anything."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# By the end of a name, for what is no pickle.
ENDINGS = {
    ".skops": "skops", ".safetensors": "safetensors", ".onnx": "ONNX", ".pt2": "torch export", ".h5": "HDF5",
    ".keras": "Keras", ".ubj": "UBJSON", ".cbm": "CatBoost", ".xgb": "XGBoost", ".lgb": "LightGBM", ".pb": "protobuf",
    ".py": "Python code", ".parquet": "Parquet", ".npy": "NumPy", ".npz": "NumPy", ".bin": "binary",
}  # fmt: skip
# MLflow's own words about a model, and the example; no part of what is loaded.
ABOUT = {
    "MLmodel", "conda.yaml", "python_env.yaml", "requirements.txt", "registered_model_meta", "input_example.json",
    "serving_input_example.json", "environment_variables.txt",
}  # fmt: skip
PROTOCOLS = tuple(bytes([0x80, protocol]) for protocol in range(2, 6))
PICKLED = (".pkl", ".pickle", ".cloudpickle", ".joblib")


@dataclass(frozen=True)
class About:
    """Bytes, number of files, formats by name, and the files that are pickles or hold one."""

    size: int
    files: int
    formats: list[str]
    pickles: list[str]


def describe(folder: Path) -> About:
    """Look at the files below `folder`."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    formats, pickles = set(), []
    for path in paths:
        name = path.relative_to(folder).as_posix()
        if name in ABOUT:
            continue
        kind = _pickle(path)
        if kind:
            pickles.append(name)
        found = kind or ENDINGS.get(path.suffix.lower())
        if found:
            formats.add(found)
    size = sum(path.stat().st_size for path in paths)
    return About(size, len(paths), sorted(formats) or ["no file of its own"], pickles)


def requirements(folder: Path) -> list[str]:
    """The requirements that were logged with the model, as they stand in its file."""
    try:
        lines = (folder / "requirements.txt").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    return [line.strip() for line in lines if line.strip() and not line.strip().startswith("#")]


def _pickle(path: Path) -> str:
    """How a pickle in this file is written; empty where there is none."""
    with open(path, "rb") as file:
        head = file.read(1024)
    if path.suffix.lower() in PICKLED or head.startswith(PROTOCOLS):
        return "cloudpickle" if _by_cloudpickle(path) else "pickle"
    if head.startswith(b"PK") and path.suffix.lower() not in (".skops", ".npz", ".keras"):
        return "torch (a zip with a pickle)" if any(name.endswith(PICKLED) for name in _zipped(path)) else ""
    return ""


def _by_cloudpickle(path: Path) -> bool:
    """Whether it needs cloudpickle to be read: it pickles code, or MLflow's requirements of a model say so anyway."""
    with open(path, "rb") as file:
        return b"cloudpickle" in file.read(1 << 20)


def _zipped(path: Path) -> Iterable[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()
    except (zipfile.BadZipFile, OSError):
        return []
