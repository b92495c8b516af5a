"""Whether rows fit a model's signature, said before anything is scored."""

from __future__ import annotations

from typing import Any

from labwright.errors import InvalidError
from labwright.serving.batch import work
from labwright.serving.values import words_of


class Signed:
    """A model's own words about its input, from its files; nothing of the model's code runs."""

    def __init__(self, path: str) -> None:
        from mlflow.models import Model

        metadata: Any = Model.load(path)
        self._schema: Any = metadata.get_input_schema()

    @property
    def types(self) -> dict[str, str]:
        """Column → MLflow's type, where it takes columns."""
        if self._schema is None or self._schema.is_tensor_spec() or not self._schema.has_input_names():
            return {}
        return {spec.name: getattr(spec.type, "name", str(spec.type)) for spec in self._schema.inputs}

    def check(self, head: Any, keep: list[str]) -> None:
        """Errors: InvalidError that names the column."""
        if not len(head):
            raise InvalidError("There is no row to score.", code="no_rows")
        columns = [str(name) for name in getattr(head, "columns", [])]
        if double := next((name for place, name in enumerate(columns) if name in columns[:place]), None):
            raise InvalidError(f"Two columns are named {double[:60]!r}; give each a name of its own.", code="schema")
        if unknown := [name for name in keep if name not in columns]:
            raise InvalidError(
                f"There is no column {unknown[0]!r} to keep; there are {_some(columns)}.", code="no_column"
            )
        if self._schema is None:
            return
        names = self._schema.input_names() if self._schema.has_input_names() else []
        needed = [name for name in names if name in set(self._schema.required_input_names())] if names else []
        if columns and (missing := [name for name in needed if name not in columns]):
            verb = "is" if len(missing) == 1 else "are"
            raise InvalidError(
                f"{_some(missing)} {verb} missing in the data; the model takes {_some(names)}.", code="missing_column"
            )
        if names and not columns:
            raise InvalidError(f"The model takes a DataFrame with {_some(names)}.", code="missing_column")
        try:
            from mlflow.models import validate_schema

            validate_schema(work.prepared(self._schema, head), self._schema)
        except Exception as error:
            raise InvalidError(f"The data do not fit the model's signature: {words_of(error)}", code="schema") from None


def _some(names: list[str]) -> str:
    return ", ".join(repr(name[:60]) for name in names[:20]) + (" and others" if len(names) > 20 else "")
