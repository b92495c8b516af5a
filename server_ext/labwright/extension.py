"""The Jupyter server extension: Labwright under `{base_url}labwright/`, behind Jupyter's own login and XSRF.

Nothing starts with the server. The first request of a panel starts or adopts the service.
"""

from __future__ import annotations

import asyncio
import atexit
import contextlib
from typing import Any

from jupyter_server.extension.application import ExtensionApp

import labwright
from labwright.door.farewell import Farewell
from labwright.door.follow import SCHEMA, SCHEMA_ID, follow
from labwright.door.link import Link
from labwright.door.mlflow_page import MlflowPageHandler, MlflowRootHandler
from labwright.door.proxy import DoorHandler, ProxyHandler

FAREWELL_SECONDS = 2.0


class LabwrightExtension(ExtensionApp):
    """The door, as the Jupyter server sees it."""

    name = "labwright"
    app_name = "Labwright"
    version = labwright.__version__
    description = "From the notebook in front of you to a served, watched model."

    def initialize_settings(self) -> None:
        """Make the line to the service, and register the events' schema; neither touches the service."""
        self.link = Link()
        self._farewell = Farewell()
        atexit.register(self._farewell.say)
        self._following: asyncio.Task[None] | None = None
        if SCHEMA_ID not in self._events.schemas:
            self._events.register_event_schema(SCHEMA)

    def initialize_handlers(self) -> None:
        """Everything that Labwright answers."""
        self.handlers.extend(
            [
                (r"/labwright/door", DoorHandler, {"door": self}),
                (r"/labwright/mlflow", MlflowRootHandler, {"door": self}),
                (r"/labwright/mlflow/.*", MlflowPageHandler, {"door": self}),
                (r"/labwright/.*", ProxyHandler, {"door": self}),
            ]
        )

    def follow(self) -> None:
        """From the first request on, pass the service's events to the pages."""
        if self._following is None or self._following.done():
            self._following = asyncio.ensure_future(follow(self.link, self._emit))

    def _emit(self, data: dict[str, Any]) -> None:
        self._events.emit(schema_id=SCHEMA_ID, data=data)

    @property
    def _events(self) -> Any:
        assert self.serverapp is not None
        return self.serverapp.event_logger

    async def stop_extension(self) -> None:
        """The Jupyter server ends: say what goes on."""
        if self._following is not None:
            self._following.cancel()
        with contextlib.suppress(Exception):
            await asyncio.wait_for(asyncio.to_thread(self._farewell.say), FAREWELL_SECONDS)
        with contextlib.suppress(Exception):
            await asyncio.wait_for(self.link.close(), 1)


def _jupyter_server_extension_points() -> list[dict[str, Any]]:
    return [{"module": "labwright.extension", "app": LabwrightExtension}]
