"""Texts that want to be script. Each calls `hit` of the page itself; from inside a sandbox it cannot."""

from __future__ import annotations

from playwright.sync_api import Page

PAYLOADS = [
    "<script>top.hit()</script>",
    "<img src=x onerror=top.hit()>",
    "<svg onload=top.hit()>",
    "\"><img src=x onerror='top.hit()'>",
    "'><svg/onload=top.hit()>",
    "</title><script>top.hit()</script>",
    "</script><script>top.hit()</script>",
    "<iframe srcdoc='<script>top.hit()</script>'></iframe>",
    "<details open ontoggle=top.hit()>",
    "<video><source onerror=top.hit()></video>",
    "<input autofocus onfocus=top.hit()>",
    "<style onload=top.hit()></style>",
    "<a href='javascript:top.hit()'>here</a>",
    "%1<img src=x onerror=top.hit()>%2",
]
COUNT = "window.hits = 0; window.hit = () => { window.hits += 1; }"


def count_hits(page: Page) -> None:
    """Count what runs, from the page's start on; and make sure that these payloads run where they can."""
    control = page.context.new_page()
    control.set_content("<main></main>")
    control.evaluate(COUNT)
    control.evaluate("payloads => { document.querySelector('main').innerHTML = payloads.join('<hr>'); }", PAYLOADS)
    control.wait_for_function("window.hits >= 5")
    control.close()
    page.add_init_script(f"if (window === top) {{ {COUNT} }}")


def hits(page: Page) -> int:
    """How many ran in the page."""
    found: int = page.evaluate("window.hits")
    return found
