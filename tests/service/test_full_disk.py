"""A full disk: a promotion refuses with a sentence, and changes nothing."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labwright.client import Client
from labwright.errors import NotFoundError, UnavailableError
from labwright.serving import disk
from tests.service.promotions import begin, endpoint, folder, log_linear, mlflow_of

NAME = "full"


@pytest.fixture
def full(client: Client) -> Iterator[Path]:
    """The folder in which an endpoint's own will be, on a disk of a few megabytes."""
    path = folder(client, NAME).path.parent
    path.mkdir(parents=True, exist_ok=True)
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(path)], check=False)
    if mounted.returncode:
        pytest.skip("no file system may be mounted here")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    with mlflow_of(client, "full") as found:
        yield found


def test_a_promotion_refuses_on_a_full_disk(client: Client, mlflow: Any, full: Path) -> None:
    with pytest.raises(UnavailableError, match=r"8 MB are free, .* Make room, then try again") as caught:
        begin(client, NAME, run_id=log_linear(mlflow, "late"))
    assert caught.value.code == "disk_full"
    with pytest.raises(NotFoundError):
        endpoint(client, NAME)
    assert not list(full.iterdir()), "nothing is left of it"
    assert mlflow.MlflowClient().search_registered_models(f"name='{NAME}'") == []


def test_room_is_counted_before_it_is_used(full: Path) -> None:
    with pytest.raises(UnavailableError, match=r"is full: \d MB are free, 64 MB are to stay free") as caught:
        disk.check(full / "not" / "there" / "yet")
    assert caught.value.code == "disk_full"
