"""Who may call an endpoint: tokens, of which only the SHA-256 is held."""

from __future__ import annotations

import hashlib

OWNER = "owner"


class Consumers:
    """Finds whose a token is."""

    def __init__(self, owner_token: str) -> None:
        self._known = {hashlib.sha256(owner_token.encode()).digest(): OWNER}

    def of(self, authorization: str) -> str | None:
        """The consumer whose bearer token an Authorization header holds; None for any other.

        The digest is looked up, so that nothing can be learned from how long a wrong token takes.
        """
        scheme, _, given = authorization.partition(" ")
        if scheme.lower() != "bearer":
            return None
        return self._known.get(hashlib.sha256(given.strip().encode("latin-1")).digest())
