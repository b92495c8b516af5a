"""Tokens of consumers, figures and pages of an endpoint, through the real service."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

import labwright as lw
from labwright.client import Client
from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError
from labwright.serving.folder import EndpointFolder
from labwright.serving.models import Consumer, ConsumerToken, Endpoint
from labwright.serving.traffic_models import Figures
from labwright.state import running_service
from tests.service import served
from tests.state_folder import wait_until

NAME = "weather-late"
BASE = f"/serving/endpoints/{NAME}"


@pytest.fixture(scope="module")
def endpoint(client: Client) -> Endpoint:
    served.promote(client, served.train("consumers", reference=False), NAME)
    found: Endpoint = client.get(BASE, Endpoint)
    return found


def ask(endpoint: Endpoint, token: str) -> int:
    return httpx.get(f"{endpoint.url}/version", headers={"Authorization": f"Bearer {token}"}).status_code


def test_a_token_is_shown_once_and_ends_when_it_is_revoked(client: Client, endpoint: Endpoint) -> None:
    made = lw.serving.new_token(NAME, "nightly job")
    assert made.token not in repr(made)
    assert ask(endpoint, made.token) == 200
    assert (ask(endpoint, made.token[:-1]), ask(endpoint, "x")) == (401, 401)
    (found,) = lw.serving.tokens(NAME)
    assert (found.name, found.revoked) == ("nightly job", None)
    assert made.token not in client.request("GET", f"{BASE}/consumers", kind=list[Consumer]).__repr__()
    folder = EndpointFolder(client.folders.home / "endpoints" / NAME).path
    assert (folder / "consumers.json").stat().st_mode & 0o777 == 0o600
    held = [
        path for path in client.folders.home.rglob("*") if path.is_file() and made.token.encode() in path.read_bytes()
    ]
    assert held == []
    with pytest.raises(ConflictError, match="has a token for weather-late already"):
        lw.serving.new_token(NAME, "nightly job")
    assert lw.serving.revoke_token(NAME, "nightly job").revoked is not None
    assert ask(endpoint, made.token) == 401
    again = lw.serving.revoke_token(NAME, "nightly job")
    other = lw.serving.new_token(NAME, "nightly job")
    assert (ask(endpoint, made.token), ask(endpoint, other.token)) == (401, 200)
    assert [one.revoked == again.revoked for one in lw.serving.tokens(NAME)] == [True, False]
    lw.serving.revoke_token(NAME, "nightly job")


def test_what_cannot_be_is_refused(client: Client, endpoint: Endpoint) -> None:
    for name in ("", " x", "x" * 65, "a\nb", "ann/bob", "<b>"):
        with pytest.raises(InvalidError, match="letters, digits"):
            lw.serving.new_token(NAME, name)
    with pytest.raises(InvalidError, match="is you"):
        lw.serving.new_token(NAME, "owner")
    with pytest.raises(NotFoundError, match="no consumer"):
        lw.serving.revoke_token(NAME, "nobody")
    for action in (lambda: lw.serving.new_token("no-such", "ann"), lambda: lw.serving.tokens("no-such")):
        with pytest.raises(NotFoundError, match="no endpoint"):
            action()


def test_of_many_at_once_one_gets_the_token(client: Client, endpoint: Endpoint) -> None:
    def make(_: int) -> ConsumerToken | str:
        try:
            return client.post(f"{BASE}/consumers", ConsumerToken, json={"name": "race"})
        except LabwrightError as error:
            return error.code

    with ThreadPoolExecutor(8) as threads:
        found = list(threads.map(make, range(16)))
    assert sorted(str(one) for one in found if isinstance(one, str)) == ["consumer_exists"] * 15
    (made,) = [one for one in found if not isinstance(one, str)]
    assert ask(endpoint, made.token) == 200


def test_the_file_is_put_right_by_the_next_service(client: Client, endpoint: Endpoint) -> None:
    kept, gone = (lw.serving.new_token(NAME, name) for name in ("kept", "gone"))
    file = EndpointFolder(client.folders.home / "endpoints" / NAME).path / "consumers.json"
    before = file.read_text()
    lw.serving.revoke_token(NAME, "gone")
    state = running_service(client.folders)
    assert state is not None
    os.kill(state.pid, 9)
    file.write_text(before)  # as if it had died between the database and the file
    wait_until(lambda: ask(endpoint, gone.token) == 200, "the endpoint takes what its file says")
    assert ask(endpoint, kept.token) == 200
    client.get(BASE, Endpoint)  # starts the next service
    wait_until(lambda: ask(endpoint, gone.token) == 401, "the token is refused again")
    assert ask(endpoint, kept.token) == 200
    names = {one["name"] for one in json.loads(file.read_text())["consumers"]}
    assert (names >= {"kept"}, "gone" in names) == (True, False)


def test_figures_come_by_the_service(client: Client, endpoint: Endpoint) -> None:
    served.send(client, NAME, served.weather(40, 5), batch=10)
    found = client.get(f"{BASE}/figures", Figures)
    assert (len(found.requests), found.seconds, found.unlogged) == (60, 5, 0)
    assert sum(found.requests) > 0
    with pytest.raises(NotFoundError):
        client.get("/serving/endpoints/no-such/figures", Figures)


def test_the_owners_browser_gets_the_page_and_the_document(client: Client, endpoint: Endpoint) -> None:
    state = client.service()
    with httpx.Client(
        transport=httpx.HTTPTransport(uds=state.socket), base_url="http://labwright",
        headers={"Authorization": f"Bearer {client.token}"},
    ) as http:  # fmt: skip
        page = http.get(f"{BASE}/docs")
        assert page.headers["content-security-policy"].startswith("sandbox; default-src 'none'")
        assert "<code>carrier</code>" in page.text
        described = http.get(f"{BASE}/openapi.json").json()
    assert set(described["components"]["schemas"]["Row"]["properties"]) == {"temp", "wind", "carrier"}
    assert described["servers"] == [{"url": endpoint.url}]


def test_an_endpoint_of_the_same_name_knows_none_of_the_old_consumers(client: Client, endpoint: Endpoint) -> None:
    old = lw.serving.new_token(NAME, "old")
    run = endpoint.live.run_id if endpoint.live else None
    assert run is not None
    lw.serving.delete(NAME)
    served.promote(client, run, NAME)
    assert list(lw.serving.tokens(NAME)) == []
    assert ask(client.get(BASE, Endpoint), old.token) == 401
