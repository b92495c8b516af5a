"""Values that are left out of the log, or of which only a hash is kept.

The hash is HMAC-SHA-256 with a key of the endpoint's own (a 0600 file beside the log), 128 bits of it in hex. The same
value gives the same hash, so that rows can be joined; without the key a value can neither be read nor guessed by
trying. That is pseudonymous, not anonymous: who holds the key can try values. Missing values stay missing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import logging
import secrets
from pathlib import Path
from typing import Any

from labwright.serving.prediction_log import forms
from labwright.serving.prediction_log.policy import Policy
from labwright.state import write_private

KEY = "log.key"
LEAST = 16  # bytes of a key
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

    def inputs_of(self, columns: str, data: str) -> tuple[str, str]:
        """Columns and rows (JSON texts) without what is left out, with hashes of what is hashed."""
        names, rows = forms.rows(json.loads(columns), json.loads(data))
        kept = [place for place, name in enumerate(names) if name not in self._out]
        hashed = [name in self._hashed for name in names]
        shown = [[self._hash(row[place]) if hashed[place] else row[place] for place in kept] for row in rows]
        return json.dumps([names[place] for place in kept]), json.dumps(shown)

    def outputs_of(self, predictions: str) -> str:
        """Outputs (JSON text) likewise, where they are records by column, or columns by name."""
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


def keyed_hash(key: bytes, value: Any) -> str:
    """What the log has instead of a value: 1 and 1.0 are the same, "1" is another."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = json.dumps(value, sort_keys=True, separators=(",", ":"))
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]


def read_key(folder: Path) -> bytes:
    """The endpoint's key, made at first use. It lies beside the log, not in it: a log may be handed on.

    Errors: OSError, ValueError for a file that holds none.
    """
    path = folder.parent / KEY
    if not path.exists():
        write_private(path, secrets.token_hex(32), only_if_new=True)
    key = bytes.fromhex(path.read_text().strip())
    if len(key) < LEAST:
        raise ValueError("this is no key")
    return key
