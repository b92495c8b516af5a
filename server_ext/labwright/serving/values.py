"""Values on their way to and from an endpoint: JSON that keeps every bit of a float, and back to the type it was."""

from __future__ import annotations

import json
import math
from typing import Any


class Unsendable(ValueError):
    """A value that cannot travel as what it is; the words say which. Better none than another one."""


def jsonable(found: Any) -> dict[str, Any]:
    """Predictions as JSON text. Floats keep all their bits, NaN becomes null. Errors: Unsendable."""
    import numpy as np
    import pandas as pd

    result: dict[str, Any]
    if isinstance(found, pd.DataFrame):
        names = column_names(found)
        result = {"kind": "frame", "dtypes": dict(zip(names, map(str, found.dtypes), strict=True))}
        if names != list(found.columns):  # numbers
            result["columns"] = found.columns.tolist()
        rows_of = found.astype(object).itertuples(index=False, name=None)
        values: Any = [dict(zip(names, row, strict=True)) for row in rows_of]
    elif isinstance(found, pd.Series):
        result, values = {"kind": "series", "dtype": str(found.dtype), "name": found.name}, found.tolist()
    elif isinstance(found, np.ndarray):
        result, values = {"kind": "array", "dtype": str(found.dtype)}, found.tolist()
    else:
        result, values = {"kind": "list"}, found
    rows = len(values) if isinstance(values, list) else 1
    text = json.dumps(plain(values), allow_nan=False)
    return {"predictions": text, "result": json.dumps(result, default=str), "rows": rows}


def plain(value: Any) -> Any:
    """A value in JSON's terms. Errors: Unsendable."""
    import numpy as np
    import pandas as pd

    if isinstance(value, float):
        if math.isinf(value):
            raise Unsendable("there is an infinite number, which JSON has not")
        return None if math.isnan(value) else value
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, np.ndarray | np.generic | pd.Series):
        return plain(value.tolist())
    if isinstance(value, pd.DataFrame):
        return plain(value.to_dict(orient="records"))
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return None if value is pd.NaT or value is pd.NA else str(value)


def column_names(frame: Any) -> list[str]:
    """The names of a frame's columns as texts. Errors: Unsendable for what is no text or number, and for doubles."""
    names = frame.columns.tolist()
    for name in names:
        if not isinstance(name, (str, int)):
            kind = type(name).__name__
            raise Unsendable(f"the column name {str(name)[:60]!r} is of type {kind}; names are texts or whole numbers")
    texts = [str(name) for name in names]
    double = next((text for place, text in enumerate(texts) if text in texts[:place]), None)
    if double is not None:
        raise Unsendable(f"two columns are named {double[:60]!r}; give each a name of its own")
    return texts


def request(data: Any) -> tuple[dict[str, Any], int]:
    """A request's body for a frame, records (a list of dicts, or one dict) or an array; and its number of rows.

    Errors: Unsendable for values and names that JSON cannot carry, TypeError for what is no table.
    """
    import pandas as pd

    if isinstance(data, dict):
        data = [data]
    if isinstance(data, list) and data and isinstance(data[0], dict):
        data = pd.DataFrame(data)
    if isinstance(data, pd.DataFrame):
        names = column_names(data)
        columns = [_column(name, data.iloc[:, place].tolist()) for place, name in enumerate(names)]
        rows = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(len(data))]
        return {"dataframe_split": {"columns": names, "data": rows}}, len(data)
    items = plain(data)
    if not isinstance(items, list):
        raise TypeError("a DataFrame, a list of records or an array")
    return {"inputs": items}, len(items)


def _column(name: str, items: list[Any]) -> list[Any]:
    try:
        return [plain(item) for item in items]
    except Unsendable as error:
        raise Unsendable(f"in column {name[:60]!r} {error}; leave such rows out, or make it a missing value") from None


def rebuild(predictions: Any, result: str | None, index: Any = None) -> Any:
    """What the model's `predict` gave: an array, a Series or a DataFrame (on `index`) by the endpoint's note of it."""
    import numpy as np
    import pandas as pd

    note: dict[str, Any] = json.loads(result) if result else {"kind": "list"}
    if note["kind"] == "array":
        return np.array(predictions, dtype=note["dtype"])
    if index is not None and len(index) != len(predictions):
        index = None
    if note["kind"] == "series":
        return pd.Series(predictions, index=index, dtype=note["dtype"], name=note["name"])
    if note["kind"] == "frame":
        frame = pd.DataFrame(predictions, index=index, columns=list(note["dtypes"])).astype(dict(note["dtypes"]))
        return frame.set_axis(note["columns"], axis=1) if "columns" in note else frame
    return predictions


def words_of(error: BaseException) -> str:
    """An error in a line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    text = getattr(error, "message", None)
    line = (str(text).strip().splitlines() or lines)[0] if text else lines[0]
    return line[:500]
