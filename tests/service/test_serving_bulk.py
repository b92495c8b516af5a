"""Large bodies of a data plane: CSV that the model's process parses, tensors as bytes; their errors and their log."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import psutil
import pytest

from labwright.serving import prediction_log
from labwright.serving.plane.rows import Rows, Tensor
from labwright.serving.plane.scoring import BULK_BYTES
from tests import models
from tests.planes import Plane, plane

ROWS = 6000


@pytest.fixture(scope="module")
def trees(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    model, keywords = models.trees()
    with plane(
        tmp_path_factory.mktemp("trees"), lambda path: mlflow.sklearn.save_model(model, path, **keywords)
    ) as found:
        yield found


@pytest.fixture(scope="module")
def text() -> str:
    frame = models.flights(ROWS)[0]
    frame.loc[5, "temp"] = np.nan
    found: str = frame.to_csv(index=False)
    assert len(found) > BULK_BYTES
    return found


def test_a_large_csv_gives_the_models_bits_and_is_logged_as_it_came(trees: Plane, text: str) -> None:
    model, _ = models.trees()
    frame = models.flights(ROWS)[0]
    frame.loc[5, "temp"] = np.nan
    expected = model.predict(frame)
    for body in (text, "\ufeff" + text.replace("\n", "\r\n"), text.replace("\n", "\n\n"), text.replace(",", ", ")):
        reply = trees.ask(body.encode().replace(b", ", b","), "text/csv")
        assert reply.status_code == 200, reply.text[:300]
        assert np.array(reply.json()["predictions"]).tobytes() == expected.tobytes()
    logged = prediction_log.frame(trees.folder.log).tail(ROWS)
    assert logged[models.COLUMNS].to_numpy(dtype=float).tobytes() == frame.to_numpy().tobytes()
    assert logged["prediction"].to_numpy(dtype=float).tobytes() == expected.tobytes()


def test_large_csv_bodies_are_not_kept_after_their_answer(trees: Plane, text: str) -> None:
    header, _, rest = text.partition("\n")
    body = "\n".join([header, *[rest] * 12]).encode()
    assert len(body) > 4 << 20

    def memory() -> int:
        found: int = psutil.Process(trees.process.pid).memory_info().rss
        return found

    trees.ask(body, "text/csv")
    before = memory()
    for _ in range(8):
        assert trees.ask(body, "text/csv").status_code == 200
    assert memory() - before < 4 * len(body)


def changed(text: str, number: int, change: Any) -> bytes:
    lines = text.split("\n")
    lines[number] = change(lines[number])
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    ("number", "change", "status", "words"),
    [
        (4000, lambda line: line + ",1", 422, "Row 4000 has not 4 values"),
        (4000, lambda line: line.rpartition(",")[0], 422, "Row 4000 has not 4 values"),
        (4000, lambda line: line.rpartition(",")[0] + ",far", 422, "'distance' takes double; row 4000 has text"),
        (4000, lambda line: line.rpartition(",")[0] + ",1e999", 422, "infinite or too large"),
        (4000, lambda line: line.rpartition(",")[0] + ",inf", 422, "infinite or too large"),
        (0, lambda line: line.replace("temp", "tempo"), 422, "'temp' is missing"),
        (0, lambda line: line + ",gate", 422, "'gate' is not in"),
        (0, lambda line: line.replace("temp", "wind"), 422, "each of them once"),
        (3000, lambda line: '"' + line, 400, "not CSV"),
    ],
)
def test_a_bad_large_csv_is_refused_in_a_sentence(
    trees: Plane, text: str, number: int, change: Any, status: int, words: str
) -> None:
    process = trees.model_process().pid
    reply = trees.ask(changed(text, number, change), "text/csv")
    assert (reply.status_code, words in reply.json()["detail"]) == (status, True), reply.text
    assert "far" not in reply.text, "a rejected value is not repeated"
    assert trees.model_process().pid == process


def test_a_large_csv_that_is_no_text_or_has_no_rows(trees: Plane) -> None:
    reply = trees.ask(b"dep_delay,temp,wind,distance\n" + b"\xff\xfe,1,2,3\n" * 30_000, "text/csv")
    assert reply.status_code in (400, 422), reply.text
    reply = trees.ask(b"dep_delay,temp,wind,distance\n" + b"\n" * BULK_BYTES, "text/csv")
    assert "no rows" in reply.json()["detail"]


def test_a_large_csv_keeps_texts_and_truths(tmp_path: Path) -> None:
    frame, keywords = models.mixed()
    many = pd.concat([frame] * 4000, ignore_index=True)
    content = many.to_csv(index=False).encode()
    assert len(content) > BULK_BYTES
    with plane(tmp_path, lambda path: mlflow.pyfunc.save_model(path, **keywords)) as found:
        small = found.ask(frame.to_csv(index=False).encode(), "text/csv")
        large = found.ask(content, "text/csv")
        assert (small.status_code, large.status_code) == (200, 200), (small.text[:300], large.text[:300])
        assert large.json()["predictions"] == small.json()["predictions"] * 4000


def test_tensors_travel_as_bytes_and_their_answers_too(tmp_path: Path) -> None:
    model, keywords = models.on_arrays()
    items = models.flights(50)[0].to_numpy()
    head = {
        "inputs": [{"name": "input", "datatype": "FP64", "shape": [50, 4], "parameters": {"binary_data_size": 1600}}],
        "parameters": {"binary_data_output": True},
    }
    start = json.dumps(head).encode()
    with plane(tmp_path, lambda path: mlflow.sklearn.save_model(model, path, **keywords)) as found:
        reply = found.http.post(
            "/v2/models/late/infer", content=start + items.tobytes(),
            headers={"Inference-Header-Content-Length": str(len(start))},
        )  # fmt: skip
        assert reply.status_code == 200, reply.text
        length = int(reply.headers["inference-header-content-length"])
        (output,) = json.loads(reply.content[:length])["outputs"]
        assert (output["datatype"], output["shape"]) == ("FP64", [50])
        assert reply.content[length:] == model.predict(items).tobytes()
        logged = prediction_log.frame(found.folder.log).tail(50)
        assert np.array(logged["input"].tolist()).tobytes() == items.tobytes()
        assert np.array(logged["prediction"].tolist()).tobytes() == model.predict(items).tobytes()


def test_tensors_of_the_same_form_are_run_together() -> None:
    one, two = (Rows("raw", [], tensors=(Tensor("", "float32", (rows, 4), b""),)) for rows in (1, 3))
    other = Rows("raw", [], tensors=(Tensor("", "float64", (1, 4), b""),))
    wide = Rows("raw", [], tensors=(Tensor("", "float32", (1, 5), b""),))
    assert one.goes_with(two)
    assert not one.goes_with(other)
    assert not one.goes_with(wide)
    assert not one.goes_with(Rows("raw", [], tensors=one.tensors, raw_answer=True))
