"""`%promote`, `%predict`, `%endpoints` in a real IPython, with a real endpoint."""

from __future__ import annotations

import html
import os
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from IPython.testing.globalipapp import start_ipython
from IPython.utils.capture import capture_output

import labwright as lw
from labwright.client import Client
from labwright.serving.folder import EndpointFolder
from labwright.serving.plane.isolation import describe
from labwright.serving.settings_models import EndpointSettings
from tests import models

NAME = "magic-delay"


@pytest.fixture(scope="module")
def shell(client: Client) -> Iterator[Any]:
    found = start_ipython() or get_ipython()  # type: ignore[name-defined] # noqa: F821 # IPython puts it there
    found.run_line_magic("load_ext", "labwright")
    model, keywords = models.trees()
    lw.experiments.use_tracking()
    import mlflow

    arrays, array_keywords = models.on_arrays()
    with lw.experiments.track("magic-arrays", name="arrays", autolog=False):
        mlflow.sklearn.log_model(arrays, name="model", **array_keywords)
    with lw.experiments.track("magic-serving", name="trees", autolog=False):
        mlflow.log_metric("r2", 0.5)
        mlflow.sklearn.log_model(model, name="model", **keywords)
    with lw.experiments.track("magic-serving", name="no-model", autolog=False):
        mlflow.log_metric("r2", 0.1)
    mlflow.MlflowClient().create_registered_model("somebody-elses")
    found.user_ns["july"] = models.flights()[0]
    found.user_ns["expected"] = model.predict(models.flights()[0])
    yield found
    for item in lw.serving.endpoints():
        if item.name in (NAME, "magic-arrays"):
            lw.serving.delete(item.name)


def run(shell: Any, cell: str) -> tuple[Any, str, list[dict[str, Any]], Any]:
    """Run a cell; gives its error, its text, its outputs and its value."""
    with capture_output() as captured:
        result = shell.run_cell(cell)
    outputs = [output.data for output in captured.outputs]
    return result.error_in_exec, captured.stdout, outputs, result.result


def test_promote_shows_a_card_that_reads_without_a_kernel(shell: Any) -> None:
    error, _, outputs, _ = run(shell, f"%promote best --to {NAME} --experiment magic-serving --by r2")
    assert error is None
    assert "Loading" in "".join(output["text/plain"] for output in outputs), "the steps were shown"
    card = outputs[-1]
    assert f"Endpoint {NAME}: ready. Version 1 is live." in card["text/plain"]
    assert html.escape(describe(EndpointSettings()).words) in card["text/html"]
    assert f"labwright stop {NAME}" in card["text/html"]
    assert not re.search(r"<(script|style|svg)|\son\w+=", card["text/html"])


def test_promote_again_says_that_nothing_changed(shell: Any) -> None:
    error, _, outputs, _ = run(shell, f"%promote trees --to {NAME} --experiment magic-serving")
    assert error is None
    assert "live already; nothing was changed" in outputs[-1]["text/plain"]


def test_register_makes_a_version_and_no_endpoint(shell: Any) -> None:
    before = [item.name for item in lw.serving.endpoints()]
    error, _, _, made = run(shell, "%register trees candidates --experiment magic-serving")
    assert error is None
    assert "trees is version 1 of candidates." in made._repr_mimebundle_()["text/plain"]
    _, _, _, again = run(shell, "%lw serving register best candidates --experiment magic-serving --by r2")
    assert "version 1 of candidates already; nothing was changed" in again._repr_mimebundle_()["text/html"]
    assert [item.name for item in lw.serving.endpoints()] == before


def test_predict_gives_the_models_own(shell: Any) -> None:
    _, _, _, value = run(shell, f"%predict {NAME} july.head(5)")
    assert value.tobytes() == shell.user_ns["expected"][:5].tobytes()
    columns = ", ".join(f"'{name}'" for name in models.COLUMNS)
    error, said, _, _ = run(shell, f"%predict {NAME} july[[{columns}]].tail(7) -o late")
    assert error is None
    assert "7 predictions" in said
    assert shell.user_ns["late"].tobytes() == shell.user_ns["expected"][-7:].tobytes()


def test_a_model_of_plain_arrays_takes_a_frame_and_an_array(shell: Any) -> None:
    assert run(shell, "%promote arrays --to magic-arrays --experiment magic-arrays")[0] is None
    for rows in ("july.head(2)", "july.head(2).to_numpy()"):
        error, _, _, value = run(shell, f"%predict magic-arrays {rows}")
        assert error is None
        assert value.tobytes() == shell.user_ns["expected"][:2].tobytes(), "the same data gives the same trees"
    error, _, _, _ = run(shell, "%predict magic-arrays july[['temp', 'wind']]")
    assert "do not fit the model" in str(error)
    assert "4" in str(error)


def test_curl_works_and_holds_no_token(shell: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    token = EndpointFolder(Client().folders.home / "endpoints" / NAME).secret("token")
    for rows in (1, 200):
        _, command, _, _ = run(shell, f"%predict {NAME} july.head({rows}) --curl")
        assert token not in command
        assert (tmp_path / f"{NAME}-request.json").exists() == (rows == 200)
        answer = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True).stdout
        assert answer.count(",") == rows - 1
        assert '"predictions"' in answer
        spy = tmp_path / "curl"  # shows what a list of processes would: curl's arguments
        spy.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
        spy.chmod(0o700)
        path = f"{tmp_path}:{os.environ['PATH']}"
        seen = subprocess.run(
            ["sh", "-c", command], capture_output=True, text=True, check=True, env=os.environ | {"PATH": path}
        )
        assert "--data-binary" in seen.stdout
        assert token not in seen.stdout
        spy.unlink()


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (f"%predict {NAME} july[['temp']]", "'dep_delay', 'wind', 'distance' are missing; add them. The model takes: "),
        (f"%predict {NAME} july[[]]", "are missing"),
        (f"%predict {NAME} july.to_numpy()", "takes named columns: a DataFrame"),
        (f"%promote no-model --to {NAME} --experiment magic-serving", "log_model"),
        ("%promote no-model --to new --experiment magic-serving", "log_model"),
        ("%promote trees --to somebody-elses --experiment magic-serving", "Choose another name"),
        (f"%predict {NAME} nosuch", "The rows cannot be had: NameError"),
        (f"%predict {NAME}", "Which rows"),
        ("%predict nosuch july", "no endpoint named 'nosuch'"),
        (f"%promote --to {NAME}", "one of the two"),
        ("%promote trees", "--to"),
        ("%register no-model candidates --experiment magic-serving", "log_model"),
        ("%register trees", "NAME is missing"),
        (f"%promote nosuch --to {NAME} --experiment magic-serving", "no run of that name"),
        ("%promote trees --to Not_A_Name --experiment magic-serving", "An endpoint's name"),
        ("%endpoint stop nosuch", "no endpoint named"),
    ],
)
def test_mistakes_are_one_line_and_change_nothing(shell: Any, cell: str, words: str) -> None:
    before = [(item.name, item.revision, item.state) for item in lw.serving.endpoints()]
    error, said, _, _ = run(shell, cell)
    (line,) = error._render_traceback_()
    assert words in line
    assert "\n" not in line
    assert said.strip() == line, "nothing besides it"
    assert [(item.name, item.revision, item.state) for item in lw.serving.endpoints()] == before


def test_list_stop_and_start(shell: Any) -> None:
    _, _, _, listed = run(shell, "%endpoints")
    assert NAME in listed._repr_mimebundle_()["text/html"]
    _, _, _, stopped = run(shell, f"%endpoint stop {NAME}")
    assert f"Endpoint {NAME}: stopped" in stopped._repr_mimebundle_()["text/plain"]
    error, _, _, _ = run(shell, f"%predict {NAME} july")
    assert f"%endpoint start {NAME}" in str(error)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", httpx.URL(stopped.url).port))
        taken.listen()
        error, _, _, _ = run(shell, f"%endpoint start {NAME}")
        assert error._render_traceback_() == [str(error)]
        assert "is taken by another process. Stop that one" in str(error)
    _, _, _, started = run(shell, f"%lw serving start {NAME}")
    assert started.state == "ready"


def test_help_and_names(shell: Any) -> None:
    for magic in ("promote", "register", "predict", "endpoints", "endpoint"):
        assert f"%{magic}" in run(shell, f"%{magic} --help")[1]
