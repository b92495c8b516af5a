"""A CSV in the prediction log of an endpoint that leaves columns out or hashes them, however large it is."""

from __future__ import annotations

import asyncio
import csv
import hashlib
import hmac
import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from labwright.serving import prediction_log
from labwright.serving.plane.asking import Asker
from labwright.serving.plane.http import Call
from labwright.serving.plane.rows import Rows
from labwright.serving.plane.traffic import Share, Traffic
from labwright.serving.prediction_log import Writer, tidying
from labwright.serving.prediction_log.forms import csv_text
from labwright.serving.prediction_log.policy import Policy
from labwright.serving.prediction_log.privacy import Privacy
from labwright.serving.settings_models import LogSettings

TYPES = '{"id": "long", "name": "string", "x": "double", "on": "boolean"}'
ODD = [
    ['7', 'a "b",\n c', "1.5", "true"],
    ["7.0", "é\r\nü", "", "False"],
    ["", "\\n\\", "nan", ""],
    ["x", "", "1e400", "perhaps"],
    ["9"],
    ["10", "ten", "0.1", "true", "one too many"],
]  # fmt: skip

FOUND = {"rows": 1, "predictions": "[1]", "result": ""}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An endpoint's log."""
    found = tmp_path / "late" / "log"
    found.mkdir(parents=True)
    return found


def text_of(rows: list[list[str]]) -> str:
    """As CSV, each cell in quotes."""
    return "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\n" for row in rows)


def large(rows: int = 30_000) -> bytes:
    """A body that is too large to be gone through on the loop."""
    return b"id,name,x,on\n" + b"".join(b"%d,n%d,%d.5,true\n" % (number, number % 7, number) for number in range(rows))


def asker_of(writer: Writer, found: dict[str, Any]) -> Asker:
    """An endpoint whose one version always says the same."""

    async def answer(rows: Rows) -> dict[str, Any]:
        return dict(found)

    schema = SimpleNamespace(types=json.loads(TYPES), tensor=False)
    asker = Asker("late", writer)
    pool: Any = SimpleNamespace(version="1", schema=schema, state="ready", answer=answer)
    asker.traffic = Traffic((Share(pool, 100.0, "live"),))
    return asker


async def ask(asker: Asker, body: bytes) -> None:
    """Send it a CSV."""
    call = Call("POST", "/invocations", {}, "0" * 32, "owner", None)  # type: ignore[arg-type] # its body was read
    names = next(csv.reader([body[:100].decode().splitlines()[0]]))
    await asker.ask(call, lambda schema: Rows("csv", names, payload=body))


def test_the_loop_goes_on_while_a_large_csv_is_made_fit_for_the_log(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, went_on, seen, does = threading.Event(), threading.Event(), [], Privacy.inputs_of

    def waiting(*args: Any) -> Any:
        begun.set()
        seen.append(went_on.wait(10))  # on the loop nobody could set it
        return does(*args)

    async def main() -> None:
        asked = asyncio.create_task(ask(asker_of(Writer(folder, LogSettings(leave_out=["name"])), FOUND), large()))
        while not asked.done():
            await asyncio.sleep(0.01)
            if begun.is_set():
                went_on.set()
        await asked

    monkeypatch.setattr(Privacy, "inputs_of", waiting)
    asyncio.run(main())
    assert seen == [True]
    (item,) = prediction_log.read(folder)  # there before the reply
    assert (item["columns"], item["data"][7]) == (["id", "x", "on"], [7, 7.5, True])
    assert len(item["data"]) == 30_000


@pytest.mark.parametrize("header", ["id,x", '"i""d\n,",x', "\ufeffid,x", "\n\nid,x", "\\n,x"])
def test_where_no_column_is_concerned_only_the_names_are_read(
    folder: Path, monkeypatch: pytest.MonkeyPatch, header: str
) -> None:
    read, reader = [], csv.reader

    def counting(*args: Any, **keywords: Any) -> Any:
        for row in reader(*args, **keywords):
            read.append(row)
            yield row

    body = f"{header}\n".encode() + b"1,2\n" * 1000
    writer = Writer(folder, LogSettings(hashed=["nowhere"]))
    monkeypatch.setattr(csv, "reader", counting)
    writer.write("a", datetime.now(UTC), "1", 200, 1.0, 1000, '["?", "x"]', csv_text(body), "[1]", form="csv")
    assert [row for row in read if row] == [
        next(row for row in reader([*header.lstrip("\ufeff").splitlines(True)]) if row)
    ]
    monkeypatch.undo()
    (item,) = prediction_log.read(folder)
    assert item["data"] == [[1, 2]] * 1000


@pytest.mark.parametrize("name", ["id", 'i"d\n,', "\\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_odd_names_are_found(folder: Path, name: str, mark: str) -> None:
    writer = Writer(folder, LogSettings(leave_out=[name]))
    for text in (body := mark + text_of([[name, "x"], ["s3cret", "2"]])), body.encode():
        writer.write("a", datetime.now(UTC), "1", 200, 1.0, 1, "{}", csv_text(text), "[1]", form="csv")
    assert [(item["columns"], item["data"]) for item in prediction_log.read(folder)] == [(["x"], [[2]])] * 2
    assert "s3cret" not in next(folder.glob("*.jsonl")).read_text()


@pytest.mark.parametrize("columns", [TYPES, '["id", "name", "x", "on"]'])
@pytest.mark.parametrize("more", [0, 30_000])
def test_what_is_kept_reads_as_it_came_and_hashes_are_those_of_the_values(
    folder: Path, columns: str, more: int
) -> None:
    rows = [["id", "name", "x", "on"], *ODD, *([str(number), "n", "0.5", "true"] for number in range(more))]
    data = csv_text(text_of(rows))
    plain = Writer(folder)
    private = Writer(folder, LogSettings(hashed=["id", "x", "on"], entity_keys=["id"]))
    plain.write("plain", datetime.now(UTC), "1", 200, 1.0, 6, columns, data, "[1]", form="csv")
    fields = {"columns": columns, "data": data, "predictions": "[1]", "form": "csv"}
    ready = asyncio.run(private.ready(fields))
    private.write("private", datetime.now(UTC), "1", 200, 1.0, 6, **ready)
    assert private.unlogged == 0
    key = bytes.fromhex((folder.parent / "log.key").read_text())

    def hashed(value: Any) -> Any:
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        text = json.dumps(value).encode()
        return None if value is None else hmac.new(key, text, hashlib.sha256).hexdigest()[:32]

    for _ in range(2):  # as lines, and as Parquet
        as_it_was, item = prediction_log.read(folder)
        expected = [[hashed(row[0]), row[1], hashed(row[2]), hashed(row[3])] for row in as_it_was["data"]]
        assert item["data"] == expected
        assert len(expected) == 6 + more
        assert (item["columns"], item["hashed"]) == (["id", "name", "x", "on"], ["id", "on", "x"])
        assert item["entity_keys"] == {"id": [row[0] for row in expected]}
        private.tidy(datetime.now(UTC), worth=1)
        tidying.tidy(folder, Policy(), "late")


def test_rows_of_which_nothing_is_kept_are_still_rows(folder: Path) -> None:
    writer = Writer(folder, LogSettings(leave_out=["id"]))
    writer.write("a", datetime.now(UTC), "1", 200, 1.0, 2, "{}", csv_text("id\n1\n2\n"), "[1, 2]", form="csv")
    (item,) = prediction_log.read(folder)
    assert (item["columns"], item["data"]) == ([], [[], []])
    assert prediction_log.frame(folder)["prediction"].tolist() == [1, 2]


def test_a_large_csv_that_cannot_be_read_is_answered_and_counted(folder: Path) -> None:
    writer = Writer(folder, LogSettings(leave_out=["name"]))
    asker = asker_of(writer, FOUND)
    asyncio.run(ask(asker, large() + b"1," + b"9" * 200_000 + b"\n"))
    assert (writer.unlogged, prediction_log.read(folder)) == (1, [])


def test_settings_that_come_while_a_csv_is_made_ready_hold_for_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writer, does = Writer(folder, LogSettings(leave_out=["name"])), Privacy.inputs_of

    def slow(*args: Any) -> Any:
        found = does(*args)
        if writer.policy.leave_out:
            writer.apply(LogSettings(hashed=["id"]))
        return found

    monkeypatch.setattr(Privacy, "inputs_of", slow)
    asyncio.run(ask(asker_of(writer, FOUND), large()))
    (item,) = prediction_log.read(folder)
    assert (item["columns"], item["hashed"], len(item["data"][0][0])) == (["id", "name", "x", "on"], ["id"], 32)
