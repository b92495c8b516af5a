"""Who may call an endpoint: the owner, and consumers with a token each. Of a token only the SHA-256 is held.

The service writes the consumers to consumers.json in the endpoint's folder and says so (POST /consumers on the admin
socket); the file is looked at once a second even so, so that a token that was revoked ends though nobody said it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import logging
import time
from pathlib import Path
from typing import Any

log = logging.getLogger(__name__)
OWNER = "owner"
FILE = "consumers.json"
LOOK_SECONDS = 0.5


class Consumers:
    """Finds whose a token is."""

    def __init__(self, owner_token: str, folder: Path | None = None) -> None:
        """`folder` is the endpoint's; without one there is the owner only."""
        self._owner = {hashlib.sha256(owner_token.encode()).hexdigest(): OWNER}
        self._known = self._owner
        self._file = folder / FILE if folder is not None else None
        self._stamp: object = None
        self._next = 0.0
        self.read()

    def of(self, authorization: str, *, browser: bool = False) -> str | None:
        """The consumer whose token an Authorization header holds; None for any other.

        Clients that send no bearer token, such as MLflow's own, may send it as the password of basic authentication;
        not a browser, which would send it again by itself, on behalf of any page.
        The digest is looked up, so that nothing can be learned from how long a wrong token takes.
        """
        if time.monotonic() > self._next:
            self.read()
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() == "basic" and not browser:
            given = _password(given)
        elif scheme.lower() != "bearer":
            return None
        return self._known.get(hashlib.sha256(given.strip().encode("latin-1")).hexdigest())

    def read(self) -> int:
        """Read the file again if it is another one; gives how many consumers there are besides the owner.

        A file that cannot be understood lets nobody in but the owner.
        """
        self._next = time.monotonic() + LOOK_SECONDS
        stamp = self._stamped()
        if stamp != self._stamp:
            self._known = self._owner if stamp is None else self._owner | self._parsed()
            self._stamp = stamp
        return len(self._known) - 1

    def _stamped(self) -> object:
        try:
            found = self._file.stat() if self._file is not None else None
        except OSError:
            return None
        return found and (found.st_ino, found.st_mtime_ns, found.st_size)

    def _parsed(self) -> dict[str, str]:
        assert self._file is not None
        try:
            found: list[dict[str, Any]] = json.loads(self._file.read_text())["consumers"]
            return {str(one["sha256"]): str(one["name"]) for one in found if one["name"] != OWNER}
        except (OSError, ValueError, KeyError, TypeError):
            log.warning("%s cannot be read; only the owner's token is taken until it is right", FILE)
            return {}


def _password(given: str) -> str:
    try:
        return base64.b64decode(given.strip(), validate=True).decode("latin-1").partition(":")[2]
    except ValueError:
        return ""
