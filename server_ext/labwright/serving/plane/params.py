"""Parameters of predict (`params`), as the model's signature has them."""

from __future__ import annotations

from typing import Any

from labwright.serving.plane.rows import BadRequest

KINDS: dict[str, tuple[type, ...]] = {
    "boolean": (bool,), "integer": (int,), "long": (int,), "float": (int, float), "double": (int, float),
    "string": (str,), "datetime": (str,),
}  # fmt: skip


def check_params(given: dict[str, Any], known: dict[str, dict[str, Any]]) -> None:
    """Refuse what the signature has not. Errors: BadRequest, naming the parameter and repeating no value."""
    for name, value in given.items():
        if name not in known:
            takes = f"it takes {', '.join(known)}" if known else "its signature has none"
            raise BadRequest(f"The model has no parameter {name[:100]!r}: {takes}. Leave it out of params.")
        kind, listed = known[name]["type"], known[name].get("shape") is not None
        if listed and not isinstance(value, list):
            raise BadRequest(f"Parameter {name!r} takes a list of {kind}.")
        for item in value if listed else [value]:
            if not _is(item, kind):
                raise BadRequest(f"Parameter {name!r} takes {kind}{' values' if listed else ''}.")


def _is(value: Any, kind: str) -> bool:
    wanted = KINDS.get(kind)
    return wanted is None or (isinstance(value, wanted) and (kind == "boolean" or not isinstance(value, bool)))
