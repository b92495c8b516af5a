"""`lw.serving.configure`: an endpoint's settings from a notebook."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from labwright import output
from labwright.client import shared
from labwright.errors import InvalidError
from labwright.serving.models import Endpoint, SetSettings
from labwright.serving.naming import path
from labwright.serving.settings_models import EndpointSettings, LogSettings

__all__ = ["configure"]

LOG = "log."


class SettingsCard(EndpointSettings):
    """Settings that show themselves as a table, with what each is for."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        usual = _flat(EndpointSettings())
        rows = [
            (name, _shown(value), "" if value == usual[name] else "changed", ABOUT[name])
            for name, value in _flat(self).items()
        ]
        return output.bundle(("setting", "value", "", "what it does"), rows)


def configure(name: str, **changes: Any) -> SettingsCard:
    """Change settings of the endpoint `name`, such as batching="off" or replicas=2; they hold at once.

    Those of the prediction log are given as log={"retention_days": 30}, or by the magic as log.retention_days=30.
    Without changes the settings are shown. Errors: InvalidError for a name or a value that there is not; ConflictError
    when somebody else changed the endpoint meanwhile.
    """
    seen: Endpoint = shared().get(f"/serving/endpoints/{path(name)}", Endpoint)
    if not changes:
        return SettingsCard.model_validate(seen.settings.model_dump())
    wanted = seen.settings.model_dump(mode="json")
    for setting, value in _spread(changes).items():
        part, key = (wanted["log"], setting.removeprefix(LOG)) if setting.startswith(LOG) else (wanted, setting)
        part[key] = _value(setting, value)
    try:
        settings = EndpointSettings.model_validate(wanted)
    except ValidationError as error:
        raise InvalidError(_words(error), code="setting") from None
    body = SetSettings(settings=settings, expected_revision=seen.revision)
    url = f"/serving/endpoints/{path(name)}/settings"
    # As JSON and whole: the client leaves out what is None, and None is a setting (no limit).
    after: Endpoint = shared().request("PUT", url, kind=Endpoint, json=body.model_dump(mode="json"))
    return SettingsCard.model_validate(after.settings.model_dump())


def _spread(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Setting → value, those of the log as log.NAME. Errors: InvalidError for a setting that there is not."""
    found: dict[str, Any] = {}
    for name, value in changes.items():
        if name == "log":
            if not isinstance(value, Mapping):
                raise InvalidError('log takes its settings by name, such as log={"retention_days": 30}.')
            found |= {f"{LOG}{key}": inner for key, inner in value.items()}
        else:
            found[name] = value
    for name in found:
        if name not in ABOUT:
            near = difflib.get_close_matches(name, ABOUT, 1) or difflib.get_close_matches(f"{LOG}{name}", ABOUT, 1, 0.8)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise InvalidError(
                f"There is no setting {name[:60]!r}.{hint} There are: {', '.join(ABOUT)}.", code="setting"
            )
    return found


def _value(name: str, value: Any) -> Any:
    """A value as the settings take it; the magic gives text, and lists in it have commas."""
    if isinstance(value, tuple | set):
        return list(value)
    if not isinstance(value, str):
        return value
    if name in LISTS:
        return [part.strip() for part in value.split(",") if part.strip()]
    return None if value.lower() in ("none", "null") else value


def _words(error: ValidationError) -> str:
    """The first mistake in a line, without the value."""
    first = error.errors(include_url=False, include_input=False)[0]
    name = ".".join(str(part) for part in first["loc"] if not isinstance(part, int))
    return f"{name}: {first['msg'][:1].lower()}{first['msg'][1:]}. It is: {ABOUT.get(name, 'a setting')}."


def _flat(settings: EndpointSettings) -> dict[str, Any]:
    found = settings.model_dump()
    log = found.pop("log")
    return found | {f"{LOG}{name}": value for name, value in log.items()}


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "none"
    return "none" if value is None else f"{value:g}" if isinstance(value, float) else str(value)


def _about(model: type[BaseModel], prefix: str = "") -> dict[str, str]:
    return {f"{prefix}{name}": field.description or "" for name, field in model.model_fields.items() if name != "log"}


ABOUT = _about(EndpointSettings) | _about(LogSettings, LOG)
LISTS = {name for name, value in _flat(EndpointSettings()).items() if isinstance(value, list)}
