"""What `labwright stop` does. Each function gives lines that say what was done, and what still goes on."""

from __future__ import annotations

import os
import time
from contextlib import suppress

import httpx
import psutil

from labwright import settings_file
from labwright.client import Client, connection, read_reply
from labwright.errors import ConflictError, NotFoundError, UnavailableError
from labwright.service.models import GoingOn, Shutdown, Status
from labwright.serving.models import Expected
from labwright.settings_file import DATABASE
from labwright.state import Folders, ServiceState, folders, is_locked, is_process, processes, running_service

END_SECONDS = 30.0


def stop_service() -> list[str]:
    """End the service; endpoints and clusters go on."""
    where = folders(make=False)
    state = running_service(where)
    if state is None:
        return ["Labwright's service does not run; there is nothing to stop."]
    status = _shutdown(where, state, everything=False)
    return ["Labwright's service has ended.", *_what_goes_on(status.going_on)]


def stop_one(name: str) -> list[str]:
    """Stop the endpoint or the cluster of this name. Errors: NotFoundError, ConflictError when both have it."""
    if not _has_records(folders(make=False)):
        raise NotFoundError("Nothing of Labwright was ever started here.")
    client = Client()
    try:
        going_on = [item for item in client.get("/status", Status).going_on if item.name == name]
        kinds = {item.capability for item in going_on}
        if len(kinds) > 1:
            raise ConflictError(
                "An endpoint and a cluster have this name; stop it in the panel, or both by stop --all."
            )
        if "clusters" in kinds:
            client.request("DELETE", f"/clusters/{name}")
            return [f"The cluster {name} has stopped."]
        if "serving" in kinds:
            client.post(f"/serving/endpoints/{name}/stop", body=Expected())
            return [f"The endpoint {name} has stopped; its versions, its token and its log are kept."]
        if _is_known(client, name):
            return [f"{name} has stopped already."]
        raise NotFoundError("No endpoint and no cluster has this name; `labwright status` lists what goes on.")
    finally:
        client.close()


def stop_everything() -> list[str]:
    """End endpoints, clusters and the service, and check that no process of ours is left."""
    where = folders(make=False)
    lines: list[str] = []
    if running_service(where) is None and not _has_records(where):
        if not processes(where):
            return ["Nothing of Labwright runs here."]
    else:
        # A service that died may have left endpoints: the next one finds them by the records, and ends them.
        ran = running_service(where) is not None
        client = Client()
        try:
            state = client.service()
            before = client.get("/status", Status).going_on
            _shutdown(where, state, everything=True)
            lines = [f"{item.capability}: {item.name} has stopped." for item in before]
            lines.append("Labwright's service has ended." if ran or before else "Nothing of Labwright ran.")
        except UnavailableError as error:
            lines = [f"{error.message} Its processes are ended one by one."]
        finally:
            client.close()
    return [*lines, *_end_leftovers(where)]


def _shutdown(where: Folders, state: ServiceState, *, everything: bool) -> Status:
    with connection(state, where) as http:
        try:
            reply = http.post("/shutdown", json=Shutdown(everything=everything).model_dump(), timeout=120)
        except httpx.HTTPError:
            raise UnavailableError("Labwright's service did not answer; `labwright doctor` names its log.") from None
        status: Status = read_reply(reply, Status)
    deadline = time.monotonic() + END_SECONDS
    while is_process(state.pid, state.started) or is_locked(where.service_lock):
        if time.monotonic() > deadline:
            raise UnavailableError(
                f"Labwright's service (process {state.pid}) does not end; its log is in {where.logs}."
            )
        time.sleep(0.05)
    return status


def _end_leftovers(where: Folders) -> list[str]:
    """Give what ends now a moment; end what does not, and say so."""
    ours = processes(where)  # what somebody starts from now on is not meant
    _, alive = psutil.wait_procs(ours, timeout=4)
    for process in alive:
        with suppress(psutil.Error):
            process.terminate()
    _, stubborn = psutil.wait_procs(alive, timeout=3)
    for process in stubborn:
        with suppress(psutil.Error):
            process.kill()
    psutil.wait_procs(stubborn, timeout=5)
    left = [process for process in processes(where) if process in ours]
    if left:
        names = ", ".join(str(process.pid) for process in left)
        raise UnavailableError(f"These processes do not end: {names}. End them with: kill -9 {names.replace(',', '')}")
    if not is_locked(where.service_lock):
        where.service_state.unlink(missing_ok=True)  # of one that was ended while it started
    if alive:
        were = "process was" if len(alive) == 1 else "processes were"
        return [f"{len(alive)} {were} still there, and ended one by one.", "No process of Labwright is left."]
    return ["No process of Labwright is left."]


def _what_goes_on(going_on: list[GoingOn]) -> list[str]:
    if not going_on:
        return []
    lines = [f"  {item.capability}: {item.name} ({item.what})  stop it with: {item.stop}" for item in going_on]
    return ["These go on without it (`labwright stop --all` ends everything):", *lines]


def _is_known(client: Client, name: str) -> bool:
    for path in (f"/serving/endpoints/{name}", f"/clusters/{name}"):
        with suppress(NotFoundError):
            client.get(path)
            return True
    return False


def _has_records(where: Folders) -> bool:
    """Whether a service ever wrote records, so that something of its may go on."""
    return (where.home / "labwright.db").exists() or bool(
        (os.environ.get(DATABASE) or settings_file.read(where).database_url) and where.token.exists()
    )
