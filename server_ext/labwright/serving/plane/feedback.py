"""POST /feedback: what came true for a request that was answered; see `prediction_log.feedback`."""

from __future__ import annotations

import json

from labwright.serving.plane.asking import Asker
from labwright.serving.plane.http import Call, Handler, Reply, busy
from labwright.serving.plane.scoring import BadRequest
from labwright.serving.prediction_log import BadFeedback, FeedbackWriter
from labwright.serving.prediction_log.feedback import checked


def routes(asker: Asker) -> dict[str, dict[str, Handler]]:
    """Paths, and the handler of each method."""
    writer = FeedbackWriter(asker.log.folder)

    async def feedback(call: Call) -> Reply:
        items = _items(await call.body())
        try:
            writer.write(items, call.consumer)
            kept = not asker.log.policy.fsync or await writer.settled()
        except OSError:
            kept = False
        if not kept:
            return busy("The feedback could not be written down: the disk may be full. Send it again later.")
        return Reply(202, json.dumps({"accepted": len(items)}).encode(), {"content-type": "application/json"})

    return {"/feedback": {"POST": feedback}}


def _items(body: bytes) -> list[tuple[str, object]]:
    try:
        return checked(json.loads(body, parse_constant=_constant))
    except BadFeedback as error:
        raise BadRequest(str(error)) from None
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.", status=400, code="not_json") from None


def _constant(name: str) -> None:
    raise BadRequest(f"{name} is not JSON; send null for a missing value.", status=400, code="not_json")
