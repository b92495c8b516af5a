"""Can those who call the live version today call this one, unchanged?"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from labwright.service.children import run_job
from labwright.serving import prediction_log
from labwright.serving.readiness.contributions import Found, Stop, failed, passed, warned
from labwright.serving.readiness.subject import Subject

Column = dict[str, Any]
# A value that the first takes, the second takes as well (MLflow converts it without loss).
WIDER = {
    ("integer", "long"), ("integer", "float"), ("integer", "double"), ("long", "double"), ("float", "double"),
    ("boolean", "integer"),
}  # fmt: skip
NUMBERS = {"double", "float", "integer", "long", "boolean"}


def schema(subject: Subject, _stop: Stop) -> Found:
    """Compare the signatures, by what it would mean for callers."""
    before, after = _signature(subject.live_card), _signature(subject.card)
    live = f"version {subject.live.version}" if subject.live else "the live version"
    if before is None:
        return passed(f"{live.capitalize()} has no signature, so there is nothing to compare with.")
    if after is None:
        return warned(f"{live.capitalize()} has a signature and this one has none; log it with one (infer_signature).")
    newest = cache(lambda: _newest(subject))
    broken, unsure, notes = _inputs(before["inputs"], after["inputs"], lambda name: _sent(subject, name, newest))
    broken_out, changed_out = _outputs(before["outputs"], after["outputs"])
    figures = [("inputs", f"{len(before['inputs'])} → {len(after['inputs'])}"),
               ("outputs", f"{len(before['outputs'])} → {len(after['outputs'])}")]  # fmt: skip
    details = {"broken": broken + broken_out, "changed": notes + unsure + changed_out}
    if broken or broken_out:
        words = f"Who calls {live} today would break: {_list(broken + broken_out)}."
        return failed(
            f"{words} Promote it to an endpoint of its own, or train with the old columns.", *figures, **details
        )
    if unsure:
        words = f"Some who call {live} today may break: {_list(unsure)}; ask them first."
        return warned(words, *figures, **details)
    if changed_out:
        return warned(f"Callers see other answers: {_list(changed_out)}; tell them first.", *figures, **details)
    if notes:
        return passed(f"Who calls {live} today can go on: {_list(notes)}.", *figures, **details)
    return passed(f"It takes and gives what {live} does.", *figures, **details)


def _signature(card: dict[str, Any] | None) -> dict[str, list[Column]] | None:
    found: dict[str, list[Column]] | None = (card or {}).get("signature")
    return found


def _inputs(
    before: list[Column], after: list[Column], sent: Callable[[str], bool | None]
) -> tuple[list[str], list[str], list[str]]:  # fmt: skip
    """What breaks callers, what may, and what they need not mind."""
    broken, unsure, notes = [], [], []
    new = {column["name"]: column for column in after}
    old = {column["name"]: column for column in before}
    for name, column in old.items():
        if name not in new:
            if column["required"] or (known := sent(name)):
                broken.append(f"input {name!r} is gone")
            elif known is None:
                unsure.append(f"optional input {name!r} is gone, and the log does not keep who sends it")
            else:
                notes.append(f"optional input {name!r}, which nobody sends, is gone")
        elif (column["type"], new[name]["type"]) in WIDER:
            notes.append(f"input {name!r} takes {new[name]['type']} where it took {column['type']}")
        elif column["type"] != new[name]["type"]:
            broken.append(f"input {name!r} takes {new[name]['type']} where it took {column['type']}")
        elif new[name]["required"] and not column["required"]:
            broken.append(f"input {name!r} must be sent now")
    for name, column in new.items():
        if name not in old:
            words = f"input {name!r} is new"
            broken.append(f"{words} and must be sent") if column["required"] else notes.append(f"{words} and optional")
    return broken, unsure, notes


def _outputs(before: list[Column], after: list[Column]) -> tuple[list[str], list[str]]:
    """What callers cannot read as before, and what only looks different. An unknown side says nothing."""
    if not before or not after:
        return [], []
    new = {column["name"]: column["type"] for column in after}
    old = {column["name"]: column["type"] for column in before}
    if len(old) == len(new) == 1:
        (name,), (called,) = old, new
        renamed = [] if name == called else [f"the output is named {called!r} and was {name!r}"]
        broken, changed = _kind(f"output {called!r}", old[name], new[called])
        return broken, renamed + changed
    broken = [f"output {name!r} is gone" for name in old if name not in new]
    changed = [f"output {name!r} is new" for name in new if name not in old]
    for name in old.keys() & new.keys():
        worse, other = _kind(f"output {name!r}", old[name], new[name])
        broken, changed = broken + worse, changed + other
    return broken, changed


def _kind(what: str, before: str, after: str) -> tuple[list[str], list[str]]:
    if before == after:
        return [], []
    words = [f"{what} is {after} and was {before}"]
    return ([], words) if before in NUMBERS and after in NUMBERS else (words, [])


def _sent(subject: Subject, name: str, newest: Callable[[], set[str]]) -> bool | None:
    """Whether the newest calls had this input; None where the log does not keep it."""
    if prediction_log.is_empty(subject.folder.log):
        return False
    kept = subject.settings.log
    return name in newest() if kept.inputs and name not in kept.leave_out else None


def _newest(subject: Subject) -> set[str]:
    """The inputs that the newest calls had; a job, for the log may be Parquet."""
    arguments = {"folder": str(subject.folder.log)}
    log = subject.context.folders.logs / "serving.log"
    return set(run_job("labwright.serving.readiness.evaluation:columns_sent", arguments, log=log, timeout=40))


def _list(items: list[str], most: int = 4) -> str:
    shown = [item if len(item) <= 160 else f"{item[:159]}…" for item in items[:most]]
    return ", ".join(shown) + (f" and {len(items) - most} more" if len(items) > most else "")
