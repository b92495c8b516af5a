"""How each version of an endpoint stands, from its record and what its data plane says."""

from __future__ import annotations

from typing import Any

from labwright.serving import shares
from labwright.serving.models import Version
from labwright.serving.tables import EndpointRow
from labwright.serving.traffic_models import Role, VersionTraffic

FIELDS = {
    "live", "state", "message", "predictions", "unlogged", "dropped_copies", "traffic", "trips", "lacking", "settings",
    "versions",
}  # fmt: skip


def is_ours(status: dict[str, Any]) -> bool:
    """Whether a data plane says all that this service reads. One that runs since before an upgrade does not."""
    return status.keys() >= FIELDS


def versions(row: EndpointRow, status: dict[str, Any], candidate: Version | None) -> list[VersionTraffic]:
    """All versions that get calls or copies now, the live one first, a shadow last; `candidate` is a canary's."""
    known = shares.wanted(row) | ({candidate.version: candidate} if candidate else {})
    found = []
    for number, facts in status["versions"].items():
        if facts["role"] is None:
            continue
        version = known.get(number)
        run_id, run_name = (version.run_id, version.run_name) if version else (None, None)
        found.append(
            VersionTraffic(
                version=number, run_id=run_id, run_name=run_name,
                role=Role(facts["role"]), percent=facts["percent"], state=facts["state"], message=_words(facts, status),
                processes=facts["processes"], calls=facts["calls"], errors=facts["errors"], p50_ms=facts["p50_ms"],
            )
        )  # fmt: skip
    order = list(Role)
    return sorted(found, key=lambda one: (order.index(one.role), -one.percent, int(one.version)))


def problems(status: dict[str, Any]) -> str:
    """Which versions besides the live one cannot answer what is theirs, in a sentence each; none when all is well."""
    lacking = [
        f"Version {number} cannot be served ({words}); the others answer its calls."
        for number, words in status["lacking"].items()
        if number != status["live"]
    ]
    failed = [
        f"Version {number}, a {facts['role']}, cannot be served: {facts['message']}."
        for number, facts in status["versions"].items()
        if facts["state"] == "failed" and facts["role"] in ("share", "shadow")
    ]
    return " ".join(lacking + failed)


def _words(facts: dict[str, Any], status: dict[str, Any]) -> str:
    if facts["role"] == Role.shadow and status["dropped_copies"] and not facts["message"]:
        return f"{status['dropped_copies']} copies were left out: it does not keep up."
    found: str = facts["message"]
    return found
