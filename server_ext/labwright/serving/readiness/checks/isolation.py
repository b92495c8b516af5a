"""What could the model's code read?"""

from __future__ import annotations

from labwright.serving.plane import isolation as of_plane
from labwright.serving.readiness.contributions import Found, Stop, passed, warned
from labwright.serving.readiness.subject import Subject


def isolation(subject: Subject, _stop: Stop) -> Found:
    """As the data plane isolates its model processes on this machine, with these settings."""
    found = of_plane.describe(subject.settings)
    figures = [("by", found.kind), ("network", "allowed" if found.network else "closed")]
    return (warned if found.kind == "none" else passed)(found.words, *figures, kind=found.kind, network=found.network)
