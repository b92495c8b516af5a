"""What the log has instead of a value that it shall not show.

The hash is HMAC-SHA-256 with a key of the endpoint's own (a 0600 file beside the log), 128 bits of it in hex. The same
value gives the same hash, so that rows can be joined; without the key a value can neither be read nor guessed by
trying. That is pseudonymous, not anonymous: who holds the key can try values. Missing values stay missing.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from pathlib import Path
from typing import Any

from labwright.state import write_private

KEY = "log.key"
LEAST = 16  # bytes of a key
_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"))  # json.dumps would make one each time


def keyed_hash(key: bytes, value: Any) -> str:
    """What the log has instead of a value: 1 and 1.0 are the same, "1" is another."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return hmac.new(key, _ENCODER.encode(value).encode(), hashlib.sha256).hexdigest()[:32]


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
