"""Code that calls an endpoint, by its own input example or else by its signature. It fetches the token."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from labwright.serving import render
from labwright.serving.models import Example

LONGEST = 64
"""Numbers of a tensor that are written out; a larger one is made of zeros, of the right shape."""
WIDTH = 72
LONG, FILE = 1500, "request.json"
TENSOR = re.compile(r"tensor of (\w+) \[([-\d, ]*)\]")
PLACEHOLDERS: dict[str, Any] = {
    "double": 0.0, "float": 0.0, "integer": 0, "long": 0, "boolean": False, "datetime": "2026-01-01T00:00:00",
}  # fmt: skip
DATATYPES = {  # of the Open Inference Protocol, by the types of MLflow and NumPy
    "double": "FP64", "float": "FP32", "integer": "INT32", "long": "INT64", "boolean": "BOOL", "float64": "FP64",
    "float32": "FP32", "float16": "FP16", "int64": "INT64", "int32": "INT32", "int16": "INT16", "int8": "INT8",
    "uint8": "UINT8", "uint16": "UINT16", "uint32": "UINT32", "uint64": "UINT64", "bool": "BOOL",
}  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What the code asks: the same rows for NumPy or pandas, for MLflow's protocol and for the Open Inference one."""

    library: str
    python: str
    mlflow: str
    v2: str


def example(name: str, url: str, card: dict[str, Any]) -> Example:
    """Code for the endpoint with this card."""
    asked = _tensor(card) if card.get("tensor") else _frame(card)
    host, _, port = url.removeprefix("http://").partition(":")
    client = (
        f"import subprocess\n\n{asked.library}\nfrom mlflow.pyfunc.scoring_server.client import ScoringServerClient\n\n"
        f"rows = {asked.python}\n"
        f'token = subprocess.check_output(["labwright", "token", "{name}"], text=True).strip()\n'
        f'client = ScoringServerClient(f"token:{{token}}@{host}", {port})\n'
        "client.invoke(rows).get_predictions()"
    )
    return Example(
        magic=f"{asked.library}\n\nrows = {asked.python}\n%predict {name} rows",
        python=f"import labwright as lw\n{asked.library}\n\nrows = {asked.python}\nlw.serving.predict({name!r}, rows)",
        curl=_command(name, url, asked.mlflow),
        mlflow=client,
        v2=_command(name, url, asked.v2, f"v2/models/{name}/infer"),
    )


def _command(name: str, url: str, body: str, path: str = "invocations") -> str:
    """A command that sends the body; a long one (zeros, or many columns) is first written to a file."""
    if len(body) <= LONG:
        return render.curl(name, url, body, path)
    return f"cat > {FILE} <<'END'\n{body}\nEND\n{render.curl(name, url, f'@{FILE}', path)}"


def _tensor(card: dict[str, Any]) -> Question:
    column = card["signature"]["inputs"][0]
    kind, shape = _shape(column["type"])
    example = card.get("example")
    data = example["data"][:1] if example and example["kind"] == "tensor" else None
    shape = _shape_of(data) if data is not None else [1, *(1 if size < 0 else size for size in shape[1:])]
    if data is None or math.prod(shape) > LONGEST:
        python = f'np.zeros({tuple(shape)!r}, dtype="{kind}")'
        data = _zeros(shape, 0 if "int" in kind else False if "bool" in kind else 0.0)
    else:
        python = f'np.array({data!r}, dtype="{kind}")'
    one = {"name": column["name"], "shape": shape, "datatype": DATATYPES.get(kind, "BYTES"), "data": _flat(data)}
    return Question("import numpy as np", python, json.dumps({"inputs": data}), json.dumps({"inputs": [one]}))


def _frame(card: dict[str, Any]) -> Question:
    columns = card["signature"]["inputs"] if card.get("signature") else []
    example = card.get("example")
    if example and example["kind"] == "frame":
        row = dict(zip(example["columns"], example["data"][0], strict=True))
    else:
        row = {column["name"]: _placeholder(column["type"]) for column in columns} or {"column": 0.0}
    types = {column["name"]: column["type"] for column in columns}
    body = {"dataframe_split": {"columns": list(row), "data": [list(row.values())]}}
    items = [f"{column!r}: [{value!r}]" for column, value in row.items()]
    one_line = f"pd.DataFrame({{{', '.join(items)}}})"
    python = (
        one_line if len(one_line) <= WIDTH else "pd.DataFrame({\n" + "".join(f"    {item},\n" for item in items) + "})"
    )
    v2 = {"inputs": [_column(name, types.get(name, ""), value) for name, value in row.items()]}
    return Question("import pandas as pd", python, json.dumps(body), json.dumps(v2))


def _column(name: str, kind: str, value: Any) -> dict[str, Any]:
    """A column of one row, as a tensor of the Open Inference Protocol."""
    found = TENSOR.match(kind)
    if found and isinstance(value, list):
        kind, data = found[1], [value]
        return {"name": name, "shape": _shape_of(data), "datatype": DATATYPES.get(kind, "BYTES"), "data": _flat(data)}
    guess = "BOOL" if isinstance(value, bool) else "FP64" if isinstance(value, (int, float)) else "BYTES"
    return {"name": name, "shape": [1], "datatype": DATATYPES.get(kind, guess), "data": [value]}


def _placeholder(kind: str) -> Any:
    found = TENSOR.match(kind)
    if found:
        return _zeros([1 if size < 0 else size for size in _shape(kind)[1][1:]], 0.0)
    return PLACEHOLDERS.get(kind, "")


def _shape(kind: str) -> tuple[str, list[int]]:
    """The NumPy type and the shape of `tensor of float64 [-1, 4]`; -1 is any size."""
    found = TENSOR.match(kind)
    if found is None:
        return "float64", [-1]
    return found[1], [int(size) for size in found[2].split(",") if size.strip()]


def _shape_of(data: Any) -> list[int]:
    shape = []
    while isinstance(data, list):
        shape.append(len(data))
        data = data[0] if data else None
    return shape


def _flat(data: Any) -> list[Any]:
    return [value for item in data for value in _flat(item)] if isinstance(data, list) else [data]


def _zeros(shape: list[int], zero: Any) -> Any:
    return [_zeros(shape[1:], zero) for _ in range(shape[0])] if shape else zero
