"""What runs differ in beyond their numbers, against the real service and the real MLflow."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from labwright.client import Client, connection
from labwright.errors import InvalidError, LabwrightError, NotFoundError
from labwright.experiments.capture import names
from labwright.experiments.differences.models import CurveWindow, Differences, LoggedFiles, LoggedTable, Mark
from labwright.experiments.differences.textdiff import side_by_side
from labwright.experiments.differences.thinning import m4, smoothed
from labwright.experiments.models import Comparison, Tracking
from labwright.state import folders, running_service
from tests.many_curves import BEGIN, add_runs

STEPS = 3000
PEAK = 1234
MARKUP = "<img src=x onerror=alert(1)>"
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c626001000000ffff03000006000557bfabd4"
    "0000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def mlflow(client: Client) -> Iterator[Any]:
    """MLflow's client, logging to the service."""
    patch = pytest.MonkeyPatch()
    patch.setenv("MLFLOW_TRACKING_URI", client.get("/experiments/tracking", Tracking).uri)
    patch.setenv("MLFLOW_TRACKING_TOKEN", _token(client))
    from mlflow import MlflowClient

    yield MlflowClient()
    patch.undo()


def _token(client: Client) -> str:
    from labwright.service.tracking_token import tracking_token

    assert running_service(client.folders) is not None
    return tracking_token(client.folders)


@pytest.fixture(scope="module")
def many(client: Client, mlflow: Any) -> list[str]:
    """Runs with long curves, of which the first has a peak and what is no number."""
    mlflow.create_experiment("many curves")
    ids = add_runs(folders().home / "mlflow" / "mlflow.db", "many curves", runs=12, metrics=2, steps=STEPS)
    from mlflow.entities import Metric

    mlflow.log_batch(ids[0], [Metric("loss_0", 99.0, BEGIN + PEAK * 1000 + 1, PEAK)])
    for step, value in ((10, math.nan), (20, math.inf), (30, -math.inf)):
        mlflow.log_batch(ids[0], [Metric("odd", value, BEGIN, step), Metric("odd", step, BEGIN, step + 1)])
    return ids


@pytest.fixture(scope="module")
def two(mlflow: Any) -> tuple[str, str]:
    """Two runs with what a recorder writes of cells, environment, data and changes; and with images and tables."""
    place = mlflow.create_experiment("recorded")
    made = []
    for number in (1, 2):
        run_id: str = mlflow.create_run(place, run_name=f"recorded {number}").info.run_id
        cells = [
            _cell(1, "import math\n" + "\n".join(f"a{i} = {i}" for i in range(40))),
            _cell(2, f"rate = 0.{number}\nmodel.fit(X, y)  # {MARKUP}"),
        ]
        if number == 2:
            cells.insert(1, _cell(3, "print('something quite new')"))
        mlflow.log_text(run_id, json.dumps(cells), names.CELLS_FILE)
        lock = f"numpy==2.4.{number}\nScikit_Learn==1.8.0\n# comment\n" + ("polars==1.0\n" if number == 1 else "")
        mlflow.log_text(run_id, lock, names.LOCK_FILE)
        context = {
            "git": {"commit": f"c0ffee{number}", "branch": "main", "changed_files": 1},
            "python": "3.11",
            "data": [{"name": "flights", "digest": f"d{number}", "rows": 1000, "columns": 4}],
            "feature_views": [{"name": "weather", "version": "v1"}],
            "cluster": {"name": "small", "workers": number, "threads": 2, "gpus": 0},
            "left_out": ["the diff of a binary file"],
        }
        mlflow.log_text(run_id, json.dumps(context), names.CONTEXT_FILE)
        mlflow.log_text(run_id, f"--- a\n+++ b\n-old\n+new {number}\n", names.DIFF_FILE)
        mlflow.log_text(run_id, f"a,b\n1,{MARKUP}\n{number},3\n", "tables/scores.csv")
        mlflow.log_dict(run_id, {"columns": ["q"], "data": [[number], [None]]}, "answers.json")
        mlflow.log_dict(run_id, {"no": "table"}, "config.json")
        mlflow.log_text(run_id, "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "plot.svg")
        mlflow.log_text(run_id, "<script>alert(1)</script>", "page.html")
        _log_image(mlflow, run_id, number)
        made.append(run_id)
    return made[0], made[1]


def _log_image(mlflow: Any, run_id: str, number: int) -> None:
    import numpy as np

    mlflow.log_image(run_id, np.full((4, 4, 3), 40 * number, dtype="uint8"), key="faces/one", step=number)
    mlflow.log_image(run_id, np.full((4, 4, 3), 40 * number, dtype="uint8"), key="faces/one", step=7)


def _cell(order: int, source: str) -> dict[str, Any]:
    return {"order": order, "execution_count": order, "source": source, "started": None, "seconds": 0.1}


def _curves(client: Client, runs: list[str], **query: Any) -> CurveWindow:
    found: CurveWindow = client.get("/experiments/differences/curves", CurveWindow, params={"run": runs} | query)
    return found


def test_curves_are_thinned_with_their_peaks_and_exact_on_zoom(client: Client, many: list[str]) -> None:
    whole = _curves(client, many, metric="loss_0", points=200)
    assert [series.run_id for series in whole.series] == many
    assert (whole.low, whole.high) == (0, STEPS - 1)
    assert all(not series.exact and 100 < len(series.x) <= 300 for series in whole.series)
    assert whole.series[0].count == STEPS + 1
    assert max(value for value in whole.series[0].y if value is not None) == 99.0, "the peak is lost"

    zoomed = _curves(client, many, metric="loss_0", points=200, low=PEAK - 20, high=PEAK + 20)
    first = zoomed.series[0]
    assert first.exact
    assert first.count == 42
    assert [x for x in first.x if PEAK - 20 <= x <= PEAK + 20].count(PEAK) == 2
    assert first.x[0] == PEAK - 21, "the line does not reach the chart's edge"
    assert (zoomed.low, zoomed.high) == (0, STEPS - 1)
    before = dict(zip(whole.series[1].x, whole.series[1].y, strict=True))
    after = dict(zip(zoomed.series[1].x, zoomed.series[1].y, strict=True))
    assert all(before[x] == after[x] for x in before.keys() & after.keys())


def test_a_new_point_is_seen_at_once(client: Client, mlflow: Any, many: list[str]) -> None:
    run = many[2]
    before = _curves(client, [run], metric="loss_0", low=STEPS - 5)
    mlflow.log_metric(run, "loss_0", 0.25, step=STEPS)
    after = _curves(client, [run], metric="loss_0", low=STEPS - 5)
    assert after.series[0].count == before.series[0].count + 1
    assert (after.series[0].x[-1], after.series[0].y[-1]) == (STEPS, 0.25)


def test_curves_over_time(client: Client, many: list[str]) -> None:
    relative = _curves(client, many[3:5], metric="loss_0", axis="relative")
    assert [series.x[0] for series in relative.series] == [0, 0]
    wall = _curves(client, many[3:5], metric="loss_0", axis="wall")
    assert [series.x[0] for series in wall.series] == [BEGIN / 1000 + 3, BEGIN / 1000 + 4]
    assert all(a <= b for series in wall.series for a, b in zip(series.x, series.x[1:], strict=False))


def test_what_is_no_number_is_a_gap_that_is_counted(client: Client, many: list[str]) -> None:
    (found,) = _curves(client, many, metric="odd", smoothing=0.5).series
    assert found.y == [None, 10, None, 20, None, 30]
    assert found.smooth[0] is None
    assert found.smooth[1] == pytest.approx(10)
    assert (found.nan, found.infinite) == (1, 2)
    assert _curves(client, many, metric="no such metric").series == []


@pytest.mark.parametrize(
    "query",
    [
        {"low": "nan"},
        {"points": 5},
        {"points": 10**6},
        {"smoothing": 1},
        {"smoothing": -1},
        {"axis": "up"},
        {"run": []},
    ],
)
def test_bad_views_are_refused(client: Client, many: list[str], query: dict[str, Any]) -> None:
    with pytest.raises(InvalidError):
        _curves(client, query.pop("run", many[:1]), metric="loss_0", **query)


def test_m4_keeps_what_is_seen() -> None:
    rng = random.Random(1)
    for count, points in ((10, 20), (5000, 400), (5000, 40)):
        y = [rng.gauss(0, 1) for _ in range(count)]
        y[count // 3] = math.nan
        x = sorted(rng.uniform(1, 1000) for _ in range(count))
        for log in (False, True):
            kept = m4(x, y, 0, count, points, log=log)
            assert kept == sorted(set(kept))
            assert (kept[0], kept[-1]) == (0, count - 1)
            assert len(kept) <= max(points * 5 // 4 + 1, 10)
            finite = [i for i in range(count) if math.isfinite(y[i])]
            assert {min(finite, key=y.__getitem__), max(finite, key=y.__getitem__), count // 3} <= set(kept)


def test_smoothing_is_tensorboards() -> None:
    y = [4.0, 2.0, math.nan, 1.0]
    found = smoothed(y, 0.6)
    # By hand: the average with weights 0.6^k, which sum up to one.
    assert found[0] == pytest.approx(4)
    assert found[1] == pytest.approx((0.6 * 4 + 2) / 1.6)
    assert math.isnan(found[2])
    assert found[3] == pytest.approx((0.36 * 4 + 0.6 * 2 + 1) / 1.96)
    assert smoothed([3.0, 3.0], 0.9) == [3.0, 3.0]


def test_a_hundred_runs_take_few_requests(client: Client, mlflow: Any) -> None:
    mlflow.create_experiment("a hundred")
    ids = add_runs(folders().home / "mlflow" / "mlflow.db", "a hundred", runs=100, metrics=4, steps=20)
    mlflow.delete_run(ids[5])
    found = client.post("/experiments/compare", Comparison, json={"run_ids": [*ids[:99], "0" * 32], "points": 20})
    assert [run.run_id for run in found.runs] == [*ids[:5], *ids[6:99]]
    assert {one.run_id: one.reason.split(".")[0] for one in found.missing} == {
        ids[5]: "This run was archived; restore it to compare it again", "0" * 32: "There is no such run any more",
    }  # fmt: skip
    assert found.main_metric == "accuracy_1"
    assert [row.name for row in found.costs] == ["wall_seconds"]
    assert [row.differs for row in found.params] == [True, True, True, False]
    assert len(found.curves) == 98 * 4
    with pytest.raises(InvalidError):
        client.post("/experiments/compare", Comparison, json={"run_ids": [f"{i:032x}" for i in range(101)]})


def test_differences_of_what_was_recorded(client: Client, two: tuple[str, str]) -> None:
    found = client.get("/experiments/differences/parts", Differences, params={"base": two[0], "other": two[1]})
    cells, environment, data, changes = found.parts
    assert [block.mark for block in cells.blocks] == [Mark.same, Mark.added, Mark.changed]
    assert cells.blocks[0].rows[0].folded == 41
    assert (cells.blocks[1].left_title, cells.blocks[1].right_title) == ("", "[3]")
    changed = cells.blocks[2].rows[0]
    assert changed.mark is Mark.changed
    assert changed.left is not None
    assert changed.right is not None
    assert [piece.text for piece in changed.left.pieces if piece.changed] == ["1"]
    assert [piece.text for piece in changed.right.pieces if piece.changed] == ["2"]
    assert {fact.name: (fact.left, fact.right) for fact in environment.facts if fact.mark is not Mark.same} == {
        "numpy": ("2.4.1", "2.4.2"), "polars": ("1.0", None),
    }  # fmt: skip
    assert {fact.name: fact.mark for fact in data.facts} == {
        "data set flights": Mark.changed, "feature view weather": Mark.same, "git commit": Mark.changed,
        "git branch": Mark.same, "uncommitted files": Mark.same, "Python": Mark.same, "cluster": Mark.same,
        "cluster workers": Mark.changed, "cluster threads": Mark.same, "cluster GPUs": Mark.same,
    }  # fmt: skip
    assert data.notes == ["the diff of a binary file"]
    assert [row.mark for row in changes.blocks[0].rows] == [Mark.same, Mark.same, Mark.same, Mark.changed]
    assert not any(part.same for part in found.parts)
    unfolded = client.get(
        "/experiments/differences/parts", Differences, params={"base": two[0], "other": two[1], "fold": False}
    )
    assert len(unfolded.parts[0].blocks[0].rows) == 41
    same = client.get("/experiments/differences/parts", Differences, params={"base": two[0], "other": two[0]})
    assert all(part.same for part in same.parts)


def test_what_is_missing_damaged_or_huge_is_said(client: Client, mlflow: Any, two: tuple[str, str]) -> None:
    bad = mlflow.create_run(mlflow.get_run(two[0]).info.experiment_id).info.run_id
    mlflow.log_text(bad, "{not json", names.CELLS_FILE)
    mlflow.log_text(bad, "x" * 1_000_001, names.LOCK_FILE)
    mlflow.log_text(bad, json.dumps({"data": 3}), names.CONTEXT_FILE)
    found = client.get("/experiments/differences/parts", Differences, params={"base": two[0], "other": bad})
    assert [part.notes[0] for part in found.parts] == [
        "The other run's record of its cells is damaged and is not compared.",
        "The other run's record of its environment is larger than 1 MB and is not compared.",
        "The other run's record of its data is damaged and is not compared.",
        "The other run has no record of its uncommitted changes.",
    ]
    assert len(found.parts[0].blocks) == 2
    with pytest.raises(NotFoundError, match="no such run"):
        client.get("/experiments/differences/parts", Differences, params={"base": two[0], "other": "0" * 32})


def test_a_long_diff_comes_back_in_time() -> None:
    left = "\n".join(f"line {i % 97} {i % 7}" for i in range(20_000))
    right = "\n".join(f"line {i % 89} {i % 7}" for i in range(20_000))

    rows, notes = side_by_side(left, right)
    assert len(rows) == 3000
    assert any("Too much differs" in note for note in notes)


def test_images_and_tables_by_name(client: Client, two: tuple[str, str]) -> None:
    found = client.get("/experiments/differences/files", LoggedFiles, params={"run": list(two)})
    have = {(file.name, file.step): (file.kind, len(file.paths)) for file in found.files}
    assert have == {
        ("faces/one", 7): ("image", 2), ("faces/one", 1): ("image", 1), ("faces/one", 2): ("image", 1),
        ("plot.svg", None): ("image", 2), ("tables/scores.csv", None): ("table", 2),
        ("answers.json", None): ("table", 2), ("config.json", None): ("table", 2),
    }  # fmt: skip
    table = client.get(
        "/experiments/differences/table", LoggedTable, params={"run": two[1], "path": "tables/scores.csv"}
    )
    assert table == LoggedTable(columns=["a", "b"], rows=[["1", MARKUP], ["2", "3"]], total=2)
    answers = client.get("/experiments/differences/table", LoggedTable, params={"run": two[1], "path": "answers.json"})
    assert answers.rows == [["2"], [""]]
    with pytest.raises(InvalidError, match="not a table"):
        client.get("/experiments/differences/table", LoggedTable, params={"run": two[1], "path": "config.json"})


def test_a_table_of_very_many_columns_is_shown_in_part(client: Client, mlflow: Any, two: tuple[str, str]) -> None:
    """Each row has a name of its own: all of it would be ten thousand million cells."""
    text = json.dumps([{f"column {i}": i} for i in range(100_000)])
    assert len(text) < 5_000_000
    mlflow.log_text(two[0], text, "wide.json")
    found = client.get("/experiments/differences/table", LoggedTable, params={"run": two[0], "path": "wide.json"})
    assert (len(found.columns), len(found.rows), found.total) == (60, 200, 100_000)
    assert found.rows[1][:3] == ["", "1", ""]
    _artifacts(two[0]).joinpath("wide.json").unlink()


def test_a_file_comes_in_a_form_that_nothing_runs_from(client: Client, mlflow: Any, two: tuple[str, str]) -> None:
    state = running_service(client.folders)
    assert state is not None
    with connection(state, client.folders) as http:
        image = next(file for file in mlflow.list_artifacts(two[0], "images") if file.path.endswith(".png"))
        for path, kind in (
            (image.path, "image/png"), ("plot.svg", "image/svg+xml"), ("page.html", "application/octet-stream"),
        ):  # fmt: skip
            reply = http.get("/experiments/differences/file", params={"run": two[0], "path": path})
            assert reply.status_code == 200
            assert reply.headers["content-type"] == kind
            assert reply.headers["x-content-type-options"] == "nosniff"
            assert "sandbox" in reply.headers["content-security-policy"]
        for path, status in (
            ("../../../../mlflow.db", 422), ("/etc/passwd", 422), ("images/../../x", 422), ("no.png", 404),
            ("images", 404), ("", 422),
        ):  # fmt: skip
            reply = http.get("/experiments/differences/file", params={"run": two[0], "path": path})
            assert reply.status_code == status, path
    link = _artifacts(two[0]) / "link.png"
    link.symlink_to("/etc/passwd")
    with pytest.raises(InvalidError, match="leaves"):
        client.get("/experiments/differences/table", LoggedTable, params={"run": two[0], "path": "link.png"})


def test_a_file_that_is_too_large_says_so(client: Client, two: tuple[str, str]) -> None:
    with open(_artifacts(two[0]) / "large.csv", "wb") as file:
        file.truncate(6_000_000)
    with pytest.raises(LabwrightError, match="larger than the 5 MB") as raised:
        client.get("/experiments/differences/table", LoggedTable, params={"run": two[0], "path": "large.csv"})
    assert raised.value.code == "too_large"


def _artifacts(run_id: str) -> Path:
    (found,) = (folders().home / "mlflow" / "artifacts").glob(f"*/{run_id}/artifacts")
    return found
