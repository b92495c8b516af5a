"""`%features`: feature views, and point-in-time joins."""

from __future__ import annotations

from argparse import Namespace
from typing import TYPE_CHECKING, Any, ClassVar

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from labwright import output
from labwright.errors import InvalidError, NotFoundError
from labwright_kernel.magic import LabwrightMagics, parsed

if TYPE_CHECKING:
    from labwright.features.models import Applied, FeatureRepository


@magics_class
class FeatureMagics(LabwrightMagics):
    """List and apply feature views, join features to labels."""

    capability = "features"
    verbs: ClassVar[dict[str, str]] = {
        "list": "features list",
        "apply": "features apply",
        "join": "features join",
    }

    @line_magic
    @parsed
    @magic_arguments()
    @argument("verb", nargs="?", default="list", choices=["list", "apply", "join"], help="what to do (list)")
    @argument("names", nargs="*", help="apply: the notebook's variables to apply (all definitions); join: the labels")
    @argument("--views", "-v", default="", help="join: feature views, such as weather,carrier")
    @argument("--features", "-f", default="", help="join: only these, such as weather:temp,carrier:late_rate")
    @argument("--timestamp", "-t", help="join: the column with each label's time (the only one that holds times)")
    @argument("--full-names", action="store_true", help="join: name the columns view__feature")
    @argument("--output", "-o", help="join: the variable that gets the result")
    def features(self, args: Namespace) -> Any:
        """Feature views and point-in-time joins, by Feast.

        `%features apply weather` registers definitions of this notebook; `%features join labels -v weather -o train`
        gives each label the features as they were known at its time.
        """
        from labwright.features import api

        if args.verb == "apply":
            return AppliedTable(api.apply(self._definitions(args.names)))
        if args.verb == "list":
            if args.names:
                raise InvalidError("%features list takes no names; %features alone lists all views.")
            return ViewTable(api.views())
        if len(args.names) != 1:
            raise InvalidError(
                "%features join takes one DataFrame of labels, such as %features join labels -v weather."
            )
        labels = self._variable(args.names[0])
        joined = api.join(
            labels,
            _parts(args.views),
            features=_parts(args.features) or None,
            timestamp=args.timestamp,
            full_names=args.full_names,
        )
        if args.output is None:
            return joined
        if not args.output.isidentifier():
            raise InvalidError("-o takes the name of a variable.")
        self.variables[args.output] = joined
        took = joined.attrs["labwright.features"]
        columns = sum(len(names) for names in took.values())
        print(f"{args.output}: {len(joined):,} rows, {columns} features of {', '.join(took)}")
        return None

    def _definitions(self, names: list[str]) -> list[Any]:
        """The named definitions, with the entities of this notebook that they need; without names, all there are."""
        from labwright.features.definitions import kind_of, needed_names

        there = {
            name: value
            for name, value in self.variables.items()
            if not name.startswith("_") and not isinstance(value, type) and kind_of(value) is not None
        }
        if not names:
            if not there:
                raise InvalidError("This notebook has no feature definitions (Entity, FeatureView, FileSource, …) yet.")
            return _once(there.values())
        given = [self._variable(name) for name in names]
        needed = needed_names(given)
        entities = [value for value in there.values() if kind_of(value) == "entity" and value.name in needed]
        return _once([*given, *entities])

    def _variable(self, name: str) -> Any:
        if name not in self.variables:
            raise NotFoundError(f"This notebook has no variable {name[:60]}; run the cell that makes it first.")
        return self.variables[name]

    def names(self, magic: str) -> list[str]:
        """The notebook's variables are what this takes; IPython completes them."""
        return []


def _parts(text: str) -> list[str]:
    return [part.strip() for part in text.split(",") if part.strip()]


def _once(values: Any) -> list[Any]:
    return list({id(value): value for value in values}.values())


class ViewTable:
    """The feature views of a repository, as a table."""

    def __init__(self, repository: FeatureRepository) -> None:
        self.repository = repository
        self.rows = [
            (
                view.name,
                ", ".join(view.join_keys),
                ", ".join(feature.name for feature in view.features),
                _age(view.ttl_seconds),
                view.source,
            )
            for view in repository.views
        ]

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        if not self.rows:
            return output.words("No feature views yet: define them with Feast in a cell, then %features apply.")
        return output.bundle(("view", "joined by", "features", "valid for", "source"), self.rows)


class AppliedTable:
    """What applying did, as a table."""

    def __init__(self, applied: list[Applied]) -> None:
        self.applied = applied

    def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
        rows = [(entry.name, entry.kind, entry.change) for entry in self.applied]
        return output.bundle(("definition", "kind", "what happened"), rows)


def _age(seconds: float | None) -> str:
    if seconds is None or seconds == 0:
        return "ever"
    for unit, length in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"
