"""%drift and lw.drift in a real IPython shell, on a real endpoint."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from IPython.core.displaypub import CapturingDisplayPublisher
from IPython.core.interactiveshell import InteractiveShell

import labwright as lw
from labwright.client import Client
from labwright.drift.api import Report
from labwright.drift.output import MAX_JSON, MIME
from labwright.errors import InvalidError, NotFoundError
from labwright.service.models import Operation, OperationState
from labwright_kernel.magic import MagicError
from tests.service.served import promote, send, train, wait, weather

NAME = "drift-magic"


@pytest.fixture(scope="module")
def endpoint(client: Client) -> Iterator[str]:
    promote(client, train("drift-magic"), NAME)
    send(client, NAME, weather(400, 2, warmer=10))
    yield NAME
    client.request("DELETE", f"/serving/endpoints/{NAME}")


@pytest.fixture
def shell() -> Iterator[Any]:
    InteractiveShell.clear_instance()
    found = InteractiveShell.instance(colors="nocolor", display_pub_class=CapturingDisplayPublisher)
    lw.load_ipython_extension(found)
    yield found
    InteractiveShell.clear_instance()


def test_the_magic_shows_progress_and_then_the_report_in_its_place(shell: Any, endpoint: str) -> None:
    result = shell.run_line_magic("drift", f"{endpoint} --window 7d -o found")
    assert result is None
    outputs = shell.display_pub.outputs
    assert len({output["transient"]["display_id"] for output in outputs}) == 1
    assert [output["update"] for output in outputs] == [False, *[True] * (len(outputs) - 1)]
    assert "Comparing the columns with Evidently" in outputs[-2]["data"]["text/plain"]
    last = outputs[-1]["data"]
    assert set(last) == {MIME, "text/html", "text/plain"}
    assert last[MIME]["columns"][0]["name"] == "temp"
    assert "1 of 3 columns drifted" in last["text/plain"]
    assert "1 of 3 columns drifted" in last["text/html"]
    found = shell.user_ns["found"]
    assert found.drifted_columns == ["temp"]
    assert repr(found) == "<drift report: 1 of 3 columns drifted>"
    frame = found.to_frame().set_index("column")
    assert frame.drifted.to_dict() == {"temp": True, "wind": False, "carrier": False}
    assert frame.current_mean["temp"] > frame.reference_mean["temp"] + 5


def test_the_long_name_of_the_magic_and_a_report_again(shell: Any, endpoint: str) -> None:
    shell.run_line_magic("lw", f"drift report {endpoint}")
    table = lw.drift.reports(endpoint)
    assert table.iloc[0].endpoint == endpoint
    assert table.iloc[0].drifted == 1
    again = lw.drift.get(table.iloc[0].id)
    assert again.drifted_columns == ["temp"]
    assert len(lw.drift.reports()) >= len(table)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("nobody", "nobody"),
        (f"{NAME} --window week", "a window such as 30m, 12h, 7d or 2w"),
        (f"{NAME} -o 1x", "-o takes the name of a variable"),
        ("", "%drift --help lists what it takes"),
    ],
)
def test_what_is_wrong_is_one_line(shell: Any, endpoint: str, line: str, words: str) -> None:
    with pytest.raises(MagicError) as raised:
        shell.run_line_magic("drift", line)
    (text,) = raised.value._render_traceback_()
    assert words in text
    assert "\n" not in text
    assert shell.display_pub.outputs == []


def test_a_failed_report_leaves_no_bar(shell: Any, endpoint: str) -> None:
    with pytest.raises(MagicError, match="answered no request in the last 0m"):
        shell.run_line_magic("drift", f"{endpoint} --window 0m")
    assert shell.display_pub.outputs[-1]["data"]["text/plain"] == f"Drift of {endpoint}: no report was made."


def test_help_names_the_arguments(shell: Any, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_line_magic("drift", "--help")
    assert "--window" in capsys.readouterr().out


def test_python_gives_the_operation_without_waiting(client: Client, endpoint: str) -> None:
    operation = lw.drift.report(endpoint, wait=False)
    assert isinstance(operation, Operation)
    operation = wait(client, operation)
    assert operation.state is OperationState.succeeded
    assert lw.drift.get(operation.result["report_id"]).report.endpoint == endpoint
    with pytest.raises(NotFoundError):
        lw.drift.report("nobody")


def test_frames_of_one_s_own_need_no_endpoint() -> None:
    report = lw.drift.compare_frames(weather(500, 1), weather(500, 2, warmer=10))
    assert isinstance(report, Report)
    assert report.drifted_columns == ["temp"]
    bundle = report._repr_mimebundle_()
    assert len(json.dumps(bundle[MIME])) < MAX_JSON
    assert "500 rows against 500 of the training sample" in bundle["text/plain"]
    with pytest.raises(InvalidError, match="takes at least 30 on each side"):
        lw.drift.compare_frames(weather(10, 1), weather(500, 2))
