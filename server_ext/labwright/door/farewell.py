"""What a Jupyter server says when it ends: what goes on without it, and the command that stops each."""

from __future__ import annotations

import contextlib
import sys

ANSWER_SECONDS = 1.5


class Farewell:
    """Said once, on the terminal: by Jupyter's own stop, or as the process exits where Jupyter skips that.

    (Without a terminal on standard input, Jupyter takes SIGINT as a KeyboardInterrupt and calls no extension.)
    """

    def __init__(self) -> None:
        self._said = False

    def say(self) -> None:
        """Blocks for a moment. A server that ends must end, whatever the service does."""
        if self._said:
            return
        self._said = True
        with contextlib.suppress(Exception):
            text = words()
            if text:
                print(text, file=sys.stderr, flush=True)


def words() -> str:
    """What goes on, or nothing when nothing does. Starts nothing."""
    from labwright.client import connection
    from labwright.state import folders, running_service

    where = folders(make=False)
    state = running_service(where)
    if state is None:
        return ""
    with connection(state, where) as http:
        status = http.get("/status", timeout=ANSWER_SECONDS).raise_for_status().json()
    going_on = [(f"{item['capability']}: {item['name']} ({item['what']})", item["stop"]) for item in status["going_on"]]
    lines = [*going_on, ("the labwright service", "labwright stop")]
    if going_on:
        lines.append(("all of it", "labwright stop --all"))
    width = max(len(what) for what, _ in lines)
    said = [f"  {what:<{width}}  stop it with: {stop}" for what, stop in lines]
    return "\n".join(["Labwright goes on without this Jupyter server:", *said])
