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
    # Elements that load or fail to.
    "<img src=x:x onerror=top.hit()//",
    "<image src=x onerror=top.hit()>",
    "<IMG SRC=x OnErRoR=top.hit()>",
    "<img/src=x\tonerror\n=\rtop.hit()>",
    "<img src=x onerror=&#116;op.hit()>",
    "<img src=x onerror=top['hit']()>",
    "<img srcset=x onerror=top.hit()>",
    "<picture><source srcset=x><img src=x onerror=top.hit()></picture>",
    "<audio src=x onerror=top.hit()>",
    "<video src=x onerror=top.hit()>",
    "<video poster=x onloadstart=top.hit()><source src=x></video>",
    "<object data=x: onerror=top.hit()></object>",
    "<object data='data:text/html,<script>top.hit()</script>'></object>",
    "<embed src='javascript:top.hit()'>",
    "<iframe src='javascript:top.hit()'></iframe>",
    "<iframe onload=top.hit()></iframe>",
    "<frameset onload=top.hit()>",
    "<body onload=top.hit()>",
    "<link rel=stylesheet href='data:text/css,' onload=top.hit()>",
    "<script src='data:text/javascript,top.hit()'></script>",
    "<script type=module>top.hit()</script>",
    # Elements that wait for an event, which they bring about themselves.
    "<select autofocus onfocus=top.hit()>",
    "<textarea autofocus onfocus=top.hit()></textarea>",
    "<div contenteditable autofocus onfocus=top.hit()>x</div>",
    "<a href=# autofocus onfocus=top.hit()>x</a>",
    "<marquee onstart=top.hit()>x</marquee>",
    "<x style='animation: lw-turn 1s' onanimationstart=top.hit()>x</x>",
    "<style>@keyframes k{}</style><b style='animation: k 1s' onanimationend=top.hit()>x</b>",
    "<details ontoggle=top.hit() open><summary>x</summary></details>",
    "<dialog open onclose=top.hit()></dialog>",
    # SVG and MathML.
    "<svg><script>top.hit()</script></svg>",
    "<svg><image href=x onerror=top.hit()></svg>",
    "<svg><animate onbegin=top.hit() attributeName=x dur=1s></svg>",
    "<svg><set onbegin=top.hit() attributeName=x></svg>",
    "<svg><a href='javascript:top.hit()'><text>x</text></a></svg>",
    "<svg><foreignObject><img src=x onerror=top.hit()></foreignObject></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=top.hit()></style></mglyph></table></mtext></math>",
    "<svg><style><img src=x onerror=top.hit()></style></svg>",
    # Out of the text that stands around.
    "--><img src=x onerror=top.hit()>",
    "]]><img src=x onerror=top.hit()>",
    "</textarea><img src=x onerror=top.hit()>",
    "</style><img src=x onerror=top.hit()>",
    "</noscript><img src=x onerror=top.hit()>",
    "'-top.hit()-'",
    "${top.hit()} {{top.hit()}} #{top.hit()}",
    "javascript:top.hit()",
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
