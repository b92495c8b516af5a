"""Serving's own checks, in the order in which the card shows them."""

from __future__ import annotations

from labwright.serving.readiness.checks.example_scored import example_scored
from labwright.serving.readiness.checks.files import files
from labwright.serving.readiness.checks.schema import schema
from labwright.serving.readiness.checks.signature import signature
from labwright.serving.readiness.contributions import Kind
from labwright.serving.readiness.subject import Subject


def _replaces(subject: Subject) -> bool:
    return subject.live is not None and subject.live_card is not None


KINDS = (
    Kind("signature", "Signature and input example", signature),
    Kind(
        "example_scored", "Input example scored", example_scored, applies=lambda subject: bool(subject.card["example"])
    ),
    Kind("schema", "Schema against the live version", schema, applies=_replaces),
    Kind("files", "Model files", files),
)
