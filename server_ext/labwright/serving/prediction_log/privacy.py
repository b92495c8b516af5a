"""Values that are left out of the log, or of which only a hash is kept (see `hashing`)."""

from __future__ import annotations

import json
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

from labwright.serving.prediction_log import csv_columns, forms
from labwright.serving.prediction_log.hashing import keyed_hash, read_key
from labwright.serving.prediction_log.policy import Policy

LIKE_CELLS = 1 << 14  # of a CSV's column, whose hashes are remembered
log = logging.getLogger(__name__)


class Privacy:
    """Applies a policy's `leave_out` and `hashed`; does nothing, quickly, where they name no column of a request."""

    def __init__(self, policy: Policy, folder: Path) -> None:
        self._out, self._hashed = frozenset(policy.leave_out), frozenset(policy.hashed) - frozenset(policy.leave_out)
        self._named = self._out | self._hashed
        self._key = b""
        if self._hashed:
            try:
                self._key = read_key(folder)
            except (OSError, ValueError):
                log.warning("there is no key to hash with; those columns are left out of the prediction log")
                self._out, self._hashed = self._named, frozenset()
        self._concerned: dict[str, bool] = {}

    def applies(self, columns: str) -> bool:
        """Whether a request with these columns (JSON text) has one that is named. Outputs are looked at always."""
        if not self._named:
            return False
        if (known := self._concerned.get(columns)) is None:
            if len(self._concerned) > 100:
                self._concerned.clear()
            known = self._concerned[columns] = bool(self._named.intersection(json.loads(columns) or ()))
        return known

    @property
    def mark(self) -> str:
        """What a line says of its hashed columns, so that nobody takes the hashes for values."""
        return f',"hashed":{json.dumps(sorted(self._hashed))}' if self._hashed else ""

    @property
    def outputs(self) -> bool:
        """Whether outputs must be looked at: a model may give an input back."""
        return bool(self._named)

    def shown(
        self, columns: str = "", data: str | bytes = "", predictions: str | bytes = "", form: str = "",
        shape: str = "", answer: str = "",
    ) -> tuple[str, str | bytes, str | bytes]:  # fmt: skip
        """Columns, data and predictions as the log may have them, from those of `Writer.write`."""
        if form == "raw":
            data = forms.raw_text(data, shape)
        if answer:
            predictions = forms.raw_text(predictions, answer)
        if self.outputs:
            if form == "csv":
                data = data.encode() if isinstance(data, str) else data
                concerned = not self._named.isdisjoint(csv_columns.names(data))
            else:
                concerned = self.applies(columns or "[]")
            if concerned:
                columns, data = self.inputs_of(columns, data, form)
            predictions = self.outputs_of(_text(predictions)) if not answer else predictions
        return columns, data, predictions

    def inputs_of(self, columns: str, data: str | bytes, form: str = "") -> tuple[str, str | bytes]:
        """Columns and rows (JSON texts) without what is left out, with hashes of what is hashed."""
        if form == "csv" and isinstance(data, bytes):
            return self._csv_of(columns, data)
        names, rows = forms.rows(json.loads(columns), json.loads(data))
        kept = [place for place, name in enumerate(names) if name not in self._out]
        hashed = [name in self._hashed for name in names]
        shown = [[self._hash(row[place]) if hashed[place] else row[place] for place in kept] for row in rows]
        return json.dumps([names[place] for place in kept]), json.dumps(shown)

    def _csv_of(self, columns: str, data: bytes) -> tuple[str, bytes]:
        """Likewise of a CSV; what was hashed reads as text, the rest as it did."""
        names, known = csv_columns.names(data), json.loads(columns)
        types = known if isinstance(known, dict) else {}
        kept = [place for place, name in enumerate(names) if name not in self._out]
        hashed = {place: self._cells(types.get(names[place])) for place in kept if names[place] in self._hashed}
        if not kept:
            return "[]", csv_columns.only(data, kept, hashed)
        kinds = {name: types[name] for name in map(names.__getitem__, kept) if name in types}
        kinds |= {names[place]: "string" for place in hashed}
        return json.dumps(kinds), csv_columns.only(data, kept, hashed)

    def _cells(self, kind: str | None) -> csv_columns.Change:
        """What to write instead of a CSV's cell: the hash of the value that it means. Many cells are alike."""
        return lru_cache(LIKE_CELLS)(lambda text: self._hash(forms.cell(text, kind)) or "")

    def outputs_of(self, predictions: str) -> str:
        """Outputs (JSON text) likewise, where they are records by column, or columns by name."""
        if "{" not in predictions:  # which is quick to see
            return predictions
        found = json.loads(predictions)
        if isinstance(found, dict):
            return json.dumps(
                {name: self._column(name, value) for name, value in found.items() if name not in self._out}
            )
        if not isinstance(found, list) or not any(isinstance(item, dict) for item in found):
            return predictions
        return json.dumps([self._record(item) if isinstance(item, dict) else item for item in found])

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        return {
            name: self._hash(value) if name in self._hashed else value
            for name, value in record.items()
            if name not in self._out
        }

    def _column(self, name: str, value: Any) -> Any:
        if name not in self._hashed:
            return value
        return [self._hash(item) for item in value] if isinstance(value, list) else self._hash(value)

    def _hash(self, value: Any) -> str | None:
        return None if value is None else keyed_hash(self._key, value)


def _text(found: str | bytes) -> str:
    return found if isinstance(found, str) else found.decode()
