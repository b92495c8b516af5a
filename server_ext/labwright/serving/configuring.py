"""Other settings for an endpoint: they hold at once, without a failed request."""

from __future__ import annotations

import difflib

from labwright.actor import Actor
from labwright.errors import ConflictError, InvalidError
from labwright.service.context import Context
from labwright.serving import records, shares, wanted
from labwright.serving.models import SetSettings
from labwright.serving.promotion import commit
from labwright.serving.settings_models import LogSettings
from labwright.serving.tables import EndpointRow


def configure(context: Context, actor: Actor, name: str, body: SetSettings) -> None:
    """Set them; the same again changes nothing. `environment` holds for versions that are promoted from then on.

    Errors: NotFoundError, InvalidError (no such column), ConflictError (changed, …_running).
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
            _check_columns(context, row, body.settings.log)
            row.settings = settings
            row.revision += 1
        commit.follow(context, actor, name)  # what the data plane does not take now, `watch` gives it later


def _check_columns(context: Context, row: EndpointRow, log: LogSettings) -> None:
    """A name that no column has would leave in the log what was to be kept out of it. Errors: InvalidError.

    What was set before may stay: another model may have had it. A model without names of columns takes any.
    """
    before = LogSettings.model_validate(row.settings.get("log", {}))
    added = [
        (setting, name)
        for setting in ("leave_out", "hashed", "entity_keys")
        for name in getattr(log, setting)
        if name not in getattr(before, setting)
    ]
    if not added:
        return
    folder = records.room(context).runner.folder(row.name)
    known: set[str] = set()
    for version in shares.wanted(row):
        signature = folder.card(version).get("signature") or {}
        columns = [column["name"] for column in [*signature.get("inputs", []), *signature.get("outputs", [])]]
        if not columns:
            return
        known |= set(columns)
    for setting, name in added:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            hint = f"Did you mean {near[0]}?" if near else f"There are: {', '.join(sorted(known))[:300]}."
            raise InvalidError(f"No version here has a column {name[:60]!r} (log.{setting}). {hint}", code="column")
