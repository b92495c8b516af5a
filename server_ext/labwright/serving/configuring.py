"""Other settings for an endpoint: they hold at once, without a failed request."""

from __future__ import annotations

from labwright.actor import Actor
from labwright.errors import ConflictError
from labwright.service.context import Context
from labwright.serving import records, wanted
from labwright.serving.models import SetSettings
from labwright.serving.promotion import commit


def configure(context: Context, actor: Actor, name: str, body: SetSettings) -> None:
    """Set them; the same again changes nothing. `environment` holds for versions that are promoted from then on.

    Errors: NotFoundError, ConflictError (changed, …_running).
    """
    with wanted.alone(context, actor, name):
        with context.store.session() as session:
            row = records.get(session, actor, name)
            records.check_revision(row, body.expected_revision)
            if row.live is None:
                raise ConflictError("This endpoint is being made; wait for its promotion.", code="promotion_running")
            settings = body.settings.model_dump(mode="json")
            if row.settings == settings:
                return
            row.settings = settings
            row.revision += 1
        commit.follow(context, actor, name)  # what the data plane does not take now, `watch` gives it later
