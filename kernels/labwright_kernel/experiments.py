"""`%%track`, `%compare` and `%restore`."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any, ClassVar

from IPython.core.magic import line_cell_magic, line_magic, magics_class, output_can_be_silenced
from IPython.core.magic_arguments import argument, magic_arguments

from labwright.errors import InvalidError
from labwright_kernel.magic import LabwrightMagics, parsed


@magics_class
class ExperimentMagics(LabwrightMagics):
    """Runs from cells, and runs side by side."""

    capability: ClassVar[str] = "experiments"
    verbs: ClassVar[dict[str, str]] = {"track": "track", "compare": "compare", "restore": "restore"}

    @output_can_be_silenced
    @line_cell_magic
    @parsed
    @magic_arguments()
    @argument("experiment", help="The experiment's name; made if there is none")
    @argument("--name", help="The run's name; without it MLflow makes one up")
    @argument("--tag", action="append", default=[], metavar="KEY=VALUE", help="A tag of the run; may be given again")
    @argument("--nested", action="store_true", help="Make the run a child of the active one")
    @argument("--no-autolog", action="store_true", help="Log only what the cell logs itself")
    @argument("--no-code", action="store_true", help="Record no code: neither notebook nor cells nor changes")
    def track(self, args: Namespace, cell: str | None = None) -> Any:
        """Run the cell as a run of an experiment: parameters, metrics and models are logged with it."""
        from labwright.experiments import api
        from labwright_kernel.cell import compile_body
        from labwright_kernel.summary import Summary

        if cell is None:
            raise InvalidError("This takes a cell: write %%track as the first line of the cell that trains.")
        body = compile_body(self.shell, cell)  # a cell that is not Python makes no run
        summary = Summary(self.shell)
        status = "FAILED"
        try:
            with api.track_and_record(
                args.experiment,
                name=args.name,
                tags=_tags(args.tag),
                nested=args.nested,
                autolog=not args.no_autolog,
                code=not args.no_code,
            ) as (run, capture):
                summary.begin(run, capture, args.experiment)
                value = body()
            status = "FINISHED"
        except KeyboardInterrupt:
            status = "KILLED"
            raise
        finally:
            summary.end(status)
        return value

    @line_magic
    @parsed
    @magic_arguments()
    @argument("runs", nargs="*", metavar="RUN", help="Names or ids of runs, best or last")
    @argument("--experiment", help="Another experiment than the one tracked last")
    @argument("--top", type=int, default=5, help="Without RUN: how many runs (5)")
    @argument(
        "--by",
        metavar="METRIC",
        help="Without RUN: the best by this metric (lower:METRIC, higher:METRIC: which is better); else the newest",
    )
    def compare(self, args: Namespace) -> Any:
        """Show runs side by side: parameters, metrics, curves."""
        from labwright.experiments import api

        return api.compare(args.runs or None, experiment=args.experiment, top=args.top, by=args.by)

    @line_magic
    @parsed
    @magic_arguments()
    @argument("run", help="A run's name or id, best or last")
    @argument("--experiment", help="Another experiment than the one tracked last")
    def restore(self, args: Namespace) -> Any:
        """Write the cells that a run recorded as a notebook beside the original, with its environment."""
        from labwright.experiments import api

        found = api.restore(args.run, experiment=args.experiment)
        print(found.message + ("" if found.lock is None else f", and its environment: {Path(found.lock).name}"))
        return None

    def names(self, magic: str) -> list[str]:
        """Experiments for %%track, runs of the current one for %compare; nothing is started for it."""
        from labwright.experiments import api

        return api.known_names("experiments" if magic == "track" else "runs")


def _tags(pairs: list[str]) -> dict[str, str]:
    tags = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not key or not equals:
            raise InvalidError("A tag is written key=value, such as --tag stage=draft.")
        tags[key] = value
    return tags
