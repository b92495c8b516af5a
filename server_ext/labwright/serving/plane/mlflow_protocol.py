"""MLflow's scoring protocol: /invocations, /ping, /health, /version."""

from __future__ import annotations

from labwright.serving.plane.asking import Asker
from labwright.serving.plane.http import Call, Handler, Reply, busy, json_reply
from labwright.serving.plane.scoring import BadRequest, parse
from labwright.serving.plane.waiting import Unavailable


def routes(asker: Asker) -> dict[str, dict[str, Handler]]:
    """Paths, and the handler of each method."""

    async def invocations(call: Call) -> Reply:
        try:
            body = await call.body()
        except (BadRequest, Unavailable) as error:
            asker.refuse(call, error)
            raise
        answer = await asker.ask(call, lambda schema: parse(body, call.headers.get("content-type", ""), schema))
        headers = {"content-type": "application/json", "x-labwright-version": answer.version}
        if len(answer.result) < 4000 and answer.result.isascii() and answer.result.isprintable():
            headers["x-labwright-result"] = answer.result
        return Reply(200, b'{"predictions": ' + answer.predictions.encode() + b"}", headers)

    async def ping(_call: Call) -> Reply:
        live = asker.live
        if live is None or live.state != "ready":
            return busy("The model is not ready yet." if live else "Nothing is promoted to this endpoint yet.")
        return Reply(200, b"\n", {"content-type": "application/json"})

    async def version(_call: Call) -> Reply:
        return json_reply({"endpoint": asker.name, "version": asker.live.version if asker.live else None})

    return {
        "/invocations": {"POST": invocations},
        "/ping": {"GET": ping},
        "/health": {"GET": ping},
        "/version": {"GET": version},
    }
