"""Indexes of a remote tracking server's runs: taken in page by page, and kept up as far as its API lets one.

MLflow cannot say what changed since. So each round looks for new runs, reads those again that go on, and reads one
page of all runs again, in turn: a tag that was edited elsewhere shows when its page's turn comes, what was changed
through Labwright shows at once.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from labwright.errors import LabwrightError, NotFoundError
from labwright.experiments.table.index import Batch, Extremes, Index, Info
from labwright.experiments.table.rest_histories import extremes_of
from labwright.experiments.table.sqlite_index import NO_EXPERIMENT

log = logging.getLogger(__name__)

FIRST, PAGE, NAMED = 200, 1000, 100
ROUND_SECONDS = 2.0
Call = Callable[..., dict[str, Any]]
NEWEST = ["attributes.start_time DESC"]


@dataclass
class State:
    """What is known of one experiment beside its index. `turn` is the page that is read again next."""

    changed: set[str] = field(default_factory=set)
    lock: threading.Lock = field(default_factory=threading.Lock)
    looked: float = 0.0
    turn: str | None = None
    seen: set[str] = field(default_factory=set)
    before: set[str] = field(default_factory=set)
    error: LabwrightError | None = None
    histories: set[str] = field(default_factory=set)  # metrics whose histories are being read


class RestSource:
    """One for each server; `call` is `mlflow_rest.call` without its context. Safe to use from threads."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._lock = threading.Lock()
        self._states: dict[str, State] = {}

    def fill(self, index: Index, say: Callable[[int, int | None], None]) -> None:
        """Take all runs in, the newest first. Errors: NotFoundError."""
        params = {"experiment_id": index.experiment_id}
        try:
            self._call("GET", "/api/2.0/mlflow/experiments/get", params=params)
        except NotFoundError:
            raise NotFoundError(NO_EXPERIMENT) from None
        with self._lock:
            self._states[index.experiment_id] = State(looked=time.monotonic())
        done = 0
        for runs, _ in self._pages(index, FIRST, order_by=NEWEST):
            index.put(batch_of(runs))
            done += len(runs)
            say(done, None)
        index.rest()

    def refresh(self, index: Index, *, now: bool = False) -> bool:
        """Take in what we changed; have the rest looked for, with `now` before this returns."""
        with self._lock:
            state = self._states.get(index.experiment_id)
            if state is None:
                return False
            mine, state.changed = state.changed, set()
        try:
            self._take_in(index, mine)
        except BaseException:
            self.look_again(index, mine)
            raise
        error, state.error = state.error, None
        if now:
            with state.lock:
                self._new_and_going_on(index)
        elif time.monotonic() - state.looked >= ROUND_SECONDS and not state.lock.locked():
            threading.Thread(target=self._round, args=(index, state), name="runs-sync", daemon=True).start()
        if error is not None:
            raise error
        return True

    def look_again(self, index: Index, run_ids: Iterable[str]) -> None:
        """These runs changed: read them at the next refresh."""
        with self._lock:
            if (state := self._states.get(index.experiment_id)) is not None:
                state.changed.update(run_ids)

    def extremes(self, index: Index, metric: str, wait: float) -> bool:
        """Have a metric's histories read, which takes long; gives whether they were all read once."""
        with self._lock:
            state = self._states.get(index.experiment_id)
            if state is None:
                return False
            with index.lock:
                found = index.extremes.get(metric)
                if found is None:
                    found = index.extremes[metric] = Extremes(stale=set(index.ids))
                    found.low.room(len(index.ids))
                    found.high.room(len(index.ids))
            if found.stale and metric not in state.histories:
                state.histories.add(metric)
                threading.Thread(
                    target=self._histories, args=(index, state, metric, found), name="runs-histories", daemon=True
                ).start()
        return found.whole

    def forget(self, index: Index) -> None:
        """The index is dropped."""
        with self._lock:
            self._states.pop(index.experiment_id, None)

    def _round(self, index: Index, state: State) -> None:
        if not state.lock.acquire(blocking=False):
            return
        try:
            self._new_and_going_on(index)
            self._next_in_turn(index, state)
        except LabwrightError as error:
            state.error = error
        except Exception:
            log.exception("runs could not be synced")
        finally:
            state.looked = time.monotonic()
            state.lock.release()

    def _new_and_going_on(self, index: Index) -> None:
        going_on = index.going_on()
        for runs, _ in self._pages(index, NAMED, order_by=NEWEST):
            fresh = [run for run in runs if run["info"]["run_id"] not in index.row_of]
            index.put(batch_of(fresh))
            if len(fresh) < len(runs):
                break
        self._take_in(index, going_on)

    def _next_in_turn(self, index: Index, state: State) -> None:
        if state.turn is None:
            state.seen, state.before = set(), set(index.ids)
        runs, state.turn = next(self._pages(index, PAGE, order_by=NEWEST, page_token=state.turn))
        index.put(batch_of(runs))
        state.seen.update(run["info"]["run_id"] for run in runs)
        if state.turn is None:  # the last page: what was not on any was removed, or moved between two
            self._take_in(index, state.before - state.seen)

    def _take_in(self, index: Index, run_ids: Iterable[str]) -> None:
        ids = list(run_ids)
        for start in range(0, len(ids), NAMED):
            part = ids[start : start + NAMED]
            names = ", ".join(f"'{run_id}'" for run_id in part)
            found = [
                run for runs, _ in self._pages(index, PAGE, filter=f"attributes.run_id IN ({names})") for run in runs
            ]
            index.put(batch_of(found))
            index.remove(set(part) - {run["info"]["run_id"] for run in found})

    def _pages(self, index: Index, first: int, **search: Any) -> Iterator[tuple[list[dict[str, Any]], str | None]]:
        """Pages of runs, each with the token of the next."""
        body = {"experiment_ids": [index.experiment_id], "run_view_type": "ALL", "max_results": first} | search
        while True:
            reply = self._call("POST", "/api/2.0/mlflow/runs/search", body=body)
            token = reply.get("next_page_token") or None
            yield reply.get("runs", []), token
            if token is None:
                return
            body |= {"page_token": token, "max_results": PAGE}

    def _histories(self, index: Index, state: State, metric: str, found: Extremes) -> None:
        try:
            with index.lock:
                stale, found.stale = found.stale, set()
            extremes_of(self._call, index, metric, stale, found)
            found.whole = True
        except LabwrightError as error:
            state.error = error
            with index.lock:
                found.stale |= stale
        finally:
            state.histories.discard(metric)


def batch_of(runs: list[dict[str, Any]]) -> Batch:
    """Runs of MLflow's JSON."""
    infos = [run["info"] for run in runs]
    return Batch(
        [
            Info(
                info["run_id"], info.get("run_name"), info.get("status", ""), _time(info.get("start_time")),
                _time(info.get("end_time")), info.get("lifecycle_stage") == "deleted", info.get("user_id"),
            )
            for info in infos
        ],
        params=[(place, key, str(value)) for place, key, value in _items(runs, "params")],
        tags=[(place, key, str(value)) for place, key, value in _items(runs, "tags")],
        metrics=[(place, key, float(value)) for place, key, value in _items(runs, "metrics")],
    )  # fmt: skip


def _items(runs: list[dict[str, Any]], what: str) -> Iterator[tuple[int, str, Any]]:
    """Place of the run, key and value. MLflow writes NaN as a string, and leaves an empty text out."""
    for place, run in enumerate(runs):
        for item in run.get("data", {}).get(what, []):
            yield place, item["key"], item.get("value", "")


def _time(found: Any) -> int | None:
    return None if found is None else int(found)
