"""Every route of the service, of the door and of an endpoint refuses a request without a credential.

The tests list the routes themselves, so that a new one is covered, or fails here when its kind is not known.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Route

from labwright.client import Client
from labwright.door.proxy import PREFIXES
from labwright.service.app import create_app
from labwright.service.context import Context
from labwright.service.tracking_token import tracking_token
from labwright.serving.folder import Config, EndpointFolder
from labwright.serving.plane.admin import Admin
from labwright.serving.plane.asking import Asker
from labwright.serving.plane.consumers import Consumers
from labwright.serving.plane.gateway import Gateway
from labwright.serving.plane.versions import Versions
from labwright.serving.prediction_log import Writer
from tests.jupyter import Jupyter

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
NO_CREDENTIALS: tuple[dict[str, str], ...] = (
    {},
    {"Authorization": "Bearer wrong"},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic d3Jvbmc6d3Jvbmc="},
    {"Authorization": "token wrong"},
    {"Cookie": "token=wrong; _xsrf=wrong", "X-XSRFToken": "wrong"},
)


def service_routes(context: Context) -> set[tuple[str, str]]:
    """Method and path of all that the service answers."""
    found = set()
    for route in create_app(context, lambda: None).routes:
        for path, methods in _flat(route):
            found |= {(method, re.sub(r"\{[^}]*\}", "x", path)) for method in methods}
    return found


def _flat(route: BaseRoute, prefix: str = "") -> Iterable[tuple[str, set[str]]]:
    inside = getattr(route, "routes", None)
    if inside is None and hasattr(route, "original_router"):  # FastAPI's wrapper of an included router
        inside = route.original_router.routes
        prefix += route.include_context.prefix
    if inside is not None:
        for each in inside:
            yield from _flat(each, prefix)
    elif isinstance(route, (APIRoute, Route)):
        yield prefix + route.path, set(route.methods or {"GET"})
    else:
        raise AssertionError(f"a kind of route that this test does not know: {route!r}")


@pytest.fixture
def a_context(tmp_path: Path) -> Context:
    """Enough of a service to list its routes; requests go to the real one."""
    from labwright.actor import this_user
    from labwright.service.events import Events
    from labwright.service.operations import Operations
    from labwright.service.settings import Settings
    from labwright.service.store import Store
    from labwright.state import Folders

    store, events = Store(tmp_path), Events()
    return Context(
        folders=Folders(tmp_path, tmp_path), settings=Settings(), store=store, events=events,
        operations=Operations(store, events), actor=this_user(), token="unused",
    )  # fmt: skip


def test_the_service_refuses(client: Client, a_context: Context) -> None:
    routes = service_routes(a_context)
    assert {("GET", "/serving/endpoints/x/figures"), ("DELETE", "/serving/endpoints/x/consumers/x")} <= routes
    assert {("GET", "/status"), ("POST", "/shutdown"), ("GET", "/events"), ("GET", "/experiments")} <= routes
    assert len(routes) > 20
    state = client.service()
    for transport, base in ((httpx.HTTPTransport(uds=state.socket), "http://labwright"), (None, state.url)):
        with httpx.Client(transport=transport, base_url=base) as http:
            for method, path in sorted(routes):
                for headers in NO_CREDENTIALS:
                    reply = http.request(method, path, headers=headers)
                    assert reply.status_code == 401, (method, path, headers, reply.text)
            for path in ("/docs", "/redoc", "/openapi.json"):
                assert http.get(path).status_code in {401, 404}
    assert client.service() == state


def test_no_token_opens_more_than_tracking_on_the_loopback_address(client: Client, a_context: Context) -> None:
    state, token = client.service(), tracking_token(client.folders)
    assert (client.folders.home / "tracking-token").stat().st_mode & 0o777 == 0o600
    assert token != client.token
    routes = sorted((method, path) for method, path in service_routes(a_context) if not path.startswith("/mlflow/"))
    by_socket = httpx.HTTPTransport(uds=state.socket)
    with httpx.Client(base_url=state.url) as loopback, httpx.Client(transport=by_socket, base_url="http://x") as unix:
        for method, path in routes:
            tries = [(unix, token, {}), (loopback, token, {}), (loopback, client.token, {})]
            tries.append((loopback, client.token, {"X-Forwarded-For": "", "Host": "x/mlflow/"}))
            for http, given, headers in tries:
                reply = http.request(method, path, headers={"Authorization": f"Bearer {given}"} | headers)
                assert reply.status_code == 401, (method, path, headers, reply.text)
        for http in (loopback, unix):
            assert http.get("/mlflow/health", headers={"Authorization": f"Bearer {token}"}, timeout=90).is_success
        assert unix.get("/status", headers={"Authorization": f"Bearer {client.token}"}).is_success
    assert client.service() == state


def door_patterns(folder: Path) -> set[str]:
    """What a Jupyter server with the extension answers of Labwright, from its own table of handlers."""
    from jupyter_server.serverapp import ServerApp

    app = ServerApp(config_dir=str(folder), data_dir=str(folder), runtime_dir=str(folder))
    app.jpserver_extensions = {"labwright.extension": True}
    app.initialize(argv=[], new_httpserver=False, find_extensions=False)
    rules = [*app.web_app.default_router.rules, *app.web_app.wildcard_router.rules]
    nested = [inner for rule in rules for inner in getattr(rule.target, "rules", [])]
    patterns = {rule.matcher.regex.pattern for rule in [*rules, *nested] if hasattr(rule.matcher, "regex")}
    ServerApp.clear_instance()
    return {pattern for pattern in patterns if "labwright" in pattern}


def test_the_door_refuses(server: Jupyter, client: Client, tmp_path: Path) -> None:
    patterns = door_patterns(tmp_path)
    known = {"/labwright/door$", "/labwright/mlflow$", "/labwright/mlflow/.*$", "/labwright/.*$"}
    assert patterns == known, "name addresses for a new handler of the door here"
    page = [
        "mlflow",
        "mlflow/",
        "mlflow/x",
        "mlflow/get-artifact",
        "mlflow/graphql",
        "mlflow/ajax-api/2.0/mlflow/runs/x",
    ]
    paths = ["door", *PREFIXES, *(f"{prefix}/x" for prefix in PREFIXES), *page, "shutdown", "events", "nothing"]
    with server.client() as stranger:
        for path in paths:
            for method in METHODS:
                if method == "OPTIONS":  # a preflight carries no credential by definition; it names methods only
                    assert stranger.options(f"labwright/{path}").content == b""
                    continue
                for headers in NO_CREDENTIALS:
                    reply = stranger.request(method, f"labwright/{path}", headers=headers)
                    assert reply.status_code == 403, (method, path, headers, reply.text)
            assert stranger.get(f"labwright/{path}?token=wrong").status_code == 403
    browser = server.browser()  # logged in, but a write of another site has no XSRF token
    for path in paths:
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            reply = browser.request(method, f"labwright/{path}", json={})
            assert reply.status_code == 403, (method, path, reply.text)
            # MLflow's own page has no such token: where its requests come from is checked (test_mlflow_page).
            wanted = "This comes from another site" if path.startswith("mlflow/") else "'_xsrf'"
            assert reply.json()["detail"].startswith(wanted), path
    browser.close()


def test_an_endpoint_refuses(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    asker = Asker("x", writer)
    consumers = Consumers("right", tmp_path)
    gateway = Gateway(asker, consumers)
    folder = EndpointFolder(tmp_path)
    folder.write_config(Config("x"))
    admin = Admin(folder, asker, Versions(folder, asker), consumers, "right", asyncio.Event()).app()
    orders = [route.path for route in admin.routes if isinstance(route, Route)]
    assert {"/invocations", "/metrics", "/docs", "/v2/models/{model}/infer"} <= set(gateway.paths)
    assert "/stop" in orders
    assert len(orders) == len(admin.routes)

    async def ask() -> None:
        for app, paths in ((gateway, gateway.paths), (admin, [re.sub(r"\{[^}]*\}", "x", path) for path in orders])):
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as http:
                for path in [*paths, "/", "/nothing"]:
                    for method in METHODS:
                        for headers in NO_CREDENTIALS:
                            reply = await http.request(method, path, headers=headers)
                            assert reply.status_code == 401, (method, path, headers)

    asyncio.run(ask())
