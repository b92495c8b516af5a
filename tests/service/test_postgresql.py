"""Labwright's own state on PostgreSQL: the same promises as on SQLite, migrations, and a database that goes away."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from labwright.actor import Actor
from labwright.client import connection
from labwright.errors import InvalidError, UnavailableError
from labwright.service import store as store_module
from labwright.service.context import Context
from labwright.service.events import Events
from labwright.service.operations import Operations
from labwright.service.settings import Settings
from labwright.service.store import Store
from labwright.state import Folders, running_service
from tests.postgresql import PostgreSQL, postgresql
from tests.service import test_operations, test_serving_races
from tests.state_folder import own_state_folder, wait_until

ME = Actor(owner="me")
_numbers = count()


@pytest.fixture(scope="module")
def database() -> Iterator[PostgreSQL]:
    with postgresql() as found:
        yield found


@pytest.fixture
def url(database: PostgreSQL) -> str:
    return database.database(f"labwright{next(_numbers)}")


@pytest.fixture
def store(tmp_path: Path, url: str) -> Iterator[Store]:
    found = Store(tmp_path, url)
    found.migrate()
    yield found
    found.close()


@pytest.fixture
def operations(store: Store) -> Iterator[Operations]:
    found = Operations(store, Events())
    yield found
    found.close()


@pytest.fixture
def context(tmp_path: Path, store: Store) -> Context:
    (tmp_path / "logs").mkdir()
    events = Events()
    return Context(
        folders=Folders(tmp_path, tmp_path), settings=Settings(), store=store, events=events,
        operations=Operations(store, events), actor=ME, token="",
    )  # fmt: skip


revision = test_serving_races.revision

# The tests of SQLite, with the fixtures of this file.
test_steps_and_result = test_operations.test_work_leaves_its_steps_and_its_result
test_errors = test_operations.test_an_error_of_ours_is_kept_as_a_problem_and_others_say_nothing_of_themselves
test_cancel = test_operations.test_cancel_takes_effect_at_the_next_step
test_owners = test_operations.test_another_owner_sees_nothing
test_bad_result = test_operations.test_a_result_that_cannot_be_written_is_a_failure
test_ended_stays = test_operations.test_what_ended_stays_as_it_ended
test_one_stops_the_endpoint = test_serving_races.test_of_two_who_saw_the_same_endpoint_one_stops_it
test_older_endpoint = test_serving_races.test_who_saw_an_older_endpoint_does_not_delete_it
test_killed_delete = test_serving_races.test_a_delete_that_was_killed_is_finished_by_the_next_service
test_one_stops_the_cluster = test_serving_races.test_of_two_who_saw_the_same_cluster_one_stops_it


def test_what_was_interrupted_says_so(store: Store) -> None:
    stop = threading.Event()
    first = Operations(store, Events())
    operation = first.start(ME, "serving.promote", "x", lambda _handle: {"ended": stop.wait(20)})
    second = Operations(store, Events())
    second.recover()
    error = second.get(ME, operation.id).error
    assert error is not None
    assert error.code == "interrupted"
    stop.set()
    first.close()


def test_times_and_names_come_back_as_they_were(store: Store) -> None:
    from labwright.service.store import now
    from labwright.serving.tables import EndpointRow

    before = now()
    with store.session() as session:
        session.add(EndpointRow(name="späte-züge", wanted="running", live={"a": ["🚲", 1.5]}, owner="me"))
    with store.session() as session:
        row = session.scalars(sa.select(EndpointRow)).one()
    assert (row.name, row.live) == ("späte-züge", {"a": ["🚲", 1.5]})
    assert before <= row.created <= now()


def test_four_services_migrate_one_database(url: str, tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from labwright.service.store import Store
store = Store(Path(sys.argv[1]), sys.stdin.readline().strip())
store.migrate()
"""
    processes = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(4)
    ]
    errors = [process.communicate(url.encode() + b"\n", timeout=120)[1].decode() for process in processes]
    assert [process.returncode for process in processes] == [0] * 4, errors
    newest = max(path.stem[:4] for path in Path(store_module.__file__).parent.glob("migrations/versions/[0-9]*.py"))
    with sa.create_engine(url).connect() as found:
        assert found.execute(sa.text("SELECT version_num FROM alembic_version")).scalars().all() == [newest]


def upgrade(store: Store, revision: str) -> None:
    """The schema as an older version of Labwright had it."""
    config = Config()
    config.set_main_option(
        "script_location", str(Path(sys.modules[Store.__module__].__file__ or "").parent / "migrations")
    )
    with store.engine.begin() as found:
        config.attributes["connection"] = found
        command.upgrade(config, revision)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_an_older_database_keeps_its_rows(kind: str, url: str, tmp_path: Path) -> None:
    store = Store(tmp_path, url if kind == "postgresql" else None)
    upgrade(store, "0001")
    columns = "name, wanted, message, port, live, card, pid, pid_started, revision, owner, namespace, created, updated"
    values = "'late', 'running', 'x', 81, :live, '{}', 7, 1.5, 4, 'me', 'default', '2026-01-01', '2026-01-01'"
    promotion = "'late', '{}', '2', 'me', 'default', '2026-01-01', '2026-01-01'"
    with store.engine.begin() as found:
        live = {"live": '{"version": "3"}'}
        json = "CAST(:live AS JSON)" if kind == "postgresql" else ":live"
        found.execute(sa.text(f"INSERT INTO endpoints ({columns}) VALUES ({values.replace(':live', json)})"), live)
        columns = "endpoint, version, previous, owner, namespace, created, updated"
        found.execute(sa.text(f"INSERT INTO promotions ({columns}) VALUES ({promotion})"))
    store.migrate()
    store.migrate()
    from labwright.serving.tables import EndpointRow, PromotionRow

    with store.session() as session:
        row = session.scalars(sa.select(EndpointRow)).one()
        assert (row.name, row.port, row.revision, row.live) == ("late", 81, 4, {"version": "3"})
        assert session.scalars(sa.select(PromotionRow)).one().previous == "2"
        session.add(EndpointRow(name="next", wanted="stopped", owner="me"))
    names = {column["name"] for column in sa.inspect(store.engine).get_columns("endpoints")}
    assert not names & {"message", "pid", "pid_started"}
    assert "ix_endpoints_owner" in {index["name"] for index in sa.inspect(store.engine).get_indexes("endpoints")}
    with pytest.raises(sa.exc.IntegrityError), store.session() as session:
        session.add(EndpointRow(name="next", wanted="stopped", owner="you"))
    store.close()


def test_a_migration_that_dies_leaves_the_older_database(tmp_path: Path) -> None:
    """SQLite: the process ends in the middle of 0002; the next one finds the database whole, and does it."""
    store = Store(tmp_path)
    upgrade(store, "0001")
    store.close()
    code = """
import os, sys
from pathlib import Path
import sqlalchemy as sa
from labwright.service.store import Store
store = Store(Path(sys.argv[1]))

@sa.event.listens_for(store.engine, "before_cursor_execute")
def die(connection, cursor, statement, *rest):
    if statement.lstrip().upper().startswith("DROP TABLE"):
        os._exit(9)

store.migrate()
"""
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)]).returncode == 9
    with closing(sqlite3.connect(tmp_path / "labwright.db")) as found:
        tables = {name for (name,) in found.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        assert "endpoints" in tables
        assert not [name for name in tables if "tmp" in name]
        assert found.execute("SELECT version_num FROM alembic_version").fetchall() == [("0001",)]
    again = Store(tmp_path)
    again.migrate()
    assert "pid" not in {column["name"] for column in sa.inspect(again.engine).get_columns("endpoints")}
    again.close()


def test_a_service_on_it_and_a_database_that_goes_away(database: PostgreSQL, url: str, tmp_path: Path) -> None:
    with own_state_folder(tmp_path / "home") as home:
        said = home.command("up", LABWRIGHT_DATABASE_URL=url)
        assert said.returncode == 0, said.stderr
        where = home.folders
        first = running_service(where)
        assert first is not None
        with connection(first, where) as http:
            assert http.get("/operations").json() == []
            database.stop()
            reply = http.get("/operations")
            assert (reply.status_code, reply.json()["code"]) == (503, "database_unavailable")
            assert http.get("/experiments/tracking").is_success, "what needs no database goes on"
            database.start()
            wait_until(lambda: http.get("/operations").is_success, "it is found again")
        assert not (home.home / "labwright.db").exists()
        # Whoever starts the service next, without the variable, means the same database.
        home.kill_service()
        assert home.command("up").returncode == 0
        assert not (home.home / "labwright.db").exists()
        assert home.command("stop").returncode == 0
        database.stop()
        said = home.command("up")
        assert said.returncode == 1
        assert "Labwright's database postgresql+psycopg://127.0.0.1" in said.stderr
        assert "does not answer" in said.stderr
        database.start()
        assert home.command("up").returncode == 0
        for path in home.home.rglob("*"):
            if path.is_file() and path.name != "settings.json":
                assert database.password.encode() not in path.read_bytes(), path
        assert database.password not in said.stderr
        for process in home.processes():
            assert database.password not in str(process.environ())


def test_what_cannot_be_migrated_is_told_in_a_line(database: PostgreSQL, url: str, tmp_path: Path) -> None:
    newer = Store(tmp_path, url)
    newer.migrate()
    with newer.engine.begin() as found:
        found.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
        found.execute(sa.text("CREATE ROLE guest LOGIN PASSWORD 's3cret'"))
    with pytest.raises(UnavailableError, match="made by a newer Labwright"):
        newer.migrate()
    newer.close()
    empty = database.database(f"labwright{next(_numbers)}")
    guest = Store(tmp_path, empty.replace(f"labwright:{database.password}@", "guest:s3cret@", 1))
    with pytest.raises(UnavailableError, match="permission denied for schema public") as error:
        guest.migrate()
    assert "s3cret" not in error.value.message
    assert os.linesep not in error.value.message
    guest.close()


@pytest.mark.parametrize("wrong", ["nonsense", "mysql://me:s3cret@x/y", "postgresql://me:s3cret@127.0.0.1:1/x"])
def test_a_wrong_address_is_told_and_its_password_is_not(wrong: str, tmp_path: Path) -> None:
    with pytest.raises((InvalidError, UnavailableError)) as error:
        Store(tmp_path, wrong).migrate()
    assert "s3cret" not in error.value.message
    assert os.linesep not in error.value.message
