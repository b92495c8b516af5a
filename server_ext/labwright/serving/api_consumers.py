"""`lw.serving`: tokens for whoever calls an endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from labwright import output
from labwright.client import shared
from labwright.errors import InvalidError
from labwright.serving.models import Consumer, ConsumerToken, NewConsumer
from labwright.serving.naming import path

__all__ = ["new_token", "revoke_token", "tokens"]


class Token(ConsumerToken):
    """A token that does not show itself: an output would be saved with the notebook. Read its `token`."""

    def __repr__(self) -> str:
        return f"Token(name={self.name!r}, token=(hidden; read .token))"

    __str__ = __repr__


class Tokens(Sequence[Consumer]):
    """An endpoint's consumers, that show themselves as a table."""

    def __init__(self, found: list[Consumer]) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, place: Any) -> Any:
        return self._found[place]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        if not self._found:
            return output.words("Nobody but you may call it; %endpoint token NAME CONSUMER -o VARIABLE makes a token.")
        rows = [
            (one.name, f"{one.created:%Y-%m-%d %H:%M}", f"{one.revoked:%Y-%m-%d %H:%M}" if one.revoked else "")
            for one in self._found
        ]
        return output.bundle(("consumer", "made (UTC)", "revoked (UTC)"), rows)


def tokens(name: str) -> Tokens:
    """Who has a token for the endpoint `name`, and whose was revoked. The tokens themselves are kept nowhere."""
    return Tokens(shared().get(f"/serving/endpoints/{path(name)}/consumers", list[Consumer]))


def new_token(name: str, consumer: str) -> Token:
    """Make a token for a consumer, a person or a program that calls the endpoint; it holds at once.

    It is shown this once: keep the result's `token`. Errors: ConflictError when the consumer has one already.
    """
    try:
        body = NewConsumer(name=consumer)
    except ValueError:
        raise InvalidError(
            "A consumer's name is of letters, digits, spaces, dots, @, dashes and underscores, at most 64.", code="name"
        ) from None
    found: Token = shared().post(f"/serving/endpoints/{path(name)}/consumers", Token, body)
    return found


def revoke_token(name: str, consumer: str) -> Consumer:
    """End a consumer's token: the next call with it is refused. Doing it again changes nothing."""
    url = f"/serving/endpoints/{path(name)}/consumers/{quote(consumer, safe='')}"
    found: Consumer = shared().request("DELETE", url, kind=Consumer)
    return found
