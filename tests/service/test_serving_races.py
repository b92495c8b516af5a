"""What happens between two who act at once, and after a kill in the middle: core with a database, without a service."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from labwright.actor import Actor
from labwright.clusters import core as clusters
from labwright.clusters.tables import ClusterRow
from labwright.errors import ConflictError, LabwrightError, NotFoundError
from labwright.service.context import Context
from labwright.service.events import Events
from labwright.service.operations import Operations
from labwright.service.settings import Settings
from labwright.service.store import Store
from labwright.serving import core, records, watch
from labwright.serving.models import Version
from labwright.serving.promotion import commit
from labwright.serving.tables import EndpointRow
from labwright.state import Folders

ME = Actor(owner="me")
LIVE = {"model": "late", "version": "1", "run_id": "r", "run_name": "", "digest": "d"}


@pytest.fixture
def context(tmp_path: Path) -> Iterator[Context]:
    """A service's context in a folder of its own."""
    (tmp_path / "logs").mkdir()
    store, events = Store(tmp_path), Events()
    store.migrate()
    yield Context(
        folders=Folders(tmp_path, tmp_path), settings=Settings(), store=store, events=events,
        operations=Operations(store, events), actor=ME, token="",
    )  # fmt: skip
    store.close()


@pytest.fixture
def revision(context: Context) -> int:
    """A stopped endpoint's revision."""
    with context.store.session() as session:
        row = EndpointRow(name="late", wanted="running", live=LIVE, owner=ME.owner, namespace=ME.namespace)
        session.add(row)
    records.room(context).runner.configure("late", version="1", digest="d", port=None)
    return row.revision


def both(lock: Any, call: Callable[[], object]) -> list[LabwrightError | None]:
    """Two callers that come while somebody else works, so that both wait at the same place."""
    found: list[LabwrightError | None] = []

    def run() -> None:
        try:
            call()
            found.append(None)
        except LabwrightError as error:
            found.append(error)

    threads = [threading.Thread(target=run) for _ in range(2)]
    with lock:
        for thread in threads:
            thread.start()
        time.sleep(0.3)
    for thread in threads:
        thread.join(30)
    return found


def test_of_two_who_saw_the_same_endpoint_one_stops_it(context: Context, revision: int) -> None:
    found = both(records.room(context).busy["late"], lambda: core.stop(context, ME, "late", revision))
    (refused,) = [error for error in found if error is not None]
    assert (refused.code, len(found)) == ("changed", 2)


def test_who_saw_an_older_endpoint_does_not_delete_it(context: Context, revision: int) -> None:
    with pytest.raises(ConflictError):
        core.delete(context, ME, "late", revision + 1)
    assert records.room(context).runner.names() == ["late"]
    assert not records.room(context).runner.folder("late").deleted


def test_a_delete_that_was_killed_is_finished_by_the_next_service(
    context: Context, revision: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    runner = records.room(context).runner
    runner.configure("of-another-database", version="1", digest="d", port=None)

    def die(_name: str) -> None:
        raise SystemExit

    monkeypatch.setattr(runner, "remove", die)
    with pytest.raises(SystemExit):
        core.delete(context, ME, "late", revision)
    monkeypatch.undo()
    assert runner.folder("late").path.exists()
    with pytest.raises(NotFoundError):
        core.get_endpoint(context, ME, "late")
    watch.recover(context)
    watch.close(context)
    assert runner.names() == ["of-another-database"], "a folder that nobody deleted is kept"


@pytest.mark.parametrize("came", [True, False])
def test_a_database_that_goes_away_at_the_commit_is_asked_what_came_of_it(
    context: Context, revision: int, came: bool
) -> None:
    version, undone = Version(**{**LIVE, "version": "2"}), []

    def write() -> None:
        if came:
            commit.make_shadow(context, ME, "late", version, operation="op", reason=None)
        raise sa.exc.OperationalError("COMMIT", {}, Exception("server closed the connection"))

    with suppress(sa.exc.OperationalError), ExitStack() as undo:
        undo.callback(undone.append, "files")
        commit.once(context, "op", undo, write)
    assert undone == ([] if came else ["files"])


def test_an_endpoint_whose_files_are_spoilt_does_not_keep_others_waiting(
    context: Context, revision: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with context.store.session() as session:
        session.add(EndpointRow(name="later", wanted="running", live=LIVE, owner=ME.owner, namespace=ME.namespace))
    seen = []

    def mend(_context: Context, _actor: Actor, name: str) -> None:
        seen.append(name)
        if name == "late":
            raise ValueError("no JSON")

    monkeypatch.setattr(watch, "mend", mend)
    watch._look(context, {})
    assert seen == ["late", "later"]


def test_of_two_who_saw_the_same_cluster_one_stops_it(context: Context) -> None:
    with context.store.session() as session:
        session.add(
            ClusterRow(
                name="dask", owner=ME.owner, namespace=ME.namespace, backend="local", state="running", message="",
                wanted=1, threads=1, gpus=0, memory_limit="1GB", processes={}, revision=3,
            )
        )  # fmt: skip
    found = both(clusters._locks["dask"], lambda: clusters.stop(context, ME, "dask", 3))
    (refused,) = [error for error in found if error is not None]
    assert "changed by somebody else" in refused.message
