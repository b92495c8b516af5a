"""Which version answers a call: weights, a canary, sticky values. One immutable object, swapped by one assignment.

Calls without a sticky value go by turns: the n-th has the place `n · φ mod 1` on a line that the shares divide (an
additive recurrence with the golden ratio, whose places are spread evenly, so that of any 100 calls in a row a share of
10 % gets 8 to 12). Calls with a sticky value go by weighted rendezvous hashing (Thaler and Ravishankar 1998; weights as
in Schindelhauer and Schomaker 2005): every version draws a number from the value's hash, and the best one wins. So the
same value goes to the same version while the weights stay, and when one version's weight grows, calls move to that
version only: a canary that grows keeps those who are on it.

A version that cannot answer now (its processes are all down) is passed over while another with a share can.
"""

from __future__ import annotations

import hashlib
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from labwright.serving.plane.http import Call

if TYPE_CHECKING:
    from labwright.serving.plane.pool import Pool

GOLDEN = (math.sqrt(5) - 1) / 2
_turns = itertools.count()


@dataclass(frozen=True, slots=True)
class Share:
    """A version's part of the calls: `weight` is percent, more than 0; `role` is live, share or canary."""

    pool: Pool
    weight: float
    role: str


@dataclass(frozen=True, slots=True)
class Traffic:
    """All shares, the version that gets copies, and the header by which calls stick to a version (in lower case)."""

    shares: tuple[Share, ...] = ()
    shadow: Pool | None = None
    sticky: str | None = None

    def choose(self, call: Call, without: Pool | None = None) -> Share | None:
        """The share that a call belongs to; None when there is none.

        `without`: a version that was asked already and could not answer.
        """
        shares: Sequence[Share] = self.shares
        if call.version is not None:
            shares = [share for share in shares if share.pool.version == call.version]
        if len(shares) > 1:
            able = [share for share in shares if share.pool.state == "ready" and share.pool is not without]
            value = call.headers.get(self.sticky) if self.sticky else None
            if len(able) > 1:
                return _by_value(able, value) if value else _by_turn(able)
            shares = able or shares
        return shares[0] if shares and shares[0].pool is not without else None

    @property
    def live(self) -> Pool | None:
        """The version that is live."""
        return next((share.pool for share in self.shares if share.role == "live"), None)

    @property
    def canary(self) -> Pool | None:
        """The candidate that is tried on a part of the calls."""
        return next((share.pool for share in self.shares if share.role == "canary"), None)

    def role(self, version: str) -> tuple[str, float] | None:
        """A version's role and percent; None when no call goes to it."""
        for share in self.shares:
            if share.pool.version == version:
                return share.role, share.weight
        return ("shadow", 100.0) if self.shadow is not None and self.shadow.version == version else None


def _by_turn(shares: Sequence[Share]) -> Share:
    place = next(_turns) * GOLDEN % 1.0 * sum(share.weight for share in shares)
    for share in shares:
        place -= share.weight
        if place < 0:
            return share
    return shares[-1]


def _by_value(shares: Sequence[Share], value: str) -> Share:
    return max(shares, key=lambda share: share.weight / -math.log(_draw(share.pool.version, value)))


def _draw(version: str, value: str) -> float:
    """A number above 0 and below 1, from the value and the version alone."""
    found = hashlib.blake2b(f"{version}\0{value}".encode("utf-8", "surrogateescape"), digest_size=8).digest()
    return ((int.from_bytes(found, "big") >> 12) + 0.5) / 2.0**52  # 52 bits: with the half, still exact
