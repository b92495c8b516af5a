"""The page about an endpoint, from its OpenAPI document: plain HTML, light and dark, no script, nothing from elsewhere.

All text is untrusted (names of columns, values of the example) and is escaped; a policy forbids script even so.
"""

from __future__ import annotations

import json
from html import escape
from typing import Any

POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
HEADERS = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": POLICY,
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
STYLE = """
:root { color-scheme: light dark; --line: #d0d7de; --soft: #f6f8fa; --quiet: #57606a; --accent: #0969da }
@media (prefers-color-scheme: dark) { :root { --line: #3d444d; --soft: #1c2128; --quiet: #9198a1; --accent: #4493f8 }
  body { background: #0d1117; color: #e6edf3 } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 54rem; margin: 2.5rem auto 5rem; padding: 0 1.25rem }
h1 { font-size: 1.6rem; margin: 0 } h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem }
h3 { font-size: 1rem; margin: 1.75rem 0 .35rem } p { margin: .4rem 0 } .quiet { color: var(--quiet) }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .3rem .75rem .3rem 0;
  border-bottom: 1px solid var(--line); vertical-align: top } th { font-weight: 600 }
code, pre { font: 13px/1.5 ui-monospace, monospace } code { overflow-wrap: anywhere }
pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; padding: .75rem; overflow: auto;
  max-height: 24rem; margin: .4rem 0 }
.verb { color: var(--accent); font: 600 13px ui-monospace, monospace; margin-right: .5rem }
summary { cursor: pointer; color: var(--quiet); margin: .4rem 0 }
"""


def page(document: dict[str, Any]) -> str:
    """The page."""
    schemas, info = document["components"]["schemas"], document["info"]
    parts = [
        f"<h1>{escape(info['title'])}</h1><p class=quiet>{escape(info['description'])} Address: "
        f"<code>{escape(document['servers'][0]['url'])}</code></p>",
        "<h2>Token</h2><p>Every call takes a bearer token: <code>Authorization: Bearer TOKEN</code>. The owner’s is "
        "what <code>labwright token</code> prints; the owner makes tokens for others, and revokes them, on the "
        "endpoint’s tab in JupyterLab.</p>",
        "<h2>Inputs</h2>",
        _inputs(schemas),
        "<h2>Prediction</h2>",
        _columns(schemas["Prediction"]),
        "<h2>Calls</h2>",
        *(_call(path, verb, found) for path, verbs in document["paths"].items() for verb, found in verbs.items()),
        "<h2>Errors</h2><p>An error is JSON: <code>detail</code> (below <code>/v2</code> it is <code>error</code>) "
        "says in a sentence what to do, <code>code</code> is the same for the same error. 4xx: the request must be "
        "another one. 503: try again after <code>Retry-After</code> seconds.</p>",
        f"<details><summary>OpenAPI 3.1, also at <code>/openapi.json</code></summary>{_pre(document)}</details>",
    ]
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{escape(info["title"])}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}</style></head><body>'
        f"{''.join(parts)}</body></html>"
    )


def _inputs(schemas: dict[str, Any]) -> str:
    if "Inputs" in schemas:
        return f"<p>One tensor: <code>{escape(schemas['Inputs']['properties']['inputs']['description'])}</code>.</p>"
    return _columns(schemas["Row"])


def _columns(schema: dict[str, Any]) -> str:
    if not schema.get("properties"):
        kind = schema.get("description")
        return (
            f"<p><code>{escape(kind)}</code>, an item for each row.</p>"
            if kind
            else "<p>The model has no signature.</p>"
        )
    rows = "".join(
        f"<tr><td><code>{escape(name)}</code></td><td>{escape(str(found.get('description', '')))}</td>"
        f"<td>{'' if name in schema['required'] else 'may be left out'}</td></tr>"
        for name, found in schema["properties"].items()
    )
    return f"<table><tr><th>Column</th><th>Type</th><th></th></tr>{rows}</table>"


def _call(path: str, verb: str, found: dict[str, Any]) -> str:
    head = f"<h3><span class=verb>{escape(verb.upper())}</span><code>{escape(path)}</code></h3>"
    content = found.get("requestBody", {}).get("content", {})
    kinds = f" Takes {', '.join(map(escape, content))}." if content else ""
    examples = content.get("application/json", {}).get("examples", {})
    bodies = "".join(_pre(example["value"]) for example in examples.values())
    return f"{head}<p>{escape(found['summary'])}.{kinds}</p>{bodies}"


def _text(value: Any, indent: str = "") -> str:
    """JSON as a person reads it: what holds plain values only stays on a line."""
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    line = json.dumps(value, ensure_ascii=False)
    if not any(isinstance(item, (dict, list)) for item in inner) and len(line) < 100:
        return line
    deeper = f"{indent}  "
    if isinstance(value, dict):
        items = [f"{json.dumps(name, ensure_ascii=False)}: {_text(item, deeper)}" for name, item in value.items()]
        return f"{{\n{deeper}" + f",\n{deeper}".join(items) + f"\n{indent}}}"
    if isinstance(value, list):
        return f"[\n{deeper}" + f",\n{deeper}".join(_text(item, deeper) for item in value) + f"\n{indent}]"
    return line


def _pre(value: Any) -> str:
    text = _text(value)
    return f"<pre>{escape(text if len(text) <= 20_000 else text[:20_000] + ' …')}</pre>"
