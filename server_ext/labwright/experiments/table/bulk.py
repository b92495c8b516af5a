"""One change for many runs: each by MLflow itself, so that its rules hold and its page shows it."""

from __future__ import annotations

import posixpath
import re
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError, UnavailableError
from labwright.experiments import mlflow_rest
from labwright.experiments.table.models import BulkChange
from labwright.service.context import Context
from labwright.service.models import Operation
from labwright.service.operations import CancelledByUser, Handle

KEY = re.compile(r"[/\w.\- :]{1,250}")
RUN_ID = re.compile(r"[0-9a-f]{32}")
AT_ONCE = 4  # MLflow writes one at a time; a few more keep it busy
SAID = 5  # of the runs that could not be changed, this many are named
LOGGED = 200
DONE = {"tag": "tagged", "untag": "untagged", "archive": "archived", "restore": "restored"}
NO_RUN = "there is no such run"

Changed = Callable[[Context, set[str]], None]


def change(context: Context, actor: Actor, wanted: BulkChange, changed: Changed) -> Operation:
    """Change the runs in an operation; doing it again changes what was left and says so. Errors: InvalidError.

    `changed` is told of those that were changed, so that tables show them.
    """
    check(wanted)
    ids = list(dict.fromkeys(wanted.run_ids))
    subject = f"{len(ids)} run{'' if len(ids) == 1 else 's'}"
    return context.operations.start(
        actor, "experiments.bulk", subject, lambda handle: _Work(context, wanted, changed, handle).all(ids)
    )


def check(wanted: BulkChange) -> None:
    """Errors: InvalidError, with what a tag's key may be."""
    if wanted.action not in ("tag", "untag"):
        if wanted.key is not None or wanted.value:
            raise InvalidError("key and value are for tag and untag only.")
        return
    key = wanted.key or ""
    plain = posixpath.normpath(key) == key and not key.startswith(("/", "..")) and key != "."
    if not KEY.fullmatch(key) or not plain:
        raise InvalidError(
            "key: a tag's name has 1 to 250 letters, digits and the signs _ - . / : and space, and is no path "
            "such as ../x or x//y."
        )
    if key.startswith(("mlflow.", "labwright.")) and key != "mlflow.note.content":
        raise InvalidError("key: names that begin with mlflow. or labwright. are kept by MLflow and Labwright.")


class _Work:
    """The work of one operation."""

    def __init__(self, context: Context, wanted: BulkChange, changed: Changed, handle: Handle) -> None:
        self.context, self.wanted, self.changed, self.handle = context, wanted, changed, handle
        self.stop = threading.Event()  # MLflow is gone: the rest need not wait for it, each in turn

    def all(self, ids: list[str]) -> dict[str, Any]:
        """Change all; an error says which were not changed, and that the others were."""
        done, same, failed = 0, 0, list[tuple[str, str]]()
        every = max(len(ids) // 20, 1)
        touched = set[str]()
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="bulk") as threads:
            for number, (run_id, outcome) in enumerate(threads.map(self._one, ids), 1):
                if outcome is True:
                    done += 1
                    touched.add(run_id)
                elif outcome is False:
                    same += 1
                else:
                    failed.append((run_id, outcome))
                if number % every == 0:
                    self._tell(touched)
                    touched = set()
                    with suppress(CancelledByUser):  # what was done is said below
                        self.handle.step(f"{number} of {len(ids)} runs", number / len(ids))
        self._tell(touched)
        if self.handle.cancelled.is_set():
            raise ConflictError(
                f"Stopped: {done + same} of {len(ids)} runs are {DONE[self.wanted.action]}. Do it again for the rest.",
                code="stopped",
            )
        if failed:
            named = "; ".join(f"{run_id[:40]}: {why}" for run_id, why in failed[:SAID])
            more = f" and {len(failed) - SAID} more" if len(failed) > SAID else ""
            raise ConflictError(
                f"{len(failed)} of {len(ids)} runs could not be {DONE[self.wanted.action]}: {named}{more}. "
                f"The other {done + same} are.",
                code="partly_done",
            )
        return {"changed": done, "unchanged": same}

    def _tell(self, touched: set[str]) -> None:
        if touched:
            self.changed(self.context, touched)
            self.context.events.publish("experiments", "runs")

    def _one(self, run_id: str) -> tuple[str, bool | str]:
        """True: changed; False: it was so; else why not."""
        if self.handle.cancelled.is_set() or self.stop.is_set():
            return run_id, "not tried"
        if not RUN_ID.fullmatch(run_id):
            return run_id, NO_RUN
        try:
            return run_id, self._change(run_id)
        except NotFoundError:
            return run_id, NO_RUN
        except UnavailableError as error:
            self.stop.set()
            return run_id, error.message
        except LabwrightError as error:
            return run_id, error.message

    def _change(self, run_id: str) -> bool:
        found = mlflow_rest.call(self.context, "GET", "/api/2.0/mlflow/runs/get", params={"run_id": run_id})["run"]
        archived = found["info"].get("lifecycle_stage") == "deleted"
        if self.wanted.action in ("archive", "restore"):
            if archived == (self.wanted.action == "archive"):
                return False
            self._post("delete" if self.wanted.action == "archive" else "restore", {"run_id": run_id})
            return True
        tags = {tag["key"]: tag.get("value", "") for tag in found.get("data", {}).get("tags", [])}
        key = str(self.wanted.key)
        if tags.get(key) == (self.wanted.value if self.wanted.action == "tag" else None):
            return False
        if archived:
            raise ConflictError("it is archived; restore it first")
        if self.wanted.action == "tag":
            self._post("set-tag", {"run_id": run_id, "key": key, "value": self.wanted.value})
        else:
            self._post("delete-tag", {"run_id": run_id, "key": key})
        return True

    def _post(self, what: str, body: dict[str, Any]) -> None:
        mlflow_rest.call(self.context, "POST", f"/api/2.0/mlflow/runs/{what}", body=body)
