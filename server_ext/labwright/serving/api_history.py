"""`lw.serving`: back to a version before, what served when, and where it came from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from labwright import output
from labwright.client import follow, shared
from labwright.errors import InvalidError
from labwright.serving.lineage_models import Lineage, ServedRun
from labwright.serving.models import Endpoint, Promotion, Rollback, Served
from labwright.serving.naming import id_of_run, path

if TYPE_CHECKING:
    import pandas as pd

    from labwright.service.models import Operation
    from labwright.serving.api import EndpointCard

__all__ = ["History", "history", "lineage", "rollback", "served", "served_runs"]


class History(Sequence[Promotion]):
    """What changed who answers, newest first; shows itself as a table, and is a DataFrame by `to_frame()`."""

    def __init__(self, name: str, found: list[Promotion]) -> None:
        self.name, self._found = name, found

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, place: Any) -> Any:
        return self._found[place]

    def to_frame(self) -> pd.DataFrame:
        """A row for each, with `version`, `run_id` and `run_name` of its version."""
        import pandas as pd

        rows = [
            {
                "at": one.at, "by": one.by, "kind": one.kind, "version": one.version.version,
                "run_id": one.version.run_id, "run_name": one.version.run_name, "previous": one.previous,
                "reason": one.reason, "traffic": one.traffic, "operation": one.operation, "verdict": one.verdict,
                "figures": {each.name: each.value for each in one.figures},
            }
            for one in self._found
        ]  # fmt: skip
        return pd.DataFrame(rows)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        rows = [
            (
                f"{one.at:%Y-%m-%d %H:%M:%S}", one.by, _deed(one), one.version.run_name or one.version.run_id or "",
                shares(one.traffic), "; ".join(f"{each.name}: {each.value}" for each in one.figures), one.reason or "",
            )
            for one in self._found
        ]  # fmt: skip
        return output.bundle(("when (UTC)", "who", "what", "run", "calls then", "figures", "reason"), rows)


class ServedCard(Served):
    """What answered at a moment; shows itself in a sentence."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        run = self.live.run_name or self.live.run_id
        until = f"until {self.until:%Y-%m-%d %H:%M:%S}" if self.until else "until now"
        return output.words(
            f"At {self.at:%Y-%m-%d %H:%M:%S} UTC version {self.live.version}{f' of run {run}' if run else ''} was live "
            f"({shares(self.traffic)}), from {self.since:%Y-%m-%d %H:%M:%S} {until}, by {self.by}."
        )


class LineageCard(Lineage):
    """Where the versions of an endpoint come from; shows itself as a table."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        rows = []
        for one in self.versions:
            cell = f", cell {one.cell}" if one.cell is not None else ""
            data = [f"{each.name} ({each.digest[:12]})" for each in one.data]
            views = [f"{each.name} ({each.version[:12]})" for each in one.feature_views]
            rows.append(
                (
                    one.version, f"{one.role} {one.percent:g} %" if one.role else "before", one.run_name or "",
                    f"{one.notebook}{cell}" if one.notebook else "", (one.commit or "")[:12], ", ".join(data),
                    ", ".join(views), one.note,
                )
            )  # fmt: skip
        heads = ("version", "now", "run", "notebook", "commit", "data", "feature views", "note")
        return output.bundle(heads, rows)


def rollback(
    name: str, version: str | int | None = None, reason: str | None = None, *,
    progress: Callable[[Operation], None] | None = None,
) -> EndpointCard:  # fmt: skip
    """Go back to the version before the live one, or to `version`, which was live here before; within seconds.

    The calls go on all the while. Rolling back again goes forth again. `reason` is kept in the history.
    """
    from labwright.service.models import Operation
    from labwright.serving.api import settled

    # The revision: a request that is sent again because the service died must not go back and forth.
    seen: Endpoint = shared().get(f"/serving/endpoints/{path(name)}", Endpoint)
    wanted = str(version).removeprefix("v") if version is not None else None
    try:
        body = Rollback(version=wanted, reason=reason, expected_revision=seen.revision)
    except ValueError:
        raise InvalidError("A version is a number, such as 3; a reason has at most 2,000 characters.") from None
    operation: Operation = shared().post(f"/serving/endpoints/{path(name)}/rollback", Operation, body)
    operation = follow(operation, progress, cancelled="The rollback was cancelled; nothing was changed.")
    number = operation.result["version"]
    note = f"Version {number} is live again." if operation.result["changed"] else operation.log[-1]
    return settled(name).model_copy(update={"note": note})


def history(name: str) -> History:
    """What was promoted, rolled back, split: who, when, on which figures, and why; newest first."""
    return History(name, shared().get(f"/serving/endpoints/{path(name)}/promotions", list[Promotion]))


def served(name: str, at: str | datetime) -> ServedCard:
    """What answered at a moment of the past: a time, or text such as 2026-03-01T12:00 (UTC where it names no zone)."""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at.strip())
        except ValueError:
            raise InvalidError(
                "at: a time such as 2026-03-01T12:00 or 2026-03-01 12:00+01:00 (UTC where it names no zone)."
            ) from None
    found: ServedCard = shared().get(
        f"/serving/endpoints/{path(name)}/served", ServedCard, params={"at": at.isoformat()}
    )
    return found


def lineage(name: str) -> LineageCard:
    """From an endpoint back: its versions, their runs, notebooks and cells, data and feature views."""
    found: LineageCard = shared().get(f"/serving/endpoints/{path(name)}/lineage", LineageCard)
    return found


def served_runs(run: str | Any) -> list[ServedRun]:
    """From a run forward: the endpoints that serve its model, or did. `run` is an id, or a run."""
    found: list[ServedRun] = shared().get(f"/serving/runs/{id_of_run(run)}/endpoints", list[ServedRun])
    return found


def shares(traffic: dict[str, float]) -> str:
    """Such as "version 3: 90 %, version 4: 10 %"."""
    return ", ".join(f"version {version}: {percent:g} %" for version, percent in traffic.items())


def _deed(one: Promotion) -> str:
    words = {"promote": "promoted", "rollback": "rolled back to", "traffic": "calls spread;", "shadow": "shadow:"}
    return f"{words.get(one.kind, one.kind)} version {one.version.version}"
