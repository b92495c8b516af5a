"""`%cluster` in a real IPython, with a real cluster."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from IPython.testing.globalipapp import start_ipython
from IPython.utils.capture import capture_output

from labwright.client import Client
from labwright.clusters import api
from labwright.experiments.capture.models import RunContext
from tests.state_folder import wait_until

NAME = "magic"


@pytest.fixture(scope="module")
def shell(client: Client) -> Iterator[Any]:
    found = start_ipython() or get_ipython()  # type: ignore[name-defined] # noqa: F821 # IPython puts it there
    found.run_line_magic("load_ext", "labwright")
    yield found
    api.stop(NAME)


def run(shell: Any, line: str) -> tuple[Any, str, list[dict[str, Any]]]:
    """Run a cell; gives its error, its text and its outputs."""
    with capture_output() as captured:
        result = shell.run_cell(line)
    return result.error_in_exec, captured.stdout, [output.data for output in captured.outputs]


def test_start_connects_and_shows(shell: Any) -> None:
    error, _, [widget, output] = run(shell, f"%cluster start --workers 2 --name {NAME}")
    assert error is None
    assert "application/vnd.jupyter.widget-view+json" in widget
    assert list(output) == ["text/html", "text/plain"]
    assert f"Cluster {NAME} when this cell ran: running, 2 workers" in output["text/plain"]
    assert output["text/plain"] in output["text/html"]
    assert not re.search(r"<(script|style|svg)|on\w+=", output["text/html"])
    assert shell.user_ns["client"].submit(sum, [20, 22]).result() == 42


def test_the_same_cell_again_finds_it(shell: Any) -> None:
    client = shell.user_ns["client"]
    error, _, [_, output] = run(shell, f"%cluster start --workers 2 --name {NAME}")
    assert error is None
    assert "already" in output["text/plain"]
    assert shell.user_ns["client"] is client


def test_a_run_knows_the_cluster(shell: Any, state_folder: Path) -> None:
    with capture_output():
        assert shell.run_cell("%%track clustered --no-autolog\nclient.submit(sum, [1, 2]).result()").success
    wait_until(lambda: not any((state_folder / "outbox").glob("*")), "all is sent")
    (path,) = state_folder.glob("mlflow/artifacts/*/*/artifacts/labwright/context.json")
    used = RunContext.model_validate_json(path.read_text()).cluster
    assert used is not None
    assert (used.name, used.workers, used.threads, used.gpus) == (NAME, 2, 2, 0)


def test_scale_and_list(shell: Any) -> None:
    error, _, [_, output] = run(shell, f"%cluster scale 1 --name {NAME}")
    assert error is None
    assert "1 worker" in output["text/plain"]
    with capture_output():
        listed = shell.run_cell("%lw clusters list").result
    assert NAME in listed._repr_mimebundle_()["text/plain"]


def test_errors_are_one_line(shell: Any) -> None:
    for line, words in (
        ("%cluster start --workers 4000 --name refused", "workers"),
        ("%cluster stop --name nobody", "There is no cluster"),
        ("%cluster scale", "How many workers"),
        ("%cluster explode", "explode"),
        ("%cluster start --memory much --name refused", "memory"),
    ):
        error, _, _ = run(shell, line)
        assert error is not None, line
        assert type(error).__name__ == "MagicError"
        assert words in str(error)
        assert "\n" not in str(error)


def test_without_a_cluster_it_says_what_to_do(shell: Any) -> None:
    error, text, _ = run(shell, "%cluster")
    assert error is None
    assert "%cluster start" in text


def test_help(shell: Any) -> None:
    error, text, _ = run(shell, "%cluster --help")
    assert error is None
    assert "--workers" in text


def test_stop_says_so_twice(shell: Any) -> None:
    assert "is stopped" in run(shell, f"%cluster stop --name {NAME}")[1]
    assert "client" not in shell.user_ns
    assert "already" in run(shell, f"%cluster stop --name {NAME}")[1]
