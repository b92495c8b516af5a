"""Can those who call the live version today call this one, unchanged?"""

from __future__ import annotations

from itertools import islice
from typing import Any

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
LOOKED_AT = 200


def schema(subject: Subject, _stop: Stop) -> Found:
    """Compare the signatures, by what it would mean for callers."""
    before, after = _signature(subject.live_card), _signature(subject.card)
    live = f"version {subject.live.version}" if subject.live else "the live version"
    if before is None:
        return passed(f"{live.capitalize()} has no signature, so there is nothing to compare with.")
    if after is None:
        return warned(f"{live.capitalize()} has a signature and this one has none; log it with one (infer_signature).")
    broken, notes = _inputs(before["inputs"], after["inputs"], lambda: _sent(subject))
    broken_out, changed_out = _outputs(before["outputs"], after["outputs"])
    figures = [("inputs", f"{len(before['inputs'])} → {len(after['inputs'])}"),
               ("outputs", f"{len(before['outputs'])} → {len(after['outputs'])}")]  # fmt: skip
    details = {"broken": broken + broken_out, "changed": notes + changed_out}
    if broken or broken_out:
        words = f"Who calls {live} today would break: {_list(broken + broken_out)}."
        return failed(
            f"{words} Promote it to an endpoint of its own, or train with the old columns.", *figures, **details
        )
    if changed_out:
        return warned(f"Callers see other answers: {_list(changed_out)}; tell them first.", *figures, **details)
    if notes:
        return passed(f"Who calls {live} today can go on: {_list(notes)}.", *figures, **details)
    return passed(f"It takes and gives what {live} does.", *figures, **details)


def _signature(card: dict[str, Any] | None) -> dict[str, list[Column]] | None:
    found: dict[str, list[Column]] | None = (card or {}).get("signature")
    return found


def _inputs(before: list[Column], after: list[Column], sent: Any) -> tuple[list[str], list[str]]:
    """What breaks callers, and what they need not mind."""
    broken, notes = [], []
    new = {column["name"]: column for column in after}
    old = {column["name"]: column for column in before}
    for name, column in old.items():
        if name not in new:
            if column["required"] or name in sent():
                broken.append(f"input {name!r} is gone")
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
    return broken, notes


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


def _sent(subject: Subject) -> set[str]:
    """The inputs that the newest calls had."""
    newest = islice(prediction_log.lines(subject.folder.log, newest_first=True), LOOKED_AT)
    return {name for line in newest for name in line.get("columns", [])}


def _list(items: list[str], most: int = 4) -> str:
    shown = [item if len(item) <= 160 else f"{item[:159]}…" for item in items[:most]]
    return ", ".join(shown) + (f" and {len(items) - most} more" if len(items) > most else "")
