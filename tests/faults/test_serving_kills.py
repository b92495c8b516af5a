"""kill -9 under load of a model process, the data plane, the service and Jupyter: the endpoint is back within 30 s at
the same port, no process is left behind, and no prediction that somebody got is missing from the log.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from labwright.client import Client
from labwright.service.models import OperationState, Status
from labwright.serving import prediction_log
from labwright.serving.models import EndpointState, SetSettings
from labwright.serving.settings_models import EndpointSettings
from labwright.state import processes, running_service
from tests.faults.load import Load, Reply, load
from tests.jupyter import jupyter
from tests.service.promotions import endpoint, folder, log_run, mlflow_of, promote
from tests.state_folder import wait_until

NAME, RATE, ROUNDS, BACK_SECONDS = "kept-up", 20, 2, 30.0


@pytest.fixture(scope="module")
def live(client: Client) -> str:
    """An endpoint that answers; its only version."""
    with mlflow_of(client, "faults") as mlflow:
        operation = promote(client, NAME, run_id=log_run(mlflow, 2))
    assert operation.state is OperationState.succeeded, operation.error
    found: str = operation.result["version"]
    return found


def pid_of_plane(client: Client) -> int:
    card = folder(client, NAME).process()
    return card.pid if card else 0


def model_processes(client: Client) -> list[psutil.Process]:
    """Those that serve; a chore of the data plane is none of them."""
    plane = pid_of_plane(client)
    found = psutil.Process(plane).children() if plane else []
    return [process for process in found if "model_process" in line_of(process)]


def line_of(process: psutil.Process) -> str:
    """Its command line; of one that is gone, none."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def is_back(client: Client, processes: int = 1) -> bool:
    found = endpoint(client, NAME)
    return found.state is EndpointState.ready and [one.processes for one in found.traffic] == [processes]


def under_load(client: Client, version: str, kill: Callable[[], None], processes: int = 1) -> Load:
    """Kill under load, each time when all is well, and look that it is so again."""
    wait_until(lambda: is_back(client, processes), "all is well", 60)
    url, before = endpoint(client, NAME).url, ours(client)
    assert url is not None
    with load(url, folder(client, NAME).secret("token"), RATE) as found:
        for _ in range(ROUNDS):
            time.sleep(1)
            kill()
            wait_until(lambda: is_back(client, processes), "the endpoint is back", BACK_SECONDS)
            time.sleep(1)
    assert endpoint(client, NAME).url == url
    assert [reply for reply in found.replies[-RATE // 2 :] if reply.status != 200] == []
    assert all(reply.value == 2.0 * reply.number for reply in found.replies if reply.status == 200)
    assert {reply.version for reply in found.replies if reply.status == 200} == {version}
    logged = {line["id"] for line in prediction_log.lines(folder(client, NAME).log) if line["status"] == 200}
    assert {reply.id for reply in found.replies if reply.status == 200} <= logged, "what was acknowledged is in the log"
    wait_until(lambda: ours(client) == before, f"no process more and none less than {before}", 30)
    return found


def ours(client: Client) -> list[str]:
    """Labwright's processes of this state folder, by what they are. MLflow's server ends with the service, and is
    started again when somebody needs it; it is in the list if there are two.
    """
    kinds = ("model_process", "labwright.serving.plane", "labwright.service", "mlflow")
    lines = [line_of(process) for process in processes(client.folders)]
    found = sorted(kind for line in lines if (kind := next((one for one in kinds if one in line), None)))
    return [kind for kind in found if kind != "mlflow" or found.count("mlflow") > 1]


def settings(client: Client, replicas: int) -> None:
    body = SetSettings(settings=EndpointSettings(replicas=replicas))
    client.request("PUT", f"/serving/endpoints/{NAME}/settings", body=body)


def failures(found: Load) -> list[Reply]:
    return [reply for reply in found.replies if reply.status != 200]


def kill_model_process(client: Client) -> None:
    """Kill one, and wait until the data plane noticed: it starts another one."""
    before = model_processes(client)
    before[0].kill()
    wait_until(
        lambda: before[0] not in model_processes(client) and len(model_processes(client)) == len(before), "another one"
    )


def test_a_model_process_of_one_gives_503_until_it_is_loaded_again(client: Client, live: str) -> None:
    found = under_load(client, live, lambda: kill_model_process(client))
    assert failures(found), "with one process there is a while without"
    assert {reply.status for reply in failures(found)} == {503}


def test_a_model_process_of_two_fails_no_request(client: Client, live: str) -> None:
    settings(client, 2)
    try:
        found = under_load(client, live, lambda: kill_model_process(client), processes=2)
    finally:
        settings(client, 1)
    assert failures(found) == []


def test_the_data_plane_comes_back_at_its_port(client: Client, live: str) -> None:
    def kill() -> None:
        plane, served = psutil.Process(pid_of_plane(client)), model_processes(client)
        plane.kill()
        wait_until(lambda: not any(is_alive(one) for one in [plane, *served]), "its processes went with it", 15)

    found = under_load(client, live, kill)
    assert {reply.status for reply in failures(found)} <= {0, 503}, "refused connections, then it loads"


def test_the_service_may_die_and_no_request_fails(client: Client, live: str) -> None:
    def kill() -> None:
        state = running_service(client.folders)
        assert state is not None
        psutil.Process(state.pid).kill()
        wait_until(lambda: running_service(client.folders) is None, "the service is gone")
        client.get("/status", Status)  # whoever needs it next starts it

    mine = pid_of_plane(client)
    found = under_load(client, live, kill)
    assert failures(found) == []
    assert pid_of_plane(client) == mine, "adopted, not started again"


def test_the_jupyter_server_may_die_and_no_request_fails(client: Client, live: str, tmp_path: Path) -> None:
    servers = [jupyter(tmp_path / str(number), client.folders.home) for number in range(ROUNDS)]
    mine = pid_of_plane(client)

    def kill() -> None:
        with servers.pop() as server:
            assert server.http.get(f"labwright/serving/endpoints/{NAME}").json()["state"] == "ready"
            server.kill()

    found = under_load(client, live, kill)
    assert failures(found) == []
    assert pid_of_plane(client) == mine


def is_alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
