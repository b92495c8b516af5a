"""`%compare` and the Python face of experiments, in a real IPython, against the real service and the real MLflow."""

from __future__ import annotations

import base64
import json
import math
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any
from xml.etree import ElementTree

import pytest
from IPython.core.interactiveshell import InteractiveShell

import labwright as lw
from labwright.client import Client
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments import render, tracking
from labwright.experiments.models import Comparison
from labwright.state import folders
from labwright_kernel.magic import MagicError
from tests.many_curves import add_runs

MIME = "application/vnd.labwright.comparison.v1+json"
MARKUP = "<script>alert('1')</script> & 🚲"


@pytest.fixture(scope="module")
def shell(client: Client) -> Iterator[Any]:
    InteractiveShell.clear_instance()
    found = InteractiveShell.instance(colors="nocolor")
    found.run_line_magic("load_ext", "labwright")
    yield found
    InteractiveShell.clear_instance()


@pytest.fixture(scope="module", autouse=True)
def three_runs(shell: Any) -> Iterator[None]:
    """Three runs with curves; their best by auc is the second."""
    patch = pytest.MonkeyPatch()
    with lw.experiments.track("compared", name="one", autolog=False):
        import mlflow

        for name, auc in (("one", 0.6), (MARKUP, 0.8), ("three", math.nan)):
            if name != "one":
                mlflow.start_run(run_name=name)
            mlflow.log_params({"depth": 3, MARKUP[8:13]: name, "text": MARKUP})
            mlflow.log_metric("auc", auc)
            for step in range(5):
                mlflow.log_metric("loss", auc / (step + 1), step=step)
            mlflow.end_run()
    yield
    for variable in ("MLFLOW_TRACKING_URI", "MLFLOW_TRACKING_TOKEN", "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT"):
        patch.delenv(variable, raising=False)


class Tags(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: set[str] = set()
        self.drawings: list[dict[str, str | None]] = []
        self.words = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes |= {name for name, _ in attrs}
        if "background-image" in (dict(attrs).get("style") or ""):
            self.drawings.append(dict(attrs))

    def handle_data(self, data: str) -> None:
        self.words += f" {data}"


def bundle_of(result: Any) -> dict[str, Any]:
    found: dict[str, Any] = result._repr_mimebundle_()
    return found


def test_compare_gives_three_faces_of_one_comparison(shell: Any) -> None:
    bundle = bundle_of(shell.run_cell("%compare --experiment compared --by auc").result)
    assert list(bundle) == [MIME, "text/html", "text/plain"]
    found = Comparison.model_validate(bundle[MIME])
    assert [run.name for run in found.runs] == [MARKUP, "one", "three"]
    auc = next(row for row in found.metrics if row.name == "auc")
    assert (auc.best, [value.text for value in auc.values]) == (0, ["0.8", "0.6", "nan"])
    assert {row.name for row in found.params if not row.differs} == {"depth", "text"}
    assert {curve.metric for curve in found.curves} == {"loss"}
    assert "0.8 *" in bundle["text/plain"]

    page = Tags(bundle["text/html"])
    assert page.names <= {"div", "table", "tr", "td", "b", "span"}
    assert page.attributes <= {"style", "colspan", "title"}
    assert MARKUP in page.words
    (image,) = page.drawings
    assert "loss" in str(image["title"])
    assert "loss: " in page.words  # the curve as text, where drawings are taken away
    _, found_head, data = str(image["style"]).partition("url(data:image/svg+xml;base64,")
    assert found_head
    data = data.partition(")")[0]
    drawing = ElementTree.fromstring(base64.b64decode(data))
    assert len(drawing.findall("{http://www.w3.org/2000/svg}polyline")) == 2  # the third has no number


def test_compare_takes_names_ids_best_and_last(shell: Any) -> None:
    best = lw.experiments.find_run("best", experiment="compared", by="auc")
    assert best.name == MARKUP
    assert lw.experiments.find_run("best", experiment="compared", by="loss").name == "one"
    assert lw.experiments.find_run("last", experiment="compared").name == "three"
    assert lw.experiments.find_run(best.run_id) == best
    shell.user_ns["run_id"] = best.run_id
    found = shell.run_cell("%compare one {run_id} last --experiment compared").result
    assert [run.name for run in found.runs] == ["one", MARKUP, "three"]
    assert [run.name for run in shell.run_cell("%compare").result.runs] == ["three", MARKUP, "one"]
    assert len(shell.run_cell("%compare --top 1").result.runs) == 1


def test_best_needs_a_metric_and_a_model_when_asked(shell: Any) -> None:
    with lw.experiments.track("odd", name="x", autolog=False):
        import mlflow

        mlflow.log_metrics({"strange": 1, "odd": 2})
    with pytest.raises(InvalidError, match="odd, strange"):
        lw.experiments.find_run("best", experiment="odd")
    with pytest.raises(InvalidError, match="write lower:odd or higher:odd"):
        lw.experiments.find_run("best", experiment="odd", by="odd")
    with lw.experiments.track("odd", name="y", autolog=False):
        mlflow.log_metrics({"odd": 3})
    assert lw.experiments.find_run("best", experiment="odd", by="higher:odd").name == "y"
    assert lw.experiments.find_run("best", experiment="odd", by="lower:odd").name == "x"
    compared = shell.run_cell("%compare --experiment odd --by lower:odd").result
    assert [run.name for run in compared.runs] == ["x", "y"]
    assert [row.best for row in compared.metrics] == [None, None]
    with pytest.raises(NotFoundError, match="logged a model"):
        lw.experiments.find_run("last", experiment="odd", with_model=True)
    tracking.current_experiment = None
    with pytest.raises(InvalidError, match="compared"):
        lw.experiments.find_run("last")
    assert lw.experiments.find_run("three").name == "three"
    tracking.current_experiment = "compared"


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("%compare nobody", "no run of that name"),
        ("%compare --experiment nobody", "no such experiment"),
        ("%compare --by no_loss", "No run of this experiment has this metric"),
        ("%compare --by odd", "write lower:odd or higher:odd"),
        ("%compare --by a`b", "no name of a metric"),
        ("%compare --top many", "%compare --help"),
    ],
)
def test_wrong_words_give_one_line(shell: Any, capsys: pytest.CaptureFixture[str], line: str, sentence: str) -> None:
    result = shell.run_cell(line)
    assert isinstance(result.error_in_exec, MagicError)
    printed = capsys.readouterr().out
    assert sentence in printed
    assert len(printed.strip().splitlines()) == 1


def test_runs_are_a_table(shell: Any) -> None:
    table = lw.experiments.runs("compared")
    assert list(table["name"]) == ["three", MARKUP, "one"]
    assert table["metric.auc"][1] == 0.8
    assert math.isnan(table["metric.auc"][0])
    assert list(table["param.depth"]) == ["3", "3", "3"]
    assert len(lw.experiments.runs("compared", limit=2)) == 2
    assert lw.experiments.runs("Default").empty


def test_a_huge_comparison_stays_small(client: Client) -> None:
    """20 runs × 300 long parameters × 30 curves of 500 points, with the longest names that MLflow takes."""
    from labwright.experiments.models import ComparedValue, ComparisonRow, Curve

    run = lw.experiments.find_run("one", experiment="compared")
    many = [run.model_copy(update={"run_id": f"{i:032x}", "name": "🚲" * 2000}) for i in range(20)]
    values = [ComparedValue(text=f"{i}" * 5000, value=None) for i in range(20)]
    rows = [ComparisonRow(name=f"{MARKUP}{i}" * 10, differs=True, values=values, best=19) for i in range(300)]
    curves = [
        Curve(run_id=one.run_id, metric=f"m{m}", steps=list(range(500)), values=[1 / (i + 1) for i in range(500)])
        for m in range(2)
        for one in many
    ]
    bundle = render.comparison_bundle(Comparison(runs=many, params=rows, metrics=rows, curves=curves))
    assert len(json.dumps(bundle[MIME], ensure_ascii=False).encode()) <= 50_000
    assert len(bundle["text/html"].encode()) <= 50_000
    small = Comparison.model_validate(bundle[MIME])
    assert small.params
    assert all(len(row.values) == len(small.runs) for row in [*small.params, *small.metrics])
    assert all(row.best is None or row.best < len(small.runs) for row in small.metrics)
    assert "<script" not in bundle["text/html"]


def test_a_hundred_runs_fit_in_an_output(shell: Any) -> None:
    import mlflow

    mlflow.MlflowClient().create_experiment("a sweep")
    database = folders().home / "mlflow" / "mlflow.db"
    ids = add_runs(database, "a sweep", runs=100, metrics=10, steps=30, names=(MARKUP,))
    bundle = bundle_of(shell.run_cell("%compare --experiment 'a sweep' --top 100 --by lower:loss_0").result)
    assert len(json.dumps(bundle[MIME], ensure_ascii=False).encode()) <= 50_000
    assert len(bundle["text/html"].encode()) <= 50_000
    assert len(bundle["text/plain"].encode()) <= 50_000
    found = Comparison.model_validate(bundle[MIME])
    assert {run.run_id for run in found.runs} == set(ids), "runs are missing"
    assert found.more_runs == 0
    assert {row.name: row.differs for row in found.params} == {
        "depth": True, "learning_rate": True, "optimizer": True, "seed": False,
    }  # fmt: skip
    assert len(found.metrics) == 10
    assert all(row.best is not None for row in found.metrics)
    assert [row.name for row in found.costs] == ["wall_seconds"]
    assert found.curves, "there is room for some curves"

    page = Tags(bundle["text/html"])
    assert page.names <= {"div", "table", "tr", "td", "b", "span"}
    assert f"{found.runs[0].name} (base)" in " ".join(page.words.split())
    assert "more runs" in page.words
    assert "wall time (s)" in page.words
    assert "★" in page.words
    # By their ids, of which one is gone: the others are compared, and the output says so.
    mlflow.MlflowClient().delete_run(ids[3])
    gone = shell.run_cell(f"%compare {ids[3]} {ids[4]} {ids[5]}").result
    assert [run.run_id for run in gone.runs] == ids[4:6]
    assert "archived" in bundle_of(gone)["text/html"]
