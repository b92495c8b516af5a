"""Serving: promotion, endpoints, the prediction log."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, Field, model_validator

from labwright.service.models import Operation, Strict
from labwright.serving.readiness.models import Figure, Verdict
from labwright.serving.settings_models import EndpointSettings
from labwright.serving.traffic_models import Canary, VersionTraffic

NAME = r"^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$"
# Of a registered model: no sign that means something in MLflow's filters and addresses.
MODEL_NAME = r"^[\w.-]([\w .-]*[\w.-])?$"


class EndpointState(StrEnum):
    """Where an endpoint stands."""

    starting = "starting"
    ready = "ready"
    failed = "failed"
    stopped = "stopped"


class SignatureColumn(BaseModel):
    """A column of a model's signature."""

    name: str
    type: str = Field(description="MLflow's: double, float, integer, long, boolean, string, datetime, …")
    required: bool = True


class Signature(BaseModel):
    """What a model takes and gives."""

    inputs: list[SignatureColumn]
    outputs: list[SignatureColumn]


class Version(BaseModel):
    """A model version, as the registry knows it."""

    model: str
    version: str
    run_id: str | None
    run_name: str | None
    digest: str = Field(description="SHA-256 over the model's files, fixed at promotion and checked at load")


class Endpoint(BaseModel):
    """An endpoint as it stands."""

    name: str
    state: EndpointState
    message: str = Field(description="What happened, in a sentence; empty when all is well")
    url: str | None = Field(description="http://127.0.0.1:PORT; the same across restarts")
    live: Version | None
    signature: Signature | None
    input_example: dict[str, Any] | None = Field(description="One row to begin with: column → value")
    isolation: str = Field(description="How the model's process is kept apart, in a sentence")
    has_reference: bool = Field(description="Whether the live run logged a training sample, so that drift can be read")
    predictions: int = Field(description="Rows answered since it was made")
    previous: str | None = Field(default=None, description="The version that a rollback goes back to")
    traffic: list[VersionTraffic] = Field(default=[], description="All versions that are loaded, the live one first")
    settings: EndpointSettings = EndpointSettings()
    revision: int
    created: datetime
    updated: datetime
    operation: Operation | None = Field(description="The promotion that goes on, or the last one")


class Promote(Strict):
    """Promote a run's model, or a registered version, to an endpoint."""

    run_id: str | None = Field(default=None, max_length=64)
    model: str | None = Field(
        default=None, max_length=250, description="Which of the run's models, when it has several"
    )
    version: str | None = Field(
        default=None,
        pattern=r"^[0-9]+$",
        max_length=12,
        description="Instead of run_id: a version of the endpoint's model",
    )
    expected_revision: int | None = Field(default=None, description="Refuse with 409 when the endpoint has another")
    ask: Literal["never", "warnings", "always"] = Field(
        default="never",
        description="When to wait for a decision after the readiness card: always, when a check warned or failed, or "
        "never (a failed check then stops it, unless there is a reason)",
    )
    reason: str | None = Field(
        default=None, min_length=3, max_length=2000, description="Why to go on though a check failed; it is recorded"
    )
    canary: Canary | None = Field(default=None, description="Go to all of the traffic by steps")
    shadow: bool = Field(default=False, description="Only copies of the calls go to it; the live version stays")
    check_only: bool = Field(default=False, description="Make the readiness card, then take everything back")


class Decide(Strict):
    """Go on with a promotion that waits for a decision (to stop it, cancel the operation)."""

    reason: str | None = Field(default=None, min_length=3, max_length=2000, description="Needed when a check failed")


class Rollback(Strict):
    """Go back to the version before, or to one that was live before."""

    version: str | None = Field(default=None, pattern=r"^[0-9]+$", max_length=12)
    reason: str | None = Field(default=None, max_length=2000)
    expected_revision: int | None = None


class SetSettings(Strict):
    """Other settings."""

    settings: EndpointSettings
    expected_revision: int | None = None


class Consumer(BaseModel):
    """Somebody who may call an endpoint."""

    name: str
    created: datetime
    revoked: datetime | None


class NewConsumer(Strict):
    """Make a token for a consumer."""

    name: str = Field(pattern=r"^[A-Za-z0-9]([\w .@-]{0,62}[A-Za-z0-9])?$", max_length=64)


class ConsumerToken(BaseModel):
    """A token, shown this once."""

    name: str
    token: str


class Feedback(Strict):
    """What came true, for a request that was answered."""

    request_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    outcome: Any = Field(description="A value, or a list with one for each row of the request")


class Register(Strict):
    """Register a run's model as a version of a registered model; no endpoint is made or changed."""

    run_id: str = Field(max_length=64)
    name: str = Field(
        pattern=MODEL_NAME, max_length=250, description="The registered model's name; made if there is none"
    )
    model: str | None = Field(
        default=None, max_length=250, description="Which of the run's models, when it has several"
    )


class Registered(BaseModel):
    """A version that a run's model is registered as."""

    name: str
    version: str
    run_id: str
    run_name: str
    changed: bool = Field(description="False when this run's model was registered under this name already")
    message: str = Field(description="What was done, in a sentence")


class RegisteredModel(BaseModel):
    """A model in the registry."""

    name: str
    version: str | None = Field(description="The newest version; null while it has none")
    endpoint: bool = Field(description="Whether a run may be promoted to an endpoint of this name")


class Expected(Strict):
    """A write that names the state it expects."""

    expected_revision: int | None = None


class Promotion(BaseModel):
    """One line of an endpoint's history."""

    sequence: int
    at: datetime
    by: str
    version: Version
    previous: str | None = Field(description="The version that was live before")
    kind: str = Field(default="promote", description="promote, rollback, traffic, shadow")
    reason: str | None = None
    operation: str | None = Field(default=None, description="The operation, by which its readiness card is found")
    traffic: dict[str, float] = Field(default={}, description="Version → percent from then on")
    verdict: Verdict | None = Field(default=None, description="Of its readiness card, where there is one")
    figures: list[Figure] = Field(default=[], description="On which it was decided: metrics and latency")


class Served(BaseModel):
    """What answered at a moment. Times when the endpoint was stopped are not among it."""

    at: datetime
    live: Version
    traffic: dict[str, float] = Field(description="Version → percent of the calls")
    since: datetime
    until: datetime | None = Field(description="Null while it is still so")
    by: str
    kind: str
    reason: str | None


class Predict(Strict):
    """Rows to predict: columns and data, as MLflow's scoring protocol has them (dataframe_split), or a whole body."""

    columns: list[str] = Field(default=[], max_length=10_000)
    data: list[list[Any]] = Field(default=[], max_length=10_000)
    body: dict[str, Any] | None = Field(
        default=None,
        description="Instead: the body of MLflow's scoring protocol, such as inputs with a tensor, or instances",
    )

    @model_validator(mode="after")
    def _one_of_both(self) -> Predict:
        if (self.body is None) == (not self.columns or not self.data):
            raise ValueError("send columns and data, or a body: one of the two")
        return self


class Prediction(BaseModel):
    """The answer of an endpoint: one prediction a row (a value, or a column → value record)."""

    predictions: list[Any]
    version: str
    request_id: str
    latency_ms: float = Field(description="As the service saw it, next to the endpoint")


class LoggedPrediction(BaseModel):
    """One request in the prediction log."""

    request_id: str
    at: datetime
    version: str
    role: str = Field(default="live", description="live, share, canary or shadow")
    consumer: str = Field(default="", description="Who asked; empty for a token of nobody's")
    status: int
    latency_ms: float
    rows: int


class Example(BaseModel):
    """Code that calls an endpoint, with its own input example. It fetches the token and does not hold it."""

    magic: str
    python: str
    curl: str
    mlflow: str = Field(description="Python with MLflow's own client functions")
    v2: str = Field(description="A command in the Open Inference Protocol")
