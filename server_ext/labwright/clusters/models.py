"""Clusters: workers with CPUs or GPUs for a notebook."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, Field

from labwright.service.models import Strict

NAME = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"


class ClusterState(StrEnum):
    """Where a cluster stands."""

    starting = "starting"
    running = "running"
    stopping = "stopping"
    stopped = "stopped"
    failed = "failed"
    lost = "lost"


class Worker(BaseModel):
    """One worker process."""

    name: str
    threads: int
    memory: int = Field(description="Bytes in use")
    memory_limit: int = Field(description="Bytes; 0 where there is no limit")
    cpu: float = Field(description="Percent of one core")
    executing: int = Field(description="Tasks that run now")


class Cluster(BaseModel):
    """A cluster as it stands."""

    name: str
    backend: str = Field(description="local; kubernetes comes later")
    state: ClusterState
    message: str = Field(description="What happened, in a sentence; empty when all is well")
    wanted: int = Field(description="Workers that were asked for")
    threads: int = Field(description="Threads per worker")
    memory_limit: str = Field(description="Per worker, such as 2GiB, or auto")
    gpus: int = Field(description="GPUs per worker")
    workers: list[Worker]
    address: str | None = Field(description="The scheduler's, with TLS")
    credentials: str | None = Field(description="Folder with ca.pem, cert.pem and key.pem, readable by the owner only")
    notebook: str | None = Field(description="Path of the notebook that started it")
    created: datetime
    revision: int


class StartCluster(Strict):
    """Ask for a cluster. The cluster that is running with this name already is given back unchanged."""

    name: str = Field(pattern=NAME)
    workers: int = Field(default=2, ge=1, le=64)
    threads: int = Field(default=1, ge=1, le=64)
    memory_limit: str = Field(default="auto", pattern=r"^(auto|[0-9]+(\.[0-9]+)? ?([KMGT]i?)?B?)$")
    gpus: int = Field(default=0, ge=0, le=8)
    notebook: str | None = Field(default=None, max_length=1000)


class ScaleCluster(Strict):
    """Change the number of workers."""

    workers: int = Field(ge=1, le=64)
    expected_revision: int | None = Field(default=None, description="Refuse with 409 when the cluster has another")
