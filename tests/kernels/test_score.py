"""`%score` and `lw.serving.score` on a real Dask cluster and without one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cloudpickle
import mlflow
import numpy as np
import pandas as pd
import pytest
from IPython.testing.globalipapp import start_ipython
from IPython.utils.capture import capture_output

import labwright as lw
from labwright.client import Client
from labwright.errors import ConflictError, InvalidError, NotFoundError
from labwright.serving.batch import files, parts, work
from tests import models

NAME = "score-delay"


class Counts(mlflow.pyfunc.PythonModel):  # type: ignore[misc] # MLflow's class has no types
    """Notes each load in a folder, doubles x, and fails or dies at a row that says so."""

    def load_context(self, context: Any) -> None:
        import os
        import tempfile

        folder = context.model_config["folder"]
        os.close(tempfile.mkstemp(dir=folder, prefix=f"{os.getpid()}-")[0])

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        import os
        from pathlib import Path

        if (model_input["x"] == -1).any():
            raise ValueError("minus one is not allowed")
        once = Path(context.model_config["folder"]) / "died"
        if (model_input["x"] == -2).any() and not once.exists():
            once.touch()
            os.kill(os.getpid(), 9)
        return model_input["x"] * 2.0


@pytest.fixture(scope="module")
def loads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the model notes its loads."""
    return tmp_path_factory.mktemp("loads")


@pytest.fixture(scope="module")
def runs(client: Client, loads: Path) -> Iterator[dict[str, str]]:
    """Runs with models: trees (promoted, and registered with an alias), counts."""
    lw.experiments.use_tracking()
    cloudpickle.register_pickle_by_value(sys.modules[__name__])  # workers do not have the tests
    model, keywords = models.trees()
    found = {}
    with lw.experiments.track("score", name="trees", autolog=False) as run:
        mlflow.sklearn.log_model(model, name="model", **keywords)
        found["trees"] = run.info.run_id
    with lw.experiments.track("score", name="counts", autolog=False) as run:
        example = pd.DataFrame({"x": [1.0]})
        mlflow.pyfunc.log_model(
            name="model", python_model=Counts(), model_config={"folder": str(loads)},
            signature=mlflow.models.infer_signature(example, example["x"]), code_paths=None,
            pip_requirements=models.PYFUNC,
        )  # fmt: skip
        found["counts"] = run.info.run_id
    lw.serving.promote(found["trees"], to=NAME)
    mlflow.MlflowClient().set_registered_model_alias(NAME, "best", "1")
    yield found
    lw.serving.delete(NAME)


@pytest.fixture(scope="module")
def shell(runs: dict[str, str]) -> Any:
    """A kernel without a cluster yet."""
    found = start_ipython() or get_ipython()  # type: ignore[name-defined] # noqa: F821 # IPython puts it there
    found.run_line_magic("load_ext", "labwright")
    found.user_ns["july"] = models.flights(1000)[0]
    return found


@pytest.fixture(scope="module")
def workers(runs: dict[str, str]) -> Iterator[Any]:
    """A cluster of two workers."""
    lw.clusters.start(workers=2)
    yield lw.clusters.client()
    lw.clusters.stop()


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts of 100 rows, so that small tables have many."""
    monkeypatch.setattr(parts, "FEWEST", 100)
    monkeypatch.setattr(parts, "MOST", 100)


def run(shell: Any, cell: str) -> tuple[Any, str, list[dict[str, Any]]]:
    """Run a cell; gives its error, its text and its outputs."""
    with capture_output() as captured:
        result = shell.run_cell(cell)
    return result.error_in_exec, captured.stdout, [output.data for output in captured.outputs]


def expected(frame: pd.DataFrame) -> list[float]:
    """What the trees say."""
    found: list[float] = models.trees()[0].predict(frame).tolist()
    return found


def test_without_a_cluster_it_is_done_in_the_kernel_and_says_so(shell: Any, tmp_path: Path, small_parts: None) -> None:
    out = tmp_path / "scores.parquet"
    error, _, outputs = run(shell, f"%score {NAME} july.head(450) --out {out}")
    assert error is None
    assert "450 rows scored by score-delay, version 1" in outputs[-1]["text/plain"]
    assert "in this kernel (the notebook has no cluster" in outputs[-1]["text/plain"]
    assert "<code>" in outputs[-1]["text/html"]
    assert pd.read_parquet(out)["prediction"].tolist() == expected(models.flights(1000)[0].head(450))
    assert os.listdir(tmp_path) == ["scores.parquet"]


def test_bad_asks_are_a_line_and_write_nothing(shell: Any, tmp_path: Path) -> None:
    out = tmp_path / "out.parquet"
    (tmp_path / "there.csv").write_text("mine")
    (tmp_path / "data.txt").write_text("x")
    for line, words in [
        (f"%score nobody july --out {out}", "no endpoint and no run named 'nobody'"),
        (f"%score {NAME} july[['temp']] --out {out}", "'dep_delay', 'wind', 'distance' are missing in the data"),
        (f"%score {NAME} july.assign(temp='warm') --out {out}", "do not fit the model's signature"),
        (f"%score {NAME} july --out {tmp_path}/there.csv", "is there already; --overwrite"),
        (f"%score {NAME} july --out {tmp_path}/none/out.csv", "There is no folder"),
        (f"%score {NAME} july --out {tmp_path}/out.xlsx", ".xlsx is neither"),
        (f"%score {NAME} nothing.parquet --out {out}", "There is no file 'nothing.parquet'"),
        (f"%score {NAME} '{tmp_path}/data.txt' --out {out}", "must be Parquet files, or CSV files"),
        (f"%score {NAME} july.head(0) --out {out}", "There is no row to score"),
        (f"%score {NAME} july --keep when --out {out}", "no column 'when' to keep"),
        (f"%score {NAME} oh_dear --out {out}", "The rows cannot be had: NameError"),
        (f"%score models:/{NAME}/99 july --out {out}", "cannot be had"),
    ]:
        error, _, _ = run(shell, line)
        assert words in str(error), (line, error)
        assert "\n" not in str(error)
    assert sorted(os.listdir(tmp_path)) == ["data.txt", "there.csv"]


def test_predictions_never_take_the_place_of_what_is_not_theirs(shell: Any, tmp_path: Path) -> None:
    frame, rows = models.flights(50)[0], tmp_path / "rows"
    rows.mkdir()
    frame.to_csv(rows / "a.csv", index=False)
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "thesis.txt").write_text("mine")
    shell.user_ns["double"] = pd.concat([frame, frame[["temp"]]], axis=1)
    for line, words in [
        (f"%score {NAME} july --out {tmp_path}/mine --overwrite", "holds other files than predictions"),
        (f"%score {NAME} {rows} --out {rows} --overwrite", "where the rows to score are"),
        (f"%score {NAME} {rows}/a.csv --out {rows}/a.csv --overwrite", "where the rows to score are"),
        (f"%score {NAME} {rows} --out {rows}/b.csv", "where the rows to score are"),
        (f"%score {NAME} double --out {tmp_path}/c.csv", "Two columns are named 'temp'"),
    ]:
        error, _, _ = run(shell, line)
        assert words in str(error), (line, error)
    assert (tmp_path / "mine" / "thesis.txt").read_text() == "mine"
    assert os.listdir(rows) == ["a.csv"]
    (rows / "0.csv").write_text(",".join(frame) + "\n")
    found = lw.serving.score(NAME, rows)
    assert found.tolist() == expected(frame), "a file without rows is passed over"


def test_each_worker_loads_the_model_once_and_rows_keep_their_order(
    workers: Any, runs: dict[str, str], loads: Path, small_parts: None
) -> None:
    index = pd.Index(np.random.default_rng(1).permutation(2500), name="flight")
    frame = pd.DataFrame({"x": np.arange(2500.0), "carrier": ["AA", "UA"] * 1250}, index=index)
    told: list[tuple[int, int | None]] = []
    for path in loads.iterdir():  # MLflow tried the model when it was logged
        path.unlink()
    found = lw.serving.score(
        runs["counts"], frame, keep=["carrier"], progress=lambda rows, total, _: told.append((rows, total))
    )  # fmt: skip
    assert found["prediction"].tolist() == [2.0 * number for number in range(2500)]
    assert found["carrier"].tolist() == frame["carrier"].tolist()
    assert found.index.equals(index)
    pids = [name.split("-")[0] for name in os.listdir(loads)]
    assert len(pids) == len(set(pids)) == 2, "both workers, each once"
    assert told[0][1] == 2500
    assert told[-1] == (2500, 2500)
    assert [rows for rows, _ in told] == sorted(rows for rows, _ in told)


def test_files_of_all_kinds_on_the_cluster(shell: Any, workers: Any, tmp_path: Path, small_parts: None) -> None:
    frame = models.flights(1000)[0]
    frame.to_parquet(tmp_path / "whole.parquet", row_group_size=300)
    frame.to_csv(tmp_path / "whole.csv", index=False)
    (tmp_path / "many").mkdir()
    for number in range(3):
        frame.iloc[number * 400 : number * 400 + 400].to_parquet(tmp_path / "many" / f"part-{number}.parquet")
    want = expected(frame)
    for line in (
        f"%score {NAME} {tmp_path}/whole.parquet --out {tmp_path}/a.parquet",
        f"%score models:/{NAME}@best {tmp_path}/whole.csv --out {tmp_path}/a.parquet --overwrite",
        f"%score trees {tmp_path}/many/*.parquet --out {tmp_path}/a.parquet --overwrite",
        f"%score {NAME} {tmp_path}/many --out {tmp_path}/a.parquet --overwrite",
    ):
        error, _, outputs = run(shell, line)
        assert error is None, line
        assert "1,000 rows scored" in outputs[-1]["text/plain"]
        assert "on 2 workers of the cluster notebook" in outputs[-1]["text/plain"]
        found = pd.read_parquet(tmp_path / "a.parquet")
        assert found["prediction"].tolist() == want, line
        if "many" not in line:
            assert found.index.equals(pd.RangeIndex(1000))
    error, _, _ = run(shell, f"%score {NAME} july --out {tmp_path}/b.csv --keep temp")
    assert error is None
    scored = pd.read_csv(tmp_path / "b.csv", float_precision="round_trip")
    assert list(scored) == ["temp", "prediction"]
    assert scored["prediction"].tolist() == want
    for _ in range(2):
        error, _, _ = run(shell, f"%score {NAME} july --out {tmp_path}/folder/ --overwrite")
        assert error is None
        assert len(os.listdir(tmp_path / "folder")) == 10
        assert pd.read_parquet(tmp_path / "folder")["prediction"].tolist() == want
    assert not [name for name in os.listdir(tmp_path) if name.startswith(".")]


def test_text_in_a_csv_is_text_and_missing_values_stay_missing(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('code,when,x\n007,2026-01-02,1\n,2026-01-03,\n"a\n,b",2026-01-04,3\n')
    source = files.CsvFiles([path], str(path), {"code": "string", "when": "datetime", "x": "double"}, 2)
    frames = [part.rows for part in source.parts()]
    whole = pd.concat(frames)
    assert whole["code"].tolist() == ["007", None, "a\n,b"]
    assert [str(frame["x"].dtype) for frame in frames] == ["float64", "float64"]
    assert whole["when"].dtype.kind == "M"
    assert whole.index.tolist() == [0, 1, 2]


def test_a_part_that_fails_says_which_rows_and_leaves_nothing(
    workers: Any, runs: dict[str, str], tmp_path: Path, small_parts: None
) -> None:
    frame = pd.DataFrame({"x": np.arange(1000.0)})
    frame.loc[777, "x"] = -1
    (tmp_path / "old.csv").write_text("old")
    with pytest.raises(InvalidError, match=r"^Rows 701 to 800 could not be scored: ValueError: minus one") as caught:
        lw.serving.score(runs["counts"], frame, tmp_path / "old.csv", overwrite=True)
    assert "Nothing was written." in str(caught.value)
    assert (tmp_path / "old.csv").read_text() == "old"
    assert os.listdir(tmp_path) == ["old.csv"]


def test_a_worker_that_dies_is_replaced_and_its_rows_are_scored_again(
    workers: Any, runs: dict[str, str], loads: Path, small_parts: None
) -> None:
    frame = pd.DataFrame({"x": np.arange(1000.0)})
    frame.loc[550, "x"] = -2
    found = lw.serving.score(runs["counts"], frame)
    assert (loads / "died").exists()
    assert found.tolist() == (frame["x"] * 2).tolist()


def test_somebody_who_makes_the_file_meanwhile_keeps_it(runs: dict[str, str], tmp_path: Path) -> None:
    out = tmp_path / "out.csv"

    def tell(*_: Any) -> None:
        out.write_text("theirs")

    with pytest.raises(ConflictError):
        lw.serving.score(runs["counts"], pd.DataFrame({"x": [1.0]}), out, progress=tell)
    assert out.read_text() == "theirs"
    assert os.listdir(tmp_path) == ["out.csv"]


@pytest.mark.parametrize(
    ("found", "columns"),
    [
        (np.zeros((3, 2)), ["prediction_0", "prediction_1"]),
        (np.zeros((3, 2, 2)), ["prediction"]),
        (pd.DataFrame({0: [1, 2, 3], "b": 4}), ["0", "b"]),
        ({"a": [1, 2, 3]}, ["a"]),
        ([{"x": 1}, {"x": 2}, {"x": 3}], ["k", "predicted_x"]),
        (["a", "b", "c"], ["prediction"]),
    ],
)
def test_whatever_a_model_gives_becomes_columns(found: Any, columns: list[str]) -> None:
    given = pd.DataFrame({"x": [1, 2, 3], "k": 1}, index=[5, 6, 7])
    made = work.frame_of(found, given, ["k"] if "k" in columns else [])
    keep = ["k"] if "k" in columns else []
    if keep:
        columns = ["k", "x"]
    assert list(made) == columns
    assert made.index.tolist() == [5, 6, 7]
    for wrong in (found[:2] if not isinstance(found, dict) else {"a": [1]}, 7, "abc"):
        with pytest.raises(ValueError, match="predictions for 3 rows"):
            work.frame_of(wrong, given, [])


def test_a_name_that_is_none_is_said(runs: dict[str, str]) -> None:
    with pytest.raises(NotFoundError, match="models:/NAME/VERSION"):
        lw.serving.score("nobody", pd.DataFrame({"x": [1.0]}))


def test_what_came_true_is_told_of_what_predict_gave(runs: dict[str, str]) -> None:
    frame = models.flights(3)[0]
    first, second = lw.serving.predict(NAME, frame), lw.serving.predict(NAME, frame.head(1))
    assert lw.serving.feedback(NAME, first, np.array([1, 0, 1])) == 1
    assert lw.serving.feedback(NAME, [lw.serving.request_id(second), "f" * 32], [{"late": 5}, None]) == 2
    logged = lw.serving.log(NAME, since="1h", columns=["temp"]).tail(4)
    assert list(logged)[6:] == ["temp", "prediction", "feedback"]
    assert logged["request_id"].tolist() == [lw.serving.request_id(first)] * 3 + [lw.serving.request_id(second)]
    assert logged["feedback"].tolist() == [1, 0, 1, {"late": 5}]
    assert logged["temp"].tolist() == [*frame["temp"], frame["temp"][0]]
    assert lw.serving.log(NAME, role="shadow").empty
    for wrong, words in [((5, 1), "Of which request"), ((["f" * 32], 1), "a list of as many"), (("x", 1), "32 digits")]:
        with pytest.raises(InvalidError, match=words):
            lw.serving.feedback(NAME, *wrong)
    with pytest.raises(InvalidError, match="not what predict gave"):
        lw.serving.request_id(first.copy())
    with pytest.raises(InvalidError, match="role is one of"):
        lw.serving.log(NAME, role="other")
