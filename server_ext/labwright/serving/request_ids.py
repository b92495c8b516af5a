"""Which request gave a result, so that what came true can be told of it."""

from __future__ import annotations

import weakref
from typing import Any

ATTRIBUTE = "labwright.request_id"
_arrays: dict[int, tuple[weakref.ref[Any], str]] = {}
_last: list[tuple[Any, str]] = []  # of what takes neither an attribute nor a weak reference: a list


def note(found: Any, request_id: str) -> Any:
    """Remember whose answer this is, as long as it lives; gives the same."""
    if hasattr(found, "attrs"):  # a Series or a DataFrame; it goes along with what is made of it
        found.attrs[ATTRIBUTE] = request_id
        return found
    place = id(found)
    try:
        _arrays[place] = (weakref.ref(found, lambda _: _arrays.pop(place, None)), request_id)
    except TypeError:
        _last[:] = [(found, request_id)]
    return found


def of(found: Any) -> str | None:
    """The request that gave this result of `lw.serving.predict`; None where nobody knows."""
    if hasattr(found, "attrs"):
        known: str | None = found.attrs.get(ATTRIBUTE)
        return known
    array = _arrays.get(id(found))
    if array is not None and array[0]() is found:
        return array[1]
    return next((request_id for one, request_id in _last if one is found), None)
