"""What a Jupyter server says when it ends: what goes on without it, and the command that stops each."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from labwright.door.link import Link


async def farewell(link: Link) -> str:
    """The words, or nothing when nothing goes on. Starts nothing."""
    from labwright.door.link import connection
    from labwright.state import folders, read_token

    state = await link.running()
    if state is None:
        return ""
    async with connection(state, read_token(folders(make=False))) as http:
        status = (await http.get("/status", timeout=1.5)).raise_for_status().json()
    going_on = [(f"{item['capability']}: {item['name']} ({item['what']})", item["stop"]) for item in status["going_on"]]
    lines = [*going_on, ("the labwright service", "labwright stop")]
    if going_on:
        lines.append(("all of it", "labwright stop --all"))
    width = max(len(what) for what, _ in lines)
    said = [f"  {what:<{width}}  stop it with: {stop}" for what, stop in lines]
    return "\n".join(["Labwright goes on without this Jupyter server:", *said])
