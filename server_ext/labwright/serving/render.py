"""How endpoints look in an output that travels (plain tables that every sanitizer lets pass), and in a command."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from html import escape
from typing import Any

from labwright import output
from labwright.serving.models import Endpoint, Registered

SIGNS = {"ready": ("●", "#2da44e"), "starting": ("●", "#2f81f7"), "failed": ("✗", "#e5534b"), "stopped": ("○", "#888")}


def card(endpoint: Endpoint, note: str = "") -> dict[str, Any]:
    """The MIME bundle of one endpoint."""
    facts = [("address", endpoint.url or "not yet"), *_live(endpoint), ("predictions", f"{endpoint.predictions:,}")]
    if endpoint.signature:
        facts.append(
            ("takes", ", ".join(f"{column.name} ({column.type})" for column in endpoint.signature.inputs[:30]))
        )
    facts += [
        ("isolation", endpoint.isolation),
        ("goes on", f"until labwright stop {endpoint.name}; it needs neither this notebook nor JupyterLab"),
    ]
    if endpoint.message:
        facts.insert(0, ("message", endpoint.message))
    rows = "".join(output.row(fact, [f"{output.CELL};{output.MUTED}"]) for fact in facts)
    sign, colour = SIGNS[endpoint.state]
    head = (
        f'<div style="font-size:13px"><b style="color:{colour}">{sign}</b> Endpoint <b>{escape(endpoint.name)}</b>: '
        f"{escape(endpoint.state)}. {escape(note)}</div>"
    )
    text = "\n".join([f"{sign} Endpoint {endpoint.name}: {endpoint.state}. {note}".rstrip(),
                      *(f"  {name:<12} {value}" for name, value in facts)])  # fmt: skip
    return {"text/html": f'<div>{head}<table style="{output.TABLE}">{rows}</table></div>', "text/plain": text}


def _live(endpoint: Endpoint) -> list[tuple[str, str]]:
    if endpoint.live is None:
        return []
    run = endpoint.live.run_name or endpoint.live.run_id
    return [("version", f"{endpoint.live.version}{f' of run {run}' if run else ''}"),
            ("digest", f"{endpoint.live.digest[:16]}…")]  # fmt: skip


def table(endpoints: Sequence[Endpoint]) -> dict[str, Any]:
    """The MIME bundle of several endpoints."""
    if not endpoints:
        return output.words("No endpoints yet; %promote RUN --to NAME makes one.")
    heads = ("endpoint", "state", "version", "run", "predictions", "address")
    rows = [
        (
            item.name, str(item.state), item.live.version if item.live else "", (item.live.run_name or "") if item.live
            else "", f"{item.predictions:,}", item.url or "",
        )
        for item in endpoints
    ]  # fmt: skip
    return output.bundle(heads, rows)


def registered(found: Registered) -> dict[str, Any]:
    """The MIME bundle of a version that was registered."""
    html = (
        f'<div style="font-size:13px">Registered model <b>{escape(found.name)}</b>, version '
        f"<b>{escape(found.version)}</b>: {escape(found.message)}</div>"
    )
    return {"text/html": html, "text/plain": f"Registered model {found.name}, version {found.version}: {found.message}"}


def progress(name: str, step: str, share: float) -> dict[str, Any]:
    """The MIME bundle of a promotion that goes on."""
    done = round(share * 20)
    bar = "█" * done + "░" * (20 - done)
    html = f'<div style="font-size:13px"><code>{bar}</code> {escape(name)}: {escape(step)} …</div>'
    return {"text/html": html, "text/plain": f"{bar} {name}: {step} …"}


def curl(name: str, url: str, data: str, path: str = "invocations") -> str:
    """A command that asks the endpoint; it hands the token on by a pipe, where no list of processes shows it."""
    return (
        f"labwright token {name} --header | curl -sS --noproxy 127.0.0.1 {url}/{path} \\\n"
        f"  -H @- -H 'Content-Type: application/json' \\\n  --data-binary {shlex.quote(data)}"
    )
