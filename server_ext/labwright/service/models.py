"""What the service says of itself, and the operations that all capabilities share."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class Strict(BaseModel):
    """Base of all request bodies: a field that nobody knows is an error, not silence."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """An error reply (RFC 9457)."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


class OperationState(StrEnum):
    """Where an operation stands. The last three are final."""

    running = "running"
    succeeded = "succeeded"
    failed = "failed"
    cancelled = "cancelled"


class Operation(BaseModel):
    """Long work: has an id, a progress figure, a log and a cancel; a reloaded page finds it again."""

    id: str
    kind: str = Field(description="CAPABILITY.VERB, such as serving.promote")
    subject: str = Field(description="The name of what is worked on, such as an endpoint's")
    state: OperationState
    step: str = Field(description="What is being done now, in words")
    progress: float = Field(description="0 to 1")
    log: list[str]
    error: Problem | None
    result: dict[str, Any] = Field(description="What came of it; its keys depend on the kind")
    created: datetime
    updated: datetime


class GoingOn(BaseModel):
    """Something that outlives kernel, Jupyter server and service."""

    capability: str
    name: str
    what: str = Field(description="One line for people, such as its address")
    stop: str = Field(description="The command that stops it")


class Status(BaseModel):
    """The service's own card."""

    version: str
    owner: str
    namespace: str
    started: datetime
    mlflow: str = Field(description="not started, starting, running or failed")
    tracking: str = Field(default="", description="Address of the remote tracking server; empty for our own MLflow")
    going_on: list[GoingOn]
    notes: list[str] = Field(
        default_factory=list, description="What the user should know, such as a cluster that was lost"
    )


class Shutdown(Strict):
    """Ask the service to end; with `everything`, endpoints and clusters end first."""

    everything: bool = False


class Changed(BaseModel):
    """A small event: something of `capability` changed; look again."""

    capability: str
    name: str
