"""`lw.serving.score`: predictions of a whole table, by the notebook's Dask cluster."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Collection
from html import escape
from pathlib import Path
from typing import Any

from labwright import output
from labwright.client import shared
from labwright.errors import LabwrightError, NotFoundError

__all__ = ["Scored", "score"]

EVERY_SECONDS = 0.2
Tell = Callable[[int, int | None, float], None]


class Scored:
    """What was scored; it shows itself in a notebook."""

    def __init__(self, model: str, rows: int, parts: int, seconds: float, where: str, out: Path) -> None:
        self.model, self.rows, self.parts, self.seconds = model, rows, parts, seconds
        self.where, self.out = where, out

    def __repr__(self) -> str:
        return f"{self.rows:,} rows scored by {self.model} in {self.seconds:.1f} s {self.where}: {self.out}"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        html = (
            f'<div style="font-size:13px"><b>{self.rows:,}</b> rows scored by <b>{escape(self.model)}</b> in '
            f"{self.seconds:.1f} s {escape(self.where)}: <code>{escape(str(self.out))}</code></div>"
        )
        return {"text/html": html, "text/plain": repr(self)}


def score(
    model: str, data: Any, out: str | Path | None = None, *, overwrite: bool = False, keep: Collection[str] = (),
    cluster: str | None = None, progress: Tell | None = None,
) -> Any:  # fmt: skip
    """Score a whole table with a model: as many predictions as rows, in their order.

    `model` is an endpoint's name (its live version), models:/NAME/VERSION, models:/NAME@ALIAS, or a run's id or name.
    `data` is a DataFrame, an array, or the path of a Parquet or CSV file, of a folder or a pattern of them. `out` is a
    .parquet or .csv file, or a folder; without it the predictions are returned. `keep` names columns of the data that
    go along. The notebook's Dask cluster (or the one named `cluster`) does the work, each of its processes with the
    model loaded once; without a cluster it is done here. Nothing is written before all is scored.

    Errors: NotFoundError, InvalidError (schema, missing_column, part_failed: which rows, types, same_place),
    ConflictError (exists).
    """
    from labwright.serving.batch import models_found, sinks, sources, spread
    from labwright.serving.batch.check import Signed

    kept = [keep] if isinstance(keep, str) else list(keep)
    shown = None if progress is not None else Shown.in_notebook()
    tell = progress or (shown.show if shown is not None else None)
    begin = time.monotonic()
    with models_found.find(model, shared().folders.home / "endpoints") as found:
        signed = Signed(found.path)
        client, where = _client(cluster)
        threads = sum(client.nthreads().values()) if client is not None else 1
        source = sources.of(data, signed.types, threads)
        sinks.check_apart(out, data)
        sink = sinks.of(out, source.plain_index, overwrite=overwrite)
        signed.check(source.head(), kept)
        done = parts = 0
        told = 0.0
        results = (
            spread.on_cluster(client, found, source.parts(), kept)
            if client is not None
            else spread.here(found, source.parts(), kept)
        )
        try:
            for part, frame in results:
                sink.write(frame)
                done, parts = done + part.count, parts + 1
                if tell is not None and time.monotonic() - told > EVERY_SECONDS:
                    told = time.monotonic()
                    tell(done, source.rows, told - begin)
            result = sink.finish()
        except BaseException:
            sink.abort()
            results.close()
            if shown is not None:
                shown.end("Nothing was written.")
            raise
    seconds = time.monotonic() - begin
    if tell is not None:
        tell(done, done, seconds)
    return Scored(found.words, done, parts, seconds, where, result) if out is not None else result


def _client(cluster: str | None) -> tuple[Any, str]:
    """The Dask client of the notebook's cluster, else of any that this process has; and where the work is done."""
    from labwright.clusters import api as clusters

    try:
        name = cluster or clusters.default_name()
        found = clusters.client(name)
        return found, f"on {_count(len(found.nthreads()), 'worker')} of the cluster {name}"
    except LabwrightError as error:
        if cluster is not None:
            raise
        if not isinstance(error, NotFoundError) and error.code not in ("conflict", "missing_extra"):
            raise
    other = _default_client()
    if other is not None:
        return other, f"on {_count(len(other.nthreads()), 'worker')} of this notebook's Dask client"
    return None, "in this kernel (the notebook has no cluster; %cluster start --workers 4 spreads such work)"


def _default_client() -> Any:
    import sys

    if "distributed" not in sys.modules:
        return None
    try:
        return sys.modules["distributed"].default_client()
    except ValueError:
        return None


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"


class Shown:
    """One output of a notebook, updated in place."""

    def __init__(self) -> None:
        self._id, self._begun = uuid.uuid4().hex, False

    @classmethod
    def in_notebook(cls) -> Shown | None:
        """Where there is one that shows outputs."""
        import sys

        ipython = sys.modules.get("IPython")
        return cls() if ipython is not None and ipython.get_ipython() is not None else None

    def show(self, rows: int, total: int | None, seconds: float) -> None:
        """How far it is."""
        self.display(progress(rows, total, seconds))

    def end(self, words: str) -> None:
        """Nothing goes on any more."""
        if self._begun:
            self.display(output.words(words))

    def display(self, bundle: dict[str, Any]) -> None:
        """Show it in the place of what was shown."""
        from IPython.display import display

        show: Any = display
        show(bundle, raw=True, display_id=self._id, update=self._begun)
        self._begun = True


def progress(rows: int, total: int | None, seconds: float) -> dict[str, Any]:
    """The MIME bundle of scoring that goes on."""
    share = rows / total if total else 0.0
    bar = "█" * round(share * 20) + "░" * (20 - round(share * 20)) if total else "…"
    of = f" of {total:,}" if total else ""
    words = f"{rows:,}{of} rows, {rows / max(seconds, 1e-9):,.0f} a second"
    html = f'<div style="font-size:13px"><code>{bar}</code> {escape(words)}</div>'
    return {"text/html": html, "text/plain": f"{bar} {words}"}
