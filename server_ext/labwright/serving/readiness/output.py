"""A readiness card as a notebook's output: for Labwright's page, for sanitizers (a plain table), for a terminal."""

from __future__ import annotations

from html import escape
from typing import Any

from labwright import output
from labwright.serving.readiness.models import Check, ReadinessCard, Verdict

MIME = "application/vnd.labwright.readiness.v1+json"
FIGURES = 12  # of a check; with names and words of this length a card stays far below 50 KB
LONGEST_NAME = 80
LONGEST_WORDS = 600
BAR = 20
# A sign, a colour that reads on light and on dark, and the word.
LOOKS = {
    Verdict.passed: ("✓", "#2da44e", "pass"),
    Verdict.warned: ("!", "#bf8700", "warn"),
    Verdict.failed: ("✗", "#e5534b", "fail"),
    Verdict.waiting: ("·", "#888", "…"),
}
HEADS = {
    Verdict.passed: "ready",
    Verdict.warned: "ready, with warnings",
    Verdict.failed: "not ready",
    Verdict.waiting: "being checked",
}


def bundle(card: ReadinessCard, step: str = "", progress: float = 0.0) -> dict[str, Any]:
    """The MIME bundle; `step` is what goes on now, `progress` 0 to 1."""
    shown = _trimmed(card)
    return {
        MIME: {"card": shown.model_dump(mode="json"), "step": step, "progress": progress},
        "text/html": _html(shown, step, progress),
        "text/plain": _text(shown, step, progress),
    }


def headline(card: ReadinessCard) -> str:
    """What it is about and what it says, in a line."""
    version = f", version {card.version}" if card.version else ""
    run = f" of run {card.run_name}" if card.run_name else ""
    return f"{card.endpoint}{version}{run}: {HEADS[card.verdict]}"


def decided(card: ReadinessCard) -> str:
    """Who went on in spite of what; empty where nothing is to be said."""
    if card.decided == "go" and card.reason:
        return f"Gone on with the reason: {card.reason}"
    return "Stopped; nothing was changed." if card.decided == "stop" else ""


def bar(step: str, progress: float) -> str:
    """A line of progress; empty where nothing goes on."""
    done = round(min(max(progress, 0), 1) * BAR)
    return f"{'█' * done}{'░' * (BAR - done)} {step} …" if step else ""


def _html(card: ReadinessCard, step: str, progress: float) -> str:
    _, colour, _ = LOOKS[card.verdict]
    rows = "".join(_row(check) for check in card.checks)
    lines = [line for line in (decided(card), bar(step, progress)) if line]
    below = "".join(f'<div style="font-size:13px;padding:2px 0">{escape(line)}</div>' for line in lines)
    head = f'<div style="font-size:13px"><b style="color:{colour}">●</b> <b>{escape(headline(card))}</b></div>'
    return f'<div>{head}<table style="{output.TABLE}">{rows}</table>{below}</div>'


def _row(check: Check) -> str:
    sign, colour, word = LOOKS[check.verdict]
    figures = _figures(check)
    small = f'<div style="font-size:12px;{output.MUTED}">{escape(figures)}</div>' if figures else ""
    cells = (
        f'<b style="color:{colour}">{sign}&nbsp;{word}</b>',
        f"<b>{escape(check.title)}</b>",
        f"{escape(check.words)}{small}",
    )
    style = f"{output.CELL};vertical-align:top"
    inside = [f'<td style="{style}">{cell}</td>' for cell in cells]
    return f"<tr>{''.join(inside)}</tr>"


def _figures(check: Check) -> str:
    return " · ".join(f"{figure.name}: {figure.value}" for figure in check.figures)


def _text(card: ReadinessCard, step: str, progress: float) -> str:
    width = max((len(check.title) for check in card.checks), default=0)
    lines = [headline(card)]
    for check in card.checks:
        sign, _, word = LOOKS[check.verdict]
        lines.append(f"  {sign} {word:<4}  {check.title:<{width}}  {check.words}".rstrip())
        if check.figures:
            lines.append(f"{'':<{width + 12}}{_figures(check)}")
    return "\n".join([*lines, *(line for line in (decided(card), bar(step, progress)) if line)])


def _trimmed(card: ReadinessCard) -> ReadinessCard:
    return card.model_copy(
        update={
            "reason": _short(card.reason, LONGEST_WORDS) if card.reason else card.reason,
            "run_name": _short(card.run_name, LONGEST_NAME) if card.run_name else card.run_name,
            "checks": [_trimmed_check(check) for check in card.checks],
        }
    )


def _trimmed_check(check: Check) -> Check:
    figures = [
        figure.model_copy(update={"name": _short(figure.name), "value": _short(figure.value)})
        for figure in check.figures[:FIGURES]
    ]
    return check.model_copy(update={"words": _short(check.words, LONGEST_WORDS), "figures": figures, "details": {}})


def _short(text: str, most: int = LONGEST_NAME) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
