"""`%endpoint VERB NAME` in a real IPython, on a real endpoint with two versions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from IPython.testing.globalipapp import start_ipython
from IPython.utils.capture import capture_output

import labwright as lw
from labwright.client import Client
from tests import models

NAME = "verbs-delay"


@pytest.fixture(scope="module")
def shell(client: Client) -> Iterator[Any]:
    found = start_ipython() or get_ipython()  # type: ignore[name-defined] # noqa: F821 # IPython puts it there
    found.run_line_magic("load_ext", "labwright")
    lw.experiments.use_tracking()
    import mlflow

    for name in ("first", "second"):
        model, keywords = models.trees()
        with lw.experiments.track("verbs", name=name, autolog=False):
            mlflow.sklearn.log_model(model, name="model", **keywords)
        lw.serving.promote(name, experiment="verbs", to=NAME)
    found.user_ns["rows"] = models.flights()[0].head(4)
    yield found
    lw.serving.delete(NAME)


def run(shell: Any, cell: str) -> str:
    """Run a cell; gives all that it showed, as text."""
    with capture_output() as captured:
        result = shell.run_cell(cell)
    shown = "\n".join(output.data["text/plain"] for output in captured.outputs)
    if hasattr(result.result, "_repr_mimebundle_"):
        shown += result.result._repr_mimebundle_()["text/plain"]
    return f"{captured.stdout}\n{shown}"


def live() -> str:
    found = lw.serving.endpoint(NAME).live
    assert found is not None
    return str(found.version)


def test_rollback_and_what_the_history_says(shell: Any) -> None:
    before = datetime.now(UTC).isoformat()
    assert live() == "2"
    run(shell, f'%endpoint rollback {NAME} --reason "too slow by half"')
    assert live() == "1"
    history = run(shell, f"%endpoint history {NAME}")
    assert "rolled back" in history
    assert "too slow by half" in history
    assert "2" in run(shell, f"%endpoint served {NAME} {before}")
    run(shell, f"%endpoint rollback {NAME}")
    assert live() == "2"
    run(shell, f"%endpoint rollback {NAME} --to 1")
    assert live() == "1"
    run(shell, f"%endpoint rollback {NAME}")


def test_traffic_is_split_and_taken_back(shell: Any) -> None:
    run(shell, f"%endpoint traffic {NAME} 1=30 2=70")
    assert {one.version: one.percent for one in lw.serving.endpoint(NAME).traffic} == {"1": 30, "2": 70}
    said = run(shell, f"%promote second --experiment verbs --to {NAME} --yes")
    assert "live already; nothing was changed. The traffic stays split: version 1 has 30 % of the calls" in said
    run(shell, f"%endpoint traffic {NAME} v2=100% --shadow 1")
    assert {(one.version, str(one.role)) for one in lw.serving.endpoint(NAME).traffic} == {
        ("2", "live"),
        ("1", "shadow"),
    }
    run(shell, f"%endpoint traffic {NAME} 2=100")
    assert [one.version for one in lw.serving.endpoint(NAME).traffic] == ["2"]


def test_settings_are_shown_and_changed(shell: Any) -> None:
    assert "adaptive" in run(shell, f"%endpoint settings {NAME}")
    run(shell, f"%endpoint settings {NAME} batching=off log.retention_days=30")
    found = lw.serving.endpoint(NAME).settings
    assert (found.batching, found.log.retention_days) == ("off", 30)
    assert "Did you mean batching?" in run(shell, f"%endpoint settings {NAME} batchng=off")
    assert "Did you mean" not in run(shell, f"%endpoint settings {NAME} colour=red")
    for setting in ("hashed", "leave_out", "entity_keys"):
        said = run(shell, f"%endpoint settings {NAME} log.{setting}=tempp")
        assert f"No version here has a column 'tempp' (log.{setting}). Did you mean temp?" in said
    assert lw.serving.endpoint(NAME).settings.log.hashed == []
    assert "VERB and NAME are missing" in run(shell, "%endpoint")


def test_a_token_goes_into_a_variable_and_into_no_output(shell: Any) -> None:
    shown = run(shell, f"%endpoint token {NAME} robot -o robot_token")
    token = shell.user_ns["robot_token"]
    assert "robot_token" in shown
    assert token not in shown
    ping = httpx.get(
        f"{lw.serving.endpoint(NAME).url}/ping", headers={"Authorization": f"Bearer {token}"}, trust_env=False
    )
    assert ping.status_code == 200
    assert "robot" in run(shell, f"%endpoint tokens {NAME}")
    assert "no longer valid" in run(shell, f"%endpoint revoke {NAME} robot")


def test_log_and_lineage(shell: Any) -> None:
    run(shell, f"%predict {NAME} rows")
    shell.run_cell(f"found = %endpoint log {NAME} --since 1h")
    assert len(shell.user_ns["found"]) >= 4
    assert "second" in run(shell, f"%endpoint lineage {NAME}")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("rolback x", "Did you mean rollback?"),
        (f"traffic {NAME} 1", "3=80 4=20"),
        (f"traffic {NAME} 1=much", "A share is a number of percent"),
        (f"traffic {NAME}", "Which shares?"),
        (f"token {NAME}", "CONSUMER"),
        (f"token {NAME} robot", "-o token"),
        (f"token {NAME} robot -o a-b", "-o token"),
        (f"show {NAME} now", "one word too many"),
        (f"stop {NAME} --to 1", "--to belongs to %endpoint rollback"),
        (f"served {NAME}", "a time"),
        (f"served {NAME} yesterday", "time"),
        ("history no-such", "no endpoint named"),
    ],
)
def test_mistakes_are_one_line_that_says_the_way_on(shell: Any, line: str, words: str) -> None:
    shown = run(shell, f"%endpoint {line}").strip()
    assert words in shown
    assert "Traceback" not in shown
    assert "\n" not in shown
