"""The files of a version in the endpoint's folder: whole and as they were promoted, or not there."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from labwright.actor import Actor
from labwright.errors import InvalidError
from labwright.experiments import core as experiments
from labwright.service import children
from labwright.service.context import Context
from labwright.service.operations import Handle
from labwright.serving import choosing, disk, identity, records
from labwright.serving.environments import keeping
from labwright.serving.folder import EndpointFolder
from labwright.serving.models import Promote, Version
from labwright.serving.settings_models import EndpointSettings
from labwright.state import write_private


def fetch(
    context: Context, handle: Handle, name: str, number: str, undo: ExitStack, *, fixed: str | None,
    look: bool = False, has_reference: bool = False,
) -> dict[str, Any]:  # fmt: skip
    """A version's files and its card; those that are there since an earlier promotion are used again.

    `fixed`: the digest that it had then; with `look` MLflow's files are compared with that even so.
    `has_reference`: whether its run logged a training sample; the card keeps it for a rollback.
    Errors: InvalidError when they cannot be had or were changed since, UnavailableError (disk_full).
    """
    folder = records.room(context).runner.folder(name)
    folder.make()
    there = _card(folder, number, fixed)
    if there is not None and not look:
        return there
    disk.check(folder.path)
    part = folder.path / "versions" / f".{number}.part"
    undo.callback(shutil.rmtree, part, ignore_errors=True)
    arguments = {
        "uri": f"models:/{name}/{number}",
        "target": str(part),
        "environment": experiments.mlflow_environment(context),
    }
    try:
        found: dict[str, Any] = children.run_job(
            "labwright.serving.fetch:fetch", arguments, log=context.folders.logs / "serving.log", check=handle.check,
            timeout=3600,
        )  # fmt: skip
    except InvalidError:
        disk.check(folder.path)  # the disk may be what is wrong
        raise
    disk.check(folder.path, found["size"])  # each process gets a copy of its own
    if fixed is not None and found["digest"] != fixed:
        raise InvalidError(
            f"The files of version {number} in MLflow are not those that were promoted before: they were changed "
            "since, or the registered model was deleted in MLflow and made anew, so its numbers began again. Log the "
            "model again and promote the new run.",
            code="files_changed",
        )
    if there is not None:  # what may be serving stays as it is
        return there
    found["has_reference"] = has_reference
    write_private(part / "card.json", json.dumps(found))
    shutil.rmtree(folder.version(number), ignore_errors=True)
    undo.callback(shutil.rmtree, folder.version(number), ignore_errors=True)
    part.rename(folder.version(number))
    return found


def again(
    context: Context, actor: Actor, handle: Handle, name: str, version: Version, settings: EndpointSettings,
    undo: ExitStack,
) -> dict[str, Any]:  # fmt: skip
    """The card of a version that was promoted before. Its files may have been tidied away: then they are fetched again,
    with what the registry knows of their run.

    Errors: those of `fetch` and `set_environment`.
    """
    number = version.version
    there = _card(records.room(context).runner.folder(name), number, version.digest)
    if there is not None:
        return there
    choice = choosing.choose(context, actor, name, Promote(version=number))
    if choice.run_id != version.run_id:
        raise identity.renumbered(name, number)
    card = fetch(context, handle, name, number, undo, fixed=version.digest, has_reference=choice.has_reference)
    return set_environment(context, handle, name, number, settings, undo) if settings.environment == "rebuilt" else card


def set_environment(
    context: Context, handle: Handle, name: str, number: str, settings: EndpointSettings, undo: ExitStack
) -> dict[str, Any]:  # fmt: skip
    """See that the version runs in the environment that the settings name; gives its card."""
    version = records.room(context).runner.folder(name).version(number)
    undo.callback(_restore, version / "card.json", (version / "card.json").read_text())
    if settings.environment == "rebuilt":
        return keeping.give(context, handle, version, begin=0.2, end=0.35)
    return keeping.take_away(version)


def _card(folder: EndpointFolder, number: str, digest: str | None) -> dict[str, Any] | None:
    """The card of a version that is there with these files."""
    with suppress(OSError, ValueError):
        card = folder.card(number)
        return card if card["digest"] == digest else None
    return None


def _restore(card: Path, before: str) -> None:
    if card.parent.exists():  # it was there before this promotion
        write_private(card, before)
