"""`%score`: predictions of a whole table, spread over the notebook's Dask cluster."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from IPython.core.magic import line_magic, magics_class
from IPython.core.magic_arguments import argument, magic_arguments

from labwright.errors import InvalidError
from labwright_kernel.magic import LabwrightMagics, keep_quotes, parsed

FILES = (".parquet", ".csv", ".csv.gz")


@magics_class
class ScoreMagics(LabwrightMagics):
    """A part of serving's magics."""

    @line_magic
    @parsed
    @keep_quotes
    @magic_arguments()
    @argument("model", help="An endpoint, models:/NAME/VERSION, models:/NAME@ALIAS, or a run's id or name")
    @argument(
        "data", nargs="+", help="A DataFrame (a name or an expression), or a Parquet or CSV file, folder, pattern"
    )
    @argument("--out", required=True, metavar="FILE", help="Where predictions go: .parquet, .csv, or a folder")
    @argument("--overwrite", action="store_true", help="Replace what is there")
    @argument("--keep", action="append", default=[], metavar="COLUMN", help="A column of the data that goes along")
    @argument("--cluster", metavar="NAME", help="Another cluster than the notebook's")
    def score(self, args: Namespace) -> Any:
        """Score a whole table: as many predictions as rows, in their order; nothing is written before all is done."""
        from labwright.serving import api_score

        shown = api_score.Shown()
        try:
            found = api_score.score(
                _plain(args.model), self._rows(" ".join(args.data)), _plain(args.out), overwrite=args.overwrite,
                keep=[_plain(name) for name in args.keep], cluster=args.cluster, progress=shown.show,
            )  # fmt: skip
        except BaseException:
            shown.end("The scoring did not come to its end; nothing was written.")
            raise
        shown.display(found._repr_mimebundle_())

    def _rows(self, text: str) -> Any:
        """A path as it is; anything else is the notebook's."""
        plain = _plain(text)
        if text in self.variables:
            return self.variables[text]
        if plain != text or plain.endswith((*FILES, "/")) or Path(plain).expanduser().exists():
            return plain
        assert self.shell is not None
        try:
            return self.shell.ev(text)
        except Exception as error:
            raise InvalidError(f"The rows cannot be had: {type(error).__name__}: {str(error)[:200]}") from None


def _plain(text: str) -> str:
    """A word without its quotes."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"" else text
