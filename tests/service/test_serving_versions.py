"""A data plane with several versions: at its start, by orders, with a lease, a guard, a shadow; without a service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import mlflow
import psutil
import pytest

from labwright.serving import prediction_log
from labwright.serving.fetch import fetch
from labwright.serving.folder import Config, EndpointFolder
from tests import models
from tests.state_folder import wait_until

KINDS = {"1": "", "2": "", "3": "fails on 7", "4": "does not load", "5": "slow", "6": "hangs on 7", "7": "other schema"}


@dataclass
class Plane:
    """A running data plane."""

    folder: EndpointFolder
    http: httpx.Client
    admin: httpx.Client

    def ask(self, x: float = 1.0, **headers: str) -> httpx.Response:
        body = {"dataframe_split": {"columns": ["x"], "data": [[x]]}}
        return self.http.post("/invocations", content=json.dumps(body), headers=headers)

    def versions(self, times: int, **headers: str) -> Counter[str]:
        """Which versions answered, each of them rightly."""
        found: Counter[str] = Counter()
        for x in range(times):
            reply = self.ask(10.0 * x, **headers)  # 7 is never among them
            assert reply.status_code == 200, reply.text
            version = reply.headers["x-labwright-version"]
            assert reply.json()["predictions"] == [10.0 * x * int(version)]
            found[version] += 1
        return found

    def order(self, order: str, **body: Any) -> dict[str, Any]:
        reply: dict[str, Any] = self.admin.post(f"/{order}", json=body).raise_for_status().json()
        return reply

    def status(self) -> dict[str, Any]:
        found: dict[str, Any] = self.admin.get("/status").json()
        return found

    def load(self, version: str) -> dict[str, Any]:
        return self.order(f"versions/{version}/load", digest=self.folder.card(version)["digest"])

    def lines(self, version: str) -> list[dict[str, Any]]:
        return [line for line in prediction_log.lines(self.folder.log) if line["version"] == version]


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> EndpointFolder:
    """An endpoint's folder with five versions."""
    path = tmp_path_factory.mktemp("versions")
    folder = EndpointFolder(path / "endpoints" / "many")
    folder.make()
    for version, how in KINDS.items():
        where = str(path / f"saved-{version}")
        mlflow.pyfunc.save_model(where, pip_requirements=["mlflow"], **models.times(int(version), how))
        fetch(where, str(folder.version(version)), {})
    return folder


@contextmanager
def plane(saved: EndpointFolder, *others: dict[str, Any], **settings: Any) -> Iterator[Plane]:
    """A data plane over a copy of the folder; version 1 is live."""
    folder = EndpointFolder(Path(tempfile.mkdtemp(dir=saved.path.parent)) / "many")
    shutil.copytree(saved.path, folder.path)
    runtime = Path(os.environ["LABWRIGHT_HOME"]).parent / "rt"
    runtime.mkdir(exist_ok=True, mode=0o700)
    digests = {"digest": folder.card("1")["digest"]}
    named = tuple(
        {"shadow": False, "percent": 0.0, "digest": folder.card(one["version"])["digest"]} | one for one in others
    )
    folder.write_config(Config("many", "1", digests["digest"], None, str(runtime), others=named, settings=settings))
    process = subprocess.Popen([sys.executable, "-m", "labwright.serving.plane", str(folder.path)])
    try:
        wait_until(lambda: folder.process() is not None, "it listens", 30)
        card = folder.process()
        assert card is not None
        token, admin = ({"Authorization": f"Bearer {folder.secret(name)}"} for name in ("token", "admin"))
        address = f"http://127.0.0.1:{card.port}"
        with (
            httpx.Client(base_url=address, headers=token | {"Content-Type": "application/json"}, timeout=30) as http,
            httpx.Client(
                transport=httpx.HTTPTransport(uds=card.admin), base_url="http://admin", headers=admin, timeout=60
            ) as orders,
        ):
            found = Plane(folder, http, orders)
            wait_until(lambda: found.status()["state"] == "ready", "the live version is loaded", 60)
            yield found
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="module")
def many(saved: EndpointFolder) -> Iterator[Plane]:
    """Version 2 has 30 %; 4, which does not load, has 10 %; copies go to 3."""
    others = ({"version": "2", "percent": 30.0}, {"version": "4", "percent": 10.0}, {"version": "3", "shadow": True})
    with plane(saved, *others, sticky="X-User") as found:
        wait_until(lambda: found.status()["versions"]["2"]["state"] == "ready", "the share is loaded", 60)
        yield found


def test_all_that_the_configuration_names_is_served_and_a_broken_share_holds_up_nobody(many: Plane) -> None:
    wait_until(lambda: many.status()["versions"]["4"]["state"] == "failed", "the broken one has failed", 60)
    status = many.status()
    assert (status["live"], status["state"]) == ("1", "ready")
    assert status["traffic"]["weights"] == {"1": 60.0, "2": 30.0, "4": 10.0}
    assert "weights are missing" in status["versions"]["4"]["message"]
    found = many.versions(180)
    assert set(found) == {"1", "2"}
    assert found["2"] == pytest.approx(60, abs=4), "the broken one's calls go to the others by their shares"
    assert status["versions"]["2"]["role"] == "share"


def test_calls_stick_by_a_header_as_the_settings_say(many: Plane) -> None:
    by_user = {user: many.versions(4, **{"X-User": user}) for user in ("ann", "bob", "eve", "ida", "joe", "kim", "lea")}
    assert {len(found) for found in by_user.values()} == {1}
    assert {version for found in by_user.values() for version in found} == {"1", "2"}


def test_copies_go_to_the_shadow_and_touch_no_answer(many: Plane) -> None:
    wait_until(lambda: many.status()["versions"]["3"]["state"] == "ready", "the shadow is loaded", 60)
    before, rows = len(many.lines("3")), many.status()["predictions"]
    good, bad = many.ask(2.0), many.ask(7.0)  # on 7 the shadow fails
    assert (good.status_code, bad.status_code) == (200, 200)
    wait_until(lambda: len(many.lines("3")) == before + 2, "both copies are logged")
    copies = {line["id"]: line for line in many.lines("3")[before:]}
    assert {line["role"] for line in copies.values()} == {"shadow"}
    assert copies[good.headers["x-request-id"]]["predictions"] == [6.0]
    assert (copies[bad.headers["x-request-id"]]["status"], many.status()["versions"]["3"]["errors"]) == (500, 0)
    assert many.status()["predictions"] == rows + 2, "a copy is no prediction that somebody asked for"
    assert many.status()["versions"]["3"]["role"] == "shadow"


def test_a_version_that_is_down_while_another_has_a_share_fails_no_call(many: Plane) -> None:
    for version in ("2", "1"):
        (pid,) = many.status()["versions"][version]["pids"]
        psutil.Process(pid).kill()
        assert sum(many.versions(40).values()) == 40
        wait_until(lambda: many.status()["versions"][version]["processes"] == 1, "it is back", 60)  # noqa: B023


def test_an_order_that_cannot_be_is_refused_and_changes_nothing(many: Plane) -> None:
    before = many.status()["traffic"]
    for body in (
        {"weights": {"1": 50, "5": 50}},
        {"weights": {"1": 100}, "shadow": "9"},
        {"weights": {"1": 100}, "canary": "2"},
        {"weights": {}},
    ):
        reply = many.order("traffic", **body)
        assert (reply["set"], reply["message"][-1:]) == (False, ".")
    assert many.status()["traffic"] == before
    assert many.order("versions/1/unload") == {"unloaded": False}
    assert many.order("versions/2/unload") == {"unloaded": False}
    assert many.load("4")["ready"] is False
    assert many.status()["versions"]["4"]["state"] == "failed", "what the configuration names is kept, and tried again"


def test_what_is_tried_ends_by_itself_when_nobody_renews_it(many: Plane) -> None:
    before = many.status()["traffic"]["weights"]
    assert many.load("5")["ready"]
    trial = {"weights": {"1": 50, "5": 50}, "canary": "5", "operation": "a"}
    for _ in range(3):
        assert many.order("traffic", **trial, lease=1.0)["set"]
        time.sleep(0.5)
    assert many.status()["traffic"]["canary"] == "5"
    assert set(many.versions(10)) == {"1", "5"}
    wait_until(lambda: many.status()["traffic"]["weights"] == before, "the lease has run out", 5)
    assert many.order("traffic", **trial, lease=60.0)["set"]
    assert many.order("versions/5/unload") == {"unloaded": True}
    assert many.status()["traffic"]["weights"] == before, "a candidate that is unloaded takes its share with it"
    assert "5" not in many.status()["versions"]


def test_a_canary_that_fails_is_answered_for_and_taken_back(saved: EndpointFolder) -> None:
    guard = {"max_error_rate": 0.01, "max_latency_ratio": 5.0}
    with plane(saved) as found:
        assert found.load("3")["ready"]
        trial = {"weights": {"1": 50, "3": 50}, "canary": "3", "lease": 60.0, "guard": guard}
        assert found.order("traffic", **trial, operation="errors")["set"]
        replies = [found.ask(7.0) for _ in range(6)]
        assert {reply.status_code for reply in replies} == {200}, "the live version answers what the canary cannot"
        wait_until(lambda: found.status()["traffic"]["weights"] == {"1": 100.0}, "it was taken back", 10)
        trip = found.status()["trips"]["errors"]
        assert trip["words"].startswith("Version 3 was taken back: ")
        assert trip["figures"]["3"]["errors"] >= 1
        again = found.order("traffic", **trial, operation="errors")
        assert (again["set"], again["tripped"], again["message"]) == (False, True, trip["words"])
        assert found.status()["traffic"]["weights"] == {"1": 100.0}
        assert {line["status"] for line in prediction_log.lines(found.folder.log) if line.get("role") == "canary"} <= {
            200
        }

        assert found.load("5")["ready"]
        trial = {"weights": {"1": 50, "5": 50}, "canary": "5", "lease": 60.0, "guard": guard}
        assert found.order("traffic", **trial, operation="latency")["set"]
        found.versions(60)
        wait_until(lambda: "latency" in found.status()["trips"], "the slow one was taken back", 10)
        assert "its median latency over" in found.status()["trips"]["latency"]["words"]
        found.order("versions/5/unload")

        for version in ("6", "7"):  # one that hangs, one that refuses what the live version answers
            assert found.load(version)["ready"]
            trial = {"weights": {"1": 1, version: 99}, "canary": version, "lease": 60.0, "guard": guard}
            assert found.order("traffic", **trial, operation=version)["set"]
            with ThreadPoolExecutor() as threads:
                replies = threads.submit(lambda: [found.ask(7.0) for _ in range(3)])
                wait_until(lambda: version in found.status()["trips"], "it was taken back", 20)  # noqa: B023
                assert found.order(f"versions/{version}/unload") == {"unloaded": True}
                answers = [(reply.status_code, reply.headers["x-labwright-version"]) for reply in replies.result()]
            assert answers == [(200, "1")] * 3, "the live version answers what it had in hand"
        assert "without an answer" in found.status()["trips"]["6"]["words"]


def test_settings_hold_at_once_and_files_that_are_gone_are_said(saved: EndpointFolder) -> None:
    with plane(saved) as found:
        config = found.folder.config()
        found.folder.write_config(
            Config(config.name, "1", config.digest, None, config.runtime, settings={"replicas": 2, "sticky": "X-User"})
        )
        assert found.status()["settings"] == {}
        assert found.order("settings") == {"set": True}
        assert found.status()["settings"] == {"replicas": 2, "sticky": "X-User"}
        wait_until(lambda: found.status()["versions"]["1"]["processes"] == 2, "a second process", 60)
        assert found.order("versions/9/load", digest="none") == {
            "ready": False, "message": "its files are not there; promote it again",
        }  # fmt: skip
        assert found.versions(4) == {"1": 4}
