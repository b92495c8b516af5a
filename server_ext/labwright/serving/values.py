"""Values on their way to and from an endpoint: JSON that keeps every bit of a float, and back to the type it was."""

from __future__ import annotations

import json
import math
from typing import Any


def jsonable(found: Any) -> dict[str, Any]:
    """Predictions as JSON text. Floats keep all their bits; NaN and infinity, which JSON has not, become null."""
    import numpy as np
    import pandas as pd

    result: dict[str, Any]
    if isinstance(found, pd.DataFrame):
        result = {"kind": "frame", "dtypes": {str(name): str(dtype) for name, dtype in found.dtypes.items()}}
        values: Any = [
            dict(zip(result["dtypes"], row, strict=True)) for row in found.astype(object).itertuples(index=False)
        ]
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
    """A value in JSON's terms."""
    import numpy as np
    import pandas as pd

    if isinstance(value, float):
        return value if math.isfinite(value) else None
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


def request(data: Any) -> tuple[dict[str, Any], int]:
    """A request's body for a frame, records (a list of dicts, or one dict) or an array; and its number of rows."""
    import pandas as pd

    if isinstance(data, dict):
        data = [data]
    if isinstance(data, list) and data and isinstance(data[0], dict):
        data = pd.DataFrame(data)
    if isinstance(data, pd.DataFrame):
        columns = [[plain(value) for value in data.iloc[:, place].tolist()] for place in range(data.shape[1])]
        rows = [list(row) for row in zip(*columns, strict=True)] if columns else [[] for _ in range(len(data))]
        return {"dataframe_split": {"columns": [str(name) for name in data.columns], "data": rows}}, len(data)
    items = plain(data)
    if not isinstance(items, list):
        raise TypeError("a DataFrame, a list of records or an array")
    return {"inputs": items}, len(items)


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
        return pd.DataFrame(predictions, index=index, columns=list(note["dtypes"])).astype(dict(note["dtypes"]))
    return predictions


def words_of(error: BaseException) -> str:
    """An error in a line."""
    lines = str(error).strip().splitlines() or [type(error).__name__]
    text = getattr(error, "message", None)
    line = (str(text).strip().splitlines() or lines)[0] if text else lines[0]
    return line[:500]
