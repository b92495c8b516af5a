"""MLflow's client in this process: pointed at Labwright's server, and the run that a block of code makes."""

from __future__ import annotations

import logging
import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from labwright.client import shared
from labwright.errors import InvalidError, LabwrightError, UnavailableError
from labwright.experiments.capture.place import source_tags, this_cell
from labwright.experiments.capture.session import Capture, new_masker
from labwright.experiments.capture.settings import capture_settings
from labwright.experiments.keeper import Keeper
from labwright.experiments.models import Experiment, Metric, Run, Tracking
from labwright.experiments.no_proxy import without_proxy
from labwright.experiments.registry_address import registry_beside_tracking
from labwright.experiments.request_headers import import_lazily
from labwright.experiments.spool.tracking_store import ADDRESS, FOLDER
from labwright.experiments.tracking_environment import tracking_environment
from labwright.experiments.waiting import spool_folder
from labwright.service.tracking_token import tracking_token

_ours: set[str] = set()  # the addresses that we put into the environment
_named: set[str] = set()  # what was said of foreign addresses, each once
current_experiment: str | None = None
_autologging = False  # whether a block of ours switched it on


def use_tracking() -> bool:
    """Point MLflow's client in this process at Labwright's server; True when it is.

    An address that somebody set already is honoured, and named in a line.
    """
    foreign = _foreign()
    if foreign is not None:
        _say(f"MLflow's tracking address is set to {_public(foreign)}: runs go there, not into Labwright.")
        return False
    found = shared()
    tracking: Tracking = found.get("/experiments/tracking", Tracking)
    if _public(os.environ.get("MLFLOW_TRACKING_URI", "")).rstrip("/") == tracking.remote:
        _say(f"Runs go to {tracking.remote}, through Labwright.")
    _ours.add(tracking.uri)
    os.environ.update(tracking_environment(tracking, tracking_token(found.folders)))
    os.environ[ADDRESS] = os.environ["MLFLOW_TRACKING_URI"].rstrip("/")
    os.environ[FOLDER] = str(spool_folder(found.folders.home, tracking.remote))
    os.environ.update(without_proxy(os.environ))
    import_lazily()
    # MLflow prints links to its own page, which asks for the token; Labwright's panel shows the run.
    os.environ.setdefault("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true")
    return True


def say_whose_runs() -> None:
    """Where runs go to a foreign server, say in a line that those that are read are Labwright's own."""
    foreign = _foreign()
    if foreign is not None:
        _say(f"MLflow's tracking address is set to {_public(foreign)}: runs are read from Labwright all the same.")


def _say(line: str) -> None:
    if line not in _named:
        _named.add(line)
        print(line)


def _foreign() -> str | None:
    mlflow = sys.modules.get("mlflow")
    uri = os.environ.get("MLFLOW_TRACKING_URI")
    if mlflow is not None and getattr(mlflow, "is_tracking_uri_set", lambda: False)():
        uri = mlflow.get_tracking_uri()
    if not uri or uri in _ours:
        return None
    if urlsplit(uri).scheme in {"http", "https"}:
        tracking: Tracking = shared().get("/experiments/tracking", Tracking)
        # Ours, inherited from the process that started this one; or the server that Labwright's runs go to anyway.
        if uri == tracking.uri or _public(uri).rstrip("/") == tracking.remote:
            return None
    return uri


def _public(uri: str) -> str:
    """The address without a user and password."""
    place = urlsplit(uri).netloc
    return uri.replace(place, place.rpartition("@")[2], 1)


@contextmanager
def track(
    experiment: str,
    *,
    name: str | None = None,
    tags: Mapping[str, Any] | None = None,
    nested: bool = False,
    autolog: bool = True,
    code: bool = True,
) -> Iterator[Any]:
    """Make a run of an experiment around a block of code; gives MLflow's ActiveRun.

    Plain `mlflow.*` calls inside log to it, and the flavours that MLflow knows log by themselves (`autolog`). It ends
    as FINISHED, as FAILED when the block raises, as KILLED when it is interrupted. With it are recorded the notebook's
    cells, the code's state, the environment, data and cost (`capture.settings` says how to switch parts off), secrets
    masked; `code=False` records no code.
    """
    with track_and_record(experiment, name=name, tags=tags, nested=nested, autolog=autolog, code=code) as (run, _):
        yield run


@contextmanager
def track_and_record(
    experiment: str, *, name: str | None, tags: Mapping[str, Any] | None, nested: bool, autolog: bool, code: bool
) -> Iterator[tuple[Any, Capture]]:
    """What `track` does; gives also what is being recorded, for the cell's output."""
    global current_experiment
    ours = use_tracking()
    import mlflow

    for noisy in ("mlflow.tracking.fluent", "mlflow.utils.requirements_utils"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    active = mlflow.active_run()
    if active is not None and not nested:
        raise InvalidError(
            "A run is active already: end it with mlflow.end_run(), or make this one its child (nested=True, --nested)."
        )
    settings = capture_settings()
    masker = new_masker()
    place = this_cell()
    own_tags = {str(key): masker.mask(str(value)) for key, value in (tags or {}).items()}
    own_tags = source_tags(place, masker) | own_tags
    if ours:
        shared().get(
            "/experiments", list[Experiment]
        )  # starts MLflow; its own client would wait for minutes if it cannot
    try:
        experiment_id = _experiment_id(mlflow, experiment)
        mlflow.set_experiment(experiment_id=experiment_id)  # so that children made by plain MLflow come here too
        run = mlflow.start_run(run_name=masker.mask(name) if name else None, tags=own_tags, nested=nested)
    except mlflow.exceptions.MlflowException as error:
        raise InvalidError(f"MLflow refused this run: {str(error)[:300]}") from None
    current_experiment = experiment
    status = "FAILED"
    capture = None
    with registry_beside_tracking(), Keeper(use_tracking if ours else lambda: None):
        try:
            capture = Capture(run, place, settings if code else settings.without_code(), masker, ours=ours)
            with _autolog(mlflow, autolog):
                capture.begin()
                yield run, capture
                status = "FINISHED"
        except KeyboardInterrupt:
            status = "KILLED"
            raise
        finally:
            with ExitStack() as last:  # all of it, the last one first, though an interrupt or an error comes between
                if active is not None:
                    last.callback(mlflow.set_experiment, experiment_id=active.info.experiment_id)
                if capture is not None:
                    last.callback(capture.end, ok=status == "FINISHED")
                last.callback(_end, mlflow, run.info.run_id, status, active.info.run_id if active else None)
                if capture is not None:
                    last.callback(capture.measure)


def foreign_run(run_id: str) -> Run:
    """A run of a server that is not Labwright's, as MLflow's client gives it."""
    import mlflow

    try:
        found = mlflow.MlflowClient().get_run(run_id)
        experiment = mlflow.get_experiment(found.info.experiment_id).name
    except mlflow.exceptions.MlflowException:
        raise UnavailableError("The tracking server did not give this run; it is there all the same.") from None
    info, data = found.info, found.data
    times = [datetime.fromtimestamp(at / 1000, UTC) if at else None for at in (info.start_time, info.end_time)]
    return Run(
        run_id=run_id, name=info.run_name or "", experiment_id=info.experiment_id, experiment=experiment,
        status=info.status, started=times[0], ended=times[1], params=data.params,
        metrics={
            key: Metric(value=value if math.isfinite(value) else None, text=f"{value:.6g}", step=0)
            for key, value in data.metrics.items()
        },
        tags={}, notebook=None, source=data.tags.get("mlflow.source.name"), models=[],
    )  # fmt: skip


def _experiment_id(mlflow: Any, name: str) -> str:
    found = mlflow.get_experiment_by_name(name)
    if found is None:
        try:
            made: str = mlflow.create_experiment(name)
            return made
        except mlflow.exceptions.MlflowException:
            found = mlflow.get_experiment_by_name(name)  # somebody else made it just now
            if found is None:
                raise
    if found.lifecycle_stage == "deleted":
        raise InvalidError("This experiment was deleted; restore it in MLflow, or take another name.")
    experiment_id: str = found.experiment_id
    return experiment_id


@contextmanager
def _autolog(mlflow: Any, wanted: bool) -> Iterator[None]:
    """Autologging for the block, on or off, quiet; what the user switched on, before or in the block, stays on."""
    from mlflow.utils.autologging_utils import AUTOLOGGING_INTEGRATIONS, autologging_is_disabled

    global _autologging
    before, is_on = _autologging, not autologging_is_disabled("mlflow")  # type: ignore[no-untyped-call] # MLflow has few types
    if wanted == is_on or (is_on and not before):
        yield
        return
    ours: dict[str, Any] | None = None
    try:
        _autologging = wanted
        mlflow.autolog(disable=not wanted, silent=True)
        ours = dict(AUTOLOGGING_INTEGRATIONS.get("mlflow", {}))
        yield
    finally:
        _autologging = before
        if ours is None or AUTOLOGGING_INTEGRATIONS.get("mlflow") == ours:
            mlflow.autolog(disable=wanted, silent=True)


def _end(mlflow: Any, run_id: str, status: str, outer: str | None) -> None:
    """End our run, and the children that were left open in it; the user may have ended it already.

    A run that was active before, `outer`, goes on.
    """
    with suppress(LabwrightError, OSError):
        use_tracking()  # revives a service that died, so that the run's end arrives
    while (active := mlflow.active_run()) is not None and active.info.run_id != outer:
        mlflow.end_run(status)
        if active.info.run_id == run_id:
            return
    if status != "FINISHED":
        mlflow.MlflowClient().set_terminated(run_id, status)
