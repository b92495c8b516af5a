"""`%features` in a real IPython, with a real Feast repository."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from IPython.testing.globalipapp import start_ipython
from IPython.utils.capture import capture_output

from labwright.client import Client
from labwright.experiments.capture.models import RunContext
from labwright.features import api, lineage
from tests.state_folder import wait_until

DEFINITIONS = """
from datetime import timedelta
from feast import Entity, FeatureView, FileSource, ValueType
place = Entity(name="place", join_keys=["place"], value_type=ValueType.STRING)
rain = FeatureView(name="rain", entities=[place], ttl=timedelta(hours=2),
                   source=FileSource(path="rain.parquet", timestamp_field="at"))
"""


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Any:
    found = start_ipython() or get_ipython()  # type: ignore[name-defined] # noqa: F821 # IPython puts it there
    found.run_line_magic("load_ext", "labwright")
    folder = tmp_path_factory.mktemp("notebook")
    at = pd.date_range("2020-01-01", periods=5, freq="h", tz="UTC")
    pd.DataFrame({"place": "A", "at": at, "mm": [0.0, 1.0, 2.0, 3.0, 4.0]}).to_parquet(folder / "rain.parquet")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        found.run_cell(DEFINITIONS)
        found.user_ns["labels"] = pd.DataFrame(
            {
                "place": ["A", "A", "B"],
                "when": pd.to_datetime(["2020-01-01 03:30", "2020-01-01 01:00", "2020-01-01 00:00"]),
            }
        )
        yield found


def run(shell: Any, line: str) -> tuple[Any, str, Any]:
    """Run a cell; gives its error, its text and its result."""
    with capture_output() as captured:
        result = shell.run_cell(line)
    return result.error_in_exec, captured.stdout, result.result


def test_apply_takes_the_entities_along_and_is_repeatable(shell: Any) -> None:
    error, _, result = run(shell, "%features apply rain")
    assert error is None
    assert {(entry.name, entry.change) for entry in result.applied} >= {("rain", "created"), ("place", "created")}
    error, _, result = run(shell, "%features apply")
    assert error is None
    assert {entry.change for entry in result.applied} == {"unchanged"}
    assert "unchanged" in result._repr_mimebundle_()["text/html"]


def test_join_and_list(shell: Any) -> None:
    run(shell, "%features apply rain")
    error, text, _ = run(shell, "%features join labels --views rain -o train")
    assert error is None
    assert "train: 3 rows, 1 features of rain" in text
    assert shell.user_ns["train"]["mm"].tolist()[:2] == [3.0, 1.0]
    assert shell.user_ns["train"]["mm"].isna().tolist() == [False, False, True]
    error, _, result = run(shell, "%features")
    assert error is None
    text = result._repr_mimebundle_()["text/plain"]
    assert "rain" in text
    assert "2 h" in text


def test_a_run_knows_the_views_that_made_its_data(shell: Any, client: Client, state_folder: Path) -> None:
    """The join is found through the cells that lead to the run; a join that nothing of it uses is not."""
    for line in (
        "%features apply rain",
        "%features join labels --views rain -o train",
        "%features join labels --views rain --full-names -o other",
        "rows = train.dropna()",
        "%%track joined --no-autolog\nlen(rows)",
    ):
        with capture_output():
            assert shell.run_cell(line, store_history=True).success
    wait_until(lambda: not any((state_folder / "outbox").glob("*")), "all is sent")
    (path,) = state_folder.glob("mlflow/artifacts/*/*/artifacts/labwright/context.json")
    context = RunContext.model_validate_json(path.read_text())
    (view,) = context.feature_views
    (rain,) = [found for found in api.store().list_feature_views() if found.name == "rain"]
    assert (view.name, view.version) == ("rain", lineage.version_of(rain))
    (data,) = context.data
    assert (data.name, data.rows, data.columns) == ("join of rain", 3, 3)
    assert data.digest == lineage.fingerprint(shell.user_ns["train"])
    assert data.digest != lineage.fingerprint(shell.user_ns["other"])


def test_errors_are_one_line(shell: Any) -> None:
    run(shell, "%features apply rain")
    for line, words in (
        ("%features join labels --views snow", "no feature view snow. There are: "),
        ("%features join nothing --views rain", "no variable nothing"),
        ("%features join --views rain", "one DataFrame"),
        ("%features join labels --views rain --timestamp place", "holds no times"),
        ("%features apply nothing", "no variable nothing"),
        ("%features apply labels", "no feature definition"),
    ):
        error, _, _ = run(shell, line)
        assert error is not None, line
        assert type(error).__name__ == "MagicError"
        assert words in str(error)
        assert "\n" not in str(error)


def test_names_from_data_are_escaped() -> None:
    from labwright.features.models import FeatureRepository, FeatureView
    from labwright_kernel.features import ViewTable

    view = FeatureView(
        name="<img src=x onerror=alert(1)>", project="p", entities=[], join_keys=["<u>"], features=[], source="<i>",
        timestamp_field="at", ttl_seconds=None, description="", owner="", tags={}, created=None, updated=None,
    )  # fmt: skip
    page = ViewTable(FeatureRepository(path=str(Path("x")), views=[view]))._repr_mimebundle_()["text/html"]
    assert "<img" not in page
    assert "<u>" not in page
    assert "&lt;img" in page
