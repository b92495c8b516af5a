"""What is to be promoted: a run's model, or a version of the endpoint's; found, and nothing changed."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from labwright.actor import Actor
from labwright.errors import InvalidError, NotFoundError
from labwright.experiments import core as experiments
from labwright.experiments.models import LoggedModel
from labwright.service.context import Context
from labwright.serving import identity, registry
from labwright.serving.models import Promote


@dataclass(frozen=True)
class Choice:
    """What is to be promoted. `version` is None while it is not registered yet."""

    run_id: str | None
    run_name: str | None
    model: LoggedModel | None
    version: str | None
    has_reference: bool


def choose(context: Context, actor: Actor, name: str, body: Promote) -> Choice:
    """Find what is meant, and change nothing. Errors: InvalidError, NotFoundError, ConflictError (name_taken)."""
    if (body.run_id is None) == (body.version is None):
        raise InvalidError("Name a run, or a version of the endpoint's model: one of the two.")
    exists = registry.owned(context, name)
    if body.version is not None:
        if not exists:
            raise NotFoundError(f"No version was promoted to {name!r} yet; promote a run.", code="no_version")
        return _of_version(context, actor, name, body.version)
    assert body.run_id is not None
    detail = experiments.get_run(context, actor, body.run_id)
    model = pick(detail.run.models, body.model)
    passing = identity.foreign(context, actor, name, detail.run.run_id)
    version = registry.registered_as(context, name, detail.run.run_id, model, passing) if exists else None
    return Choice(detail.run.run_id, detail.run.name, model, version, detail.reference is not None)


def pick(models: list[LoggedModel], wanted: str | None) -> LoggedModel:
    """The model of a run that is meant. Errors: InvalidError (no_model, several_models)."""
    if not models:
        raise InvalidError(
            "This run logged no model, so there is nothing to promote. Log one with mlflow.sklearn.log_model(…) or "
            "another flavour's log_model, or choose another run.",
            code="no_model",
        )
    if wanted is not None:
        models = [model for model in models if wanted in (model.name, model.model_id)]
        if not models:
            raise InvalidError("This run has no model of that name.", code="no_model")
    if len({model.name for model in models}) > 1:
        names = ", ".join(sorted(model.name for model in models))
        raise InvalidError(f"This run has several models; name one of them: {names}.", code="several_models")
    return models[-1]


def _of_version(context: Context, actor: Actor, name: str, version: str) -> Choice:
    params = {"name": name, "version": version}
    found = experiments.call_mlflow(context, "GET", f"{registry.API}/model-versions/get", params=params)[
        "model_version"
    ]
    run_id = found.get("run_id") or None
    run_name, has_reference = None, False
    if run_id:
        with suppress(NotFoundError):  # a deleted run does not keep its model from being served
            detail = experiments.get_run(context, actor, run_id)
            run_name, has_reference = detail.run.name, detail.reference is not None
    return Choice(run_id, run_name, None, version, has_reference)
