"""The readiness card: what was found out about a candidate before it may answer."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import BaseModel, Field

WAITING = "Waiting for your decision"  # the step of a promotion that waits for somebody's word


class Verdict(StrEnum):
    """What a check says. `waiting` while it is still made."""

    waiting = "waiting"
    passed = "pass"
    warned = "warn"
    failed = "fail"


class Figure(BaseModel):
    """A figure of a check, in words that need no more: "accuracy, version 3", "0.912"."""

    name: str
    value: str


class Check(BaseModel):
    """One line of the card."""

    id: str = Field(description="Stable, such as example_scored, schema, metrics, drift, features, latency, isolation")
    title: str
    verdict: Verdict
    words: str = Field(description="One sentence: what was found, and for a warning or a failure the way on")
    figures: list[Figure] = Field(default_factory=list)
    details: dict[str, Any] = Field(default_factory=dict, description="What a program may want: numbers, intervals")


class ReadinessCard(BaseModel):
    """All checks of one candidate, in the order in which they are shown."""

    operation: str
    endpoint: str
    model: str
    version: str | None
    run_id: str | None
    run_name: str | None
    live: str | None = Field(description="The version that it would replace")
    checks: list[Check]
    verdict: Verdict = Field(description="The worst of the checks; waiting while any is made")
    decided: str | None = Field(description="go, stop, or null while nobody decided")
    reason: str | None = Field(description="Why it went on though a check failed")
    created: datetime
