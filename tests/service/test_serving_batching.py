"""Batches of a data plane: whose numbers they are, that nobody spoils another's, and what `batching: off` does."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mlflow
import numpy as np
import pandas as pd
import pytest

from labwright.serving import values
from labwright.serving.plane.scorer import Scorer
from tests import models
from tests.planes import Plane, plane


def linear(rows: int = 200) -> tuple[Callable[[str], None], pd.DataFrame]:
    """Ridge, whose one-row answers differ from those of a batch in the last bits."""
    from sklearn.linear_model import Ridge

    frame, late = models.flights(rows)
    model = Ridge().fit(frame, late)
    signature = mlflow.models.infer_signature(frame, model.predict(frame))
    return lambda path: mlflow.sklearn.save_model(
        model, path, signature=signature, pip_requirements=models.SKLEARN
    ), frame


def tree(rows: int = 200) -> tuple[Callable[[str], None], pd.DataFrame]:
    model, keywords = models.trees()
    return lambda path: mlflow.sklearn.save_model(model, path, **keywords), models.flights(rows)[0]


def perceptron(rows: int = 200) -> tuple[Callable[[str], None], np.ndarray[Any, Any]]:
    """torch, in float32."""
    torch = pytest.importorskip("torch", reason="torch is not installed here")
    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(4, 32), torch.nn.Tanh(), torch.nn.Linear(32, 1))
    items = models.flights(rows)[0].to_numpy(dtype=np.float32)
    signature = mlflow.models.infer_signature(items, model(torch.from_numpy(items)).detach().numpy())
    return lambda path: mlflow.pytorch.save_model(
        model, path, signature=signature, serialization_format="pickle", pip_requirements=["torch"]
    ), items


Served = tuple[Plane, Any, Any, float]  # a data plane, the same model in this process, its rows, and what is near
KINDS = {"linear": (linear, 1e-12), "tree": (tree, 1e-12), "torch": (perceptron, 1e-5)}


@pytest.fixture(scope="module", params=list(KINDS))
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    path = tmp_path_factory.mktemp(request.param)
    save, rows = KINDS[request.param][0]()
    with plane(path, save) as found:
        yield found, mlflow.pyfunc.load_model(str(path / "saved")), rows, KINDS[request.param][1]


def part(rows: Any, first: int, last: int) -> Any:
    return rows.iloc[first:last] if isinstance(rows, pd.DataFrame) else rows[first:last]


def answer(found: Plane, rows: Any) -> np.ndarray[Any, Any]:
    reply = found.ask(values.request(rows)[0])
    assert reply.status_code == 200, reply.text
    return np.asarray(values.rebuild(reply.json()["predictions"], reply.headers["x-labwright-result"]))


def test_answers_are_those_of_the_batch_and_near_those_of_single_rows(served: Served) -> None:
    found, model, rows, near = served
    alone = [np.asarray(model.predict(part(rows, place, place + 1))) for place in range(96)]
    for size in (1, 7, 64, 96):  # one request is one batch: its bits are those of predict
        expected = np.asarray(model.predict(part(rows, 0, size)))
        got = answer(found, part(rows, 0, size))
        assert got.dtype == expected.dtype
        assert got.tobytes() == expected.tobytes()
    with ThreadPoolExecutor(16) as threads:
        together = list(threads.map(lambda place: answer(found, part(rows, place, place + 1)), range(96)))
    np.testing.assert_allclose(
        np.concatenate(together), np.concatenate(alone), rtol=near, atol=1e-7 if near > 1e-6 else 0
    )
    figures = found.order("figures")
    assert max(rows for rows in figures["batch_rows"] if rows is not None) > 1, "requests were run together"


def test_batching_off_gives_the_bits_of_single_rows(served: Served) -> None:
    found, model, rows, _ = served
    found.set(batching="off")
    with ThreadPoolExecutor(16) as threads:
        got = list(threads.map(lambda place: answer(found, part(rows, place, place + 1)).tobytes(), range(96)))
    assert got == [np.asarray(model.predict(part(rows, place, place + 1))).tobytes() for place in range(96)]


def test_torch_takes_the_device_that_the_environment_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # By default the GPU where there is one (MLflow's choice). A tensor on "meta" has no values to give back.
    monkeypatch.setenv("MLFLOW_DEFAULT_PREDICTION_DEVICE", "meta")
    save, rows = perceptron()
    with plane(tmp_path, save) as found:
        reply = found.ask(values.request(rows[:1])[0])
        assert (reply.status_code, reply.json()["code"]) == (500, "model_failed")


class Recording:
    """A model that writes down what it was run on; it fails on a negative x, and gives the sum of x on `whole`."""

    metadata = None

    def __init__(self, *, whole: bool = False) -> None:
        self.ran: list[list[float]] = []
        self._whole = whole

    def predict(self, frame: pd.DataFrame) -> Any:
        self.ran.append(frame["x"].tolist())
        if (frame["x"] < 0).any():
            raise RuntimeError("negative")
        return np.array([frame["x"].sum()]) if self._whole else frame["x"].to_numpy() * 2


def requests(*numbers: float) -> tuple[dict[str, Any], bytearray]:
    head = {"form": "doubles", "kind": "frame", "columns": ["x"], "exact": True, "counts": [1] * len(numbers)}
    return head, bytearray(np.array(numbers, dtype=float).tobytes())


def test_one_bad_request_does_not_fail_its_neighbours() -> None:
    model = Recording()
    replies, _ = Scorer(model).answer(*requests(1, -1, 3))
    assert [reply.get("predictions", reply.get("status")) for reply in replies] == ["[2.0]", 500, "[6.0]"]
    assert model.ran == [[1, -1, 3], [1], [-1], [3]]


def test_what_gives_no_prediction_a_row_is_run_request_by_request() -> None:
    model = Recording(whole=True)
    scorer = Scorer(model)
    for _ in range(2):
        assert [reply["predictions"] for reply in scorer.answer(*requests(1, 2))[0]] == ["[1.0]", "[2.0]"]
    assert model.ran == [[1, 2], [1], [2], [1], [2]], "once found out, it is not tried again"


def test_requests_with_other_columns_or_parameters_are_not_run_together(tmp_path: Path) -> None:
    with plane(tmp_path, lambda path: mlflow.pyfunc.save_model(path, **models.scaled())) as found:
        barrier = threading.Barrier(8)

        def ask(number: int) -> Any:
            barrier.wait()
            body = {"inputs": {"image": [[[1, 2], [3, 4]]], "weight": [1]}, "params": {"scale": float(number)}}
            return found.ask(body).json()["predictions"]

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(ask, range(8))) == [[number * 10.0] for number in range(8)]
