"""A proxy is for other machines: what goes to this one, a token among it, must not be shown to it."""

from __future__ import annotations

from collections.abc import Mapping

LOOPBACK = ("127.0.0.1", "localhost")


def without_proxy(environment: Mapping[str, str]) -> dict[str, str]:
    """NO_PROXY (in both ways of writing it) with this machine's own addresses added to what is there."""
    names = ("NO_PROXY", "no_proxy")
    there = [host.strip() for name in names for host in environment.get(name, "").split(",") if host.strip()]
    hosts = ["*"] if "*" in there else list(dict.fromkeys([*there, *LOOPBACK]))
    return dict.fromkeys(names, ",".join(hosts))
