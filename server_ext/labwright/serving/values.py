"""Values on their way to and from an endpoint: JSON that keeps every bit of a float, and back to the type it was."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from typing import Any


class Unsendable(ValueError):
    """A value that cannot travel as what it is; the words say which. Better none than another one."""


def jsonable(found: Any) -> dict[str, Any]:
    """Predictions as JSON text, and the note by which `rebuild` makes them what they were. Errors: Unsendable.

    Floats keep all their bits; NaN becomes null. What null means: in numbers (an array, a Series, a frame's column)
    NaN, and `rebuild` gives NaN again; in objects and texts a missing value, None. A list or a dict has no types to
    tell the two apart: where it has NaN its note says so and every null in it is NaN; with None besides it is refused.
    """
    import numpy as np
    import pandas as pd

    if (texts := number_texts(found, [len(found)] if np.ndim(found) else [])) is not None:
        return {"predictions": texts[0], "result": note_of(found), "rows": len(found)}
    if isinstance(found, pd.DataFrame):
        names = column_names(found)
        rows_of = found.astype(object).itertuples(index=False, name=None)
        values: Any = [dict(zip(names, row, strict=True)) for row in rows_of]
    else:
        values = found.tolist() if isinstance(found, np.ndarray | pd.Series) else found
    text = json.dumps(plain(values), allow_nan=False)
    return {
        "predictions": text, "result": note_of(found), "rows": len(values) if isinstance(values, list) else 1,
    }  # fmt: skip


def number_texts(found: Any, counts: list[int]) -> list[str] | None:
    """An array or a Series of finite numbers as a JSON text for each part of so many; None for anything else."""
    import numpy as np
    import pandas as pd

    if not isinstance(found, np.ndarray | pd.Series) or not counts or not isinstance(found.dtype, np.dtype):
        return None
    if found.dtype.kind not in "biuf" or (found.dtype.kind == "f" and not np.isfinite(found).all()):
        return None
    values, texts, first = found.tolist(), [], 0
    for count in counts:
        texts.append(json.dumps(values[first : first + count]))
        first += count
    return texts


def note_of(found: Any) -> str:
    """How to rebuild what a model gave, as JSON text. Errors: Unsendable for names of columns."""
    import numpy as np
    import pandas as pd

    note: dict[str, Any] = {"kind": "list"}
    if isinstance(found, pd.DataFrame):
        names = column_names(found)
        note = {"kind": "frame", "dtypes": dict(zip(names, map(str, found.dtypes), strict=True))}
        if names != list(found.columns):  # numbers
            note["columns"] = found.columns.tolist()
    elif isinstance(found, pd.Series):
        note = {"kind": "series", "dtype": str(found.dtype), "name": found.name}
    elif isinstance(found, np.ndarray):
        note = {"kind": "array", "dtype": str(found.dtype)}
    else:
        nothings = set(_nothings(found))
        if "NaN" in nothings:
            note["nan"] = True
        if len(nothings) > 1:
            raise Unsendable("it has both NaN and None in a list, which JSON cannot tell apart")
    return json.dumps(note, default=str)


def _nothings(value: Any) -> Iterator[str]:
    """What is neither a number nor a text in lists and dicts: NaN, None."""
    import numpy as np

    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple)):
        for item in value:
            yield from _nothings(item)
    elif value is None:
        yield "None"
    elif isinstance(value, (float, np.floating)) and np.isnan(value):
        yield "NaN"


def _with_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_nan(item) for key, item in value.items()}
    return [_with_nan(item) for item in value] if isinstance(value, list) else math.nan if value is None else value


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
    return _with_nan(predictions) if note.get("nan") else predictions


def words_of(error: BaseException) -> str:
    """An error in a line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    text = getattr(error, "message", None)
    line = (str(text).strip().splitlines() or lines)[0] if text else lines[0]
    return line[:500]
