"""From rows to an answer: which version answers, the model's own refusal in words, and the line in the log."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from labwright.serving.plane.http import Call
from labwright.serving.plane.pool import Pool
from labwright.serving.plane.scoring import BadRequest, Rows, Schema
from labwright.serving.plane.traffic import Traffic
from labwright.serving.plane.waiting import Unavailable
from labwright.serving.prediction_log import Writer


@dataclass(slots=True)
class Answer:
    """`predictions` is JSON text; `result` says how to rebuild what the model gave (see `values.rebuild`)."""

    predictions: str
    result: str
    version: str


class Asker:
    """Holds what serves now: `traffic` is one immutable object, so a swap of versions is one assignment."""

    def __init__(self, name: str, writer: Writer) -> None:
        self.name, self.log, self.predictions, self.refused = name, writer, 0, 0
        self.traffic = Traffic()

    @property
    def live(self) -> Pool | None:
        """The version that is live."""
        return self.traffic.live

    async def ask(self, call: Call, parse: Callable[[Schema], Rows]) -> Answer:
        """Answer a call whose body was read; `parse` makes it rows for the version that is chosen. It is logged.

        Errors: BadRequest, Unavailable; both are logged too.
        """
        share = self.traffic.choose(call)  # from here to the queue no swap of versions can come between
        live = share.pool if share else None
        try:
            if live is None:
                raise Unavailable("Nothing is promoted to this endpoint yet.")
            wanted = parse(live.schema)
            text = _text(wanted.data)
            found = await live.answer(wanted, text)
            _raise_refusal(live, wanted, found)
        except (BadRequest, Unavailable) as error:
            self.refuse(call, error, live.version if live else None)
            raise
        rows, latency = len(wanted.data), (time.perf_counter() - call.begin) * 1000
        columns = json.dumps(wanted.columns or ["input"])
        data = text if wanted.columns else f"[{','.join(f'[{json.dumps(item)}]' for item in wanted.data)}]"
        self.predictions += rows
        self.log.write(call.request_id, call.at, live.version, 200, latency, rows, columns, data, found["predictions"])
        return Answer(found["predictions"], found["result"], live.version)

    def refuse(self, call: Call, error: BadRequest | Unavailable, version: str | None = None) -> None:
        """Log a call that gets no answer."""
        self.refused += 1
        status = error.status if isinstance(error, BadRequest) else 503
        self.log.write(call.request_id, call.at, version, status, (time.perf_counter() - call.begin) * 1000, 0)


def _raise_refusal(live: Pool, wanted: Rows, found: dict[str, Any]) -> None:
    if "code" in found:
        raise BadRequest(found["error"], status=found["status"], code=found["code"])
    if "error" in found:
        if found["status"] == 422:
            raise BadRequest(live.schema.explain(wanted, found["error"]))
        raise BadRequest("The model failed on this input; its log has more.", status=500, code="model_failed")


def _text(data: list[Any]) -> str:
    try:
        return json.dumps(data, allow_nan=False)
    except ValueError:  # 1e999 in JSON, inf in CSV
        words = "A number is infinite or too large for a float; leave its row out, or send null for a missing value."
        raise BadRequest(words) from None
