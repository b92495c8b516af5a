"""`%promote` in a real kernel, with real models: the readiness card, the question, the reason."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import mlflow
import pytest
from sklearn.linear_model import LogisticRegression

import labwright as lw
from labwright.client import Client
from labwright.serving.api_promotion import NotReady
from labwright.serving.models import Endpoint, Promotion
from labwright.serving.readiness.output import MIME
from tests import models
from tests.kernels.real_kernel import LOAD, Kernel, Ran

NAME = "asked-delay"
TO = f"--to {NAME} --experiment promoting"


@pytest.fixture(scope="module")
def kernel(client: Client, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kernel]:
    """A kernel, and runs to promote: good, the same again, worse, and one without an example."""
    lw.experiments.use_tracking()
    frame, late = models.flights()
    good, worse = LogisticRegression().fit(frame, late), LogisticRegression().fit(frame, 1 - late)
    keywords: dict[str, Any] = {
        "signature": mlflow.models.infer_signature(frame, good.predict(frame)),
        "pip_requirements": ["scikit-learn"],
    }
    for name, model, example in (("good", good, frame.head(2)), ("worse", worse, frame.head(2)), ("bare", good, None)):
        with lw.experiments.track("promoting", name=name, autolog=False):
            mlflow.sklearn.log_model(model, name="model", input_example=example, **keywords)
            lw.experiments.log_evaluation(frame.assign(late=late), target="late")
    found = Kernel(tmp_path_factory.mktemp("notebook"), LOAD)
    yield found
    found.close()
    lw.serving.delete(NAME)


def alone(kernel: Kernel, line: str) -> Ran:
    """Run it where nobody could answer a question."""
    return kernel.run(line, cell_id="cell")


def answering(kernel: Kernel, line: str, answer: str) -> tuple[str, Ran]:
    """Run it and answer its question; gives the question, too."""
    message = kernel.client.execute(line, allow_stdin=True)
    question = kernel.client.get_stdin_msg(timeout=120)["content"]["prompt"]
    kernel.client.input(answer)
    return question, kernel.finish(message)


def outputs(ran: Ran) -> list[dict[str, Any]]:
    return [message["content"] for message in ran.messages if message["msg_type"].endswith("display_data")]


def cards(ran: Ran) -> list[dict[str, Any]]:
    return [output["data"][MIME] for output in outputs(ran) if MIME in output["data"]]


def live(client: Client) -> str | None:
    endpoint: Endpoint = client.get(f"/serving/endpoints/{NAME}", Endpoint)
    return endpoint.live.version if endpoint.live else None


def test_the_card_fills_in_place_and_the_endpoint_comes_below(kernel: Kernel, client: Client) -> None:
    ran = alone(kernel, f"%promote good {TO}")
    assert not ran.error
    shown = outputs(ran)
    ids = [output["transient"].get("display_id") for output in shown]
    assert len(set(ids[:-1])) == 1, "one output, updated in place"
    assert ids[-1] != ids[0]
    assert f"Endpoint {NAME}: ready. Version 1 is live." in shown[-1]["data"]["text/plain"]
    assert "Fetching version 1" in "".join(output["data"]["text/plain"] for output in shown)
    last = cards(ran)[-1]
    assert (last["step"], last["card"]["decided"]) == ("", "go")
    verdicts = {check["id"]: check["verdict"] for check in last["card"]["checks"]}
    assert verdicts["example_scored"] == "pass"
    assert "waiting" not in verdicts.values()
    bundle = next(output["data"] for output in reversed(shown) if MIME in output["data"])
    assert "Input example scored" in bundle["text/html"]
    assert not re.search(r"<(script|style|svg|th)\b|\son\w+=", bundle["text/html"])
    assert f"{NAME}, version 1 of run good: ready" in bundle["text/plain"]
    assert len(json.dumps(bundle[MIME])) < 50_000


def test_check_only_changes_nothing(kernel: Kernel, client: Client) -> None:
    ran = alone(kernel, f"%promote worse {TO} --check")
    assert not ran.error
    last = cards(ran)[-1]["card"]
    metrics = next(check for check in last["checks"] if check["id"] == "metrics")
    assert (last["verdict"], metrics["verdict"]) == ("fail", "fail")
    assert "Worse on the same 400 rows" in metrics["words"]
    assert live(client) == "1"
    assert len(client.get(f"/serving/endpoints/{NAME}/promotions", list[Promotion])) == 1


def test_a_failed_check_is_one_line_that_names_it(kernel: Kernel, client: Client) -> None:
    ran = alone(kernel, f"%promote worse {TO}")
    assert "\n" not in ran.error
    assert "Metrics against the live version: Worse on the same 400 rows" in ran.error
    assert '--reason "why"' in ran.error
    assert cards(ran)[-1]["card"]["decided"] == "stop"
    assert live(client) == "1"


def test_a_warning_is_asked_about_where_somebody_is_there(kernel: Kernel, client: Client) -> None:
    question, ran = answering(kernel, f"%promote bare {TO}", "n")
    assert question == "Go on? [y/N] "
    assert not ran.error
    assert "Not promoted; nothing was changed." in ran.text
    assert live(client) == "1"
    assert cards(ran)[-1]["card"]["verdict"] == "warn"
    _, ran = answering(kernel, f"%promote bare {TO}", "y")
    assert not ran.error
    assert live(client) not in (None, "1")


def test_a_reason_is_recorded_and_goes_on(kernel: Kernel, client: Client) -> None:
    ran = alone(kernel, f"%promote worse {TO} --reason 'the rows are old'")
    assert not ran.error
    newest: Promotion = client.get(f"/serving/endpoints/{NAME}/promotions", list[Promotion])[0]
    assert (newest.version.run_name, newest.reason) == ("worse", "the rows are old")
    last = cards(ran)[-1]["card"]
    assert (last["verdict"], last["decided"], last["reason"]) == ("fail", "go", "the rows are old")


def test_a_number_is_a_version_and_yes_does_not_ask(kernel: Kernel, client: Client) -> None:
    before = live(client)
    message = kernel.client.execute(f"%promote 1 --to {NAME} --yes", allow_stdin=True)
    assert not kernel.finish(message).error
    assert live(client) == "1" != before
    ran = alone(kernel, f"%promote good {TO}")
    assert "Version 1 of asked-delay is live already; nothing was changed." in outputs(ran)[-1]["data"]["text/plain"]
    assert not cards(ran)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"%promote gooood {TO}", "gooood: There is no run of that name in experiment 'promoting'"),
        (f"%promote goood {TO}", "Did you mean good?"),
        (f"%promote 99 --to {NAME}", "99"),
        (f"%promote good {TO} --version 1", "one of the two"),
        (f"%promote good {TO} --canary much", "--canary takes a share in percent, such as 10."),
        (f"%promote good {TO} --canary 200", "more than 0 and less than 100 percent"),
        (f"%promote good {TO} --canary 10 --shadow", "choose one of the two"),
        (f"%promote good {TO} --reason x", "reason: say why in 3 to 2000 characters"),
        (f"%promote good {TO} --chek", "Did you mean --check?"),
    ],
)
def test_mistakes_are_one_line(kernel: Kernel, line: str, words: str) -> None:
    ran = alone(kernel, line)
    assert words in ran.error
    assert "\n" not in ran.error


def test_python_says_the_same(kernel: Kernel, client: Client) -> None:
    with pytest.raises(NotReady, match="reason='why'") as stopped:
        lw.serving.promote("worse", to=NAME, experiment="promoting")
    assert stopped.value.card is not None
    assert "not ready" in stopped.value.card._repr_mimebundle_()["text/plain"]
    assert live(client) == "1"
