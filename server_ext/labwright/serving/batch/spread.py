"""Scores the parts, several at a time on a cluster or one after the other here, and gives their results in order."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Generator, Iterable
from dataclasses import dataclass
from typing import Any

from labwright.errors import InvalidError, UnavailableError
from labwright.serving.batch import work
from labwright.serving.batch.models_found import Found
from labwright.serving.batch.parts import Part

AHEAD = 2  # parts on their way for each thread of the cluster
TRIES = 3


class PartFailed(InvalidError):
    """A part could not be scored; the message says which rows."""

    def __init__(self, part: Part, failed: work.Failed) -> None:
        words = part.words
        super().__init__(
            f"{words[0].upper()}{words[1:]} could not be scored: {failed.words.rstrip('.')}. Nothing was written.",
            code="part_failed",
        )
        self.trace = failed.trace


def here(model: Found, parts: Iterable[Part], keep: list[str]) -> Generator[tuple[Part, Any], None, None]:
    """In this process."""
    for part in parts:
        yield part, _good(part, work.score(model.path, model.digest, part.rows, keep))


@dataclass
class _Sent:
    part: Part
    future: Any
    tries: int = 1


def on_cluster(
    client: Any, model: Found, parts: Iterable[Part], keep: list[str]
) -> Generator[tuple[Part, Any], None, None]:
    """On the workers of a Dask cluster; only a few parts are on their way at a time. Errors: UnavailableError."""
    threads = sum(client.nthreads().values())
    if not threads:
        raise UnavailableError("The cluster has no workers; %cluster scale 2 gives it some.", code="no_workers")
    waiting: deque[_Sent] = deque()
    source = iter(parts)

    def send(part: Part) -> Any:
        # A part of a file is a path and numbers; rows of the notebook travel to one worker and stay there.
        rows = part.rows if hasattr(part.rows, "read") else _again(lambda: client.scatter(part.rows, hash=False))
        return client.submit(work.score, model.path, model.digest, rows, keep, pure=False)

    def fill() -> None:
        while len(waiting) < AHEAD * threads and (part := next(source, None)) is not None:
            waiting.append(_Sent(part, send(part)))

    try:
        fill()
        while waiting:
            sent = waiting[0]
            try:
                found = sent.future.result()
            except Exception as error:  # not the model's, which are `Failed`: a worker died, and took the rows with it
                if sent.tries >= TRIES:
                    raise UnavailableError(
                        f"The workers that scored {sent.part.words} died {TRIES} times ({type(error).__name__}); the "
                        "model may need more memory than a worker has. Nothing was written.",
                        code="worker_died",
                    ) from None
                sent.future, sent.tries = send(sent.part), sent.tries + 1
                continue
            waiting.popleft()
            fill()
            yield sent.part, _good(sent.part, found)
    finally:
        client.cancel([sent.future for sent in waiting])


def _again(does: Callable[[], Any]) -> Any:
    """Do it again when a worker died in that moment. Errors: UnavailableError."""
    for left in reversed(range(10)):
        try:
            return does()
        except (OSError, TimeoutError, RuntimeError) as error:
            if not left:
                raise UnavailableError(
                    f"The cluster takes no rows ({type(error).__name__}); %cluster shows its workers.",
                    code="no_workers",
                ) from None
            time.sleep(0.5)
    raise AssertionError


def _good(part: Part, found: Any) -> Any:
    if isinstance(found, work.Failed):
        raise PartFailed(part, found)
    return found
