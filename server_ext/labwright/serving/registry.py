"""MLflow's model registry, as serving uses it: one registered model per endpoint, named like it and tagged as its own.
A run's model may also be registered without an endpoint; the models made for that are tagged too where an endpoint may
have their name, so that a promotion finds them.

The service holds the truth of what is live; MLflow's aliases are its mirror (see `aliases`).
"""

from __future__ import annotations

import logging
import re
import threading
from collections.abc import Set
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from labwright.errors import ConflictError, InvalidError, LabwrightError, NotFoundError
from labwright.experiments import core as experiments
from labwright.experiments.models import LoggedModel, Run
from labwright.service.context import Context
from labwright.serving.models import NAME, Registered, RegisteredModel

if TYPE_CHECKING:
    from labwright.serving.choosing import Choice

TAG = "labwright.endpoint"
MADE_BY = "labwright.promotion"  # the operation that registered a version or a model, so that it can be taken back
API = "/api/2.0/mlflow"
log = logging.getLogger(__name__)
_writing = threading.Lock()  # of two who register one run, the second finds the first one's version


def _tags(context: Context, name: str) -> dict[str, str] | None:
    """The registered model's tags; None where there is no such model."""
    try:
        reply = experiments.call_mlflow(context, "GET", f"{API}/registered-models/get", params={"name": name})
    except NotFoundError:
        return None
    return _tags_of(reply["registered_model"])


def _tags_of(found: dict[str, Any]) -> dict[str, str]:
    return {tag["key"]: tag.get("value", "") for tag in found.get("tags", [])}


def owned(context: Context, name: str) -> bool:
    """Whether the registered model is there and the endpoint's own. Errors: ConflictError when it is not its own."""
    tags = _tags(context, name)
    if tags is None:
        return False
    if TAG not in tags:
        raise ConflictError(
            f"A registered model named {name!r} is in MLflow already and is no endpoint's. Choose another name, or set "
            f"the tag {TAG} on that model to let this endpoint use it.",
            code="name_taken",
        )
    return True


def registered_as(
    context: Context, name: str, run_id: str, model: LoggedModel, passing: Set[str] = frozenset()
) -> str | None:
    """The version that this run's model has already; none of the numbers in `passing`."""
    params = {"filter": f"name='{name}'", "max_results": 1000}
    reply = experiments.call_mlflow(context, "GET", f"{API}/model-versions/search", params=params)
    for version in reply.get("model_versions", []):
        source = str(version.get("source", ""))
        same = source == model.uri or (model.model_id is not None and model.model_id in source.split("/"))
        number = str(version["version"])
        if version.get("run_id") == run_id and number not in passing and (same or source == _source(context, model)):
            return number
    return None


def _source(context: Context, model: LoggedModel) -> str:
    """Where a version of this model comes from, as the registry takes it: a run's own address is not among that."""
    if not model.uri.startswith("runs:/"):
        return model.uri
    run_id, _, path = model.uri.removeprefix("runs:/").partition("/")
    reply = experiments.call_mlflow(context, "GET", f"{API}/runs/get", params={"run_id": run_id})
    return f"{reply['run']['info']['artifact_uri']}/{path}"


def register(
    context: Context, name: str, choice: Choice, operation: str, *, used: Set[str], foreign: Set[str]
) -> str:  # fmt: skip
    """The choice's version for the endpoint `name`, registered now if it was not; `take_back` takes that back.

    A version that is made now has none of the numbers in `used`, which MLflow gives again once the registered model was
    deleted; one that is there already has none of those in `foreign`.
    """
    if choice.version is not None:
        return choice.version
    with _writing:
        there = owned(context, name)
        number, made = _version(context, name, choice.run_id, choice.model, operation, there=there, passing=foreign)
        while made and number in used:
            taken, number = number, _create(context, name, choice.run_id, choice.model, operation)
            _delete(context, "model-versions/delete", {"name": name, "version": taken})
        return number


def take_back(context: Context, name: str, operation: str) -> None:
    """Delete what an operation registered: its version, and the registered model if it made that and no other version
    came. Nothing of it there is well too. Errors: LabwrightError when MLflow cannot do it now.
    """
    with _writing:
        tags = _tags(context, name)
        if tags is None:
            return
        params = {"filter": f"name='{name}'", "max_results": 1000}
        reply = experiments.call_mlflow(context, "GET", f"{API}/model-versions/search", params=params)
        versions = reply.get("model_versions", [])
        made = [version for version in versions if _tags_of(version).get(MADE_BY) == operation]
        for version in made:
            _delete(context, "model-versions/delete", {"name": name, "version": version["version"]})
        if tags.get(MADE_BY) == operation and len(made) == len(versions):
            _delete(context, "registered-models/delete", {"name": name})


def keep(context: Context, name: str, operation: str) -> None:
    """Let what an operation registered stay, whatever comes. Errors: LabwrightError."""
    tags = _tags(context, name)
    if tags is not None and tags.get(MADE_BY) == operation:
        _delete(context, "registered-models/delete-tag", {"name": name, "key": MADE_BY})


def register_run(context: Context, name: str, run: Run, model: LoggedModel) -> Registered:
    """Register a run's model under a name, whoever made the registered model. Once: the same run gets the same version.

    Errors: InvalidError, NotFoundError, UnavailableError.
    """
    with _writing:
        there = _tags(context, name) is not None
        version, changed = _version(context, name, run.run_id, model, None, there=there)
    words = f"{run.name} is version {version} of {name}" + ("." if changed else " already; nothing was changed.")
    return Registered(name=name, version=version, run_id=run.run_id, run_name=run.name, changed=changed, message=words)


def registered(context: Context) -> list[RegisteredModel]:
    """The registered models, by name."""
    params = {"max_results": 1000}
    reply = experiments.call_mlflow(context, "GET", f"{API}/registered-models/search", params=params)
    found = []
    for model in reply.get("registered_models", []):
        versions = [int(version["version"]) for version in model.get("latest_versions", [])]
        tags = {tag["key"] for tag in model.get("tags", [])}
        newest = str(max(versions)) if versions else None
        found.append(RegisteredModel(name=model["name"], version=newest, endpoint=TAG in tags))
    return sorted(found, key=lambda one: one.name)


def _version(
    context: Context, name: str, run_id: str | None, model: LoggedModel | None, operation: str | None, *, there: bool,
    passing: Set[str] = frozenset(),
) -> tuple[str, bool]:  # fmt: skip
    """The version of a run's model, and whether it was made now, by `operation` if one is named."""
    assert run_id is not None
    assert model is not None
    made = False
    if not there:
        tags = [{"key": TAG, "value": name}] if re.fullmatch(NAME, name) else []
        _post(context, "registered-models/create", {"name": name, "tags": [*tags, *_made_by(operation)]})
        made = True
    elif (found := registered_as(context, name, run_id, model, passing)) is not None:
        return found, False
    try:
        return _create(context, name, run_id, model, operation), True
    except LabwrightError:
        if made and operation is None:
            with suppress(LabwrightError):
                _delete(context, "registered-models/delete", {"name": name})
        raise


def _create(
    context: Context, name: str, run_id: str | None, model: LoggedModel | None, operation: str | None
) -> str:  # fmt: skip
    """A new version; gives its number."""
    assert model is not None
    body: dict[str, Any] = {"name": name, "source": _source(context, model), "run_id": run_id}
    body["tags"] = _made_by(operation)
    if model.model_id:
        body["model_id"] = model.model_id
    return str(_post(context, "model-versions/create", body)["model_version"]["version"])


def _made_by(operation: str | None) -> list[dict[str, str]]:
    return [{"key": MADE_BY, "value": operation}] if operation else []


def mirror(context: Context, name: str, aliases: dict[str, str | None]) -> None:
    """Set the aliases (None: there is none). What somebody deleted in MLflow is passed over, and noted.

    Errors: LabwrightError when MLflow does not take them.
    """
    for alias, version in aliases.items():
        body = {"name": name, "alias": alias}
        try:
            if version is None:
                _delete(context, "registered-models/alias", body)
            else:
                _post(context, "registered-models/alias", body | {"version": version})
        except (NotFoundError, InvalidError) as error:  # no use to try again
            if version is not None:
                log.warning("endpoint %s: the alias %s was not set: %s", name, alias, error.message)


def _post(context: Context, path: str, body: dict[str, Any]) -> dict[str, Any]:
    return experiments.call_mlflow(context, "POST", f"{API}/{path}", body=body)


def _delete(context: Context, path: str, body: dict[str, Any]) -> None:
    """Delete what may be gone already."""
    with suppress(NotFoundError):
        experiments.call_mlflow(context, "DELETE", f"{API}/{path}", body=body)
