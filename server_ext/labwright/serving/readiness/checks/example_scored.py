"""Does the model answer its own example, in the process that will serve it?"""

from __future__ import annotations

import json
from typing import Any

from labwright.serving.readiness.contributions import Found, Stop, failed, passed
from labwright.serving.readiness.subject import Subject

SHOWN = 3
LONGEST = 60
CAUSES = "look at its preprocessing, log it again, and promote the new run"


def example_scored(subject: Subject, _stop: Stop) -> Found:
    """Score it: an error, a number that is none, or another number of answers than of rows fails."""
    example = subject.card["example"]
    reply = subject.score(subject.version.version, example)
    if "error" in reply:
        return failed(f"The model fails on its own input example: {_short(str(reply['error']), 300)}")
    answers, rows = reply["predictions"], len(example["data"])
    if not isinstance(answers, list) or len(answers) != rows:
        many = f"{len(answers)} answers" if isinstance(answers, list) else "one answer"
        return failed(
            f"The model gives {many} for {rows} rows; callers expect one for each row: return one in predict.",
            ("rows", str(rows)), ("answers", str(len(answers)) if isinstance(answers, list) else "1"),
        )  # fmt: skip
    figures = [(f"answer to row {place + 1}", _short(_text(answer))) for place, answer in enumerate(answers[:SHOWN])]
    # NaN travels as null. Where the signature says numbers, or other answers are, none is meant to be missing.
    bad = sum(is_missing(answer) for answer in answers)
    if bad and (_numeric(subject.card) or any(is_number(answer) for answer in answers)):
        return failed(f"{bad} of {rows} answers to its own input example are no number (NaN); {CAUSES}.", *figures)
    if bad == rows:
        return failed(f"All answers to its own input example are empty; {CAUSES}.", *figures)
    return passed("The process that will serve it answers its input example.", *figures)


def _numeric(card: dict[str, Any]) -> bool:
    outputs = (card["signature"] or {}).get("outputs", [])
    kinds = ("double", "float", "integer", "long", "tensor of float", "tensor of int")
    return bool(outputs) and all(str(column["type"]).startswith(kinds) for column in outputs)


def is_missing(answer: Any) -> bool:
    """Whether an answer, or a part of it, is nothing: NaN travels as null."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    return any(is_missing(one) for one in answer) if isinstance(answer, list) else answer is None


def is_number(answer: Any) -> bool:
    """Whether an answer, or a part of it, is a number."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list):
        return any(is_number(one) for one in answer)
    return isinstance(answer, (int, float)) and not isinstance(answer, bool)


def _text(answer: Any) -> str:
    return f"{answer:.6g}" if isinstance(answer, float) else json.dumps(answer, ensure_ascii=False)


def _short(text: str, most: int = LONGEST) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
