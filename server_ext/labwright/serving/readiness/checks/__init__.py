"""Serving's own checks, in the order in which the card shows them."""

from __future__ import annotations

from labwright.serving.readiness.checks.environment import environment
from labwright.serving.readiness.checks.example_scored import example_scored
from labwright.serving.readiness.checks.features import features_online
from labwright.serving.readiness.checks.files import files
from labwright.serving.readiness.checks.isolation import isolation
from labwright.serving.readiness.checks.latency import latency
from labwright.serving.readiness.checks.metrics import metrics
from labwright.serving.readiness.checks.schema import schema
from labwright.serving.readiness.checks.signature import signature
from labwright.serving.readiness.contributions import Kind
from labwright.serving.readiness.subject import Subject


def _has_example(subject: Subject) -> bool:
    return bool(subject.card["example"])


def _replaces(subject: Subject) -> bool:
    return subject.live is not None and subject.live.version != subject.version.version


def _comparable(subject: Subject) -> bool:
    return _replaces(subject) and subject.scores


def _answers(subject: Subject) -> bool:
    return subject.scores


KINDS = (
    Kind("signature", "Signature and input example", signature),
    Kind("example_scored", "Input example scored", example_scored, applies=_has_example),
    Kind("schema", "Schema against the live version", schema, applies=_replaces),
    Kind("metrics", "Metrics against the live version", metrics, applies=_comparable, slow=True),
    Kind("features", "Features online", features_online, slow=True),
    Kind("latency", "Size, load time and latency", latency, applies=_answers),
    Kind("environment", "Environment", environment),
    Kind("files", "Model files", files),
    Kind("isolation", "Isolation", isolation),
)
