# The hub of the test: real users of this machine, each with a server of their own.
import os
import sys
from pathlib import Path

c = get_config()  # type: ignore[name-defined] # noqa: F821
folder = Path(os.environ["HUB_TEST_FOLDER"])
public, api, hub = os.environ["HUB_TEST_PORTS"].split()

c.JupyterHub.bind_url = f"http://127.0.0.1:{public}/"
c.JupyterHub.hub_port = int(hub)
c.JupyterHub.db_url = f"sqlite:///{folder / 'hub.sqlite'}"
c.JupyterHub.cookie_secret_file = str(folder / "cookie_secret")
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.pid_file = str(folder / "proxy.pid")
c.ConfigurableHTTPProxy.command = [
    str(Path(sys.prefix) / "share" / "hub-proxy" / "node_modules" / ".bin" / "configurable-http-proxy")
]
c.JupyterHub.authenticator_class = "dummy"
c.DummyAuthenticator.password = os.environ["HUB_TEST_PASSWORD"]
c.Authenticator.allow_all = True
c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"
c.Spawner.cmd = [sys.executable, "-m", "jupyterhub.singleuser"]
c.Spawner.args = ["--ServerApp.jpserver_extensions={'labwright.extension': True}"]
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.JupyterHub.services = [{"name": "test", "api_token": os.environ["HUB_TEST_TOKEN"]}]
c.JupyterHub.load_roles = [{"name": "test", "scopes": ["admin:users", "admin:servers", "tokens"], "services": ["test"]}]
