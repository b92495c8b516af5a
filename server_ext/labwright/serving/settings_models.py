"""What can be set for an endpoint. Changes hold at once, without a failed request."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from labwright.service.models import Strict


class LogSettings(Strict):
    """What the prediction log keeps."""

    inputs: bool = Field(default=True, description="Off: neither inputs nor outputs, only that there was a request")
    leave_out: list[str] = Field(default=[], max_length=1000, description="Columns that are not logged")
    hashed: list[str] = Field(
        default=[], max_length=1000, description="Columns of which only a keyed hash is logged, so that they join"
    )
    entity_keys: list[str] = Field(default=[], max_length=50, description="Columns that say whom a row is about")
    retention_days: int | None = Field(default=90, ge=1, le=36500, description="Null: for ever")
    max_mb: int | None = Field(default=2048, ge=1, description="The oldest days go first; null: no limit")
    fsync: bool = Field(default=False, description="Wait for the disk at each request, against power loss")


class EndpointSettings(Strict):
    """An endpoint's settings, whole."""

    batching: Literal["adaptive", "off"] = Field(default="adaptive", description="off: one row's bits, and slower")
    replicas: int = Field(default=1, ge=1, le=16, description="Processes of each version")
    deadline_seconds: float = Field(default=30.0, gt=0, le=3600, description="For one batch; then its process ends")
    load_seconds: float = Field(default=300.0, gt=0, le=86400, description="A version that loads for longer failed")
    sticky: str | None = Field(
        default=None, max_length=100, pattern=r"^[A-Za-z0-9-]+$",
        description="A request header: calls with the same value get the same version while traffic is split",
    )  # fmt: skip
    network: bool = Field(default=False, description="Whether the model's process may open network connections")
    environment: Literal["notebook", "rebuilt"] = Field(
        default="notebook", description="rebuilt: made by uv from the requirements that were logged with the model"
    )
    log: LogSettings = LogSettings()
