"""How an endpoint's calls are spread over versions."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, Field, FiniteFloat

from labwright.service.models import Strict


class Role(StrEnum):
    """What a version does. `live` is the champion; `share` has a lasting part of it."""

    live = "live"
    share = "share"
    canary = "canary"
    shadow = "shadow"


class Canary(Strict):
    """A candidate's way to all of the traffic: by steps, back by itself on errors or latency."""

    percent: float = Field(default=10, gt=0, lt=100, description="Its first share of the calls")
    steps: list[float] = Field(default=[25, 50], max_length=20, description="Its further shares, before all")
    seconds: float = Field(default=60, ge=0, le=86400, description="How long each step lasts at least")
    calls: int = Field(default=20, ge=0, description="And how many calls the candidate must have answered in each")
    max_error_rate: float = Field(default=0.01, ge=0, le=1, description="More 5xx than this above live: back")
    max_latency_ratio: float = Field(default=3.0, gt=1, description="Median latency over the live version's: back")
    min_latency_increase_ms: float = Field(default=20, ge=0, description="And so many milliseconds more")


class SetTraffic(Strict):
    """A lasting split among versions that were promoted here, and a shadow. Weights are percent and add up to 100."""

    weights: dict[str, FiniteFloat] = Field(
        min_length=1, max_length=10, description="Version → percent; the live one too"
    )
    shadow: str | None = Field(default=None, description="A version that gets copies; its answers go to the log only")
    reason: str | None = Field(default=None, max_length=2000)
    expected_revision: int | None = None


class VersionTraffic(BaseModel):
    """A version that is loaded, as it stands."""

    version: str
    run_id: str | None
    run_name: str | None
    role: Role
    percent: float = Field(description="Its share of the calls; of a shadow, the share that is copied to it")
    state: str = Field(description="loading, ready, restarting, failed")
    message: str
    processes: int = Field(description="How many of its processes are ready")
    calls: int
    errors: int
    p50_ms: float | None = Field(description="Over the last minute")


class Figures(BaseModel):
    """An endpoint's last minutes, a value per interval, oldest first. Null where nothing was asked."""

    end: float = Field(description="Seconds since 1970 at the end of the last interval")
    seconds: float = Field(description="The length of an interval")
    requests: list[float] = Field(description="Per second")
    errors: list[float] = Field(description="Per second: replies of 5xx")
    refused: list[float] = Field(description="Per second: replies of 4xx")
    p50_ms: list[float | None]
    p95_ms: list[float | None]
    p99_ms: list[float | None]
    batch_rows: list[float | None] = Field(description="Rows in a batch, on average")
    unlogged: int = Field(description="Predictions that the log could not take since the endpoint started")
