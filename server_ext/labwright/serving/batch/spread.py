"""Scores the parts, several at a time on a cluster or one after the other here, and gives their results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from typing import Any

from labwright.errors import InvalidError, UnavailableError
from labwright.serving.batch import work
from labwright.serving.batch.models_found import Found
from labwright.serving.batch.sources import Part

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
    from distributed import CancelledError, KilledWorker

    threads = sum(client.nthreads().values())
    if not threads:
        raise UnavailableError("The cluster has no workers; %cluster scale 2 gives it some.", code="no_workers")
    waiting: deque[_Sent] = deque()
    source = iter(parts)

    def send(part: Part) -> Any:
        # A part of a file is a path and numbers; rows of the notebook travel to one worker, not through the scheduler.
        rows = part.rows if hasattr(part.rows, "read") else client.scatter(part.rows, hash=False)
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
            except (CancelledError, KilledWorker):  # its worker died, and took the rows with it
                if sent.tries >= TRIES:
                    raise UnavailableError(
                        f"The workers that scored {sent.part.words} died {TRIES} times; the model may need more memory "
                        "than a worker has. Nothing was written.",
                        code="worker_died",
                    ) from None
                sent.future, sent.tries = send(sent.part), sent.tries + 1
                continue
            waiting.popleft()
            fill()
            yield sent.part, _good(sent.part, found)
    finally:
        client.cancel([sent.future for sent in waiting])


def _good(part: Part, found: Any) -> Any:
    if isinstance(found, work.Failed):
        raise PartFailed(part, found)
    return found
