"""The cluster widget: what it says to the page, and what it does when the page asks."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

import labwright_widgets
from labwright.clusters.models import Cluster, ClusterState, Worker
from labwright.errors import UnavailableError
from labwright_widgets.cluster import ClusterWidget
from labwright_widgets.static import cluster_html, cluster_text, clusters_html, clusters_text


def cluster(workers: int = 2, state: ClusterState = ClusterState.running, name: str = "flights") -> Cluster:
    there = [
        Worker(name=f"worker-{index}", threads=1, memory=2**29, memory_limit=2**31, cpu=12.5, executing=index)
        for index in range(workers)
    ]
    return Cluster(
        name=name, backend="local", state=state, message="", wanted=workers, threads=1, memory_limit="auto", gpus=0,
        workers=there, address="tls://127.0.0.1:1", credentials=None, notebook=None, revision=1,
        created=datetime.now(UTC),
    )  # fmt: skip


class Recorder:
    """The functions that a magic gives, over a cluster that only this test has."""

    def __init__(self) -> None:
        self.workers = 2
        self.stopped = False
        self.fail = False

    def refresh(self) -> Cluster:
        if self.fail:
            raise UnavailableError("The service is away; try again.")
        return cluster(0, ClusterState.stopped) if self.stopped else cluster(self.workers)

    def scale(self, workers: int) -> Cluster:
        self.workers = workers
        return self.refresh()

    def stop(self) -> Cluster:
        self.stopped = True
        return self.refresh()


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def widget(recorder: Recorder) -> ClusterWidget:
    return ClusterWidget(cluster(), refresh=recorder.refresh, scale=recorder.scale, stop=recorder.stop)


def ask(widget: ClusterWidget, message: Any) -> None:
    widget._handle_custom_msg(message, [])
    deadline = time.monotonic() + 5
    while widget.busy and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not widget.busy


def test_the_page_can_refresh_scale_and_stop(widget: ClusterWidget, recorder: Recorder) -> None:
    recorder.workers = 4
    ask(widget, {"action": "refresh"})
    assert len(widget.cluster["workers"]) == 4
    ask(widget, {"action": "scale", "workers": 3})
    assert (recorder.workers, len(widget.cluster["workers"])) == (3, 3)
    ask(widget, {"action": "stop"})
    assert widget.cluster["state"] == "stopped"


@pytest.mark.parametrize(
    "message", ["stop", {}, {"action": "scale"}, {"action": "scale", "workers": 0}, {"action": "scale", "workers": "9"}]
)
def test_a_message_that_makes_no_sense_changes_nothing(widget: ClusterWidget, recorder: Recorder, message: Any) -> None:
    before = widget.cluster
    ask(widget, message)
    assert widget.cluster == before
    assert (recorder.workers, recorder.stopped) == (2, False)


def test_an_error_is_shown_and_goes_away(widget: ClusterWidget, recorder: Recorder) -> None:
    recorder.fail = True
    ask(widget, {"action": "refresh"})
    assert widget.problem == "The service is away; try again."
    recorder.fail = False
    ask(widget, {"action": "refresh"})
    assert widget.problem == ""


def test_the_display_shows_nothing_where_there_is_no_widget(widget: ClusterWidget) -> None:
    data, _ = widget._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert (data["text/html"], data["text/plain"]) == ("", "")


def test_the_line_that_stays_says_how_it_was() -> None:
    assert cluster_text(cluster()) == "Cluster flights when this cell ran: running, 2 workers with 2.0 GiB each."
    assert cluster_text(cluster(0, ClusterState.stopped)) == "Cluster flights when this cell ran: stopped."
    assert clusters_text([cluster(1)]) == "Cluster flights: running, 1 worker with 2.0 GiB each."
    assert cluster_text(cluster()) in cluster_html(cluster())


def test_names_are_escaped() -> None:
    odd = cluster(1, name="<script>alert(1)</script>")
    odd.message = "<img src=x>"
    for page in (cluster_html(odd), clusters_html([odd])):
        assert "<script>" not in page
        assert "<img" not in page
    assert "<img src=x>" in cluster_text(odd)


def test_the_script_is_in_the_package_and_puts_data_into_text_only() -> None:
    script = (Path(labwright_widgets.__file__).parent / "cluster.js").read_text()
    assert not re.search(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|https?://", script)
