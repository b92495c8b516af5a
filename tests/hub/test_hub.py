"""Under a real JupyterHub: each user has a service of their own, and neither can reach the other's."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from labwright.state import ServiceState
from tests.hub.hub import Hub, User, hub, two_users, what_is_missing

MISSING = what_is_missing()
pytestmark = pytest.mark.skipif(MISSING is not None, reason=f"not checked: {MISSING}")


@pytest.fixture(scope="module")
def users() -> Iterator[tuple[User, User]]:
    with two_users() as found:
        yield found


@pytest.fixture(scope="module")
def the_hub(users: tuple[User, User], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    with hub(tmp_path_factory.mktemp("hub")) as found:
        for user in users:
            found.start(user)
        yield found


@pytest.fixture(scope="module")
def pages(the_hub: Hub, users: tuple[User, User]) -> Iterator[tuple[httpx.Client, httpx.Client]]:
    """A browser for each user; both have opened a panel, so both services run."""
    first, second = (the_hub.log_in(user) for user in users)
    for page, user in zip((first, second), users, strict=True):
        reply = fetch(page, user, "GET", "operations")
        assert reply.status_code == 200, reply.text
    yield first, second
    first.close()
    second.close()


def xsrf(page: httpx.Client, user: User) -> str:
    """What the page reads from its cookies."""
    return next(
        cookie.value or "" for cookie in page.cookies.jar if cookie.name == "_xsrf" and user.name in cookie.path
    )


def fetch(
    page: httpx.Client, user: User, method: str, path: str, *, at: User | None = None, **options: Any
) -> httpx.Response:
    """As the page's own fetch does it."""
    headers = {"Sec-Fetch-Mode": "cors", "Sec-Fetch-Site": "same-origin", "X-XSRFToken": xsrf(page, user)}
    return page.request(
        method, f"user/{(at or user).name}/labwright/{path}", headers=headers, follow_redirects=False, **options
    )


def service(user: User) -> ServiceState:
    return ServiceState(**json.loads((user.state / "service.json").read_text()))


def test_the_workbench_works_under_the_hub(pages: tuple[httpx.Client, httpx.Client], users: tuple[User, User]) -> None:
    for page, user in zip(pages, users, strict=True):
        door = fetch(page, user, "GET", "door").json()
        assert (door["running"], door["user"]) == (True, user.name)
        assert fetch(page, user, "GET", "status").json()["owner"] == user.name
        assert fetch(page, user, "GET", "experiments").status_code == 200, "MLflow starts as the user"
        refused = fetch(page, user, "POST", "operations/none/cancel", json={})
        assert (refused.status_code, refused.json()["code"]) == (404, "not_found"), "passed on, with the XSRF token"
        without = page.post(f"user/{user.name}/labwright/operations/none/cancel", json={}, follow_redirects=False)
        assert without.status_code == 403


def test_each_user_has_a_service_of_their_own(
    pages: tuple[httpx.Client, httpx.Client], users: tuple[User, User]
) -> None:
    for user in users:
        (process,) = user.services()
        assert process.pid == service(user).pid
        assert process.uids().real == user.uid
        assert user.state.stat().st_uid == user.uid
        assert stat.S_IMODE(user.state.stat().st_mode) == 0o700
        assert (user.state / "mlflow").exists() or any(user.state.glob("**/mlflow*"))
    first, second = (service(user) for user in users)
    assert first.pid != second.pid
    assert first.socket != second.socket
    assert first.url != second.url


def test_the_hubs_tokens_are_not_in_the_service(
    pages: tuple[httpx.Client, httpx.Client], users: tuple[User, User]
) -> None:
    for user in users:
        (single_user,) = [process for process in user.processes() if "jupyterhub.singleuser" in process.cmdline()]
        secrets = {value for name, value in single_user.environ().items() if "TOKEN" in name and value}
        assert secrets, "the Hub gave its server a token"
        ours = [process for process in user.processes() if "LABWRIGHT_PART_OF" in process.environ()]
        assert len(ours) >= 2, "the service and MLflow"
        for process in ours:
            values = set(process.environ().values()) | set(process.cmdline())
            assert not values & secrets


def test_one_user_is_refused_at_the_others_server(
    the_hub: Hub, pages: tuple[httpx.Client, httpx.Client], users: tuple[User, User]
) -> None:
    for mine, page, theirs in ((users[0], pages[0], users[1]), (users[1], pages[1], users[0])):
        before = service(theirs)
        token = the_hub.api("POST", f"users/{mine.name}/tokens", json={}).json()["token"]
        with httpx.Client(base_url=the_hub.url, headers={"Authorization": f"token {token}"}, timeout=60) as script:
            assert script.get(f"user/{mine.name}/labwright/operations").status_code == 200
            for path in ("operations", "door", "status"):
                assert script.get(f"user/{theirs.name}/labwright/{path}").status_code == 403
            assert script.post(f"user/{theirs.name}/labwright/operations/x/cancel", json={}).status_code == 403
        for path in ("operations", "door", "status"):
            reply = fetch(page, mine, "GET", path, at=theirs)
            assert reply.status_code in {302, 403}, reply.text
            assert "owner" not in reply.text
        assert fetch(page, mine, "POST", "operations/x/cancel", at=theirs, json={}).status_code == 403
        with httpx.Client(base_url=the_hub.url, timeout=60) as stranger:
            assert stranger.get(f"user/{theirs.name}/labwright/operations").status_code == 403
        assert service(theirs) == before


def test_one_user_cannot_reach_the_others_service(
    pages: tuple[httpx.Client, httpx.Client], users: tuple[User, User]
) -> None:
    for mine, theirs in (users, users[::-1]):
        state, token = service(theirs), (mine.state / "token").read_text().strip()
        runtime = Path(state.socket).parent
        files = [theirs.state, theirs.state / "token", theirs.state / "labwright.db", runtime, runtime / "service.lock"]
        code = f"""
import os, socket, urllib.error, urllib.request
for path in {[str(path) for path in files]!r}:
    try:
        print(os.listdir(path) if os.path.isdir(path) else open(path).read())
    except PermissionError:
        print("refused")
try:
    socket.socket(socket.AF_UNIX).connect({state.socket!r})
    print("connected")
except PermissionError:
    print("refused")
try:
    os.kill({state.pid}, 0)
    print("may signal")
except PermissionError:
    print("refused")
for given in ("", "Bearer {token}"):
    request = urllib.request.Request({state.url + "/status"!r}, headers={{"Authorization": given}} if given else {{}})
    try:
        print(urllib.request.urlopen(request).read())
    except urllib.error.HTTPError as error:
        print("refused" if error.code == 401 else error.code)
"""
        assert mine.run(code).splitlines() == ["refused"] * (len(files) + 4)
        own = f"import socket; socket.socket(socket.AF_UNIX).connect({service(mine).socket!r}); print('connected')"
        assert mine.run(own) == "connected", "the way itself is open: it is the other user's that is closed"


def test_a_hub_that_stops_a_server_leaves_the_service(
    the_hub: Hub, pages: tuple[httpx.Client, httpx.Client], users: tuple[User, User]
) -> None:
    user, before = users[0], service(users[0])
    the_hub.stop(user)
    assert user.services(), "the service goes on"
    assert "Labwright goes on without this Jupyter server" in the_hub.log.read_text()
    the_hub.start(user)
    page = the_hub.log_in(user)
    assert fetch(page, user, "GET", "door").json()["running"] is True
    assert fetch(page, user, "GET", "operations").status_code == 200
    page.close()
    assert service(user) == before
    assert len(user.services()) == 1
