"""The newest requests of an endpoint, without their values."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

from labwright.actor import Actor
from labwright.service.children import run_job
from labwright.service.context import Context
from labwright.serving import prediction_log, records
from labwright.serving.models import LoggedPrediction


@dataclass(frozen=True)
class Wanted:
    """Which requests; what is None is not asked for."""

    limit: int
    version: str | None = None
    role: str | None = None
    status: int | None = None
    consumer: str | None = None

    def takes(self, item: dict[str, Any]) -> bool:
        """Whether a line of the log is wanted. A `status` of 4 is any 4xx."""
        for name in ("version", "role", "consumer"):
            if getattr(self, name) not in (None, item[name]):
                return False
        return self.status in (None, item["status"], item["status"] // 100)


def requests(context: Context, actor: Actor, name: str, wanted: Wanted) -> list[LoggedPrediction]:
    """The newest that are wanted, newest first. Errors: NotFoundError."""
    with context.store.session() as session:
        records.get(session, actor, name)
    folder = records.room(context).runner.folder(name).log
    found = list(islice(_matching(folder, wanted, parquet=False), wanted.limit))
    if len(found) < wanted.limit and prediction_log.has_parquet(folder):
        # Older ones: pyarrow stays out of this process.
        found = run_job(
            "labwright.serving.recent:older", {"folder": str(folder), "wanted": asdict(wanted)},
            log=context.folders.logs / "prediction-log.log",
        )  # fmt: skip
    return [
        LoggedPrediction(
            request_id=item["id"], at=datetime.fromisoformat(item["at"]), version=item["version"] or "",
            role=item["role"], consumer=item["consumer"], status=item["status"], latency_ms=item["latency_ms"],
            rows=item["rows"],
        )
        for item in found
    ]  # fmt: skip


def older(*, folder: str, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """All of the log is looked at; runs as a job."""
    asked = Wanted(**wanted)
    return list(islice(_matching(Path(folder), asked, parquet=True), asked.limit))


def _matching(folder: Path, wanted: Wanted, *, parquet: bool) -> Iterator[dict[str, Any]]:
    found = prediction_log.lines(folder, newest_first=True, values=False, parquet=parquet)
    return (item for item in found if wanted.takes(item))
