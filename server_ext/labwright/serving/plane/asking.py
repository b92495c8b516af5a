"""From rows to an answer: which version answers, the model's own refusal in words, and the line in the log."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from labwright.serving.plane import logged
from labwright.serving.plane.figures import SHADOW, Figures
from labwright.serving.plane.http import Call
from labwright.serving.plane.pool import Pool
from labwright.serving.plane.rows import BadRequest, Rows, Tensor
from labwright.serving.plane.scoring import Schema
from labwright.serving.plane.shadow import Copies
from labwright.serving.plane.traffic import Share, Traffic
from labwright.serving.plane.waiting import Unavailable
from labwright.serving.prediction_log import Writer

CANARY = "canary"
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Answer:
    """`predictions` is JSON text; `result` says how to rebuild what the model gave (see `values.rebuild`).

    Where a raw answer was asked for (`Rows.raw_answer`) and the model gave numbers, they are in `tensors` instead.
    """

    predictions: str
    result: str
    version: str
    tensors: tuple[Tensor, ...] = ()


class Asker:
    """Holds what serves now: `traffic` is one immutable object, so a swap of versions is one assignment."""

    def __init__(self, name: str, writer: Writer, figures: Figures | None = None) -> None:
        self.name, self.log, self.predictions, self.refused = name, writer, 0, 0
        self.figures = figures or Figures()
        self.traffic = Traffic()
        self.copies = Copies(self._copy)
        self._trials: dict[str, tuple[str, float]] = {}  # request → the canary that has it, and since when

    @property
    def live(self) -> Pool | None:
        """The version that is live."""
        return self.traffic.live

    async def ask(self, call: Call, parse: Callable[[Schema], Rows]) -> Answer:
        """Answer a call whose body was read; `parse` makes it rows for the version that is chosen. It is logged.

        Where a version has no process left, and where a canary fails or refuses, another one that can answers instead.
        Errors: BadRequest, Unavailable; both are logged too.
        """
        traffic = self.traffic
        share = traffic.choose(call)  # from here to the queue no swap of versions can come between
        if share is None:
            nothing = Unavailable("Nothing is promoted to this endpoint yet.")
            self.refuse(call, nothing)
            raise nothing
        try:
            if share.role == CANARY:
                self._trials[call.request_id] = share.pool.version, time.monotonic()
            answer = await self._answer(share.pool, share.role, call, parse)
        except (BadRequest, Unavailable) as error:
            answer = await self._otherwise(share, call, parse, error)
        finally:
            if share.role == CANARY:
                self._trials.pop(call.request_id, None)
        if traffic.shadow is not None:
            self.copies.offer(traffic.shadow, call, parse)
        return answer

    async def _answer(self, pool: Pool, role: str, call: Call, parse: Callable[[Schema], Rows]) -> Answer:
        """A version's answer, logged. What nobody foresaw is a failure of that version, as its own are."""
        try:
            return await self._answered(pool, role, call, parse)
        except (BadRequest, Unavailable):
            raise
        except Exception:
            log.exception("request %s, version %s", call.request_id, pool.version)
            words = "Something went wrong in the endpoint; its log has more."
            raise BadRequest(words, status=500, code="internal") from None

    async def _answered(self, pool: Pool, role: str, call: Call, parse: Callable[[Schema], Rows]) -> Answer:
        wanted = parse(pool.schema)
        wanted.text_ahead = wanted.kind == "csv" and self.log.policy.inputs  # of a large one this takes long
        found = await pool.answer(wanted)
        _raise_refusal(pool, wanted, found)
        rows, latency = found["rows"], _since(call)
        if role != SHADOW:
            self.predictions += rows
        self.figures.record(pool.version, role, 200, latency, rows, call.consumer)
        fields = logged.fields(wanted, pool.schema, found)
        if self.log.private:
            fields = await self.log.ready(fields)
        self.log.write(
            call.request_id, call.at, pool.version, 200, latency, rows, role=role, consumer=call.consumer, **fields
        )  # fmt: skip
        if self.log.policy.fsync:
            await self.log.settled()
        return Answer(found.get("predictions", ""), found["result"], pool.version, found.get("tensors", ()))

    async def _otherwise(
        self, share: Share, call: Call, parse: Callable[[Schema], Rows], error: BadRequest | Unavailable
    ) -> Answer:  # fmt: skip
        """Another version's answer to a call that one could not; what is its own fault is counted as its failure.

        Errors: `error` itself when nobody else can answer, what the other one raises.
        """
        status = _status(error)
        other = self.traffic.choose(call, without=share.pool) if status == 503 or share.role == CANARY else None
        if other is None or other.pool.state != "ready":
            self.refuse(call, error, share.pool.version, share.role)
            raise error
        if status >= 500:
            self.figures.record(share.pool.version, share.role, status, _since(call), 0)
        try:
            answer = await self._answer(other.pool, other.role, call, parse)
        except (BadRequest, Unavailable) as last:
            self.refuse(call, last, other.pool.version, other.role)
            raise
        if status < 500:  # it refused what another one answers
            self.figures.record(share.pool.version, share.role, 500, _since(call), 0)
        return answer

    def longest(self, version: str) -> float:
        """For how many seconds a canary has had the oldest call that it did not answer yet."""
        begins = [begin for name, begin in self._trials.values() if name == version]
        return time.monotonic() - min(begins) if begins else 0.0

    async def _copy(self, pool: Pool, call: Call, parse: Callable[[Schema], Rows]) -> None:
        """Ask the shadow, if it still is one; its latency is its own."""
        if pool is not self.traffic.shadow:
            return
        copied = replace(call, begin=time.perf_counter())
        try:
            await self._answer(pool, SHADOW, copied, parse)
        except (BadRequest, Unavailable) as error:
            self.refuse(copied, error, pool.version, SHADOW)

    def refuse(
        self, call: Call, error: BadRequest | Unavailable, version: str | None = None, role: str = "live"
    ) -> None:  # fmt: skip
        """Log a call that gets no answer."""
        if role != SHADOW:
            self.refused += 1
        self.figures.record(version, role, _status(error), _since(call), 0, call.consumer)
        self.log.write(
            call.request_id, call.at, version, _status(error), _since(call), 0, role=role, consumer=call.consumer
        )


def _status(error: BadRequest | Unavailable) -> int:
    return error.status if isinstance(error, BadRequest) else 503


def _since(call: Call) -> float:
    return (time.perf_counter() - call.begin) * 1000


def _raise_refusal(live: Pool, wanted: Rows, found: dict[str, Any]) -> None:
    if "code" in found:
        raise BadRequest(found["error"], status=found["status"], code=found["code"])
    if "error" in found:
        if found["status"] == 422:
            raise BadRequest(live.schema.explain(wanted, found["error"]))
        words = "The model failed on this input; the endpoint's log has more."
        if (gap := wanted.missing()) is not None:
            words = f"{words} Column {gap[0][:60]!r} has no value in row {gap[1]}, which not every model takes."
        raise BadRequest(words, status=500, code="model_failed")
