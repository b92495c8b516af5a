"""`lw.serving`: promote runs, ask endpoints. Predictions go to the endpoint itself; all else to the service."""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx

from labwright.client import shared
from labwright.errors import InvalidError, UnavailableError, from_problem
from labwright.serving import render, request_ids, values
from labwright.serving.api_consumers import new_token, revoke_token, tokens
from labwright.serving.api_history import history, lineage, rollback, served, served_runs
from labwright.serving.api_log import feedback, log, request_id
from labwright.serving.api_promotion import promote
from labwright.serving.api_score import score
from labwright.serving.api_settings import configure
from labwright.serving.api_traffic import traffic
from labwright.serving.folder import EndpointFolder
from labwright.serving.models import Endpoint, EndpointState, Expected, Register, Registered
from labwright.serving.naming import id_of_run, path
from labwright.serving.traffic_models import Canary

__all__ = [
    "Canary", "configure", "curl", "delete", "endpoint", "endpoints", "feedback", "history", "lineage", "log",
    "new_token", "predict", "promote", "register", "request_id", "revoke_token", "rollback", "score", "served",
    "served_runs", "start", "stop", "tokens", "traffic",
]  # fmt: skip

INLINE = 4000
PATIENCE = 60.0
# A 503 with these words stays one for a while.
HOPELESS = ("cannot be used", "could not be written")


class EndpointCard(Endpoint):
    """An endpoint that shows itself in a notebook. `note` says what was just done."""

    note: str = ""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return render.card(self, self.note)


class EndpointList(Sequence[EndpointCard]):
    """Endpoints that show themselves as a table. (A list of its own would be shown as any list.)"""

    def __init__(self, found: list[EndpointCard]) -> None:
        self._found = found

    def __len__(self) -> int:
        return len(self._found)

    def __getitem__(self, place: Any) -> Any:
        return self._found[place]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return render.table(self._found)


class RegisteredCard(Registered):
    """A registered version that shows itself in a notebook."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return render.registered(self)


@functools.cache
def _http() -> httpx.Client:
    return httpx.Client(transport=httpx.HTTPTransport(verify=False), timeout=httpx.Timeout(120, connect=5))


def register(
    run: str | Any = "last", name: str | None = None, *, experiment: str | None = None, by: str | None = None,
    model: str | None = None,
) -> RegisteredCard:  # fmt: skip
    """Register a run's model as a version of the registered model `name`, made if there is none; nothing is served.

    `run` is as in `promote`. Registering the same run again under the same name changes nothing, and says so.
    """
    if name is None:
        raise InvalidError("Under which name? Such as register(run, 'flights-delay').")
    run_id = run_with_model(run, experiment, by)
    try:
        body = Register(run_id=run_id, name=name, model=model)
    except ValueError:
        raise InvalidError(
            "A registered model's name is of letters, digits, spaces, dots, dashes and underscores.", code="name"
        ) from None
    found: RegisteredCard = shared().post("/serving/models", RegisteredCard, body)
    return found


def run_with_model(run: str | Any, experiment: str | None, by: str | None) -> str:
    """The id of the run that is meant; best and last are looked for among those that logged a model."""
    from labwright.experiments.api import find_run

    return str(find_run(id_of_run(run), experiment=experiment, by=by, with_model=True).run_id)


def endpoints() -> EndpointList:
    """All endpoints."""
    return EndpointList(shared().get("/serving/endpoints", list[EndpointCard]))


def endpoint(name: str) -> EndpointCard:
    """One endpoint."""
    found: EndpointCard = shared().get(f"/serving/endpoints/{path(name)}", EndpointCard)
    return found


def stop(name: str) -> EndpointCard:
    """End the endpoint's processes. `start` brings it back at the same address."""
    found: EndpointCard = shared().post(f"/serving/endpoints/{path(name)}/stop", EndpointCard, Expected())
    return found


def start(name: str) -> EndpointCard:
    """Start a stopped endpoint, and wait until it answers."""
    shared().post(f"/serving/endpoints/{path(name)}/start", EndpointCard, Expected())
    return settled(name)


def delete(name: str) -> None:
    """End the endpoint and delete its files and its prediction log; its versions stay in MLflow."""
    shared().request("DELETE", f"/serving/endpoints/{path(name)}")


def predict(name: str, data: Any) -> Any:
    """Predictions of the endpoint for a DataFrame, records or an array: what the model's own `predict` would give.

    Columns that the model does not know are left out, as MLflow does. While the model is being loaded, this waits.
    `lw.serving.request_id` of the result is the request's, by which `lw.serving.feedback` tells what came true.
    """
    body, rows, index = _request(name, data)
    if not rows:
        raise InvalidError("There is no row to predict.")
    reply = post(name, "invocations", body)
    if reply.is_error:
        problem = reply.json()
        raise from_problem(reply.status_code, problem["code"], problem["detail"])
    found = values.rebuild(reply.json()["predictions"], reply.headers.get("x-labwright-result"), index)
    return request_ids.note(found, reply.headers["x-request-id"])


def post(name: str, where: str, body: Any) -> httpx.Response:
    """Send JSON to an endpoint itself; waits while it starts. Errors: UnavailableError, and what `_address` raises."""
    content = json.dumps(body, allow_nan=False).encode()
    deadline = time.monotonic() + PATIENCE
    while True:
        url, token = _address(name)
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        try:
            reply = _http().post(f"{url}/{where}", content=content, headers=headers)
        except httpx.TransportError:
            if time.monotonic() > deadline:
                raise UnavailableError("The endpoint does not answer; %endpoints shows how it stands.") from None
        else:
            hopeless = any(words in reply.text for words in HOPELESS)
            if reply.status_code != 503 or hopeless or time.monotonic() > deadline:
                return reply
        time.sleep(0.2)


def curl(name: str, data: Any = None) -> str:
    """A command that asks the endpoint for these rows (else its input example). It fetches the token, and has it not.

    Many rows are written to NAME-request.json in the working directory, which the command then sends.
    """
    from labwright.serving.models import Example

    if data is None:
        found: Example = shared().get(f"/serving/endpoints/{path(name)}/example", Example)
        return found.curl
    body, _, _ = _request(name, data)
    url, _ = _address(name)
    text = json.dumps(body, allow_nan=False)
    if len(text) > INLINE:
        file = Path(f"{name}-request.json")
        file.write_text(text)
        return render.curl(name, url, f"@{file}")
    return render.curl(name, url, text)


def _folder(name: str) -> EndpointFolder:
    return EndpointFolder(shared().folders.home / "endpoints" / path(name))


def _address(name: str) -> tuple[str, str]:
    """Where the endpoint answers, from its files; the service is asked only when it does not run."""
    folder = _folder(name)
    card = folder.process()
    if card is None:
        found = endpoint(name)  # starts it when it died
        if found.state is EndpointState.stopped:
            raise InvalidError(f"{name} is stopped; %endpoint start {name} starts it.", code="stopped")
        card = folder.process()
        if card is None:
            raise UnavailableError(found.message or "The endpoint does not answer yet; try again.")
    return f"http://127.0.0.1:{card.port}", folder.secret("token")


def _request(name: str, data: Any) -> tuple[dict[str, Any], int, Any]:
    import pandas as pd

    try:
        if isinstance(data, pd.DataFrame) and (known := _columns(name)):
            data = data.loc[:, [column in known for column in values.column_names(data)]]
        body, rows = values.request(data)
    except values.Unsendable as error:
        raise InvalidError(f"These rows cannot be sent: {error}.", code="unsendable") from None
    except (TypeError, ValueError):
        raise InvalidError("Predictions take a DataFrame, a list of records or an array.") from None
    return body, rows, getattr(data, "index", None) if isinstance(data, pd.DataFrame) else None


def _columns(name: str) -> set[str]:
    """The columns that the live model knows; none where it has no signature, or takes a tensor without names."""
    folder = _folder(name)
    try:
        version = folder.config().version
        card = folder.card(version) if version else {}
    except (OSError, ValueError, TypeError):
        return set()
    signature = None if card.get("tensor") else card.get("signature")
    return {column["name"] for column in signature["inputs"]} if signature else set()


def settled(name: str) -> EndpointCard:
    """The endpoint once it is no longer starting, or as it is after a minute."""
    deadline = time.monotonic() + PATIENCE
    found = endpoint(name)
    while found.state is EndpointState.starting and time.monotonic() < deadline:
        time.sleep(0.1)
        found = endpoint(name)
    return found
